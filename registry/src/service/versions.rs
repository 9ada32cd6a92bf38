use std::sync::Arc;

use evschema_api::VersionView;
use evschema_model::{Coordinates, Subject, Version, fields};

use super::{Refusal, Registry, Selection, register::document_url};
use crate::feed::moment;
use crate::store::Content;

impl Registry {
    /// Returns the version that a request's words select.
    ///
    /// # Errors
    ///
    /// When there is no such subject, or none of its versions matches.
    pub(crate) async fn select(&self, subject: &Subject, selection: &Selection) -> Result<Version, Refusal> {
        if *selection == Selection::Latest {
            // Asked for most often, and known without looking at the versions.
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

    /// Returns the bytes of a version as they were registered.
    ///
    /// # Errors
    ///
    /// When there is no such version.
    pub(crate) async fn content(&self, at: &Coordinates) -> Result<Arc<Content>, Refusal> {
        if let Some(content) = self.library.content(at).await? {
            return Ok(content);
        }
        // The feed's `dataschema` leads somewhere on every registry.
        if let Some(own) = crate::feed::content_of(at) {
            return Ok(Arc::new(own));
        }
        Err(self.missing(at).await?)
    }

    /// Returns what is known of a version beside its content.
    ///
    /// # Errors
    ///
    /// When there is no such version.
    pub(crate) async fn version(&self, at: &Coordinates) -> Result<VersionView, Refusal> {
        let Some(record) = self.store.version(at).await? else { return Err(self.missing(at).await?) };
        let resolved = self.library.registered(at).await?;
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
            url: document_url(at),
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

    /// Says which of subject and version is not there.
    pub(super) async fn missing(&self, at: &Coordinates) -> Result<Refusal, Refusal> {
        self.existing(&at.subject).await?;
        Ok(not_found(&at.subject, &Selection::Exact(at.version.clone())))
    }
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
