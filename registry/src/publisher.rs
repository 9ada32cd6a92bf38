use std::collections::BTreeMap;

use evschema_api::Scope;
use serde_json::{Map, Value};

use crate::database_url::without_password;
use crate::limits;
use crate::local_url::is_local_url;

/// Jobs of a CI provider that may write without a token of the registry ("trusted publishing").
///
/// The provider signs a token for each job (OpenID Connect Core 1.0, section 2). The registry accepts this token if a
/// key of the issuer verifies the signature, the audience is correct, and all of [`claims`](Self::claims) match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// The name of the publisher. The feed records it as the author of the changes.
    pub name: String,
    /// The URL of the provider, exactly as in the claim `iss` of its tokens.
    pub issuer: String,
    /// The audience that a token must name, usually the URL of the registry.
    pub audience: String,
    /// The claims that a token must have. A value that ends in `*` matches every value with this beginning.
    pub claims: BTreeMap<String, String>,
    /// The scopes that a job of this publisher gets.
    pub scopes: Vec<Scope>,
}

impl Publisher {
    /// Checks that the publisher can match a job, and does not match every job.
    ///
    /// # Errors
    ///
    /// The reason why the publisher is not valid.
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

    /// Returns whether a token with these claims belongs to a job of this publisher.
    pub(crate) fn matches(&self, claims: &Map<String, Value>) -> bool {
        self.claims.iter().all(|(claim, expected)| {
            let actual = claims.get(claim).and_then(Value::as_str);
            match expected.strip_suffix('*') {
                Some(beginning) => actual.is_some_and(|actual| actual.starts_with(beginning)),
                None => actual == Some(expected),
            }
        })
    }
}

/// Returns whether an answer from this URL certainly comes from the host in the URL: the URL uses TLS, or its host is
/// this machine.
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
    fn a_publisher_that_matches_no_job_or_every_job_is_rejected() {
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
    fn a_claim_matches_completely_or_up_to_its_final_star() {
        let publisher = publisher();
        for (claims, matches) in [
            (serde_json::json!({"ref": "refs/heads/main", "more": 1}), true),
            (serde_json::json!({"ref": "refs/heads/"}), true),
            (serde_json::json!({"ref": "refs/tags/1"}), false),
            (serde_json::json!({"ref": ["refs/heads/main"]}), false),
            (serde_json::json!({}), false),
        ] {
            assert_eq!(publisher.matches(claims.as_object().unwrap()), matches, "{claims}");
        }
        let exact = Publisher {
            claims: BTreeMap::from([("ref".to_owned(), "refs/heads/main".to_owned())]),
            ..publisher
        };
        assert!(!exact.matches(serde_json::json!({"ref": "refs/heads/main2"}).as_object().unwrap()));
    }
}
