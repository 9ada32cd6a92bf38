//! Who publishes from a CI provider's job: the provider's own token proves it, and no secret is kept there.

mod issuer;
mod signed;

use std::collections::BTreeMap;
use std::sync::Arc;

use evschema_api::Scope;

use super::Refusal;
use super::actor::{Identity, Token};
use crate::publisher::Publisher;
use crate::{Environment, limits};
use issuer::{Away, Issuer};
use signed::Signed;

/// By how much an issuer's clock may differ from this machine's, in seconds.
const LEEWAY_SECONDS: f64 = 60.0;
/// How the feed calls who had a token of an issuer: this, the issuer, and its word for the job.
pub(super) const PROVEN_BY_ISSUER: &str = "oidc:";

/// The publishers that are trusted, and their issuers.
#[derive(Debug)]
pub(crate) struct Publishers {
    publishers: Vec<Publisher>,
    issuers: BTreeMap<String, Issuer>,
    environment: Environment,
}

impl Publishers {
    pub(super) fn new(publishers: Vec<Publisher>, environment: Environment) -> Self {
        let issuers = publishers.iter().map(|publisher| publisher.issuer.clone());
        let issuers = issuers.map(|url| (url.clone(), Issuer::new(url))).collect();
        Self { publishers, issuers, environment }
    }

    /// Tells whether nobody is trusted.
    pub(crate) fn is_empty(&self) -> bool {
        self.publishers.is_empty()
    }

    /// Tells whether a text may be a token of an issuer, as far as can be seen.
    pub(super) fn may_be_signed(token: &str) -> bool {
        token.bytes().filter(|byte| *byte == b'.').count() == 2
    }

    /// Returns whose token this is, with what all publishers may that it names.
    ///
    /// # Errors
    ///
    /// When it is not proven, not for this registry, not valid now, or names no publisher; when the issuer's
    /// keys are not known and it does not tell them.
    pub(super) async fn identify(&self, token: &str) -> Result<Identity, Refusal> {
        let invalid = |why: &str| Refusal::TokenInvalid { why: why.to_owned().into() };
        if limits::SIGNED_TOKEN_BYTES_MAX < token.len() {
            return Err(invalid("it is too long"));
        }
        let signed = Signed::read(token).map_err(invalid)?;
        let issuer = signed.text("iss").and_then(|iss| self.issuers.get_key_value(iss));
        let Some((url, issuer)) = issuer else {
            return Err(invalid("this registry does not trust the issuer of the token"));
        };
        let now = self.environment.clock.now();
        let key = match issuer.key(&signed.key_id, now).await {
            Ok(key) => key.ok_or_else(|| invalid("the issuer has no key with the key id of the token"))?,
            Err(Away) => return Err(Refusal::IssuerAway { issuer: url.clone() }),
        };
        if !signed.is_by(&key) {
            return Err(invalid("the signature does not match the issuer's key"));
        }
        let ends_at = valid_until(&signed, now).map_err(invalid)?;
        let subject = signed.text("sub").filter(|sub| is_subject(sub));
        let subject = subject.ok_or_else(|| invalid("the claim `sub` is missing or not valid"))?;
        let of_issuer = self.publishers.iter().filter(|publisher| publisher.issuer == *url);
        let mut trusted: Vec<&Publisher> =
            of_issuer.filter(|publisher| signed.is_for(&publisher.audience)).collect();
        if trusted.is_empty() {
            return Err(invalid("the claim `aud` does not name an audience that this registry accepts"));
        }
        trusted.retain(|publisher| publisher.is_named_by(&signed.claims));
        let Some(first) = trusted.first() else {
            return Err(invalid("the claims match no publisher that this registry trusts"));
        };
        let mut scopes: Vec<Scope> = trusted.iter().flat_map(|publisher| publisher.scopes.clone()).collect();
        scopes.sort();
        scopes.dedup();
        let id = format!("{PROVEN_BY_ISSUER}{url}#{subject}");
        let token = Arc::new(Token { id, name: first.name.clone(), scopes });
        Ok(Identity::Publisher { token, ends_at })
    }

    /// Tells whether a token that ends then has not ended yet.
    pub(super) fn is_before(&self, ends_at: i64) -> bool {
        self.environment.clock.now() < ends_at
    }
}

/// Returns until when a token is valid, in microseconds since 1970, if it is now.
fn valid_until(signed: &Signed<'_>, now: i64) -> Result<i64, &'static str> {
    let now = now as f64 / 1e6;
    let end = signed.seconds("exp").ok_or("the claim `exp` is missing or not valid")?;
    if end + LEEWAY_SECONDS <= now {
        return Err("it has expired");
    }
    // Both are optional, and neither may lie ahead.
    if ["nbf", "iat"]
        .iter()
        .any(|claim| signed.seconds(claim).is_some_and(|from| now + LEEWAY_SECONDS < from))
    {
        return Err("it is not valid yet");
    }
    // A moment that no number holds is very late.
    Ok(((end + LEEWAY_SECONDS) * 1e6) as i64)
}

/// Tells whether a text can be recorded as the one whose token it is (OpenID Connect Core 1.0, section 2: at most
/// 255 ASCII characters).
fn is_subject(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}
