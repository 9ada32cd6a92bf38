//! Identifies the jobs of CI providers by the tokens that the providers sign. So a job needs no secret.

mod issuer;
mod signed_token;

use std::collections::BTreeMap;
use std::sync::Arc;

use evschema_api::Scope;

use super::actor::{ISSUER_PREFIX, Identity, Token};
use super::refusal::Refusal;
use crate::environment::Environment;
use crate::limits;
use crate::publisher::Publisher;
use issuer::{Issuer, KeysUnavailable};
use signed_token::SignedToken;

/// The maximum difference between the clock of an issuer and the clock of this machine, in seconds.
const LEEWAY_SECONDS: f64 = 60.0;

/// The publishers that the configuration trusts, and their issuers.
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

    /// Returns whether the configuration trusts no publisher.
    pub(crate) fn is_empty(&self) -> bool {
        self.publishers.is_empty()
    }

    /// Returns whether a text has the form of a token of an issuer.
    pub(super) fn may_be_signed(token: &str) -> bool {
        token.bytes().filter(|byte| *byte == b'.').count() == 2
    }

    /// Returns the identity that a token proves, with the scopes of all publishers that match the token.
    ///
    /// # Errors
    ///
    /// If the signature, the audience or the time is not valid, or no publisher matches. Also if the keys of the issuer
    /// are unknown and the issuer does not answer.
    pub(super) async fn identify(&self, token: &str) -> Result<Identity, Refusal> {
        let invalid = |why: &str| Refusal::TokenInvalid { why: why.to_owned().into() };
        if limits::SIGNED_TOKEN_BYTES_MAX < token.len() {
            return Err(invalid("it is too long"));
        }
        let signed = SignedToken::parse(token).map_err(invalid)?;
        let issuer = signed.string("iss").and_then(|iss| self.issuers.get_key_value(iss));
        let Some((url, issuer)) = issuer else {
            return Err(invalid("this registry does not trust the issuer of the token"));
        };
        let now = self.environment.clock.now();
        let key = match issuer.key(&signed.key_id, now).await {
            Ok(key) => key.ok_or_else(|| invalid("the issuer has no key with the key id of the token"))?,
            Err(KeysUnavailable) => return Err(Refusal::IssuerUnavailable { issuer: url.clone() }),
        };
        if !signed.is_signed_with(&key) {
            return Err(invalid("the signature does not match the issuer's key"));
        }
        let ends_at = valid_until(&signed, now).map_err(invalid)?;
        let subject = signed.string("sub").filter(|sub| is_subject(sub));
        let subject = subject.ok_or_else(|| invalid("the claim `sub` is missing or not valid"))?;
        let of_issuer = self.publishers.iter().filter(|publisher| publisher.issuer == *url);
        let mut trusted: Vec<&Publisher> =
            of_issuer.filter(|publisher| signed.has_audience(&publisher.audience)).collect();
        if trusted.is_empty() {
            return Err(invalid("the claim `aud` does not name an audience that this registry accepts"));
        }
        trusted.retain(|publisher| publisher.matches(&signed.claims));
        let Some(first) = trusted.first() else {
            return Err(invalid("the claims match no publisher that this registry trusts"));
        };
        let mut scopes: Vec<Scope> = trusted.iter().flat_map(|publisher| publisher.scopes.clone()).collect();
        scopes.sort();
        scopes.dedup();
        let id = format!("{ISSUER_PREFIX}{url}#{subject}");
        let token = Arc::new(Token { id, name: first.name.clone(), scopes });
        Ok(Identity::Publisher { token, ends_at })
    }

    /// Returns whether the current time is before `ends_at`.
    pub(super) fn is_before(&self, ends_at: i64) -> bool {
        self.environment.clock.now() < ends_at
    }
}

/// Returns the expiry time of a token that is valid now, in microseconds since 1970.
fn valid_until(signed: &SignedToken<'_>, now: i64) -> Result<i64, &'static str> {
    let now = now as f64 / 1e6;
    let end = signed.seconds("exp").ok_or("the claim `exp` is missing or not valid")?;
    if end + LEEWAY_SECONDS <= now {
        return Err("it has expired");
    }
    // Both claims are optional. If a claim exists, its time must not be in the future.
    if ["nbf", "iat"]
        .iter()
        .any(|claim| signed.seconds(claim).is_some_and(|from| now + LEEWAY_SECONDS < from))
    {
        return Err("it is not valid yet");
    }
    // The conversion saturates: a larger time becomes the largest possible time.
    Ok(((end + LEEWAY_SECONDS) * 1e6) as i64)
}

/// Returns whether a text is a valid subject of a token: at most 255 ASCII characters (OpenID Connect Core 1.0,
/// section 2).
fn is_subject(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}
