use sqlx::{query, query_as, query_scalar};

use super::{Sqlite, announce};
use crate::store::rows::{self, TokenRow};
use crate::store::{Answer, NewEvent, Revocation, TokenRecord, Tokens};

impl Tokens for Sqlite {
    fn add_token(&self, token: TokenRecord, event: NewEvent) -> Answer<'_, ()> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
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
            .fetch_optional(&self.pool)
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
            .fetch_all(&self.pool)
            .await?;
            Ok(rows.into_iter().map(rows::token).collect())
        })
    }

    fn has_tokens(&self) -> Answer<'_, bool> {
        Box::pin(async move {
            Ok(query_scalar("SELECT EXISTS (SELECT 1 FROM tokens)").fetch_one(&self.pool).await?)
        })
    }

    fn revoke_token(&self, revocation: Revocation) -> Answer<'_, bool> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
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
            let _writing = self.writing.lock().await;
            query("UPDATE tokens SET last_used_at = $1 WHERE id = $2 AND coalesce(last_used_at, 0) < $1")
                .bind(at)
                .bind(id)
                .execute(&self.pool)
                .await?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Provenance, StoreError};

    #[tokio::test]
    async fn a_database_without_room_says_so_and_stays_whole() {
        let store = Sqlite::open("sqlite::memory:", crate::store::Access::Write).await.unwrap();
        let token = |id: &str, name: String| TokenRecord {
            id: id.to_owned(),
            digest: Vec::new(),
            name,
            scopes: "read".to_owned(),
            created_at: 1,
            created_by: "me".to_owned(),
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
            revoked_by: None,
        };
        let event = || NewEvent { kind: "created", data: "{}".to_owned(), provenance: Provenance::default() };
        store.add_token(token("a", "small".to_owned()), event()).await.unwrap();
        // The file may not grow: as SQLite answers where the disk is full.
        query("PRAGMA max_page_count = 1").execute(&store.pool).await.unwrap();
        let refused = store.add_token(token("b", "large".repeat(1 << 18)), event()).await;
        assert!(matches!(refused, Err(StoreError::Full(_))), "{refused:?}");
        let there: Vec<String> = store.tokens().await.unwrap().into_iter().map(|token| token.id).collect();
        assert_eq!(there, ["a"]);
        let sound: String = query_scalar("PRAGMA integrity_check").fetch_one(&store.pool).await.unwrap();
        assert_eq!(sound, "ok");
    }
}
