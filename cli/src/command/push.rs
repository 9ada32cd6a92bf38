mod plan;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clap::Args;
use evschema_api::client::{Client, ClientError, Note, Registered};
use evschema_api::{
    Patch, Problem, ProblemCode, State, StateChange, SubjectPatch, SubjectView, VersionSummary, WaiverRequest,
};
use evschema_model::{Coordinates, Diagnostic, Digest, Mode, Subject};
use serde_json::json;

use super::Context;
use crate::Outcome;
use crate::failure::Failure;
use crate::finding::Finding;
use crate::order::in_reference_order;
use crate::output;
use crate::project::{OwnSchema, Project, Schemas};
use crate::registry_access::{RegistryArguments, find_subject};
use crate::report::{Report, counted};
use crate::subject_file::{SubjectFile, VersionEntry};
use crate::verdict;
use crate::waivers::{self, Waivers};
use plan::Change;

/// Register every version of the tree that the registry lacks; versions that others refer to come first.
///
/// If the registry rejects a version, the push leaves out the later versions of the subject and all versions that
/// refer to the rejected one, and continues with the others. The push also registers the waivers of the manifest that
/// a version needs; a waiver needs a token with the scope `waive`. A second push changes nothing.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Change nothing; print the versions that the push would register, and the versions that the registry would
    /// reject.
    #[arg(long)]
    dry_run: bool,
    /// Register a pulled backup. A subject that the registry lacks is registered without a check of its history, and
    /// gets the policy and version states of the backup.
    #[arg(long, conflicts_with = "dry_run")]
    restore: bool,
    /// The author to record; by default the name of the token.
    #[arg(long)]
    author: Option<String>,
    /// The message to record, which describes the change.
    #[arg(short, long)]
    message: Option<String>,
    #[command(flatten)]
    registry: RegistryArguments,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?.with_waivers_of_files()?;
        let client = self.registry.access(&project, context.environment).client()?;
        let schemas = project.schemas()?.all_good()?;
        let mut push = Push {
            note: Note { author: self.author, message: self.message },
            dry_run: self.dry_run,
            restore: self.restore,
            restored: BTreeMap::new(),
            known: BTreeMap::new(),
            wanted: BTreeMap::new(),
            unregistered: BTreeSet::new(),
            tally: Tally::default(),
            changes: Vec::new(),
            findings: Vec::new(),
            waivers: project.waivers(context.environment.today())?,
            project: &project,
            schemas: &schemas,
            client: &client,
        };
        push.plan(context)?;
        let order = in_reference_order(&schemas);
        let pushed = order.iter().enumerate().try_for_each(|(at, own)| {
            let line = format!("[{}/{}] {}", at + 1, order.len(), own.schema.at());
            context.terminal.progress(&line);
            push.push(own, context)
        });
        // Also after a failure: no subject may stay without its policy.
        let settled = push.settle_restored();
        context.terminal.end_progress();
        pushed.and(settled)?;
        let Push { tally, mut findings, waivers, changes, .. } = push;
        waivers::note_expired(&waivers, &mut findings);
        let mut report = tally.report(findings, self.dry_run, client.base_url());
        report.details.push(("changes", plan::json_of(&changes)));
        Ok(output::write(&report, context.global.format, context.terminal))
    }
}

struct Push<'p> {
    project: &'p Project,
    waivers: Waivers,
    schemas: &'p Schemas,
    client: &'p Client,
    note: Note,
    dry_run: bool,
    restore: bool,
    /// Subjects whose history is taken as it is, with the settings that hold afterwards.
    restored: BTreeMap<Subject, SubjectPatch>,
    /// The subjects as the registry had them, and their files.
    known: BTreeMap<Subject, (Option<SubjectView>, SubjectFile)>,
    /// The settings of subjects that are not prepared yet.
    wanted: BTreeMap<Subject, SubjectPatch>,
    /// Versions that are not in the registry: refused, left out, or only tried.
    unregistered: BTreeSet<Coordinates>,
    tally: Tally,
    /// Everything that this push changes.
    changes: Vec<Change>,
    findings: Vec<Finding>,
}

#[derive(Debug, Default)]
struct Tally {
    registered: usize,
    unchanged: usize,
    refused: usize,
    left_out: usize,
}

impl Push<'_> {
    fn push(&mut self, own: &OwnSchema, context: &mut Context<'_>) -> Result<(), Failure> {
        let at = own.schema.at();
        self.prepare_subject(&at.subject)?;
        let (entry, there) = {
            let (view, file) = &self.known[&at.subject];
            let entry = file.versions.get(&at.version).cloned().unwrap_or_default();
            let versions = view.iter().flat_map(|view| &view.versions);
            let there = versions.into_iter().find(|known| known.version == at.version);
            (entry, there.cloned())
        };
        match there {
            Some(there) if &there.digest == own.schema.digest() => {
                self.tally.unchanged += 1;
                self.set_state(at, &entry, Some(&there))
            }
            Some(there) => {
                self.findings.push(changed(own, &there.digest, self.client.base_url()));
                self.refuse(at);
                Ok(())
            }
            None if self.builds_on_refused(own) => {
                self.tally.left_out += 1;
                self.unregistered.insert(at.clone());
                Ok(())
            }
            None if self.dry_run => self.try_out(own, context),
            None => self.register(own, &entry, context),
        }
    }

    /// Reports everything that the push changes, and fails if the token lacks a scope for any of it.
    fn plan(&mut self, context: &mut Context<'_>) -> Result<(), Failure> {
        for subject in self.schemas.own_subjects() {
            context.terminal.progress(&format!("fetching {subject}"));
            let view = find_subject(self.client, subject)?;
            let file = self.project.subject_file(subject)?;
            let wanted = self.wanted(subject, view.as_ref(), &file)?;
            let own: Vec<&OwnSchema> =
                self.schemas.own.iter().filter(|own| own.schema.at().subject == *subject).collect();
            self.changes.extend(plan::changes(subject, view.as_ref(), &wanted, &file, &own));
            if self.restore && view.is_none() && wanted.mode != Patch::Set(Mode::None) {
                self.changes.push(Change::Settle(subject.clone()));
            }
            self.known.insert(subject.clone(), (view, file));
            self.wanted.insert(subject.clone(), wanted);
        }
        context.terminal.end_progress();
        let missing = match self.changes.is_empty() {
            true => Vec::new(),
            false => plan::missing_scopes(&self.changes, &self.client.access()?),
        };
        let would = if self.dry_run { "would " } else { "will " };
        for change in &self.changes {
            // Registrations are reported one by one, with their results.
            if !matches!(change, Change::Register(_)) {
                context.terminal.say(format!("{would}{change}"));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        if self.dry_run {
            self.findings.extend(missing);
            return Ok(());
        }
        Err(Failure::new("the push needs scopes that are missing, so it changed nothing").places(missing))
    }

    /// Returns the settings that a subject gets. An existing one changes only where the tree names it.
    fn wanted(
        &self,
        subject: &Subject,
        view: Option<&SubjectView>,
        file: &SubjectFile,
    ) -> Result<SubjectPatch, Failure> {
        let named = self.project.manifest.compatibility.subjects.get(subject).copied().unwrap_or_default();
        let policy = self.project.policy(subject)?;
        Ok(match view {
            None => SubjectPatch {
                mode: Patch::Set(policy.mode),
                content_model: Patch::Set(policy.content_model),
                owner: file.owner.clone().into(),
                description: file.description.clone().into(),
            },
            Some(view) => SubjectPatch {
                mode: named.mode.or(file.mode).filter(|mode| *mode != view.mode).into(),
                content_model: named
                    .content_model
                    .or(file.content_model)
                    .filter(|model| *model != view.content_model)
                    .into(),
                owner: file.owner.clone().filter(|owner| Some(owner) != view.owner.as_ref()).into(),
                description: file
                    .description
                    .clone()
                    .filter(|description| Some(description) != view.description.as_ref())
                    .into(),
            },
        })
    }

    /// Creates or changes a subject as the tree says, once.
    fn prepare_subject(&mut self, subject: &Subject) -> Result<(), Failure> {
        let Some(wanted) = self.wanted.remove(subject).filter(|_| !self.dry_run) else { return Ok(()) };
        let (view, _) = &self.known[subject];
        if view.is_some() && wanted == SubjectPatch::default() {
            return Ok(());
        }
        let revision = view.as_ref().map(|view| view.revision);
        let versions = view.as_ref().map(|view| view.versions.clone()).unwrap_or_default();
        let mut now = wanted.clone();
        if self.restore && view.is_none() {
            now.mode = Patch::Set(Mode::None);
            self.restored.insert(subject.clone(), wanted);
        }
        let put = self.client.put_subject(subject, &now, revision)?;
        if let Some((view, _)) = self.known.get_mut(subject) {
            *view = Some(SubjectView { versions, ..put });
        }
        Ok(())
    }

    /// Lets the policies of restored subjects hold from now on.
    fn settle_restored(&mut self) -> Result<(), Failure> {
        for (subject, patch) in &self.restored {
            // Before the policy, so that no check refuses what was accepted.
            for (fingerprint, note) in &self.known[subject].1.waivers {
                if fingerprint.len() != evschema_compat::Fingerprint::DIGITS {
                    // A fingerprint of the former scheme accepts nothing, and the registry rejects it.
                    continue;
                }
                let waiver = WaiverRequest { reason: note.reason.clone(), until: note.until.clone() };
                self.client.put_waiver(subject, fingerprint, &waiver)?;
            }
            // Another policy needs the revision of now, after its versions were registered.
            let revision = self.client.subject(subject)?.revision;
            self.client.put_subject(subject, patch, Some(revision))?;
        }
        Ok(())
    }

    fn register(
        &mut self,
        own: &OwnSchema,
        entry: &VersionEntry,
        context: &mut Context<'_>,
    ) -> Result<(), Failure> {
        let at = own.schema.at();
        let note = Note {
            author: entry.author.clone().or_else(|| self.note.author.clone()),
            message: entry.message.clone().or_else(|| self.note.message.clone()),
        };
        // The check has read this text; the file may have changed since.
        let bytes = own.schema.document().text().as_bytes();
        let mut answer = self.client.register_with(&at.subject, Some(&at.version), bytes, &note);
        if let Err(error) = &answer
            && self.waive(own, error, context)?
        {
            answer = self.client.register_with(&at.subject, Some(&at.version), bytes, &note);
        }
        match answer {
            Ok(Registered::Created(_)) => {
                self.tally.registered += 1;
                context.terminal.end_progress();
                context.terminal.say(format!("registered {at}"));
                self.set_state(at, entry, None)
            }
            Ok(Registered::Unchanged(_)) => {
                self.tally.unchanged += 1;
                Ok(())
            }
            Err(error) => self.refused(own, error),
        }
    }

    /// Accepts on the registry what a refusal found, if the manifest accepts all of it; tells whether it did.
    fn waive(
        &self,
        own: &OwnSchema,
        refusal: &ClientError,
        context: &mut Context<'_>,
    ) -> Result<bool, Failure> {
        let report = refusal.problem().and_then(|problem| problem.report.as_ref());
        let mut found = report.map_or_else(Vec::new, |report| findings_of(report, own, self.schemas));
        found.retain(Finding::counts);
        let named = |finding: &Finding| {
            let fingerprint = finding.fingerprint.clone()?;
            self.waivers.valid.contains_key(&fingerprint).then_some(fingerprint)
        };
        let accepted: Option<BTreeSet<String>> = found.iter().map(named).collect();
        let Some(accepted) = accepted.filter(|accepted| !accepted.is_empty()) else { return Ok(false) };
        let subject = &own.schema.at().subject;
        for (fingerprint, note) in self.waivers.valid.iter().filter(|(own, _)| accepted.contains(*own)) {
            let waiver = WaiverRequest { reason: note.reason.clone(), until: note.until.clone() };
            self.client.put_waiver(subject, fingerprint, &waiver)?;
            context.terminal.end_progress();
            context
                .terminal
                .say(format!("registered the waiver of {fingerprint} in {subject}: {}", note.reason));
        }
        Ok(true)
    }

    /// Asks what a registration would come to.
    fn try_out(&mut self, own: &OwnSchema, context: &mut Context<'_>) -> Result<(), Failure> {
        let at = own.schema.at();
        let builds_on_new = self.schemas.catalog.resolve(&own.schema).is_ok_and(|resolved| {
            resolved.documents().iter().any(|document| self.unregistered.contains(document.at()))
        });
        self.unregistered.insert(at.clone());
        context.terminal.end_progress();
        if builds_on_new {
            self.tally.registered += 1;
            context
                .terminal
                .say(format!("would register {at} (not checked, because it refers to a new version)"));
            return Ok(());
        }
        let bytes = own.schema.document().text().as_bytes();
        match self.client.check(&at.subject, Some(&at.version), bytes) {
            Ok(report) => {
                let mut found = findings_of(&report, own, self.schemas);
                for finding in found.iter_mut().filter(|finding| finding.waived.is_none()) {
                    let reason = finding.fingerprint.as_ref().and_then(|name| self.waivers.valid.get(name));
                    finding.waived = reason.map(|note| note.reason.clone());
                }
                if found.iter().any(Finding::counts) {
                    self.tally.refused += 1;
                } else {
                    self.tally.registered += 1;
                    context.terminal.say(format!("would register {at}"));
                }
                self.findings.extend(found);
                Ok(())
            }
            Err(error) => self.refused(own, error),
        }
    }

    /// Brings a version into the state that the subject's file says; a version that is new is active.
    fn set_state(
        &mut self,
        at: &Coordinates,
        entry: &VersionEntry,
        there: Option<&VersionSummary>,
    ) -> Result<(), Failure> {
        let Some(state) = entry.state else { return Ok(()) };
        let never_used = state == State::Yanked && entry.never_used;
        let (state_there, never_used_there) =
            there.map_or((State::Active, false), |there| (there.state, there.never_used));
        if (state, never_used) == (state_there, never_used_there) || self.dry_run {
            return Ok(());
        }
        let reason = entry.reason.clone().unwrap_or_else(|| "as in the pushed tree".to_owned());
        let never_used = (state == State::Yanked).then_some(never_used);
        self.client.set_state(&at.subject, &at.version, &StateChange { state, reason, never_used })?;
        Ok(())
    }

    /// Takes a refusal as a finding; whatever else went wrong ends the push.
    fn refused(&mut self, own: &OwnSchema, error: ClientError) -> Result<(), Failure> {
        let Some(problem) = error.problem() else { return Err(error.into()) };
        // What is about this version alone; anything else stands in the way of the others too.
        let about_the_version = [
            ProblemCode::Incompatible,
            ProblemCode::Undecided,
            ProblemCode::VersionTooSmall,
            ProblemCode::VersionExists,
            ProblemCode::IdTaken,
            ProblemCode::SubjectCaseClash,
            ProblemCode::NotASchema,
            ProblemCode::ReferenceMissing,
            ProblemCode::BodyTooLarge,
        ];
        if !about_the_version.contains(&problem.code) {
            return Err(error.into());
        }
        let findings = of_problem(problem, own, self.schemas);
        self.findings.extend(findings);
        self.refuse(own.schema.at());
        Ok(())
    }

    fn refuse(&mut self, at: &Coordinates) {
        self.tally.refused += 1;
        self.unregistered.insert(at.clone());
    }

    /// Tells whether an older version of the subject, or something referred to, is not there.
    fn builds_on_refused(&self, own: &OwnSchema) -> bool {
        if self.dry_run {
            return false;
        }
        let at = own.schema.at();
        let older_refused = self.unregistered.iter().any(|refused| refused.subject == at.subject);
        let refers = self.schemas.catalog.resolve(&own.schema).is_ok_and(|resolved| {
            resolved.documents().iter().any(|document| self.unregistered.contains(document.at()))
        });
        older_refused || refers
    }
}

/// Returns what the registry's report says, at the places of the tree's files.
fn findings_of(report: &serde_json::Value, own: &OwnSchema, schemas: &Schemas) -> Vec<Finding> {
    let Ok(report) = serde_json::from_value::<evschema_compat::Report>(report.clone()) else {
        return Vec::new();
    };
    verdict::findings(&report, &own.source(), &|version| {
        schemas.source(&Coordinates { subject: report.subject.clone(), version: version.clone() })
    })
}

fn of_problem(problem: &Problem, own: &OwnSchema, schemas: &Schemas) -> Vec<Finding> {
    let reported = problem.report.iter().flat_map(|report| findings_of(report, own, schemas));
    let mut findings: Vec<Finding> = reported.collect();
    for error in &problem.errors {
        let mut diagnostic = Diagnostic::new(error.code, error.detail.clone()).at(error.pointer.clone());
        diagnostic.position = own.schema.document().closest_position(&error.pointer);
        diagnostic.help = error.help.clone();
        let text = Arc::from(own.schema.document().text());
        findings.push(Finding::of_diagnostic(diagnostic, own.file.clone(), Some(text)));
    }
    // Whatever the registry says beside, it has refused.
    if !findings.iter().any(Finding::counts) {
        let mut finding = Finding::error(problem.code.as_str(), problem.detail.clone(), own.source().whole());
        finding.help = problem.help.clone();
        findings.push(finding);
    }
    findings
}

fn changed(own: &OwnSchema, registered: &Digest, registry: &str) -> Finding {
    let at = own.schema.at();
    Finding::error(
        "version-changed",
        format!("{at} is already registered with different content; a published version never changes"),
        own.source().whole(),
    )
    .note(format!(
        "the digest in {registry} is {registered}; the digest of the file is {}",
        own.schema.digest()
    ))
    .help(format!(
        "restore the file (`evschema show {at} --schema` prints the registered content), and publish the \
         change as a new version"
    ))
}

impl Tally {
    fn report(&self, findings: Vec<Finding>, dry_run: bool, registry: &str) -> Report {
        let all = self.registered + self.unchanged + self.refused + self.left_out;
        let would = if dry_run { "would be " } else { "" };
        let mut clean = format!("{} {would}registered, {} unchanged", self.registered, self.unchanged);
        if 0 < self.left_out {
            clean.push_str(&format!(", {} left out", self.left_out));
        }
        let pushed = if dry_run { "for" } else { "pushed to" };
        let mut looked_at = format!("{} {pushed} {registry}", counted(all, "version"));
        if 0 < self.refused {
            looked_at.push_str(&format!(": {clean}, {} rejected", self.refused));
        }
        Report {
            command: "push",
            looked_at,
            clean,
            findings,
            details: vec![
                ("dry_run", json!(dry_run)),
                ("registered", json!(self.registered)),
                ("unchanged", json!(self.unchanged)),
                ("refused", json!(self.refused)),
                ("left_out", json!(self.left_out)),
            ],
        }
    }
}
