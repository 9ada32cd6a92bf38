//! The database of a team. Any number of registries can share one Postgres.

mod append;
mod connections;
mod database;
mod history;
mod hosts;
mod search;
mod statements;
mod tokens;

use evschema_model::{Coordinates, Digest, Subject, Version};
use sqlx::{query, query_as, query_scalar};

use super::changes::{Addition, Derived, StateChanged, SubjectChange, WaiverChange};
use super::operations::Store;
use super::outcome::{Answer, Appended, Written};
use super::records::{Content, FeedRecord, History, Links, VersionRecord};
use super::rows::{self, FeedRow, VersionRow, signed, unsigned};
use super::shared_statements::postgres as shared;
pub(super) use database::Postgres;
use search::update_terms;

impl Store for Postgres {
    fn history<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<History>> {
        self.read_history(subject)
    }

    fn history_for<'a>(
        &'a self,
        subject: &'a Subject,
        candidate: Option<&'a Version>,
    ) -> Answer<'a, Option<History>> {
        self.read_history_for(subject, candidate)
    }

    fn version<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<VersionRecord>> {
        Box::pin(async move {
            let row: Option<VersionRow> = query_as(
                "SELECT v.version, v.ordinal::bigint, v.schema_id::bigint, c.digest,
                        CASE WHEN v.state = 'yanked' AND v.never_used THEN 'never_used' ELSE v.state END,
                        v.state_reason, v.author, v.message, v.registered_at
                 FROM versions v JOIN subjects s ON s.id = v.subject_id JOIN schemas c ON c.id = v.schema_id
                 WHERE s.name = $1 AND v.version = $2",
            )
            .bind(at.subject.as_str())
            .bind(at.version.to_string())
            .fetch_optional(self.connections.statements())
            .await?;
            row.map(rows::version).transpose()
        })
    }

    fn version_with<'a>(
        &'a self,
        subject: &'a Subject,
        digest: &'a Digest,
    ) -> Answer<'a, Option<VersionRecord>> {
        Box::pin(async move {
            let row: Option<VersionRow> = query_as(
                "SELECT v.version, v.ordinal::bigint, v.schema_id::bigint, c.digest,
                        CASE WHEN v.state = 'yanked' AND v.never_used THEN 'never_used' ELSE v.state END,
                        v.state_reason, v.author, v.message, v.registered_at
                 FROM schemas c
                 JOIN subjects s ON s.name = $1
                 JOIN versions v ON v.subject_id = s.id AND v.schema_id = c.id
                 WHERE c.digest = $2
                 ORDER BY v.state = 'yanked', v.place DESC LIMIT 1",
            )
            .bind(subject.as_str())
            .bind(digest.as_str())
            .fetch_optional(self.connections.statements())
            .await?;
            row.map(rows::version).transpose()
        })
    }

    fn content<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<Content>> {
        Box::pin(shared::read_content(self.connections.statements(), at))
    }

    fn accepted<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<String>> {
        Box::pin(shared::read_accepted(self.connections.statements(), at))
    }

    fn owners_of_id<'a>(&'a self, id: &'a str) -> Answer<'a, Vec<Coordinates>> {
        Box::pin(shared::read_owners_of_id(self.connections.statements(), id))
    }

    fn links<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Links> {
        Box::pin(shared::read_links(self.connections.statements(), at))
    }

    fn put_subject(&self, change: SubjectChange) -> Answer<'_, Written<()>> {
        Box::pin(async move {
            let mut transaction = self.connections.begin().await?;
            let subject_id = shared::write_subject(&mut transaction, &change).await?;
            let Some(subject_id) = subject_id else { return Ok(Written::HeadMoved) };
            update_terms(&mut transaction, subject_id, &change).await?;
            shared::add_event(&mut transaction, change.subject.as_str(), change.at, &change.event).await?;
            transaction.commit().await?;
            Ok(Written::Done(()))
        })
    }

    fn append(&self, addition: Addition) -> Answer<'_, Appended> {
        self.append_version(addition)
    }

    fn set_state(&self, change: StateChanged) -> Answer<'_, Written<()>> {
        Box::pin(async move { shared::write_state(self.connections.begin().await?, &change).await })
    }

    fn set_waiver(&self, change: WaiverChange) -> Answer<'_, Written<()>> {
        Box::pin(async move { shared::write_waiver(self.connections.begin().await?, &change).await })
    }

    fn feed(&self, after: u64, limit: u32) -> Answer<'_, Vec<FeedRecord>> {
        Box::pin(async move {
            self.number_events().await?;
            let rows: Vec<FeedRow> = query_as(
                "SELECT position, kind, subject, at, data, token, address FROM feed
                 WHERE position > $1 ORDER BY position LIMIT $2",
            )
            .bind(signed(after))
            .bind(i64::from(limit))
            .fetch_all(self.connections.statements())
            .await?;
            rows.into_iter().map(rows::event).collect()
        })
    }

    fn feed_head(&self) -> Answer<'_, u64> {
        Box::pin(async move {
            self.number_events().await?;
            let head = query_scalar("SELECT coalesce(max(position), 0) FROM feed")
                .fetch_one(self.connections.statements())
                .await?;
            unsigned(head, "position")
        })
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            query("SELECT 1").execute(self.connections.statements()).await?;
            Ok(())
        })
    }

    fn probe_write(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            query(
                "INSERT INTO room_probe (id, filler) VALUES (1, '')
                 ON CONFLICT (id) DO UPDATE SET filler = md5(random()::text)",
            )
            .execute(self.connections.statements())
            .await?;
            Ok(())
        })
    }

    fn set_derived(&self, derived: Derived) -> Answer<'_, ()> {
        Box::pin(async move {
            query("UPDATE subjects SET latest = $1, version_count = $2 WHERE name = $3")
                .bind(derived.latest.as_ref().map(ToString::to_string))
                .bind(i32::try_from(derived.version_count).unwrap_or(i32::MAX))
                .bind(derived.subject.as_str())
                .execute(self.connections.statements())
                .await?;
            Ok(())
        })
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            self.connections.close().await;
            Ok(())
        })
    }
}
