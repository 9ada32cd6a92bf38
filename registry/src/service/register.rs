use std::collections::BTreeSet;
use std::sync::Arc;

use evschema_api::{Registration, State};
use evschema_compat::{self as compat, Baseline, Report, Severity, Standing, Waivers};
use evschema_model::{Coordinates, Diagnostics, Resolved, Schema, Subject, SubjectPolicy, Version};
use tracing::{Instrument as _, info_span};

use super::choice::{Choice, check_version_range, next_free, standing};
use super::search::content_words;
use super::visit::Visit;
use super::{Refusal, Registry, Signature, waivers};
use crate::feed::{self, Registered, Stamp};
use crate::limits;
use crate::store::{Addition, Appended, Head, History, Reference, Settings, VersionRecord};

/// A schema that wants to be a version of a subject.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The subject.
    pub subject: Subject,
    /// Which version.
    pub version: Choice,
    /// The document.
    pub bytes: Arc<[u8]>,
    /// Who asks.
    pub signature: Signature,
    /// What they say.
    pub message: Option<String>,
}

/// What a registration did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The version is new.
    Created(Registration),
    /// The same content was there already.
    Unchanged(Registration),
}

/// A candidate that has been read, resolved and held against the history.
#[derive(Debug)]
struct Assessed {
    candidate: Arc<Resolved>,
    references: BTreeSet<Reference>,
    report: Report,
}

/// What a candidate is held against.
#[derive(Debug, Clone, Default)]
pub(super) struct Past {
    baselines: Arc<Vec<Baseline>>,
    waivers: Arc<Waivers>,
    /// Fingerprints of waivers that were granted when fingerprints named neither version nor change.
    former: Arc<BTreeSet<String>>,
}

impl Past {
    /// Checks a candidate; for the threads that do that.
    pub(super) fn hold(
        &self,
        candidate: &Resolved,
        settings: &compat::Settings,
    ) -> Result<Report, Diagnostics> {
        // Compiling finds what the metaschema cannot, such as a pattern that is none.
        candidate.try_validator(settings.formats)?;
        let mut report = compat::check(candidate, &self.baselines, settings, &self.waivers);
        waivers::explain_former(&mut report, &self.former);
        Ok(report)
    }
}

impl Registry {
    /// Registers a version: an optimistic append.
    ///
    /// The history is read with its revision, the candidate is checked against it without any
    /// lock, and the store appends only if the subject is still at that revision. Otherwise all
    /// is decided anew. So no two versions are ever committed that fit the past but not each
    /// other.
    ///
    /// # Errors
    ///
    /// When the document or the change is refused, or the store cannot answer.
    pub(crate) async fn register(&self, mut request: Request) -> Result<Outcome, Refusal> {
        length("the author", request.signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        length("the message", request.message.as_deref(), 0, limits::MESSAGE_CHARS_MAX)?;
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.history_for(&request).instrument(info_span!("history")).await?;
            let visit = self.first_visit(&request, &history).instrument(info_span!("check")).await?;
            let assessed = match visit {
                Visit::Checked { candidate, report } => {
                    leave_own(candidate.schema())?;
                    self.own_identity(candidate.schema())?;
                    Assessed { candidate, references: BTreeSet::new(), report: *report }
                }
                Visit::Read(schema) => {
                    if let Some(there) = self.registered_already(&request.version, &history, &schema).await? {
                        return Ok(Outcome::Unchanged(registration(request.subject, there)));
                    }
                    if let Some(named) = self.named_by_id(&request, &history, &schema) {
                        request.version = Choice::Exact(named);
                        continue;
                    }
                    let settings = self.settings_to_register(&history);
                    self.assess(&request, schema, &history, settings).instrument(info_span!("check")).await?
                }
            };
            if !assessed.report.is_accepted() {
                let report = self.advised(&request, assessed, &history).await?;
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

    /// Returns the report that a registration would get; nothing is stored.
    ///
    /// Of content that a registration without a version would find, the report is about the version that has it.
    ///
    /// # Errors
    ///
    /// When the document is no schema, or the version has another content.
    pub(crate) async fn check(&self, mut request: Request) -> Result<Report, Refusal> {
        let mut history = self.history_for(&request).await?;
        let settings = self.settings(self.policy(&history));
        let mut first_reading = self.read_as(&request, request.version.first(&history)).await?;
        let mut there = self.registered_already(&request.version, &history, &first_reading).await?;
        let named = self.named_by_id(&request, &history, &first_reading).filter(|_| there.is_none());
        if let Some(named) = named {
            request.version = Choice::Exact(named.clone());
            history = self.history_for(&request).await?;
            first_reading = self.read_as(&request, named).await?;
            there = self.registered_already(&request.version, &history, &first_reading).await?;
        }
        if let (Some(there), Choice::Next { .. }) = (&there, &request.version) {
            let request = Request { version: Choice::Exact(there.version.clone()), ..request };
            let reading = self.read_as(&request, there.version.clone()).await?;
            return Ok(self.assess(&request, reading, &None, settings).await?.report);
        }
        // A version is not held against itself.
        if let (Some(there), Some(history)) = (there, &mut history) {
            history.versions.retain(|record| record.version != there.version);
        }
        let assessed = self.assess(&request, first_reading, &history, settings).await?;
        self.advised(&request, assessed, &history).await
    }

    /// Returns the report of a refusal, with advice that considers every registered version. The history that
    /// decides about a registration holds only some of them.
    async fn advised(
        &self,
        request: &Request,
        Assessed { candidate, mut report, .. }: Assessed,
        history: &Option<History>,
    ) -> Result<Report, Refusal> {
        let is_named = matches!(request.version, Choice::Exact(_));
        if report.is_accepted() || !is_named || history.is_none() {
            return Ok(report);
        }
        let Some(mut all) = self.history(&request.subject).await? else { return Ok(report) };
        all.versions.retain(|record| record.version != report.version);
        let numbers: BTreeSet<Version> = all.versions.iter().map(|record| record.version.clone()).collect();
        let settings = self.settings_to_register(history);
        let past = self.past(&Some(all), &report.version).await?;
        let refused = report.clone();
        let advice = self.workers.run(move || {
            compat::advise(
                &candidate,
                &refused,
                &past.baselines,
                &|version| numbers.contains(version),
                &settings,
            )
        });
        report.required_version = advice.await?;
        Ok(report)
    }

    /// Returns the version that has this content, if the request needs no other: the one that it names, or any.
    async fn registered_already(
        &self,
        choice: &Choice,
        history: &Option<History>,
        sent: &Schema,
    ) -> Result<Option<VersionRecord>, Refusal> {
        let Some(history) = history else { return Ok(None) };
        match choice {
            Choice::Exact(version) => {
                let there = history.versions.iter().find(|record| record.version == *version);
                match there {
                    Some(there) if there.digest != *sent.digest() => Err(Refusal::VersionExists {
                        at: sent.at().clone(),
                        registered: there.digest.clone(),
                        sent: sent.digest().clone(),
                    }),
                    found => Ok(found.cloned()),
                }
            }
            Choice::Next { .. } => {
                Ok(self.store.version_with(&history.subject.subject, sent.digest()).await?)
            }
        }
    }

    /// Holds a registered version, as if it were new, against the others of its subject.
    pub(super) async fn recheck(&self, at: &Coordinates, history: &History) -> Result<Report, Refusal> {
        let candidate = self.library.registered(at).await?;
        let mut others = history.clone();
        others.versions.retain(|record| record.version != at.version);
        let settings = self.settings(history.subject.policy);
        let past = self.past(&Some(others), &at.version).await?;
        self.compare(candidate, past, settings).await
    }

    /// Returns a subject's history, if there is such a subject.
    pub(super) async fn history(&self, subject: &Subject) -> Result<Option<History>, Refusal> {
        truly(subject, self.store.history(subject).await?)
    }

    /// Returns what a request is decided by of a subject's history.
    async fn history_for(&self, request: &Request) -> Result<Option<History>, Refusal> {
        let candidate = match &request.version {
            Choice::Exact(version) => Some(version),
            Choice::Next { .. } => None,
        };
        truly(&request.subject, self.store.history_for(&request.subject, candidate).await?)
    }

    async fn read_as(&self, request: &Request, version: Version) -> Result<Arc<Schema>, Refusal> {
        let at = Coordinates { subject: request.subject.clone(), version };
        self.library.read(at, Arc::clone(&request.bytes)).await
    }

    /// Reads a document; also checks it where that needs nothing else: a version that is named, is not there yet,
    /// and refers to no other.
    async fn first_visit(&self, request: &Request, history: &Option<History>) -> Result<Visit, Refusal> {
        let version = request.version.first(history);
        let versions = history.as_ref().map_or(&[][..], |history| &history.versions);
        let is_there = versions.iter().any(|record| record.version == version);
        if matches!(request.version, Choice::Next { .. }) || is_there {
            return Ok(Visit::Read(self.read_as(request, version).await?));
        }
        let at = Coordinates { subject: request.subject.clone(), version };
        let settings = self.settings_to_register(history);
        let past = self.past(history, &at.version).await?;
        self.visit(at, Arc::clone(&request.bytes), settings, past).await
    }

    async fn assess(
        &self,
        request: &Request,
        mut schema: Arc<Schema>,
        history: &Option<History>,
        settings: compat::Settings,
    ) -> Result<Assessed, Refusal> {
        let mut breaks = Vec::new();
        for _ in 0..limits::CHOICES_MAX {
            let past = self.past(history, &schema.at().version).await?;
            let candidate = Arc::new(self.library.resolve(&schema).await?.map_err(Refusal::Document)?);
            let mut report = self.compare(Arc::clone(&candidate), past, settings).await?;
            if let Some(minor) = request.version.named_minor(&report, &request.bytes, history) {
                schema = self.read_as(request, minor).await?;
                continue;
            }
            let required = next_free(report.required_version.clone(), history);
            if request.version.is_settled(&report, &required) {
                if report.is_accepted() {
                    check_version_range(&schema.at().version, &request.subject)?;
                }
                leave_own(&schema)?;
                // The report of a refusal says more about a document whose `$id` names another version.
                if report.is_accepted() || matches!(request.version, Choice::Exact(_)) {
                    self.own_identity(&schema)?;
                }
                let references = self.references(&schema).await?;
                report.findings.append(&mut breaks);
                return Ok(Assessed { candidate, references, report });
            }
            if required.line() != report.version.line() {
                breaks = report.findings;
                // A new line is asked for: what breaks in the one before is shown, and refuses nothing.
                breaks.iter_mut().for_each(|finding| finding.severity = Severity::Warning);
            }
            // Read again: what a document says of its own version depends on which it is.
            schema = self.read_as(request, required).await?;
        }
        Err(Refusal::Contended { subject: request.subject.clone() })
    }

    async fn compare(
        &self,
        candidate: Arc<Resolved>,
        past: Past,
        settings: compat::Settings,
    ) -> Result<Report, Refusal> {
        let started = std::time::Instant::now();
        let checked = self.workers.run(move || past.hold(&candidate, &settings));
        let report = checked.await?.map_err(Refusal::Document)?;
        self.metrics.check(report.verdict, started.elapsed());
        Ok(report)
    }

    /// Returns how a candidate is compared that is registered if it may be. What else could be said of a change
    /// is said to who asks for a check.
    fn settings_to_register(&self, history: &Option<History>) -> compat::Settings {
        compat::Settings { advises: false, ..self.settings(self.policy(history)) }
    }

    fn policy(&self, history: &Option<History>) -> SubjectPolicy {
        history.as_ref().map_or(self.default_policy, |history| history.subject.policy)
    }

    /// Returns what a candidate of this version is held against.
    async fn past(&self, history: &Option<History>, candidate: &Version) -> Result<Past, Refusal> {
        let Some(history) = history else { return Ok(Past::default()) };
        let waivers = Arc::new(self.waivers_of(history));
        let former = Arc::new(waivers::former(history));
        Ok(Past { baselines: Arc::new(self.baselines(history, candidate).await?), waivers, former })
    }

    async fn baselines(&self, history: &History, candidate: &Version) -> Result<Vec<Baseline>, Refusal> {
        let mode = history.subject.policy.mode;
        let records = compat::baselines(candidate, mode, &history.versions, version_and_standing);
        let mut baselines = Vec::with_capacity(records.len());
        for record in records {
            let at =
                Coordinates { subject: history.subject.subject.clone(), version: record.version.clone() };
            let resolved = self.library.registered(&at).await?.as_ref().clone();
            baselines.push(Baseline { resolved, standing: standing(record) });
        }
        Ok(baselines)
    }

    /// Appends; `None` when the subject has moved on.
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
        let there = history.as_ref().map(|history| &history.subject);
        let ordinal = 1 + there.map_or(0, |subject| subject.version_count);
        let latest = there
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
            words: becomes_latest.then(|| content_words(&schema)),
            author: request.signature.name.clone(),
            message: request.message.clone(),
            registered_at: now,
            accepted: waivers::accepted(&report),
            event: feed::version_registered(&registered, &stamp(before + 1)),
        };
        match self.store.append(addition).await? {
            Appended::Done { schema_id } => {
                // The next version is held against it.
                self.library.keep(candidate);
                Ok(Some(Registration {
                    url: document_url(&at),
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

fn version_and_standing(record: &VersionRecord) -> (&Version, Standing) {
    (&record.version, standing(record))
}

/// Refuses the history of a subject that is spelt otherwise.
fn truly(subject: &Subject, history: Option<History>) -> Result<Option<History>, Refusal> {
    match history {
        Some(history) if history.subject.subject != *subject => {
            Err(Refusal::CaseClash { subject: subject.clone(), other: history.subject.subject })
        }
        found => Ok(found),
    }
}

/// Returns the path of a version's content.
pub(super) fn document_url(at: &Coordinates) -> String {
    format!("/schemas/{}/{}.json", at.subject, at.version)
}

/// Refuses a text that is too short or too long for the feed's schemas.
pub(super) fn length(what: &'static str, text: Option<&str>, min: usize, max: usize) -> Result<(), Refusal> {
    let Some(text) = text else { return Ok(()) };
    // Postgres keeps no such text.
    if text.contains('\0') {
        return Err(Refusal::Character { what });
    }
    let chars = text.chars().count();
    if (min..=max).contains(&chars) { Ok(()) } else { Err(Refusal::Length { what, chars, min, max }) }
}

/// Refuses another content for a schema of the feed's events: every registry answers its URL, registered or
/// not, and what was read there must stay what is there.
fn leave_own(sent: &Schema) -> Result<(), Refusal> {
    match feed::content_of(sent.at()) {
        Some(own) if own.digest != *sent.digest() => Err(Refusal::VersionExists {
            at: sent.at().clone(),
            registered: own.digest,
            sent: sent.digest().clone(),
        }),
        _ => Ok(()),
    }
}

fn registration(subject: Subject, there: VersionRecord) -> Registration {
    let at = Coordinates { subject, version: there.version };
    Registration {
        url: document_url(&at),
        subject: at.subject,
        version: at.version,
        digest: there.digest,
        id: there.schema_id,
        ordinal: there.ordinal,
        state: there.state,
        state_reason: there.state_reason.filter(|_| !there.state.is_active()),
        report: None,
    }
}
