use std::collections::BTreeSet;
use std::sync::Arc;

use evschema_api::{Registration, State};
use evschema_compat::{self as compat, Report};
use evschema_model::{Coordinates, Schema, Subject, Version};
use tracing::{Instrument as _, info_span};

use super::assess::{Assessed, reject_reserved_subject};
use super::read_and_check::FirstStep;
use super::refusal::Refusal;
use super::registry::Registry;
use super::request::{Outcome, Request};
use super::search::search_terms;
use super::text_length::check_length;
use super::version_choice::VersionChoice;
use super::versions::schema_path;
use super::waivers;
use crate::feed::{self, Registered, Stamp};
use crate::limits;
use crate::store::{Addition, Appended, Head, History, Settings, VersionRecord};

impl Registry {
    /// Registers a version with an optimistic append.
    ///
    /// The registry reads the history with its revision, and checks the candidate without a lock. The store appends the
    /// version only if the subject still has this revision. Otherwise, the registry starts again. So the registry never
    /// commits two versions that are compatible with the history, but not with each other.
    ///
    /// # Errors
    ///
    /// If the schema or the change is rejected, or the store cannot answer.
    pub(crate) async fn register(&self, mut request: Request) -> Result<Outcome, Refusal> {
        check_length("the author", request.signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        check_length("the message", request.message.as_deref(), 0, limits::MESSAGE_CHARS_MAX)?;
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.history_for(&request).instrument(info_span!("history")).await?;
            let step = self.first_step(&request, &history).instrument(info_span!("check")).await?;
            let assessed = match step {
                FirstStep::Checked { candidate, report } => {
                    reject_reserved_subject(candidate.schema())?;
                    self.check_schema_id(candidate.schema())?;
                    Assessed { candidate, references: BTreeSet::new(), report: *report }
                }
                FirstStep::Read(schema) => {
                    let existing = self.version_with_schema(&request.version, &history, &schema).await?;
                    if let Some(existing) = existing {
                        return Ok(Outcome::Unchanged(registration(request.subject, existing)));
                    }
                    if let Some(named) = self.named_by_id(&request, &history, &schema) {
                        request.version = VersionChoice::Exact(named);
                        continue;
                    }
                    let settings = self.settings_to_register(&history);
                    self.assess(&request, schema, &history, settings).instrument(info_span!("check")).await?
                }
            };
            if !assessed.report.is_accepted() {
                let report = self.with_advice(&request, assessed, &history).await?;
                return Err(request.version.refusal(report));
            }
            let appended = self.append(&request, assessed, &history).instrument(info_span!("append")).await?;
            if let Some(registration) = appended {
                return Ok(Outcome::Created(registration));
            }
            tracing::debug!(subject = %request.subject, "another client changed the subject; checking again");
        }
        Err(Refusal::Contended { subject: request.subject })
    }

    /// Returns the report that a registration would get, but stores nothing.
    ///
    /// If the request names no version, and a version already has this schema, the report is about that version.
    ///
    /// # Errors
    ///
    /// If the document is not a schema, or the version has a different schema.
    pub(crate) async fn check(&self, mut request: Request) -> Result<Report, Refusal> {
        let mut history = self.history_for(&request).await?;
        let settings = self.settings(self.policy(&history));
        let mut first_reading = self.read_as(&request, request.version.first(&history)).await?;
        let mut existing = self.version_with_schema(&request.version, &history, &first_reading).await?;
        let named = self.named_by_id(&request, &history, &first_reading).filter(|_| existing.is_none());
        if let Some(named) = named {
            request.version = VersionChoice::Exact(named.clone());
            history = self.history_for(&request).await?;
            first_reading = self.read_as(&request, named).await?;
            existing = self.version_with_schema(&request.version, &history, &first_reading).await?;
        }
        if let (Some(existing), VersionChoice::Next { .. }) = (&existing, &request.version) {
            let request = Request { version: VersionChoice::Exact(existing.version.clone()), ..request };
            let reading = self.read_as(&request, existing.version.clone()).await?;
            return Ok(self.assess(&request, reading, &None, settings).await?.report);
        }
        // A version is not its own baseline.
        if let (Some(existing), Some(history)) = (existing, &mut history) {
            history.versions.retain(|record| record.version != existing.version);
        }
        let assessed = self.assess(&request, first_reading, &history, settings).await?;
        self.with_advice(&request, assessed, &history).await
    }

    /// Returns the report of a rejected request, with advice that considers every registered version. For a
    /// registration, the registry reads a history with only some of these versions.
    async fn with_advice(
        &self,
        request: &Request,
        Assessed { candidate, mut report, .. }: Assessed,
        history: &Option<History>,
    ) -> Result<Report, Refusal> {
        let is_named = matches!(request.version, VersionChoice::Exact(_));
        if report.is_accepted() || !is_named || history.is_none() {
            return Ok(report);
        }
        let Some(mut all) = self.history(&request.subject).await? else { return Ok(report) };
        all.versions.retain(|record| record.version != report.version);
        let numbers: BTreeSet<Version> = all.versions.iter().map(|record| record.version.clone()).collect();
        let settings = self.settings_to_register(history);
        let input = self.comparison_input(&Some(all), &report.version).await?;
        let rejected = report.clone();
        let advice = self.workers.run(move || {
            compat::advise(
                &candidate,
                &rejected,
                &input.baselines,
                &|version| numbers.contains(version),
                &settings,
            )
        });
        report.required_version = advice.await?;
        Ok(report)
    }

    /// Returns the version that already has this schema. If the request names a version, the function examines only
    /// this version.
    async fn version_with_schema(
        &self,
        choice: &VersionChoice,
        history: &Option<History>,
        sent: &Schema,
    ) -> Result<Option<VersionRecord>, Refusal> {
        let Some(history) = history else { return Ok(None) };
        match choice {
            VersionChoice::Exact(version) => {
                let existing = history.versions.iter().find(|record| record.version == *version);
                match existing {
                    Some(existing) if existing.digest != *sent.digest() => Err(Refusal::VersionExists {
                        at: sent.at().clone(),
                        registered: existing.digest.clone(),
                        sent: sent.digest().clone(),
                    }),
                    found => Ok(found.cloned()),
                }
            }
            VersionChoice::Next { .. } => {
                Ok(self.store.version_with(&history.subject.subject, sent.digest()).await?)
            }
        }
    }

    /// Appends the version. Returns `None` if the subject has another revision now.
    async fn append(
        &self,
        request: &Request,
        assessed: Assessed,
        history: &Option<History>,
    ) -> Result<Option<Registration>, Refusal> {
        let Assessed { candidate, references, report } = assessed;
        let schema = Arc::clone(candidate.schema());
        let at = schema.at().clone();
        let now = self.environment.clock.now();
        let stamp = |revision| Stamp { revision, at: now, signature: request.signature.clone() };
        let (head, creation, before) = match history {
            Some(history) => (Head::At(history.subject.revision), None, history.subject.revision),
            None => {
                let settings = Settings { policy: self.default_policy, owner: None, description: None };
                let revision = Head::Absent.next_revision();
                let event = feed::subject_changed(at.subject.as_str(), true, &settings, &stamp(revision));
                (Head::Absent, Some((settings, event)), revision)
            }
        };
        let existing = history.as_ref().map(|history| &history.subject);
        let ordinal = 1 + existing.map_or(0, |subject| subject.version_count);
        let latest = existing
            .and_then(|subject| subject.latest.as_ref())
            .into_iter()
            .chain((!at.version.is_prerelease()).then_some(&at.version))
            .max()
            .cloned();
        let becomes_latest = latest.as_ref().is_none_or(|latest| *latest == at.version);
        let mut registered = Registered {
            at: at.clone(),
            digest: schema.digest().clone(),
            ordinal,
            message: request.message.clone(),
            references: references.iter().map(|reference| reference.target.clone()).collect(),
        };
        registered.references.sort();
        registered.references.dedup();
        let addition = Addition {
            at: at.clone(),
            head,
            creation,
            ordinal,
            bytes: request.bytes.to_vec(),
            digest: schema.digest().clone(),
            uri: schema.id().map(str::to_owned),
            references: references.into_iter().collect(),
            latest,
            words: becomes_latest.then(|| search_terms(&schema)),
            author: request.signature.name.clone(),
            message: request.message.clone(),
            registered_at: now,
            accepted: waivers::accepted_findings(&report),
            event: feed::version_registered(&registered, &stamp(before + 1)),
        };
        match self.store.append(addition).await? {
            Appended::Done { schema_id } => {
                // The next version is compared with this version.
                self.schemas.insert(candidate);
                Ok(Some(Registration {
                    url: schema_path(&at),
                    subject: at.subject,
                    version: at.version,
                    digest: schema.digest().clone(),
                    id: schema_id,
                    ordinal,
                    state: State::Active,
                    state_reason: None,
                    report: serde_json::to_value(&report).ok(),
                }))
            }
            Appended::HeadMoved => Ok(None),
            Appended::IdTaken { owner } => {
                Err(Refusal::IdTaken { id: schema.id().unwrap_or_default().to_owned(), owner })
            }
        }
    }
}

/// Returns the answer for a version that already exists.
fn registration(subject: Subject, existing: VersionRecord) -> Registration {
    let at = Coordinates { subject, version: existing.version };
    Registration {
        url: schema_path(&at),
        subject: at.subject,
        version: at.version,
        digest: existing.digest,
        id: existing.schema_id,
        ordinal: existing.ordinal,
        state: existing.state,
        state_reason: existing.state_reason.filter(|_| !existing.state.is_active()),
        report: None,
    }
}
