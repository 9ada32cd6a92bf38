use evschema_api::{SubjectPage, SubjectPatch, SubjectSummary, SubjectView, VersionSummary};
use evschema_model::{Subject, SubjectPolicy};

use super::search::{about_words, wanted};
use super::{Actor, Refusal, Registry, Right, register::length};
use crate::feed::{self, Stamp, moment};
use crate::limits;
use crate::store::{
    Head, History, Settings, SubjectChange, SubjectQuery, SubjectRecord, VersionRecord, Written,
};

/// What a request demands of a subject before it changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// Nothing.
    None,
    /// It exists.
    Exists,
    /// It does not exist.
    Absent,
    /// It is at this revision.
    Revision(u64),
    /// It is at a revision that no subject ever has.
    Never,
}

impl Registry {
    /// Returns a page of the subjects, of those that have all words that begin as `search` says if there is any.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
    pub(crate) async fn subjects(
        &self,
        search: Option<&str>,
        after: Option<String>,
        limit: u32,
    ) -> Result<SubjectPage, Refusal> {
        let search = search.filter(|text| !text.is_empty());
        let words = search.map(wanted).unwrap_or_default();
        if search.is_some() && words.is_empty() {
            // Of signs alone, by which nothing can be found.
            return Ok(SubjectPage { subjects: Vec::new(), next: None });
        }
        // One more tells whether there is a next page.
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
    /// When there is no such subject.
    pub(crate) async fn subject(&self, subject: &Subject) -> Result<SubjectView, Refusal> {
        Ok(view(self.existing(subject).await?))
    }

    /// Creates a subject, or changes the settings that a patch names; tells whether it is new.
    ///
    /// Versions that are registered already are not checked again: the policy rules what comes.
    /// Another policy for a subject that exists can let breaks through. It needs that right, and the revision that the
    /// client has seen.
    ///
    /// # Errors
    ///
    /// When the precondition does not hold or is missing, the actor lacks the right, or a text is too long.
    pub(crate) async fn put_subject(
        &self,
        subject: &Subject,
        patch: SubjectPatch,
        precondition: Precondition,
        actor: &Actor,
        author: Option<String>,
    ) -> Result<(SubjectView, bool), Refusal> {
        length("the owner", patch.owner.value().map(String::as_str), 1, limits::NAME_CHARS_MAX)?;
        let description = patch.description.value().map(String::as_str);
        length("the description", description, 0, limits::DESCRIPTION_CHARS_MAX)?;
        let signature = actor.sign(author);
        length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.history(subject).await?;
            let there = history.as_ref().map(|history| &history.subject);
            precondition.holds(subject, there)?;
            let settings = self.patched(there, patch.clone());
            if let Some(history) = history.as_ref().filter(|history| set(&history.subject) == settings) {
                return Ok((view(history.clone()), false));
            }
            let replaced = there.map(|there| there.policy).filter(|policy| *policy != settings.policy);
            if let Some(there) = there.filter(|_| replaced.is_some()) {
                actor.demand(Right::Policy)?;
                precondition.names_revision(there)?;
            }
            let head = there.map_or(Head::Absent, |record| Head::At(record.revision));
            let now = self.environment.clock.now();
            let stamp = Stamp { revision: head.next_revision(), at: now, signature: signature.clone() };
            let event = match replaced {
                Some(before) if settings.policy.is_looser_than(before) => {
                    feed::policy_loosened(subject.as_str(), before, &settings, &stamp)
                }
                Some(_) | None => feed::subject_changed(subject.as_str(), there.is_none(), &settings, &stamp),
            };
            let content = match there {
                Some(record) => self.latest_words(record).await?,
                None => Some(Vec::new()),
            };
            let change = SubjectChange {
                subject: subject.clone(),
                head,
                about: about_words(subject, settings.description.as_deref()),
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

    /// Returns the settings of a subject after a patch. A policy that the patch removes is the registry's default.
    fn patched(&self, there: Option<&SubjectRecord>, patch: SubjectPatch) -> Settings {
        let SubjectPolicy { mode, content_model } = self.default_policy;
        let before = there.map(set);
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

    /// Returns the history of a subject that must be there.
    pub(super) async fn existing(&self, subject: &Subject) -> Result<History, Refusal> {
        match self.history(subject).await {
            Ok(Some(history)) => Ok(history),
            // Reading under another spelling finds nothing; only writing it would be a clash.
            Ok(None) | Err(Refusal::CaseClash { .. }) => Err(Refusal::SubjectNotFound(subject.clone())),
            Err(other) => Err(other),
        }
    }
}

impl Precondition {
    /// Refuses a change of policy whose client does not say which revision it has seen: `*` names none.
    fn names_revision(self, there: &SubjectRecord) -> Result<(), Refusal> {
        match self {
            Self::Revision(_) => Ok(()),
            Self::None | Self::Exists | Self::Absent | Self::Never => Err(Refusal::PreconditionRequired {
                subject: there.subject.clone(),
                revision: there.revision,
            }),
        }
    }

    fn holds(self, subject: &Subject, there: Option<&SubjectRecord>) -> Result<(), Refusal> {
        let revision = there.map(|record| record.revision);
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

fn set(record: &SubjectRecord) -> Settings {
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
