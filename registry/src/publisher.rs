use std::collections::BTreeMap;

use evschema_api::Scope;
use serde_json::{Map, Value};

use crate::config::is_local_url;
use crate::limits;
use crate::server::without_password;

/// Jobs of a CI provider that may write without a token of the registry's own ("trusted publishing").
///
/// The provider signs a token for each of its jobs (OpenID Connect Core 1.0, section 2). It counts here when
/// the issuer's keys prove it, it is made for this audience, and all claims are as they are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// The name under which changes are recorded.
    pub name: String,
    /// The provider, exactly as its tokens have it in `iss`.
    pub issuer: String,
    /// For whom a token must be made: the registry's URL, as a rule.
    pub audience: String,
    /// What must be in a token; a value that ends in `*` is that of all that begin so.
    pub claims: BTreeMap<String, String>,
    /// What such a job may do.
    pub scopes: Vec<Scope>,
}

impl Publisher {
    /// Refuses a publisher that would let in nobody, or anybody.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    pub(crate) fn check(&self) -> Result<(), String> {
        let name_chars = self.name.chars().count();
        if !(1..=limits::NAME_CHARS_MAX).contains(&name_chars) {
            return Err(format!(
                "the name has {name_chars} characters, but must have 1 to {}",
                limits::NAME_CHARS_MAX
            ));
        }
        if !is_safe_url(&self.issuer) || without_password(&self.issuer) != self.issuer {
            let issuer = without_password(&self.issuer);
            return Err(format!(
                "the issuer `{issuer}` must be a URL that begins with `https://` and contains no login"
            ));
        }
        if self.audience.is_empty() {
            return Err("the audience is empty".to_owned());
        }
        if self.claims.is_empty() {
            return Err("it names no claim, so it would match every token of the issuer".to_owned());
        }
        if let Some((claim, value)) =
            self.claims.iter().find(|(_, value)| value.trim_end_matches('*').is_empty())
        {
            return Err(format!("the value `{value}` of the claim `{claim}` matches every token"));
        }
        if self.scopes.is_empty() || limits::SCOPES_MAX < self.scopes.len() {
            return Err(format!(
                "it has {} scopes, but a publisher must have 1 to {}",
                self.scopes.len(),
                limits::SCOPES_MAX
            ));
        }
        if self.scopes.contains(&Scope::Admin) {
            return Err(
                "it has the scope `admin`, but only the registry's own tokens may have this scope".to_owned()
            );
        }
        Ok(())
    }

    /// Tells whether a token with these claims is one of its jobs'.
    pub(crate) fn is_named_by(&self, claims: &Map<String, Value>) -> bool {
        self.claims.iter().all(|(claim, wanted)| {
            let said = claims.get(claim).and_then(Value::as_str);
            match wanted.strip_suffix('*') {
                Some(beginning) => said.is_some_and(|said| said.starts_with(beginning)),
                None => said == Some(wanted),
            }
        })
    }
}

/// Tells whether what is read there comes from whom the URL names: by TLS, or from this machine.
pub(crate) fn is_safe_url(url: &str) -> bool {
    let rest = match url.split_once("://") {
        Some(("https", rest)) => rest,
        Some(("http", rest)) if is_local_url(url) => rest,
        Some(_) | None => return false,
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_graphic() && !"?#@\\\"<>".contains(c);
    !authority.is_empty() && rest.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publisher() -> Publisher {
        Publisher {
            name: "ci".to_owned(),
            issuer: "https://ci.example".to_owned(),
            audience: "here".to_owned(),
            claims: BTreeMap::from([("ref".to_owned(), "refs/heads/*".to_owned())]),
            scopes: vec!["register:shop.".parse().unwrap()],
        }
    }

    #[test]
    fn whoever_would_let_in_anybody_is_refused() {
        assert_eq!(publisher().check(), Ok(()));
        let claimed = |value: &str| BTreeMap::from([("sub".to_owned(), value.to_owned())]);
        for (bad, part) in [
            (Publisher { name: String::new(), ..publisher() }, "the name"),
            (Publisher { issuer: "http://ci.example".to_owned(), ..publisher() }, "the issuer"),
            (Publisher { issuer: "https://me@ci.example".to_owned(), ..publisher() }, "the issuer"),
            (Publisher { issuer: "https://".to_owned(), ..publisher() }, "the issuer"),
            (Publisher { audience: String::new(), ..publisher() }, "the audience"),
            (Publisher { claims: BTreeMap::new(), ..publisher() }, "names no claim"),
            (Publisher { claims: claimed("*"), ..publisher() }, "matches every token"),
            (Publisher { claims: claimed(""), ..publisher() }, "matches every token"),
            (Publisher { scopes: Vec::new(), ..publisher() }, "0 scopes"),
            (Publisher { scopes: vec![Scope::Admin], ..publisher() }, "`admin`"),
        ] {
            let why = bad.check().unwrap_err();
            assert!(why.contains(part), "{part}: {why}");
        }
    }

    #[test]
    fn claims_are_compared_as_a_whole_unless_a_star_ends_them() {
        let publisher = publisher();
        for (said, named) in [
            (serde_json::json!({"ref": "refs/heads/main", "more": 1}), true),
            (serde_json::json!({"ref": "refs/heads/"}), true),
            (serde_json::json!({"ref": "refs/tags/1"}), false),
            (serde_json::json!({"ref": ["refs/heads/main"]}), false),
            (serde_json::json!({}), false),
        ] {
            assert_eq!(publisher.is_named_by(said.as_object().unwrap()), named, "{said}");
        }
        let exact = Publisher {
            claims: BTreeMap::from([("ref".to_owned(), "refs/heads/main".to_owned())]),
            ..publisher
        };
        assert!(!exact.is_named_by(serde_json::json!({"ref": "refs/heads/main2"}).as_object().unwrap()));
    }
}
