use std::sync::Arc;

use evschema_api::VersionView;
use evschema_model::{Coordinates, Subject, Version, fields};

use super::refusal::Refusal;
use super::registry::Registry;
use super::selection::Selection;
use crate::feed::moment;
use crate::store::Content;

impl Registry {
    /// Returns the version that a request names.
    ///
    /// # Errors
    ///
    /// If the subject does not exist, or no version matches.
    pub(crate) async fn select(&self, subject: &Subject, selection: &Selection) -> Result<Version, Refusal> {
        if *selection == Selection::Latest {
            // This is the most frequent selection, and it needs no history.
            let record = self.store.subject(subject).await?;
            let record = record.ok_or_else(|| Refusal::SubjectNotFound(subject.clone()))?;
            return record.latest.ok_or_else(|| not_found(subject, selection));
        }
        let history = self.existing(subject).await?;
        match selection.select(&history.versions) {
            Some(record) => Ok(record.version.clone()),
            None => Err(not_found(subject, selection)),
        }
    }

    /// Returns the schema of a version, byte for byte as it was registered.
    ///
    /// # Errors
    ///
    /// If the version does not exist.
    pub(crate) async fn content(&self, at: &Coordinates) -> Result<Arc<Content>, Refusal> {
        if let Some(content) = self.schemas.content(at).await? {
            return Ok(content);
        }
        // Every registry has the schemas that `dataschema` of the feed refers to.
        if let Some(own) = crate::feed::content_of(at) {
            return Ok(Arc::new(own));
        }
        Err(self.version_not_found(at).await?)
    }

    /// Returns a version without its schema.
    ///
    /// # Errors
    ///
    /// If the version does not exist.
    pub(crate) async fn version(&self, at: &Coordinates) -> Result<VersionView, Refusal> {
        let Some(record) = self.store.version(at).await? else {
            return Err(self.version_not_found(at).await?);
        };
        let resolved = self.schemas.registered(at).await?;
        let links = self.store.links(at).await?;
        let accepted = self.store.accepted(at).await?.map(|text| serde_json::from_str(&text)).transpose();
        let accepted = accepted
            .map_err(|error| Refusal::Bug(format!("cannot read the accepted findings of {at}: {error}")))?;
        let schema = resolved.schema();
        Ok(VersionView {
            subject: at.subject.clone(),
            version: record.version,
            digest: record.digest,
            id: record.schema_id,
            ordinal: record.ordinal,
            url: schema_path(at),
            draft: schema.draft().to_string(),
            title: schema.title().map(str::to_owned),
            description: schema.description().map(str::to_owned),
            state: record.state,
            state_reason: record.state_reason,
            never_used: record.never_used,
            registered_at: moment(record.registered_at),
            author: record.author,
            message: record.message,
            accepted: accepted.unwrap_or_default(),
            references: links.references,
            dependents: links.dependents,
            fields: fields(schema),
        })
    }

    /// Returns the error for a missing version, or for a missing subject.
    pub(super) async fn version_not_found(&self, at: &Coordinates) -> Result<Refusal, Refusal> {
        self.existing(&at.subject).await?;
        Ok(not_found(&at.subject, &Selection::Exact(at.version.clone())))
    }
}

/// Returns the path of the schema of a version.
pub(super) fn schema_path(at: &Coordinates) -> String {
    format!("/schemas/{}/{}.json", at.subject, at.version)
}

fn not_found(subject: &Subject, selection: &Selection) -> Refusal {
    let wanted = match selection {
        Selection::Exact(version) => format!("`{version}`"),
        Selection::Latest => {
            "for `latest`, because `latest` skips yanked versions and pre-releases".to_owned()
        }
        Selection::Range(range) => format!("that matches `{range}`; a range skips yanked versions"),
    };
    Refusal::VersionNotFound { subject: subject.clone(), wanted }
}
