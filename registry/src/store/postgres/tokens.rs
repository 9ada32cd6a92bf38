use sqlx::{query, query_as, query_scalar};

use super::{Postgres, announce};
use crate::store::rows::{self, TokenRow};
use crate::store::{Answer, NewEvent, Revocation, TokenRecord, Tokens};

impl Tokens for Postgres {
    fn add_token(&self, token: TokenRecord, event: NewEvent) -> Answer<'_, ()> {
        Box::pin(async move {
            let mut transaction = self.connections.begin().await?;
            query(
                "INSERT INTO tokens (id, digest, name, scopes, created_at, created_by, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(&token.id)
            .bind(&token.digest)
            .bind(&token.name)
            .bind(&token.scopes)
            .bind(token.created_at)
            .bind(&token.created_by)
            .bind(token.expires_at)
            .execute(&mut *transaction)
            .await?;
            announce(&mut transaction, &token.id, token.created_at, &event).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    fn token<'a>(&'a self, id: &'a str) -> Answer<'a, Option<TokenRecord>> {
        Box::pin(async move {
            let row: Option<TokenRow> = query_as(
                "SELECT id, digest, name, scopes, created_at, created_by, expires_at, last_used_at,
                        revoked_at, revoked_by
                 FROM tokens WHERE id = $1",
            )
            .bind(id)
            .fetch_optional(self.connections.statements())
            .await?;
            Ok(row.map(rows::token))
        })
    }

    fn tokens(&self) -> Answer<'_, Vec<TokenRecord>> {
        Box::pin(async move {
            let rows: Vec<TokenRow> = query_as(
                "SELECT id, digest, name, scopes, created_at, created_by, expires_at, last_used_at,
                        revoked_at, revoked_by
                 FROM tokens ORDER BY created_at, id",
            )
            .fetch_all(self.connections.statements())
            .await?;
            Ok(rows.into_iter().map(rows::token).collect())
        })
    }

    fn has_tokens(&self) -> Answer<'_, bool> {
        Box::pin(async move {
            Ok(query_scalar("SELECT EXISTS (SELECT 1 FROM tokens)")
                .fetch_one(self.connections.statements())
                .await?)
        })
    }

    fn revoke_token(&self, revocation: Revocation) -> Answer<'_, bool> {
        Box::pin(async move {
            let mut transaction = self.connections.begin().await?;
            let revoked = query(
                "UPDATE tokens SET revoked_at = $1, revoked_by = $2 WHERE id = $3 AND revoked_at IS NULL",
            )
            .bind(revocation.at)
            .bind(&revocation.by)
            .bind(&revocation.id)
            .execute(&mut *transaction)
            .await?
            .rows_affected()
                == 1;
            if !revoked {
                return Ok(false);
            }
            announce(&mut transaction, &revocation.id, revocation.at, &revocation.event).await?;
            transaction.commit().await?;
            Ok(true)
        })
    }

    fn touch_token<'a>(&'a self, id: &'a str, at: i64) -> Answer<'a, ()> {
        Box::pin(async move {
            query("UPDATE tokens SET last_used_at = $1 WHERE id = $2 AND coalesce(last_used_at, 0) < $1")
                .bind(at)
                .bind(id)
                .execute(self.connections.statements())
                .await?;
            Ok(())
        })
    }
}
