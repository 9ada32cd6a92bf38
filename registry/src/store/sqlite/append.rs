use sqlx::{query, query_as, query_scalar};

use super::database::Sqlite;
use super::posting_lists::Part;
use super::search::update_words;
use crate::store::changes::{Addition, Head};
use crate::store::outcome::{Answer, Appended};
use crate::store::rows::{self, CoordinatesRow, signed, unsigned};
use crate::store::shared_statements::sqlite::{add_event, create_subject};

impl Sqlite {
    pub(super) fn append_version(&self, addition: Addition) -> Answer<'_, Appended> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            let mut transaction = self.begin_write().await?;
            let subject = &addition.at.subject;
            let mut revision = addition.head;
            if let (Head::Absent, Some((settings, event))) = (addition.head, &addition.creation) {
                if create_subject(&mut transaction, subject, settings, addition.registered_at)
                    .await?
                    .is_none()
                {
                    return Ok(Appended::HeadMoved);
                }
                add_event(&mut transaction, subject.as_str(), addition.registered_at, event).await?;
                revision = Head::At(Head::Absent.next_revision());
            }
            let Head::At(revision) = revision else { return Ok(Appended::HeadMoved) };
            let subject_id: Option<i64> = query_scalar(
                "UPDATE subjects SET revision = revision + 1, latest = $1, updated_at = $2,
                        version_count = version_count + 1
                 WHERE name = $3 AND revision = $4 RETURNING id",
            )
            .bind(addition.latest.as_ref().map(ToString::to_string))
            .bind(addition.registered_at)
            .bind(subject.as_str())
            .bind(signed(revision))
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(subject_id) = subject_id else { return Ok(Appended::HeadMoved) };
            if let Some(uri) = &addition.uri {
                let owner: Option<CoordinatesRow> = query_as(
                    "SELECT s.name, v.version FROM versions v JOIN subjects s ON s.id = v.subject_id
                     WHERE (v.uri = $1 AND v.subject_id <> $2)
                        OR v.id = (SELECT target FROM version_links WHERE uri = $1 LIMIT 1)
                     LIMIT 1",
                )
                .bind(uri)
                .bind(subject_id)
                .fetch_optional(&mut *transaction)
                .await?;
                if let Some(owner) = owner {
                    return Ok(Appended::IdTaken { owner: rows::coordinates(owner)? });
                }
            }
            let added: Option<i64> = query_scalar(
                "INSERT INTO schemas (digest, bytes) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING
                 RETURNING id",
            )
            .bind(addition.digest.as_str())
            .bind(&addition.bytes)
            .fetch_optional(&mut *transaction)
            .await?;
            let (schema_id, has_same_bytes) = match added {
                Some(schema_id) => (schema_id, true),
                None => {
                    let (schema_id, bytes): (i64, Vec<u8>) =
                        query_as("SELECT id, bytes FROM schemas WHERE digest = $1")
                            .bind(addition.digest.as_str())
                            .fetch_one(&mut *transaction)
                            .await?;
                    (schema_id, bytes == addition.bytes)
                }
            };
            let version_id: i64 = query_scalar(
                "INSERT INTO versions (subject_id, version, ordinal, schema_id, bytes, uri, state, author,
                                       message, registered_at, accepted)
                 VALUES ($1, $2, $3, $4, $5,
                         CASE WHEN EXISTS (SELECT 1 FROM versions WHERE uri = $6) THEN NULL ELSE $6 END,
                         'active', $7, $8, $9, $10) RETURNING id",
            )
            .bind(subject_id)
            .bind(addition.at.version.to_string())
            .bind(i64::from(addition.ordinal))
            .bind(schema_id)
            .bind((!has_same_bytes).then_some(&addition.bytes))
            .bind(&addition.uri)
            .bind(&addition.author)
            .bind(&addition.message)
            .bind(addition.registered_at)
            .bind(&addition.accepted)
            .fetch_one(&mut *transaction)
            .await?;
            if let Some(uri) = &addition.uri {
                query(
                    "INSERT INTO shared_ids (version_id, uri)
                     SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM versions WHERE id = $1 AND uri = $2)",
                )
                .bind(version_id)
                .bind(uri)
                .execute(&mut *transaction)
                .await?;
            }
            for reference in &addition.references {
                query(
                    "INSERT INTO version_links (referrer, uri, target)
                     SELECT $1, $2, v.id FROM versions v JOIN subjects s ON s.id = v.subject_id
                     WHERE s.name = $3 AND v.version = $4",
                )
                .bind(version_id)
                .bind(&reference.uri)
                .bind(reference.target.subject.as_str())
                .bind(reference.target.version.to_string())
                .execute(&mut *transaction)
                .await?;
            }
            if let Some(words) = &addition.words {
                update_words(&mut transaction, subject_id, Part::Content, words, revision + 1).await?;
            }
            let schema_id = unsigned(schema_id, "schema id")?;
            let event = addition.event.numbered(schema_id);
            add_event(&mut transaction, subject.as_str(), addition.registered_at, &event).await?;
            transaction.commit().await?;
            Ok(Appended::Done { schema_id })
        })
    }
}
