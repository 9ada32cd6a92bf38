use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use evschema_compat::{self as compat, Baseline, Report, Severity, Standing};
use evschema_model::{Coordinates, Resolved, Schema, Subject, SubjectPolicy, Version};

use super::comparison_input::ComparisonInput;
use super::read_and_check::FirstStep;
use super::refusal::Refusal;
use super::registry::Registry;
use super::request::Request;
use super::version_choice::{VersionChoice, check_version_range, next_free_version, standing};
use super::waivers;
use crate::feed;
use crate::limits;
use crate::store::{History, Reference, VersionRecord};

/// A candidate that is parsed, resolved and checked.
#[derive(Debug)]
pub(super) struct Assessed {
    pub(super) candidate: Arc<Resolved>,
    pub(super) references: BTreeSet<Reference>,
    pub(super) report: Report,
}

impl Registry {
    /// Resolves and checks a schema. If the registry chooses the version, repeats the check until the version is high
    /// enough.
    pub(super) async fn assess(
        &self,
        request: &Request,
        mut schema: Arc<Schema>,
        history: &Option<History>,
        settings: compat::Settings,
    ) -> Result<Assessed, Refusal> {
        let mut breaks = Vec::new();
        for _ in 0..limits::CHOICES_MAX {
            let input = self.comparison_input(history, &schema.at().version).await?;
            let candidate = Arc::new(self.schemas.resolve(&schema).await?.map_err(Refusal::Document)?);
            let mut report = self.compare(Arc::clone(&candidate), input, settings).await?;
            if let Some(minor) = request.version.named_minor(&report, &request.bytes, history) {
                schema = self.read_as(request, minor).await?;
                continue;
            }
            let required = next_free_version(report.required_version.clone(), history);
            if request.version.is_settled(&report, &required) {
                if report.is_accepted() {
                    check_version_range(&schema.at().version, &request.subject)?;
                }
                reject_reserved_subject(&schema)?;
                // If the check fails and the `$id` names another version, the report is more useful than the error
                // about the `$id`.
                if report.is_accepted() || matches!(request.version, VersionChoice::Exact(_)) {
                    self.check_schema_id(&schema)?;
                }
                let references = self.references(&schema).await?;
                report.findings.append(&mut breaks);
                return Ok(Assessed { candidate, references, report });
            }
            if required.line() != report.version.line() {
                breaks = report.findings;
                // Here, the request allows a new line of versions. So the findings in the old line are only warnings.
                breaks.iter_mut().for_each(|finding| finding.severity = Severity::Warning);
            }
            // The schema must be parsed again, because its `$id` and references may depend on its version.
            schema = self.read_as(request, required).await?;
        }
        Err(Refusal::Contended { subject: request.subject.clone() })
    }

    /// Parses the schema of a request. Also checks the schema, if the request names a version that does not exist, and
    /// the schema has no reference to another document.
    pub(super) async fn first_step(
        &self,
        request: &Request,
        history: &Option<History>,
    ) -> Result<FirstStep, Refusal> {
        let version = request.version.first(history);
        let versions = history.as_ref().map_or(&[][..], |history| &history.versions);
        let exists = versions.iter().any(|record| record.version == version);
        if matches!(request.version, VersionChoice::Next { .. }) || exists {
            return Ok(FirstStep::Read(self.read_as(request, version).await?));
        }
        let at = Coordinates { subject: request.subject.clone(), version };
        let settings = self.settings_to_register(history);
        let input = self.comparison_input(history, &at.version).await?;
        self.read_and_check(at, Arc::clone(&request.bytes), settings, input).await
    }

    /// Checks a registered version like a new one against the other versions of its subject.
    pub(super) async fn recheck(&self, at: &Coordinates, history: &History) -> Result<Report, Refusal> {
        let candidate = self.schemas.registered(at).await?;
        let mut others = history.clone();
        others.versions.retain(|record| record.version != at.version);
        let settings = self.settings(history.subject.policy);
        let input = self.comparison_input(&Some(others), &at.version).await?;
        self.compare(candidate, input, settings).await
    }

    /// Checks a candidate on a worker thread.
    async fn compare(
        &self,
        candidate: Arc<Resolved>,
        input: ComparisonInput,
        settings: compat::Settings,
    ) -> Result<Report, Refusal> {
        let started = Instant::now();
        let checked = self.workers.run(move || input.check(&candidate, &settings));
        let report = checked.await?.map_err(Refusal::Document)?;
        self.metrics.check(report.verdict, started.elapsed());
        Ok(report)
    }

    /// Returns the settings for the check of a registration. The check gives no advice, because only the reports of dry
    /// runs and rejections contain advice.
    pub(super) fn settings_to_register(&self, history: &Option<History>) -> compat::Settings {
        self.settings(self.policy(history)).without_advice()
    }

    /// Returns the policy of a subject, or the default policy if the subject does not exist.
    pub(super) fn policy(&self, history: &Option<History>) -> SubjectPolicy {
        history.as_ref().map_or(self.default_policy, |history| history.subject.policy)
    }

    /// Returns the versions and waivers that the check of a candidate with this version needs.
    pub(super) async fn comparison_input(
        &self,
        history: &Option<History>,
        candidate: &Version,
    ) -> Result<ComparisonInput, Refusal> {
        let Some(history) = history else { return Ok(ComparisonInput::default()) };
        let waivers = Arc::new(self.waivers_of(history));
        let former = Arc::new(waivers::former_fingerprints(history));
        Ok(ComparisonInput {
            baselines: Arc::new(self.baselines(history, candidate).await?),
            waivers,
            former,
        })
    }

    async fn baselines(&self, history: &History, candidate: &Version) -> Result<Vec<Baseline>, Refusal> {
        let mode = history.subject.policy.mode;
        let records = compat::baselines(candidate, mode, &history.versions, version_and_standing);
        let mut baselines = Vec::with_capacity(records.len());
        for record in records {
            let at =
                Coordinates { subject: history.subject.subject.clone(), version: record.version.clone() };
            let resolved = self.schemas.registered(&at).await?.as_ref().clone();
            baselines.push(Baseline { resolved, standing: standing(record) });
        }
        Ok(baselines)
    }

    /// Parses the schema of a request as the schema of this version.
    pub(super) async fn read_as(&self, request: &Request, version: Version) -> Result<Arc<Schema>, Refusal> {
        let at = Coordinates { subject: request.subject.clone(), version };
        self.schemas.read(at, Arc::clone(&request.bytes)).await
    }

    /// Returns the history of a subject, or `None` if the subject does not exist.
    pub(super) async fn history(&self, subject: &Subject) -> Result<Option<History>, Refusal> {
        reject_case_clash(subject, self.store.history(subject).await?)
    }

    /// Returns the part of the history that affects the decision about a request.
    pub(super) async fn history_for(&self, request: &Request) -> Result<Option<History>, Refusal> {
        let candidate = match &request.version {
            VersionChoice::Exact(version) => Some(version),
            VersionChoice::Next { .. } => None,
        };
        reject_case_clash(&request.subject, self.store.history_for(&request.subject, candidate).await?)
    }
}

fn version_and_standing(record: &VersionRecord) -> (&Version, Standing) {
    (&record.version, standing(record))
}

/// Returns an error if the registered name of the subject differs from the requested name in upper and lower case.
fn reject_case_clash(subject: &Subject, history: Option<History>) -> Result<Option<History>, Refusal> {
    match history {
        Some(history) if history.subject.subject != *subject => {
            Err(Refusal::CaseClash { subject: subject.clone(), other: history.subject.subject })
        }
        found => Ok(found),
    }
}

/// Rejects a different schema for a kind of feed event. Every registry answers requests for these schemas even if they
/// are not registered, and an answer must never change.
pub(super) fn reject_reserved_subject(sent: &Schema) -> Result<(), Refusal> {
    match feed::content_of(sent.at()) {
        Some(reserved) if reserved.digest != *sent.digest() => Err(Refusal::VersionExists {
            at: sent.at().clone(),
            registered: reserved.digest,
            sent: sent.digest().clone(),
        }),
        _ => Ok(()),
    }
}
