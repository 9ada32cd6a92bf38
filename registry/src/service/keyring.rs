use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use evschema_api::{Scope, TokenCreated, TokenList, TokenRequest, TokenView};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use super::Refusal;
use super::actor::{Identity, Signature, Token};
use super::register::length;
use crate::feed::{self, ANONYMOUS, moment};
use crate::store::{Revocation, Store, TokenRecord};
use crate::{Environment, limits};

/// How every token begins, so that people and secret scanners know one when they see it.
const PREFIX: &str = "evs_";
/// Hexadecimal digits of a digest that name a token.
const ID_DIGITS: usize = 16;
/// How old the note of a token's last use may become before it is written anew, in microseconds.
const TOUCH_AFTER: i64 = 60_000_000;

/// The tokens: made, recognised, revoked.
///
/// A token is looked up in the database each time it is used. So one that is revoked by any
/// process is of no use to any process from that moment on.
#[derive(Debug)]
pub(crate) struct Keyring {
    store: Arc<dyn Store>,
    environment: Environment,
    /// Whether there ever was a token; once so, it stays so.
    ever: AtomicBool,
}

impl Keyring {
    pub(crate) fn new(store: Arc<dyn Store>, environment: Environment) -> Self {
        Self { store, environment, ever: AtomicBool::new(false) }
    }

    /// Makes a token. What is returned is the only copy of it.
    ///
    /// # Errors
    ///
    /// When the request is not as it must be, or the store cannot answer.
    pub(crate) async fn create(
        &self,
        request: TokenRequest,
        signature: Signature,
    ) -> Result<TokenCreated, Refusal> {
        length("the name", Some(&request.name), 1, limits::NAME_CHARS_MAX)?;
        length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        if request.scopes.is_empty() || limits::SCOPES_MAX < request.scopes.len() {
            return Err(Refusal::Scopes { count: request.scopes.len() });
        }
        let now = self.environment.clock.now();
        let expires_at = request.expires_at.map(micros);
        if expires_at.is_some_and(|end| end <= now) {
            return Err(Refusal::Expired);
        }
        let secret = self.environment.secrets.secret().map_err(Refusal::Bug)?;
        let token = format!("{PREFIX}{}", hexadecimal(&secret));
        let digest = Sha256::digest(token.as_bytes());
        let mut id = hexadecimal(&digest);
        id.truncate(ID_DIGITS);
        let scopes: Vec<String> = request.scopes.iter().map(Scope::to_string).collect();
        let author = signature.name.clone().unwrap_or_else(|| ANONYMOUS.to_owned());
        let record = TokenRecord {
            id,
            digest: digest.to_vec(),
            name: request.name,
            scopes: scopes.join(" "),
            created_at: now,
            created_by: author,
            expires_at,
            last_used_at: None,
            revoked_at: None,
            revoked_by: None,
        };
        let event = feed::token_created(&record, scopes, now, &signature);
        self.store.add_token(record.clone(), event).await?;
        Ok(TokenCreated { token, view: view(record) })
    }

    /// Returns every token there ever was.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
    pub(crate) async fn list(&self) -> Result<TokenList, Refusal> {
        let records = self.store.tokens().await?;
        Ok(TokenList { tokens: records.into_iter().map(view).collect() })
    }

    /// Revokes a token; one that is revoked already stays as it is.
    ///
    /// # Errors
    ///
    /// When there is no such token.
    pub(crate) async fn revoke(&self, id: &str, signature: Signature) -> Result<TokenView, Refusal> {
        length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        let record = self.find(id).await?;
        if record.revoked_at.is_none() {
            let at = self.environment.clock.now();
            let by = signature.name.clone().unwrap_or_else(|| ANONYMOUS.to_owned());
            let event = feed::token_revoked(&record, at, &signature);
            self.store.revoke_token(Revocation { id: id.to_owned(), at, by, event }).await?;
        }
        Ok(view(self.find(id).await?))
    }

    /// Returns whose token this is.
    ///
    /// # Errors
    ///
    /// When it is none, or revoked, or past its end.
    pub(crate) async fn identify(&self, token: &str) -> Result<Identity, Refusal> {
        let invalid = |why: &'static str| Err(Refusal::TokenInvalid { why: why.into() });
        let is_shaped = token.len() == PREFIX.len() + 2 * limits::TOKEN_BYTES && token.starts_with(PREFIX);
        if !is_shaped {
            return invalid("it does not have the form of a token of this registry");
        }
        let digest = Sha256::digest(token.as_bytes());
        // Found by the beginning of its digest, which tells nothing of the token; whether it is
        // the one takes the same time wherever they differ.
        let id = &hexadecimal(&digest)[..ID_DIGITS];
        let found = self.store.token(id).await?;
        let Some(record) = found.filter(|record| bool::from(record.digest.as_slice().ct_eq(&digest))) else {
            return invalid("this registry does not know this token");
        };
        let now = self.environment.clock.now();
        if let Some(why) = why_useless(&record, now) {
            return invalid(why);
        }
        if record.last_used_at.unwrap_or(0) + TOUCH_AFTER <= now {
            self.touch(record.id.clone(), now);
        }
        let scopes = scopes(&record);
        Ok(Identity::Token(Arc::new(Token { id: record.id, name: record.name, scopes })))
    }

    /// Tells whether the token of this id is neither revoked nor past its end.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
    pub(crate) async fn is_valid(&self, id: &str) -> Result<bool, Refusal> {
        let now = self.environment.clock.now();
        Ok(self.store.token(id).await?.is_some_and(|record| why_useless(&record, now).is_none()))
    }

    /// Tells whether there ever was a token: then nobody writes without one.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
    pub(crate) async fn ever_had_tokens(&self) -> Result<bool, Refusal> {
        if self.ever.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let had = self.store.has_tokens().await?;
        self.ever.store(had, Ordering::Relaxed);
        Ok(had)
    }

    /// Notes the use of a token beside the request, which need not wait for it.
    fn touch(&self, id: String, now: i64) {
        let store = Arc::clone(&self.store);
        tokio::spawn(async move {
            if let Err(error) = store.touch_token(&id, now).await {
                tracing::debug!(%error, "cannot record the last use of a token");
            }
        });
    }

    async fn find(&self, id: &str) -> Result<TokenRecord, Refusal> {
        let shown = || id.chars().filter(|c| !c.is_control()).take(ID_DIGITS).collect();
        // Neither database need be asked for what no id looks like.
        let is_id = id.len() == ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let found = if is_id { self.store.token(id).await? } else { None };
        found.ok_or_else(|| Refusal::TokenNotFound { id: shown() })
    }
}

/// Says why a token is of no use, if it is not.
fn why_useless(record: &TokenRecord, now: i64) -> Option<&'static str> {
    if record.revoked_at.is_some() {
        return Some("it has been revoked");
    }
    record.expires_at.filter(|end| *end <= now).map(|_| "it has expired")
}

fn view(record: TokenRecord) -> TokenView {
    TokenView {
        scopes: scopes(&record),
        id: record.id,
        name: record.name,
        created_at: moment(record.created_at),
        created_by: record.created_by,
        expires_at: record.expires_at.map(moment),
        last_used_at: record.last_used_at.map(moment),
        revoked_at: record.revoked_at.map(moment),
        revoked_by: record.revoked_by,
    }
}

/// Returns the scopes of a token. One that a newer registry has written and this one does not know
/// allows nothing here.
fn scopes(record: &TokenRecord) -> Vec<Scope> {
    record.scopes.split(' ').filter_map(|scope| scope.parse().ok()).collect()
}

fn micros(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a text does not fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}
