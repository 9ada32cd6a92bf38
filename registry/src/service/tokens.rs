use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use evschema_api::{Scope, TokenCreated, TokenList, TokenRequest, TokenView};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use super::actor::{Identity, Token};
use super::refusal::Refusal;
use super::text_length::check_length;
use crate::environment::Environment;
use crate::feed::{self, ANONYMOUS, Signature, moment};
use crate::limits;
use crate::store::{Revocation, Store, TokenRecord};

/// The beginning of every token, so that people and secret scanners recognize tokens.
const PREFIX: &str = "evs_";
/// The number of hexadecimal digits in the id of a token.
const ID_DIGITS: usize = 16;
/// The registry records the last use of a token at most once in each period of this length, in microseconds.
const TOUCH_AFTER: i64 = 60_000_000;

/// Creates, identifies and revokes the tokens of the registry.
///
/// For each request with a token, the registry looks up the token in the database. So if one process revokes a token,
/// every process rejects the token from then on.
#[derive(Debug)]
pub(crate) struct TokenService {
    store: Arc<dyn Store>,
    environment: Environment,
    /// Whether the registry has already found a token in the database, including expired and revoked tokens.
    had_tokens: AtomicBool,
}

impl TokenService {
    pub(crate) fn new(store: Arc<dyn Store>, environment: Environment) -> Self {
        Self { store, environment, had_tokens: AtomicBool::new(false) }
    }

    /// Creates a token. Only the returned value contains the secret.
    ///
    /// # Errors
    ///
    /// If the request is not valid, or the store cannot answer.
    pub(crate) async fn create(
        &self,
        request: TokenRequest,
        signature: Signature,
    ) -> Result<TokenCreated, Refusal> {
        check_length("the name", Some(&request.name), 1, limits::NAME_CHARS_MAX)?;
        check_length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
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

    /// Returns all tokens, including expired and revoked ones.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn list(&self) -> Result<TokenList, Refusal> {
        let records = self.store.tokens().await?;
        Ok(TokenList { tokens: records.into_iter().map(view).collect() })
    }

    /// Revokes a token. If it is already revoked, nothing changes.
    ///
    /// # Errors
    ///
    /// If the token does not exist.
    pub(crate) async fn revoke(&self, id: &str, signature: Signature) -> Result<TokenView, Refusal> {
        check_length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        let record = self.find(id).await?;
        if record.revoked_at.is_none() {
            let at = self.environment.clock.now();
            let by = signature.name.clone().unwrap_or_else(|| ANONYMOUS.to_owned());
            let event = feed::token_revoked(&record, at, &signature);
            self.store.revoke_token(Revocation { id: id.to_owned(), at, by, event }).await?;
        }
        Ok(view(self.find(id).await?))
    }

    /// Returns the identity that a token proves.
    ///
    /// # Errors
    ///
    /// If the token is unknown, revoked or expired.
    pub(crate) async fn identify(&self, token: &str) -> Result<Identity, Refusal> {
        let invalid = |why: &'static str| Err(Refusal::TokenInvalid { why: why.into() });
        let is_shaped = token.len() == PREFIX.len() + 2 * limits::TOKEN_BYTES && token.starts_with(PREFIX);
        if !is_shaped {
            return invalid("it does not have the form of a token of this registry");
        }
        let digest = Sha256::digest(token.as_bytes());
        // The id is the beginning of the digest, and reveals nothing about the token. The comparison of the digests
        // takes the same time wherever they differ.
        let id = &hexadecimal(&digest)[..ID_DIGITS];
        let found = self.store.token(id).await?;
        let Some(record) = found.filter(|record| bool::from(record.digest.as_slice().ct_eq(&digest))) else {
            return invalid("this registry does not know this token");
        };
        let now = self.environment.clock.now();
        if let Some(why) = why_invalid(&record, now) {
            return invalid(why);
        }
        if record.last_used_at.unwrap_or(0) + TOUCH_AFTER <= now {
            self.touch(record.id.clone(), now);
        }
        let scopes = scopes(&record);
        Ok(Identity::Token(Arc::new(Token { id: record.id, name: record.name, scopes })))
    }

    /// Returns whether the token with this id is neither revoked nor expired.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn is_valid(&self, id: &str) -> Result<bool, Refusal> {
        let now = self.environment.clock.now();
        Ok(self.store.token(id).await?.is_some_and(|record| why_invalid(&record, now).is_none()))
    }

    /// Returns whether the database has a token, including expired and revoked tokens. If so, every write needs a
    /// token.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn ever_had_tokens(&self) -> Result<bool, Refusal> {
        if self.had_tokens.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let had_tokens = self.store.has_tokens().await?;
        self.had_tokens.store(had_tokens, Ordering::Relaxed);
        Ok(had_tokens)
    }

    /// Records the last use of a token in a separate task, so that the request does not wait.
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
        // If the text does not have the form of an id, a query is unnecessary.
        let is_id = id.len() == ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let found = if is_id { self.store.token(id).await? } else { None };
        found.ok_or_else(|| Refusal::TokenNotFound { id: shown() })
    }
}

/// Returns the reason why a token is not valid, or `None` if it is valid.
fn why_invalid(record: &TokenRecord, now: i64) -> Option<&'static str> {
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

/// Returns the scopes of a token. An unknown scope, which a newer registry may have written, allows nothing.
fn scopes(record: &TokenRecord) -> Vec<Scope> {
    record.scopes.split(' ').filter_map(|scope| scope.parse().ok()).collect()
}

fn micros(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // A write to a string does not fail.
        let _result = write!(text, "{byte:02x}");
        text
    })
}
