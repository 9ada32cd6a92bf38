mod counts;
mod findings;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use evschema_api::client::{Client, ClientError, Note, Registered};
use evschema_api::{
    Patch, ProblemCode, State, StateChange, SubjectPatch, SubjectView, VersionSummary, WaiverRequest,
};
use evschema_model::{Coordinates, Mode, Subject};

use crate::context::Context;
use crate::dependency_order::in_dependency_order;
use crate::failure::Failure;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::project::{OwnSchema, Project, Schemas};
use crate::registry_access::{RegistryArguments, find_subject};
use crate::subject_file::{SubjectFile, VersionEntry};
use crate::waivers::{self, Waivers};
use counts::Counts;
use findings::{findings_of_problem, findings_of_report, version_changed};
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
        let schemas = project.schemas()?.require_valid()?;
        let mut push = Push {
            note: Note { author: self.author, message: self.message },
            dry_run: self.dry_run,
            restore: self.restore,
            restored: BTreeMap::new(),
            known: BTreeMap::new(),
            wanted: BTreeMap::new(),
            unregistered: BTreeSet::new(),
            counts: Counts::default(),
            changes: Vec::new(),
            findings: Vec::new(),
            waivers: project.waivers(context.environment.today())?,
            project: &project,
            schemas: &schemas,
            client: &client,
        };
        push.plan(context)?;
        let order = in_dependency_order(&schemas);
        let pushed = order.iter().enumerate().try_for_each(|(at, own)| {
            let line = format!("[{}/{}] {}", at + 1, order.len(), own.schema.at());
            context.terminal.progress(&line);
            push.push(own, context)
        });
        // The push also sets the policies after a failure, because every restored subject needs its policy.
        let settled = push.set_restored_policies();
        context.terminal.end_progress();
        pushed.and(settled)?;
        let Push { counts, mut findings, waivers, changes, .. } = push;
        waivers::note_expired(&waivers, &mut findings);
        let mut report = counts.report(findings, self.dry_run, client.base_url());
        report.details.push(("changes", plan::json_of(&changes)));
        context.finish(&report)
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
    /// The subjects whose history the push registers without a check. The value has the settings that the subject gets
    /// after the restore.
    restored: BTreeMap<Subject, SubjectPatch>,
    /// The subjects in the registry before the push, and their `subject.toml` files.
    known: BTreeMap<Subject, (Option<SubjectView>, SubjectFile)>,
    /// The settings of subjects that the push has not created or changed yet.
    wanted: BTreeMap<Subject, SubjectPatch>,
    /// The versions that the registry lacks, because the registry rejected them, or the push left them out or only
    /// checked them.
    unregistered: BTreeSet<Coordinates>,
    counts: Counts,
    /// The changes that this push makes.
    changes: Vec<Change>,
    findings: Vec<Finding>,
}

impl Push<'_> {
    fn push(&mut self, own: &OwnSchema, context: &mut Context<'_>) -> Result<(), Failure> {
        let at = own.schema.at();
        self.prepare_subject(&at.subject)?;
        let (entry, registered) = {
            let (view, file) = &self.known[&at.subject];
            let entry = file.versions.get(&at.version).cloned().unwrap_or_default();
            let versions = view.iter().flat_map(|view| &view.versions);
            let registered = versions.into_iter().find(|known| known.version == at.version);
            (entry, registered.cloned())
        };
        match registered {
            Some(registered) if &registered.digest == own.schema.digest() => {
                self.counts.unchanged += 1;
                self.set_state(at, &entry, Some(&registered))
            }
            Some(registered) => {
                self.findings.push(version_changed(own, &registered.digest, self.client.base_url()));
                self.mark_rejected(at);
                Ok(())
            }
            None if self.needs_unregistered(own) => {
                self.counts.left_out += 1;
                self.unregistered.insert(at.clone());
                Ok(())
            }
            None if self.dry_run => self.check_only(own, context),
            None => self.register(own, &entry, context),
        }
    }

    /// Prints the planned changes.
    ///
    /// # Errors
    ///
    /// If the token lacks a scope that a change needs.
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
            // The push prints each registration later, together with its result.
            if !matches!(change, Change::Register(_)) {
                context.terminal.info(format!("{would}{change}"));
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

    /// Returns the settings that a subject gets. An existing subject keeps the settings that the tree does not name.
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

    /// Creates a subject or changes its settings, if the push has not done this yet.
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

    /// Sets the policies of the restored subjects.
    fn set_restored_policies(&mut self) -> Result<(), Failure> {
        for (subject, patch) in &self.restored {
            // The push grants the waivers before it sets the policy. So a later check under this policy accepts the
            // restored versions.
            for (fingerprint, note) in &self.known[subject].1.waivers {
                if fingerprint.len() != evschema_compat::Fingerprint::DIGITS {
                    // A fingerprint in the old format has no effect, and the registry rejects it.
                    continue;
                }
                let waiver = WaiverRequest { reason: note.reason.clone(), until: note.until.clone() };
                self.client.put_waiver(subject, fingerprint, &waiver)?;
            }
            // The registrations have changed the revision, so the push reads it again.
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
        // The push registers the text that it has read before, because the file may have changed since then.
        let bytes = own.schema.document().text().as_bytes();
        let mut answer = self.client.register_with(&at.subject, Some(&at.version), bytes, &note);
        if let Err(error) = &answer
            && self.register_waivers(own, error, context)?
        {
            answer = self.client.register_with(&at.subject, Some(&at.version), bytes, &note);
        }
        match answer {
            Ok(Registered::Created(_)) => {
                self.counts.registered += 1;
                context.terminal.end_progress();
                context.terminal.info(format!("registered {at}"));
                self.set_state(at, entry, None)
            }
            Ok(Registered::Unchanged(_)) => {
                self.counts.unchanged += 1;
                Ok(())
            }
            Err(error) => self.handle_error(own, error),
        }
    }

    /// If the manifest has a waiver for every finding of a rejection, registers these waivers. Returns whether the
    /// function registered waivers.
    fn register_waivers(
        &self,
        own: &OwnSchema,
        refusal: &ClientError,
        context: &mut Context<'_>,
    ) -> Result<bool, Failure> {
        let report = refusal.problem().and_then(|problem| problem.report.as_ref());
        let mut found = report.map_or_else(Vec::new, |report| findings_of_report(report, own, self.schemas));
        found.retain(Finding::is_blocking);
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
                .info(format!("registered the waiver of {fingerprint} in {subject}: {}", note.reason));
        }
        Ok(true)
    }

    /// Checks whether the registry would accept a version, but does not register it.
    fn check_only(&mut self, own: &OwnSchema, context: &mut Context<'_>) -> Result<(), Failure> {
        let at = own.schema.at();
        let builds_on_new = self.schemas.catalog.resolve(&own.schema).is_ok_and(|resolved| {
            resolved.documents().iter().any(|document| self.unregistered.contains(document.at()))
        });
        self.unregistered.insert(at.clone());
        context.terminal.end_progress();
        if builds_on_new {
            self.counts.registered += 1;
            context
                .terminal
                .info(format!("would register {at} (not checked, because it refers to a new version)"));
            return Ok(());
        }
        let bytes = own.schema.document().text().as_bytes();
        match self.client.check(&at.subject, Some(&at.version), bytes) {
            Ok(report) => {
                let mut found = findings_of_report(&report, own, self.schemas);
                for finding in found.iter_mut().filter(|finding| finding.waived.is_none()) {
                    let reason = finding.fingerprint.as_ref().and_then(|name| self.waivers.valid.get(name));
                    finding.waived = reason.map(|note| note.reason.clone());
                }
                if found.iter().any(Finding::is_blocking) {
                    self.counts.refused += 1;
                } else {
                    self.counts.registered += 1;
                    context.terminal.info(format!("would register {at}"));
                }
                self.findings.extend(found);
                Ok(())
            }
            Err(error) => self.handle_error(own, error),
        }
    }

    /// Sets the state that `subject.toml` gives a version. A new version is active.
    fn set_state(
        &mut self,
        at: &Coordinates,
        entry: &VersionEntry,
        registered: Option<&VersionSummary>,
    ) -> Result<(), Failure> {
        let Some(state) = entry.state else { return Ok(()) };
        let never_used = state == State::Yanked && entry.never_used;
        let current = registered.map_or((State::Active, false), |known| (known.state, known.never_used));
        if (state, never_used) == current || self.dry_run {
            return Ok(());
        }
        let reason = entry.reason.clone().unwrap_or_else(|| "as in the pushed tree".to_owned());
        let never_used = (state == State::Yanked).then_some(never_used);
        self.client.set_state(&at.subject, &at.version, &StateChange { state, reason, never_used })?;
        Ok(())
    }

    /// If the registry rejected the version, adds the findings. Returns every other error, which ends the push.
    fn handle_error(&mut self, own: &OwnSchema, error: ClientError) -> Result<(), Failure> {
        let Some(problem) = error.problem() else { return Err(error.into()) };
        // These problems concern only this version. Any other problem would also reject the other versions.
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
        let findings = findings_of_problem(problem, own, self.schemas);
        self.findings.extend(findings);
        self.mark_rejected(own.schema.at());
        Ok(())
    }

    /// Counts a version as rejected.
    fn mark_rejected(&mut self, at: &Coordinates) {
        self.counts.refused += 1;
        self.unregistered.insert(at.clone());
    }

    /// Returns whether an older version of the subject, or a version that the schema refers to, was not registered.
    fn needs_unregistered(&self, own: &OwnSchema) -> bool {
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
