use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evschema_api::{Registration, State};
use evschema_compat::{self as compat, Baseline, Report};
use evschema_model::{Bump, Coordinates, Diagnostics, Resolved, Schema, Subject, SubjectPolicy, Version};
use tracing::{Instrument as _, info_span};

use super::search::content_words;
use super::visit::Visit;
use super::{Refusal, Registry, Signature};
use crate::feed::{self, Registered, Stamp};
use crate::limits;
use crate::store::{Addition, Appended, Head, History, Reference, Settings, SubjectRecord, VersionRecord};

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

/// Which version a schema wants to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// This one.
    Exact(Version),
    /// The smallest that the change deserves.
    Next,
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
    waivers: Arc<BTreeMap<String, String>>,
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
        Ok(compat::check(candidate, &self.baselines, settings, &self.waivers))
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
    pub(crate) async fn register(&self, request: Request) -> Result<Outcome, Refusal> {
        length("the author", request.signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        length("the message", request.message.as_deref(), 0, limits::MESSAGE_CHARS_MAX)?;
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.history_for(&request).instrument(info_span!("history")).await?;
            let visit = self.first_visit(&request, &history).instrument(info_span!("check")).await?;
            let assessed = match visit {
                Visit::Checked { candidate, report } => {
                    leave_own(candidate.schema())?;
                    Assessed { candidate, references: BTreeSet::new(), report: *report }
                }
                Visit::Read(schema) => {
                    if let Some(there) = registered_already(&request.version, &history, &schema)? {
                        let at = Coordinates { subject: request.subject, version: there.version.clone() };
                        return Ok(Outcome::Unchanged(registration(at, there, None)));
                    }
                    let settings = self.settings_to_register(&history);
                    self.assess(&request, schema, &history, settings).instrument(info_span!("check")).await?
                }
            };
            if !assessed.report.is_accepted() {
                return Err(Refusal::Check(Box::new(assessed.report)));
            }
            let appended = self.append(&request, assessed, &history).instrument(info_span!("append")).await?;
            if let Some(registration) = appended {
                return Ok(Outcome::Created(registration));
            }
            tracing::debug!(subject = %request.subject, "the subject has moved on, deciding anew");
        }
        Err(Refusal::Contended { subject: request.subject })
    }

    /// Returns the report that a registration would get; nothing is stored.
    ///
    /// # Errors
    ///
    /// When the document is no schema, or the version has another content.
    pub(crate) async fn check(&self, request: Request) -> Result<Report, Refusal> {
        let mut history = self.history_for(&request).await?;
        let first_reading = self.read_as(&request, first_choice(&request.version, &history)).await?;
        let there = registered_already(&request.version, &history, &first_reading)?;
        // A version is not held against itself.
        if let (Some(there), Some(history)) = (there.map(|there| there.version.clone()), &mut history) {
            history.versions.retain(|record| record.version != there);
        }
        let settings = self.settings(self.policy(&history));
        Ok(self.assess(&request, first_reading, &history, settings).await?.report)
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
            Choice::Next => None,
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
        let version = first_choice(&request.version, history);
        let versions = history.as_ref().map_or(&[][..], |history| &history.versions);
        let is_there = versions.iter().any(|record| record.version == version);
        if request.version == Choice::Next || is_there {
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
        for _ in 0..limits::CHOICES_MAX {
            let past = self.past(history, &schema.at().version).await?;
            let candidate = Arc::new(self.library.resolve(&schema).await?.map_err(Refusal::Document)?);
            let report = self.compare(Arc::clone(&candidate), past, settings).await?;
            let is_settled = request.version != Choice::Next || report.is_accepted();
            let chosen = untaken(report.deserved_version.clone(), history);
            if is_settled || chosen == report.version {
                readable(&schema.at().version, &request.subject)?;
                leave_own(&schema)?;
                let references = self.references(&schema).await?;
                return Ok(Assessed { candidate, references, report });
            }
            // Read again: what a document says of its own version depends on which it is.
            schema = self.read_as(request, chosen).await?;
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
        Ok(Past { baselines: Arc::new(self.baselines(history, candidate).await?), waivers })
    }

    async fn baselines(&self, history: &History, candidate: &Version) -> Result<Vec<Baseline>, Refusal> {
        let mode = history.subject.policy.mode;
        let records = compat::baselines(candidate, mode, &history.versions, version_and_yank);
        let mut baselines = Vec::with_capacity(records.len());
        for record in records {
            let at =
                Coordinates { subject: history.subject.subject.clone(), version: record.version.clone() };
            let resolved = self.library.registered(&at).await?.as_ref().clone();
            baselines.push(Baseline { resolved, yanked: record.state == State::Yanked });
        }
        Ok(baselines)
    }

    /// Returns the versions a schema refers to directly, other than itself.
    async fn references(&self, schema: &Schema) -> Result<BTreeSet<Reference>, Refusal> {
        let mut references = BTreeSet::new();
        for reference in schema.foreign_references() {
            let target = self.library.target(reference).await?.filter(|target| target != schema.at());
            references.extend(target.map(|target| Reference { uri: reference.uri.clone(), target }));
        }
        Ok(references)
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

fn version_and_yank(record: &VersionRecord) -> (&Version, bool) {
    (&record.version, record.state == State::Yanked)
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

fn first_choice(choice: &Choice, history: &Option<History>) -> Version {
    match (choice, history.as_ref().and_then(|history| history.subject.latest.clone())) {
        (Choice::Exact(version), _) => version.clone(),
        // The smallest step first: the check says when it is too small.
        (Choice::Next, Some(latest)) => untaken(latest.next(Bump::Patch), history),
        (Choice::Next, None) => untaken(Version::new(1, 0, 0), history),
    }
}

/// Refuses a version that was counted to and is too high to be read again.
fn readable(version: &Version, subject: &Subject) -> Result<(), Refusal> {
    match Version::parse(&version.to_string()) {
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::Exhausted { subject: subject.clone(), next: version.clone() }),
    }
}

/// Returns the version, or the next patch that nobody has: a yanked version keeps its number.
fn untaken(mut version: Version, history: &Option<History>) -> Version {
    let Some(history) = history else { return version };
    while history.versions.iter().any(|record| record.version == version) {
        version = version.next(Bump::Patch);
    }
    version
}

fn registered_already<'h>(
    choice: &Choice,
    history: &'h Option<History>,
    sent: &Schema,
) -> Result<Option<&'h VersionRecord>, Refusal> {
    let Some(history) = history else { return Ok(None) };
    let find = |version: &Version| history.versions.iter().find(|record| record.version == *version);
    match choice {
        Choice::Exact(version) => match find(version) {
            Some(there) if there.digest != *sent.digest() => Err(Refusal::VersionExists {
                at: sent.at().clone(),
                registered: there.digest.clone(),
                sent: sent.digest().clone(),
            }),
            found => Ok(found),
        },
        Choice::Next => {
            let SubjectRecord { latest, .. } = &history.subject;
            Ok(latest.as_ref().and_then(find).filter(|there| there.digest == *sent.digest()))
        }
    }
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

fn registration(at: Coordinates, there: &VersionRecord, report: Option<serde_json::Value>) -> Registration {
    Registration {
        url: document_url(&at),
        subject: at.subject,
        version: at.version,
        digest: there.digest.clone(),
        id: there.schema_id,
        ordinal: there.ordinal,
        report,
    }
}
