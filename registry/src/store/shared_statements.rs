//! The statements that are the same for both databases.
//!
//! Functions that are generic over the database would need a bound for each type of value. So a macro defines the
//! functions once for each database.

macro_rules! statements {
    ($module:ident, $driver:ty) => {
        pub(super) mod $module {
            use evschema_model::{Coordinates, Subject};
            use sqlx::{Executor, Transaction, query, query_as, query_scalar};

            use crate::store::changes::{
                Head, NewEvent, Settings, StateChanged, SubjectChange, WaiverChange,
            };
            use crate::store::outcome::{StoreError, Written};
            use crate::store::records::{Content, Links};
            use crate::store::rows::{self, CoordinatesRow, TokenRow, signed};
            use crate::store::tokens::{Revocation, TokenRecord};

            /// Adds an event at the end of the feed.
            pub(in crate::store) async fn add_event(
                transaction: &mut Transaction<'_, $driver>,
                subject: &str,
                at: i64,
                event: &NewEvent,
            ) -> Result<(), StoreError> {
                query(
                    "INSERT INTO feed (kind, subject, at, data, token, address) VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(event.kind)
                .bind(subject)
                .bind(at)
                .bind(&event.data)
                .bind(&event.provenance.token)
                .bind(&event.provenance.address)
                .execute(&mut **transaction)
                .await?;
                Ok(())
            }

            /// Creates a subject and returns its number, or returns `None` if a subject with the same folded name
            /// exists.
            pub(in crate::store) async fn create_subject(
                transaction: &mut Transaction<'_, $driver>,
                subject: &Subject,
                settings: &Settings,
                at: i64,
            ) -> Result<Option<i64>, StoreError> {
                let created = query_scalar(
                    "INSERT INTO subjects (name, folded, mode, content_model, owner, description, revision,
                                           version_count, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7, $7) ON CONFLICT DO NOTHING RETURNING id",
                )
                .bind(subject.as_str())
                .bind(subject.folded())
                .bind(settings.policy.mode.as_str())
                .bind(settings.policy.content_model.as_str())
                .bind(&settings.owner)
                .bind(&settings.description)
                .bind(at)
                .fetch_optional(&mut **transaction)
                .await?;
                Ok(created)
            }

            /// Creates a subject or replaces its settings, and returns its number. Returns `None` if the subject is not
            /// in the expected condition.
            pub(in crate::store) async fn write_subject(
                transaction: &mut Transaction<'_, $driver>,
                change: &SubjectChange,
            ) -> Result<Option<i64>, StoreError> {
                let revision = match change.head {
                    Head::At(revision) => revision,
                    Head::Absent => {
                        return create_subject(transaction, &change.subject, &change.settings, change.at).await;
                    }
                };
                let changed = query_scalar(
                    "UPDATE subjects SET mode = $1, content_model = $2, owner = $3, description = $4,
                            revision = revision + 1, updated_at = $5
                     WHERE name = $6 AND revision = $7 RETURNING id",
                )
                .bind(change.settings.policy.mode.as_str())
                .bind(change.settings.policy.content_model.as_str())
                .bind(&change.settings.owner)
                .bind(&change.settings.description)
                .bind(change.at)
                .bind(change.subject.as_str())
                .bind(signed(revision))
                .fetch_optional(&mut **transaction)
                .await?;
                Ok(changed)
            }

            /// Changes the state of a version, commits the change, and adds its event to the feed.
            pub(in crate::store) async fn write_state(
                mut transaction: Transaction<'_, $driver>,
                change: &StateChanged,
            ) -> Result<Written<()>, StoreError> {
                let subject_id: Option<i64> = query_scalar(
                    "UPDATE subjects SET revision = revision + 1, latest = $1, updated_at = $2
                     WHERE name = $3 AND revision = $4 RETURNING id",
                )
                .bind(change.latest.as_ref().map(ToString::to_string))
                .bind(change.changed_at)
                .bind(change.at.subject.as_str())
                .bind(signed(change.revision))
                .fetch_optional(&mut *transaction)
                .await?;
                let Some(subject_id) = subject_id else { return Ok(Written::HeadMoved) };
                query(
                    "UPDATE versions SET state = $1, state_reason = $2, never_used = $3
                     WHERE subject_id = $4 AND version = $5",
                )
                .bind(change.state.as_str())
                .bind(&change.reason)
                .bind(change.never_used)
                .bind(subject_id)
                .bind(change.at.version.to_string())
                .execute(&mut *transaction)
                .await?;
                let subject = change.at.subject.as_str();
                add_event(&mut transaction, subject, change.changed_at, &change.event).await?;
                transaction.commit().await?;
                Ok(Written::Done(()))
            }

            /// Grants, changes or withdraws a waiver, commits the change, and adds its event to the feed.
            pub(in crate::store) async fn write_waiver(
                mut transaction: Transaction<'_, $driver>,
                change: &WaiverChange,
            ) -> Result<Written<()>, StoreError> {
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
                // The revision matched, so the waiver to withdraw must exist.
                if changed != 1 {
                    return Err(StoreError::Corrupt("waiver"));
                }
                add_event(&mut transaction, change.subject.as_str(), change.at, &change.event).await?;
                transaction.commit().await?;
                Ok(Written::Done(()))
            }

            /// Adds a token, commits the change, and adds its event to the feed.
            pub(in crate::store) async fn write_token(
                mut transaction: Transaction<'_, $driver>,
                token: &TokenRecord,
                event: &NewEvent,
            ) -> Result<(), StoreError> {
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
                add_event(&mut transaction, &token.id, token.created_at, event).await?;
                transaction.commit().await?;
                Ok(())
            }

            /// Revokes a token, commits the change, and adds its event to the feed. Returns `false` if the token was
            /// already revoked.
            pub(in crate::store) async fn write_revocation(
                mut transaction: Transaction<'_, $driver>,
                revocation: &Revocation,
            ) -> Result<bool, StoreError> {
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
                add_event(&mut transaction, &revocation.id, revocation.at, &revocation.event).await?;
                transaction.commit().await?;
                Ok(true)
            }

            /// Records the last use of a token.
            pub(in crate::store) async fn write_last_use(
                executor: impl Executor<'_, Database = $driver>,
                id: &str,
                at: i64,
            ) -> Result<(), StoreError> {
                query("UPDATE tokens SET last_used_at = $1 WHERE id = $2 AND coalesce(last_used_at, 0) < $1")
                    .bind(at)
                    .bind(id)
                    .execute(executor)
                    .await?;
                Ok(())
            }

            /// Returns the token with this id.
            pub(in crate::store) async fn read_token(
                executor: impl Executor<'_, Database = $driver>,
                id: &str,
            ) -> Result<Option<TokenRecord>, StoreError> {
                let row: Option<TokenRow> = query_as(
                    "SELECT id, digest, name, scopes, created_at, created_by, expires_at, last_used_at,
                            revoked_at, revoked_by
                     FROM tokens WHERE id = $1",
                )
                .bind(id)
                .fetch_optional(executor)
                .await?;
                Ok(row.map(rows::token))
            }

            /// Returns all tokens, oldest first.
            pub(in crate::store) async fn read_tokens(
                executor: impl Executor<'_, Database = $driver>,
            ) -> Result<Vec<TokenRecord>, StoreError> {
                let rows: Vec<TokenRow> = query_as(
                    "SELECT id, digest, name, scopes, created_at, created_by, expires_at, last_used_at,
                            revoked_at, revoked_by
                     FROM tokens ORDER BY created_at, id",
                )
                .fetch_all(executor)
                .await?;
                Ok(rows.into_iter().map(rows::token).collect())
            }

            /// Returns whether a token exists, including expired and revoked tokens.
            pub(in crate::store) async fn read_has_tokens(
                executor: impl Executor<'_, Database = $driver>,
            ) -> Result<bool, StoreError> {
                Ok(query_scalar("SELECT EXISTS (SELECT 1 FROM tokens)").fetch_one(executor).await?)
            }

            /// Returns the schema of a version.
            pub(in crate::store) async fn read_content(
                executor: impl Executor<'_, Database = $driver>,
                at: &Coordinates,
            ) -> Result<Option<Content>, StoreError> {
                let row: Option<(Vec<u8>, String)> = query_as(
                    "SELECT coalesce(v.bytes, c.bytes), c.digest
                     FROM versions v JOIN subjects s ON s.id = v.subject_id JOIN schemas c ON c.id = v.schema_id
                     WHERE s.name = $1 AND v.version = $2",
                )
                .bind(at.subject.as_str())
                .bind(at.version.to_string())
                .fetch_optional(executor)
                .await?;
                Ok(row.map(rows::content))
            }

            /// Returns the accepted findings of a version, as JSON.
            pub(in crate::store) async fn read_accepted(
                executor: impl Executor<'_, Database = $driver>,
                at: &Coordinates,
            ) -> Result<Option<String>, StoreError> {
                let row: Option<(Option<String>,)> = query_as(
                    "SELECT v.accepted FROM versions v JOIN subjects s ON s.id = v.subject_id
                     WHERE s.name = $1 AND v.version = $2",
                )
                .bind(at.subject.as_str())
                .bind(at.version.to_string())
                .fetch_optional(executor)
                .await?;
                Ok(row.and_then(|(accepted,)| accepted))
            }

            /// Returns the versions that have this `$id`. If other versions refer to the `$id`, returns only the
            /// version that these references mean.
            pub(in crate::store) async fn read_owners_of_id(
                executor: impl Executor<'_, Database = $driver> + Copy,
                id: &str,
            ) -> Result<Vec<Coordinates>, StoreError> {
                let rows: Vec<CoordinatesRow> = query_as(
                    "SELECT s.name, v.version FROM versions v JOIN subjects s ON s.id = v.subject_id
                     WHERE v.id IN (SELECT id FROM versions WHERE uri = $1
                                    UNION ALL SELECT version_id FROM shared_ids WHERE uri = $1)
                     ORDER BY v.ordinal",
                )
                .bind(id)
                .fetch_all(executor)
                .await?;
                if rows.len() <= 1 {
                    return rows::all_coordinates(rows);
                }
                let meant: Option<CoordinatesRow> = query_as(
                    "SELECT s.name, v.version FROM versions v JOIN subjects s ON s.id = v.subject_id
                     WHERE v.id = (SELECT target FROM version_links WHERE uri = $1 LIMIT 1)",
                )
                .bind(id)
                .fetch_optional(executor)
                .await?;
                rows::all_coordinates(meant.map_or(rows, |meant| vec![meant]))
            }

            /// Returns the references of a version in both directions.
            pub(in crate::store) async fn read_links(
                executor: impl Executor<'_, Database = $driver> + Copy,
                at: &Coordinates,
            ) -> Result<Links, StoreError> {
                let references: Vec<CoordinatesRow> = query_as(
                    "SELECT DISTINCT ts.name, t.version
                     FROM version_links l
                     JOIN versions r ON r.id = l.referrer JOIN subjects rs ON rs.id = r.subject_id
                     JOIN versions t ON t.id = l.target JOIN subjects ts ON ts.id = t.subject_id
                     WHERE rs.name = $1 AND r.version = $2",
                )
                .bind(at.subject.as_str())
                .bind(at.version.to_string())
                .fetch_all(executor)
                .await?;
                let dependents: Vec<CoordinatesRow> = query_as(
                    "SELECT DISTINCT rs.name, r.version
                     FROM version_links l
                     JOIN versions r ON r.id = l.referrer JOIN subjects rs ON rs.id = r.subject_id
                     JOIN versions t ON t.id = l.target JOIN subjects ts ON ts.id = t.subject_id
                     WHERE ts.name = $1 AND t.version = $2",
                )
                .bind(at.subject.as_str())
                .bind(at.version.to_string())
                .fetch_all(executor)
                .await?;
                Ok(Links {
                    references: rows::all_coordinates(references)?,
                    dependents: rows::all_coordinates(dependents)?,
                })
            }
        }
    };
}

statements!(postgres, sqlx::Postgres);
statements!(sqlite, sqlx::Sqlite);
