use super::database::Sqlite;
use crate::store::changes::NewEvent;
use crate::store::outcome::Answer;
use crate::store::shared_statements::sqlite as shared;
use crate::store::tokens::{Revocation, TokenRecord, Tokens};

impl Tokens for Sqlite {
    fn add_token(&self, token: TokenRecord, event: NewEvent) -> Answer<'_, ()> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            shared::write_token(self.begin_write().await?, &token, &event).await
        })
    }

    fn token<'a>(&'a self, id: &'a str) -> Answer<'a, Option<TokenRecord>> {
        Box::pin(shared::read_token(&self.pool, id))
    }

    fn tokens(&self) -> Answer<'_, Vec<TokenRecord>> {
        Box::pin(shared::read_tokens(&self.pool))
    }

    fn has_tokens(&self) -> Answer<'_, bool> {
        Box::pin(shared::read_has_tokens(&self.pool))
    }

    fn revoke_token(&self, revocation: Revocation) -> Answer<'_, bool> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            shared::write_revocation(self.begin_write().await?, &revocation).await
        })
    }

    fn touch_token<'a>(&'a self, id: &'a str, at: i64) -> Answer<'a, ()> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            shared::write_last_use(&self.pool, id, at).await
        })
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{query, query_scalar};

    use super::*;
    use crate::store::outcome::{Access, StoreError};
    use crate::store::records::Provenance;

    #[tokio::test]
    async fn a_full_database_rejects_the_write_and_keeps_its_data() {
        let store = Sqlite::open("sqlite::memory:", Access::Write).await.unwrap();
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
        // If the file may not grow, SQLite returns the same error as on a full disk.
        query("PRAGMA max_page_count = 1").execute(&store.pool).await.unwrap();
        let refused = store.add_token(token("b", "large".repeat(1 << 18)), event()).await;
        assert!(matches!(refused, Err(StoreError::Full(_))), "{refused:?}");
        let ids: Vec<String> = store.tokens().await.unwrap().into_iter().map(|token| token.id).collect();
        assert_eq!(ids, ["a"]);
        let integrity: String = query_scalar("PRAGMA integrity_check").fetch_one(&store.pool).await.unwrap();
        assert_eq!(integrity, "ok");
    }
}
