use std::fmt;

use super::{Answer, NewEvent};

/// What a store remembers of tokens. A token itself is never among it.
pub trait Tokens {
    /// Adds a token and says so in the feed.
    fn add_token(&self, token: TokenRecord, event: NewEvent) -> Answer<'_, ()>;

    /// Returns the token of this id, revoked or not.
    fn token<'a>(&'a self, id: &'a str) -> Answer<'a, Option<TokenRecord>>;

    /// Returns every token there ever was, oldest first.
    fn tokens(&self) -> Answer<'_, Vec<TokenRecord>>;

    /// Tells whether there ever was a token.
    fn has_tokens(&self) -> Answer<'_, bool>;

    /// Revokes a token and says so in the feed, unless it is revoked already; tells whether it did.
    fn revoke_token(&self, revocation: Revocation) -> Answer<'_, bool>;

    /// Notes when a token was last used.
    fn touch_token<'a>(&'a self, id: &'a str, at: i64) -> Answer<'a, ()>;
}

/// A token as it is remembered.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its public name: the first 16 hexadecimal digits of the digest.
    pub id: String,
    /// SHA-256 of the token.
    pub digest: Vec<u8>,
    /// What it is for.
    pub name: String,
    /// What it allows, with a space between each.
    pub scopes: String,
    /// When it was made, in microseconds since 1970; so all times here.
    pub created_at: i64,
    /// Who made it.
    pub created_by: String,
    /// When it ends by itself.
    pub expires_at: Option<i64>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
}

/// A token to be revoked.
#[derive(Debug)]
pub struct Revocation {
    /// Its id.
    pub id: String,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who asks.
    pub by: String,
    /// What the feed says of it.
    pub event: NewEvent,
}

impl fmt::Debug for TokenRecord {
    /// Leaves the digest out: what a log holds is of no use to anybody.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRecord").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}
