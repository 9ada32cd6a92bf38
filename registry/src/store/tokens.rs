use std::fmt;

use super::changes::NewEvent;
use super::outcome::Answer;

/// The token operations of a store. The store never has the secret of a token.
pub trait Tokens {
    /// Adds a token, and its event to the feed.
    fn add_token(&self, token: TokenRecord, event: NewEvent) -> Answer<'_, ()>;

    /// Returns the token with this id, even if it is expired or revoked.
    fn token<'a>(&'a self, id: &'a str) -> Answer<'a, Option<TokenRecord>>;

    /// Returns all tokens, including expired and revoked ones, oldest first.
    fn tokens(&self) -> Answer<'_, Vec<TokenRecord>>;

    /// Returns whether the store has a token, including expired and revoked ones.
    fn has_tokens(&self) -> Answer<'_, bool>;

    /// Revokes a token, and adds the event to the feed. Returns `false`, and changes nothing, if the token is already
    /// revoked.
    fn revoke_token(&self, revocation: Revocation) -> Answer<'_, bool>;

    /// Records the last use of a token.
    fn touch_token<'a>(&'a self, id: &'a str, at: i64) -> Answer<'a, ()>;
}

/// A stored token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// The public id: the first 16 hexadecimal digits of the digest.
    pub id: String,
    /// The SHA-256 of the token.
    pub digest: Vec<u8>,
    /// The name of the token.
    pub name: String,
    /// The scopes, with a space between two scopes.
    pub scopes: String,
    /// The time of creation, in microseconds since 1970, like all times here.
    pub created_at: i64,
    /// The author.
    pub created_by: String,
    /// The expiry time.
    pub expires_at: Option<i64>,
    /// The time of the last use, accurate to one minute.
    pub last_used_at: Option<i64>,
    /// The time of the revocation.
    pub revoked_at: Option<i64>,
    /// The author of the revocation.
    pub revoked_by: Option<String>,
}

/// The revocation of a token.
#[derive(Debug)]
pub struct Revocation {
    /// The id of the token.
    pub id: String,
    /// The time, in microseconds since 1970.
    pub at: i64,
    /// The author.
    pub by: String,
    /// The event for the feed.
    pub event: NewEvent,
}

impl fmt::Debug for TokenRecord {
    /// Leaves out the digest, so that no log contains it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRecord").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}
