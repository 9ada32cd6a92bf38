use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use evschema_api::client::Client;
use evschema_api::{State, SubjectView, WaiverView};
use evschema_codegen::{stays_inside, write_inside};
use evschema_model::{Catalog, Code, Coordinates, Diagnostic, Dialects, Digest, Document, Schema, Subject};
use serde_json::json;

use super::list::{SUBJECTS_MAX, all_subjects};
use crate::context::Context;
use crate::failure::Failure;
use crate::finding::{Finding, Place};
use crate::outcome::Outcome;
use crate::output::{Report, counted};
use crate::project::Project;
use crate::registry_access::RegistryArguments;
use crate::subject_file::{SubjectFile, VersionEntry, WaiverNote};

/// Write the content of the registry to a tree: a complete backup that `push --restore` can register again.
///
/// The command writes the schemas byte for byte. The folder of each subject also gets a `subject.toml` with the
/// policy, owner, waivers and version states of the subject. A pull never replaces an existing file.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The subjects to pull, together with all subjects that they refer to; by default all subjects.
    subjects: Vec<Subject>,
    /// The folder to write to; by default the schemas folder of the manifest.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    registry: RegistryArguments,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let client = self.registry.access(&project, context.environment).client()?;
        let out = match self.out {
            Some(out) => out,
            None => project.schemas_folder_to_write()?,
        };
        let mut pending: BTreeSet<Subject> = self.subjects.into_iter().collect();
        if pending.is_empty() {
            pending = all_subjects(&client, None)?.into_iter().map(|summary| summary.subject).collect();
        }
        if pending.is_empty() {
            return Err(Failure::new(format!("the registry `{}` has no subject", client.base_url()))
                .help("`evschema push` registers a tree"));
        }
        let mut pull = Pull {
            client: &client,
            out: &out,
            dialects: project.manifest.dialects(),
            catalog: Catalog::default(),
            written: 0,
            unchanged: 0,
            findings: Vec::new(),
        };
        let mut done = BTreeSet::new();
        while let Some(subject) = pending.pop_first() {
            context.terminal.progress(&format!("[{}] {subject}", done.len() + 1));
            let referred = pull.subject(&subject)?;
            done.insert(subject);
            if SUBJECTS_MAX < done.len() {
                return Err(Failure::new(format!(
                    "the registry `{}` has more than {SUBJECTS_MAX} subjects, or the references between its \
                     subjects never end",
                    client.base_url()
                ))
                .help("name the subjects to pull"));
            }
            pending
                .extend(referred.into_iter().map(|at| at.subject).filter(|subject| !done.contains(subject)));
        }
        context.terminal.end_progress();
        let versions = pull.written + pull.unchanged + pull.findings.len();
        let report = Report {
            command: "pull",
            looked_at: format!(
                "{} of {} from {}",
                counted(versions, "version"),
                counted(done.len(), "subject"),
                client.base_url()
            ),
            clean: format!("{} written to {}, {} unchanged", pull.written, out.display(), pull.unchanged),
            findings: pull.findings,
            details: vec![("written", json!(pull.written)), ("unchanged", json!(pull.unchanged))],
        };
        context.finish(&report)
    }
}

/// A pull that is running.
struct Pull<'p> {
    client: &'p Client,
    out: &'p Path,
    dialects: Dialects,
    /// The schemas that the command has pulled so far.
    catalog: Catalog,
    written: usize,
    unchanged: usize,
    findings: Vec<Finding>,
}

impl Pull<'_> {
    /// Writes a subject, and returns the versions that the subject's versions refer to.
    fn subject(&mut self, subject: &Subject) -> Result<Vec<Coordinates>, Failure> {
        let view = self.client.subject(subject)?;
        let folder = self.out.join(subject.as_str());
        stays_inside(self.out, &folder)
            .and_then(|()| std::fs::create_dir_all(&folder))
            .map_err(|error| Failure::file("create", &folder, &error))?;
        let mut referred = Vec::new();
        let mut versions = BTreeMap::new();
        for summary in &view.versions {
            let known = self.client.version(subject, &summary.version)?;
            let at = Coordinates { subject: subject.clone(), version: summary.version.clone() };
            self.version(&folder, &at, &summary.digest)?;
            referred.extend(known.references);
            let entry = VersionEntry {
                state: (known.state != State::Active).then_some(known.state),
                reason: known.state_reason.filter(|_| known.state != State::Active),
                never_used: known.never_used,
                author: known.author,
                message: known.message,
            };
            if entry != VersionEntry::default() {
                versions.insert(at.version, entry);
            }
        }
        let waivers = self.client.waivers(subject)?.waivers.into_iter().map(|waiver| {
            let WaiverView { fingerprint, reason, until, author, .. } = waiver;
            (fingerprint, WaiverNote { reason, until, author })
        });
        let differs = write_subject_file(&folder, view, versions, waivers.collect(), self.client.base_url())?;
        self.findings.extend(differs);
        Ok(referred)
    }

    fn version(&mut self, folder: &Path, at: &Coordinates, digest: &Digest) -> Result<(), Failure> {
        let path = folder.join(format!("{}.json", at.version));
        stays_inside(self.out, &path).map_err(|error| Failure::file("write", &path, &error))?;
        if let Ok(existing) = std::fs::read(&path) {
            let same = Document::parse(&existing).is_ok_and(|document| document.digest() == digest);
            if same {
                let conflicts = self.identity_conflicts(at, &existing, &path);
                self.unchanged += usize::from(conflicts.is_empty());
                self.findings
                    .extend(conflicts.into_iter().map(|found| found.note("the file exists already")));
            } else {
                self.findings.push(version_changed(at, &path, self.client.base_url()));
            }
            return Ok(());
        }
        let bytes = self.client.schema(&at.subject, &at.version)?;
        let received = Document::parse(&bytes).map(|document| document.digest().clone());
        if received.as_ref() != Ok(digest) {
            return Err(Failure::new(format!(
                "the received content of {at} does not have the registered digest"
            ))
            .help("a proxy between this machine and the registry may have changed the content"));
        }
        let conflicts = self.identity_conflicts(at, &bytes, &path);
        if !conflicts.is_empty() {
            let note = format!("the pull did not write {at} of {}", self.client.base_url());
            self.findings.extend(conflicts.into_iter().map(|found| found.note(note.clone())));
            return Ok(());
        }
        write_inside(self.out, &path, bytes).map_err(|error| Failure::file("write", &path, &error))?;
        self.written += 1;
        Ok(())
    }

    /// Returns the reasons why a document must not be part of the tree: its `$id` is the URL of another document, or
    /// another document has the same `$id`. A registry rejects such documents, but an earlier version of evschema may
    /// have registered them.
    fn identity_conflicts(&mut self, at: &Coordinates, bytes: &[u8], path: &Path) -> Vec<Finding> {
        // A document that is not a schema under the dialects of this project has no `$id`; `evschema lint` reports it.
        let Ok(schema) = Schema::read(at.clone(), bytes, &self.dialects) else { return Vec::new() };
        let mut errors = schema.identity_errors(&[self.client.base_url()]);
        if errors.is_empty()
            && let Err(error) = self.catalog.insert(Arc::new(schema))
        {
            let help = "ask the operator of the registry which of the two documents is right";
            errors.push(Diagnostic::new(Code::Conflict, error.to_string()).help(help));
        }
        let text: Option<Arc<str>> = std::str::from_utf8(bytes).ok().map(Arc::from);
        let file = path.display().to_string();
        errors
            .into_iter()
            .map(|diagnostic| Finding::from_diagnostic(diagnostic, file.clone(), text.clone()))
            .collect()
    }
}

/// Writes the `subject.toml` of a subject; returns a finding if a different file exists.
fn write_subject_file(
    folder: &Path,
    view: SubjectView,
    versions: BTreeMap<evschema_model::Version, VersionEntry>,
    waivers: BTreeMap<String, WaiverNote>,
    registry: &str,
) -> Result<Option<Finding>, Failure> {
    let file = SubjectFile {
        mode: Some(view.mode),
        content_model: Some(view.content_model),
        owner: view.owner,
        description: view.description,
        waivers,
        versions,
    };
    let path = folder.join(SubjectFile::NAME);
    let tree = folder.parent().unwrap_or(folder);
    stays_inside(tree, &path).map_err(|error| Failure::file("write", &path, &error))?;
    if path.exists() {
        if SubjectFile::read(folder).is_ok_and(|existing| existing == file) {
            return Ok(None);
        }
        let place = Place { file: path.display().to_string(), ..Place::default() };
        let message = format!("`{}` differs from the settings in {registry}", path.display());
        return Ok(Some(Finding::error("subject-file-differs", message, place).help(
            "the pull keeps the file; to get the settings of the registry, move the file away and pull again",
        )));
    }
    write_inside(tree, &path, file.render()?).map_err(|error| Failure::file("write", &path, &error))?;
    Ok(None)
}

/// Returns the finding for an existing file that differs from the registered version.
fn version_changed(at: &Coordinates, path: &Path, registry: &str) -> Finding {
    let place = Place { at: Some(at.to_string()), file: path.display().to_string(), ..Place::default() };
    Finding::error(
        "version-changed",
        format!("the file of {at} differs from the version in {registry}"),
        place,
    )
    .help("the pull keeps the file; to get the registered version, move the file away and pull again")
}
