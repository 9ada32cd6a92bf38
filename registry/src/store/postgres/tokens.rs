use super::database::Postgres;
use crate::store::changes::NewEvent;
use crate::store::outcome::Answer;
use crate::store::shared_statements::postgres as shared;
use crate::store::tokens::{Revocation, TokenRecord, Tokens};

impl Tokens for Postgres {
    fn add_token(&self, token: TokenRecord, event: NewEvent) -> Answer<'_, ()> {
        Box::pin(async move { shared::write_token(self.connections.begin().await?, &token, &event).await })
    }

    fn token<'a>(&'a self, id: &'a str) -> Answer<'a, Option<TokenRecord>> {
        Box::pin(shared::read_token(self.connections.statements(), id))
    }

    fn tokens(&self) -> Answer<'_, Vec<TokenRecord>> {
        Box::pin(shared::read_tokens(self.connections.statements()))
    }

    fn has_tokens(&self) -> Answer<'_, bool> {
        Box::pin(shared::read_has_tokens(self.connections.statements()))
    }

    fn revoke_token(&self, revocation: Revocation) -> Answer<'_, bool> {
        Box::pin(async move { shared::write_revocation(self.connections.begin().await?, &revocation).await })
    }

    fn touch_token<'a>(&'a self, id: &'a str, at: i64) -> Answer<'a, ()> {
        Box::pin(shared::write_last_use(self.connections.statements(), id, at))
    }
}
