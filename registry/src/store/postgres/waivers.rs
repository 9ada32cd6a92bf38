use sqlx::{query, query_scalar};

use super::{Postgres, announce};
use crate::store::rows::signed;
use crate::store::{Answer, StoreError, WaiverChange, Written};

impl Postgres {
    pub(super) fn change_waiver(&self, change: WaiverChange) -> Answer<'_, Written<()>> {
        Box::pin(async move {
            let mut transaction = self.connections.begin().await?;
            let subject_id: Option<i64> = query_scalar(
                "UPDATE subjects SET revision = revision + 1, updated_at = $1
                 WHERE name = $2 AND revision = $3 RETURNING id",
            )
            .bind(change.at)
            .bind(change.subject.as_str())
            .bind(signed(change.revision))
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(subject_id) = subject_id else { return Ok(Written::HeadMoved) };
            let changed = match &change.waiver {
                Some(waiver) => query(
                    "INSERT INTO waivers (subject_id, fingerprint, reason, until, author, granted_at)
                     VALUES ($1, $2, $3, $4, $5, $6)
                     ON CONFLICT (subject_id, fingerprint) DO UPDATE SET reason = excluded.reason,
                         until = excluded.until, author = excluded.author, granted_at = excluded.granted_at",
                )
                .bind(subject_id)
                .bind(&change.fingerprint)
                .bind(&waiver.reason)
                .bind(&waiver.until)
                .bind(&waiver.author)
                .bind(waiver.granted_at)
                .execute(&mut *transaction)
                .await?
                .rows_affected(),
                None => query("DELETE FROM waivers WHERE subject_id = $1 AND fingerprint = $2")
                    .bind(subject_id)
                    .bind(&change.fingerprint)
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected(),
            };
            // The revision says that it was there, or could be added.
            if changed != 1 {
                return Err(StoreError::Corrupt("waiver"));
            }
            announce(&mut transaction, change.subject.as_str(), change.at, &change.event).await?;
            transaction.commit().await?;
            Ok(Written::Done(()))
        })
    }
}
