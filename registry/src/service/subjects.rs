use evschema_api::{SubjectPage, SubjectPatch, SubjectSummary, SubjectView, VersionSummary};
use evschema_model::{Subject, SubjectPolicy};

use super::actor::Actor;
use super::refusal::Refusal;
use super::registry::Registry;
use super::right::Right;
use super::search::{query_words, settings_terms};
use super::text_length::check_length;
use crate::feed::{self, Stamp, moment};
use crate::limits;
use crate::store::{
    Head, History, Settings, SubjectChange, SubjectQuery, SubjectRecord, VersionRecord, Written,
};

/// The condition under which a request changes a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// The request has no condition.
    None,
    /// The subject exists.
    Exists,
    /// The subject does not exist.
    Absent,
    /// The subject is at this revision.
    Revision(u64),
    /// A condition that no subject satisfies.
    Never,
}

impl Registry {
    /// Returns a page of the subjects. With `search`, the page has only the matching subjects.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn subjects(
        &self,
        search: Option<&str>,
        after: Option<String>,
        limit: u32,
    ) -> Result<SubjectPage, Refusal> {
        let search = search.filter(|text| !text.is_empty());
        let words = search.map(query_words).unwrap_or_default();
        if search.is_some() && words.is_empty() {
            // The search text contains only punctuation, so no subject matches.
            return Ok(SubjectPage { subjects: Vec::new(), next: None });
        }
        // One more subject shows whether a next page exists.
        let query = SubjectQuery { words, after, limit: limit + 1 };
        let mut records = self.store.subjects(&query).await?;
        let more = limit < u32::try_from(records.len()).unwrap_or(u32::MAX);
        records.truncate(limit as usize);
        let next = records.last().filter(|_| more).map(|last| last.subject.to_string());
        Ok(SubjectPage { subjects: records.into_iter().map(summary).collect(), next })
    }

    /// Returns a subject and its versions.
    ///
    /// # Errors
    ///
    /// If the subject does not exist.
    pub(crate) async fn subject(&self, subject: &Subject) -> Result<SubjectView, Refusal> {
        Ok(view(self.existing(subject).await?))
    }

    /// Creates a subject, or changes the settings in a patch. Returns whether the subject is new.
    ///
    /// The registry does not check existing versions again, because a policy applies only to new versions. A new policy
    /// for an existing subject can allow breaking changes. So this change needs the right to change policies, and the
    /// revision that the client has seen.
    ///
    /// # Errors
    ///
    /// If the precondition fails or is missing, the actor lacks the right, or a text is too long.
    pub(crate) async fn put_subject(
        &self,
        subject: &Subject,
        patch: SubjectPatch,
        precondition: Precondition,
        actor: &Actor,
        author: Option<String>,
    ) -> Result<(SubjectView, bool), Refusal> {
        check_length("the owner", patch.owner.value().map(String::as_str), 1, limits::NAME_CHARS_MAX)?;
        let description = patch.description.value().map(String::as_str);
        check_length("the description", description, 0, limits::DESCRIPTION_CHARS_MAX)?;
        let signature = actor.sign(author);
        check_length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.history(subject).await?;
            let existing = history.as_ref().map(|history| &history.subject);
            precondition.check(subject, existing)?;
            let settings = self.patched(existing, patch.clone());
            if let Some(history) =
                history.as_ref().filter(|history| settings_of(&history.subject) == settings)
            {
                return Ok((view(history.clone()), false));
            }
            let replaced = existing.map(|record| record.policy).filter(|policy| *policy != settings.policy);
            if let Some(existing) = existing.filter(|_| replaced.is_some()) {
                actor.require(Right::Policy)?;
                precondition.require_revision(existing)?;
            }
            let head = existing.map_or(Head::Absent, |record| Head::At(record.revision));
            let now = self.environment.clock.now();
            let stamp = Stamp { revision: head.next_revision(), at: now, signature: signature.clone() };
            let event = match replaced {
                Some(before) if settings.policy.is_looser_than(before) => {
                    feed::policy_loosened(subject.as_str(), before, &settings, &stamp)
                }
                Some(_) | None => {
                    feed::subject_changed(subject.as_str(), existing.is_none(), &settings, &stamp)
                }
            };
            let content = match existing {
                Some(record) => self.latest_terms(record).await?,
                None => Some(Vec::new()),
            };
            let change = SubjectChange {
                subject: subject.clone(),
                head,
                about: settings_terms(subject, settings.description.as_deref()),
                content,
                settings: settings.clone(),
                at: now,
                event,
            };
            if let Written::Done(()) = self.store.put_subject(change).await? {
                return Ok((self.subject(subject).await?, head == Head::Absent));
            }
        }
        Err(Refusal::Contended { subject: subject.clone() })
    }

    /// Returns the settings of a subject after a patch. If the patch removes a mode or a content model, the registry's
    /// default replaces it.
    fn patched(&self, existing: Option<&SubjectRecord>, patch: SubjectPatch) -> Settings {
        let SubjectPolicy { mode, content_model } = self.default_policy;
        let before = existing.map(settings_of);
        let policy = before.as_ref().map(|before| before.policy);
        Settings {
            policy: SubjectPolicy {
                mode: patch.mode.apply(policy.map(|policy| policy.mode)).unwrap_or(mode),
                content_model: patch
                    .content_model
                    .apply(policy.map(|policy| policy.content_model))
                    .unwrap_or(content_model),
            },
            owner: patch.owner.apply(before.as_ref().and_then(|before| before.owner.clone())),
            description: patch.description.apply(before.and_then(|before| before.description)),
        }
    }

    /// Returns the history of a subject, or an error if the subject does not exist.
    pub(super) async fn existing(&self, subject: &Subject) -> Result<History, Refusal> {
        match self.history(subject).await {
            Ok(Some(history)) => Ok(history),
            // For a read, a subject with another spelling counts as missing. Only a write reports a clash of names.
            Ok(None) | Err(Refusal::CaseClash { .. }) => Err(Refusal::SubjectNotFound(subject.clone())),
            Err(other) => Err(other),
        }
    }
}

impl Precondition {
    /// Rejects a change of the policy if the request does not name the revision. `If-Match: *` names no revision.
    fn require_revision(self, existing: &SubjectRecord) -> Result<(), Refusal> {
        match self {
            Self::Revision(_) => Ok(()),
            Self::None | Self::Exists | Self::Absent | Self::Never => Err(Refusal::PreconditionRequired {
                subject: existing.subject.clone(),
                revision: existing.revision,
            }),
        }
    }

    /// Checks the condition.
    fn check(self, subject: &Subject, existing: Option<&SubjectRecord>) -> Result<(), Refusal> {
        let revision = existing.map(|record| record.revision);
        let broken = match self {
            Self::None => false,
            Self::Exists => revision.is_none(),
            Self::Absent => revision.is_some(),
            Self::Revision(wanted) => revision != Some(wanted),
            Self::Never => true,
        };
        if !broken {
            return Ok(());
        }
        Err(Refusal::Precondition(match revision {
            Some(_) if matches!(self, Self::Absent) => {
                format!("`{subject}` already exists, but `If-None-Match: *` requires that it does not exist")
            }
            Some(revision) => {
                format!("`{subject}` is at revision {revision}, but `If-Match` does not name this revision")
            }
            None => format!("`{subject}` does not exist, but `If-Match` requires that it exists"),
        }))
    }
}

fn settings_of(record: &SubjectRecord) -> Settings {
    Settings { policy: record.policy, owner: record.owner.clone(), description: record.description.clone() }
}

fn summary(record: SubjectRecord) -> SubjectSummary {
    SubjectSummary {
        subject: record.subject,
        description: record.description,
        owner: record.owner,
        latest: record.latest,
        versions: record.version_count,
        updated_at: moment(record.updated_at),
    }
}

fn view(history: History) -> SubjectView {
    let History { subject: record, versions, .. } = history;
    SubjectView {
        subject: record.subject,
        mode: record.policy.mode,
        content_model: record.policy.content_model,
        owner: record.owner,
        description: record.description,
        revision: record.revision,
        created_at: moment(record.created_at),
        updated_at: moment(record.updated_at),
        latest: record.latest,
        versions: versions.into_iter().map(version_summary).collect(),
    }
}

fn version_summary(record: VersionRecord) -> VersionSummary {
    VersionSummary {
        version: record.version,
        digest: record.digest,
        state: record.state,
        state_reason: record.state_reason,
        never_used: record.never_used,
        registered_at: moment(record.registered_at),
        message: record.message,
    }
}
