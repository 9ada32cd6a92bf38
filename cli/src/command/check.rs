use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;
use evschema_compat::{Standing, Verdict};
use evschema_model::{Coordinates, Manifest, Subject};
use serde_json::json;

use crate::baseline::{Against, Baseline, Opened};
use crate::check_tree::{Comparison, check_tree};
use crate::context::Context;
use crate::failure::Failure;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::output::{Report, counted};
use crate::policy_gate::{GatedProject, apply_published_policy, unregistered_waivers};
use crate::project::{Project, Schemas};
use crate::registry_access::RegistryArguments;
use crate::rename;
use crate::waivers;

/// Compare every new or changed version with the published versions.
///
/// Reports published versions that were edited or removed, breaking changes with an event that breaks, and version
/// numbers that are too small for the change. Without `--against`, the check compares with the older versions of the
/// tree. With `--against`, the check uses the policy of the baseline for each setting that the change loosens.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The baseline with the published versions: `registry`, `git:REF` such as `git:main`, or `dir:PATH`.
    #[arg(long, value_name = "BASELINE")]
    against: Option<Against>,
    /// Rename each new version to the number that its change requires, or to a free number if another branch has
    /// already published its number.
    #[arg(long)]
    fix: bool,
    /// Use the policy of the tree even if it is looser than the policy of the baseline; report each looser setting as
    /// a warning.
    #[arg(long, requires = "against")]
    accept_loosened_policy: bool,
    #[command(flatten)]
    registry: RegistryArguments,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        if self.fix && self.against.is_none() {
            return Err(Failure::new(
                "`--fix` needs a baseline, because it must not rename a published version",
            )
            .help("run `evschema check --against git:main --fix`"));
        }
        let project = Project::find(context.global.manifest.as_deref())?.with_waivers_of_files()?;
        let access = self.registry.access(&project, context.environment);
        let manifest = project.manifest.clone();
        let opened = match &self.against {
            Some(against) => Some(against.open(&project, &access, context.terminal)?),
            None => None,
        };
        let accepts = self.accept_loosened_policy;
        let (project, never_used, mut loosened) = match &opened {
            Some(opened) => {
                let gated = apply_published_policy(project, opened.policy(), accepts)?;
                let GatedProject { project, never_used, findings } = gated;
                (project, never_used, findings)
            }
            None => (project, BTreeSet::new(), Vec::new()),
        };
        let mut waivers = project.waivers(context.environment.today())?;
        let mut schemas = project.schemas()?;
        let mut baseline = load(&opened, &project, &schemas, &never_used, context)?;
        let mut compared = check_tree(&project, &schemas, baseline.as_ref(), &waivers)?;
        if self.against == Some(Against::Registry) {
            let client = access.client()?;
            let (missing, found) = unregistered_waivers(&compared.reports, &client, &project, accepts)?;
            loosened.extend(found);
            if !accepts && !missing.is_empty() {
                waivers.valid.retain(|fingerprint, _| !missing.contains(fingerprint));
                compared = check_tree(&project, &schemas, baseline.as_ref(), &waivers)?;
            }
        }
        for _ in 0..FIX_ROUNDS_MAX {
            let Some(published) = baseline.as_ref().filter(|_| self.fix) else { break };
            if rename::renumber(&compared.renumber, &schemas, published, context.terminal)? == 0 {
                break;
            }
            schemas = project.schemas()?;
            baseline = load(&opened, &project, &schemas, &never_used, context)?;
            compared = check_tree(&project, &schemas, baseline.as_ref(), &waivers)?;
        }
        let is_published = |subject: &Subject| {
            opened.as_ref().is_some_and(|opened| opened.policy().subjects.contains_key(subject))
        };
        compared.findings.extend(unknown_subjects(&manifest, &project, &schemas, is_published));
        // With a baseline, the check does not compare published versions again. So the waivers of these versions look
        // unused.
        let all = baseline.is_none() && compared.left_out == 0;
        let found = waivers::findings(&waivers, &project.waiver_files, &compared.findings, all);
        compared.findings.extend(found);
        for report in &compared.reports {
            let stricter = report.stricter.iter().map(|own| format!("{} {own}", report.version));
            let old_readers = report.old_readers.iter().map(|own| format!("{}: {own}", report.version));
            let opened = report.opened.iter().map(|own| format!("{}: {own}", report.version));
            for note in stricter.chain(old_readers).chain(opened) {
                let note = format!("note: {}@{note}", report.subject);
                // A check of the whole tree would print such a note for most versions.
                match &baseline {
                    Some(_) => context.terminal.info(note),
                    None => context.terminal.verbose(note),
                }
            }
        }
        let mut report = report(schemas, baseline.as_ref(), compared);
        report.findings.splice(0..0, loosened);
        context.finish(&report)
    }
}

/// The maximum number of rounds of `--fix`. A new number can change the numbers that other versions require.
const FIX_ROUNDS_MAX: usize = 16;

fn load(
    opened: &Option<Opened>,
    project: &Project,
    schemas: &Schemas,
    never_used: &BTreeSet<Coordinates>,
    context: &mut Context<'_>,
) -> Result<Option<Baseline>, Failure> {
    let Some(opened) = opened else { return Ok(None) };
    let mut baseline = opened.load(project, schemas, context.terminal)?;
    baseline.yanked.extend(never_used.iter().map(|at| (at.clone(), Standing::NeverUsed)));
    Ok(Some(baseline))
}

/// Returns a finding for each subject in the manifest that does not exist.
fn unknown_subjects(
    manifest: &Manifest,
    project: &Project,
    schemas: &Schemas,
    is_published: impl Fn(&Subject) -> bool,
) -> Vec<Finding> {
    waivers::unknown_subjects(manifest, &project.waiver_files, |subject| {
        schemas.catalog.versions(subject).next().is_some()
            || is_published(subject)
            || schemas.files.iter().any(|path| is_of(path, subject))
    })
}

/// Returns whether a file is in the folder of a subject. The file need not be valid.
fn is_of(path: &Path, subject: &Subject) -> bool {
    path.parent().and_then(Path::file_name).is_some_and(|name| name == subject.as_str())
}

fn report(schemas: Schemas, baseline: Option<&Baseline>, compared: Comparison) -> Report {
    let new = compared.reports.len();
    let subjects = schemas.own_subjects().len();
    let mut looked_at = match baseline {
        Some(baseline) if new == 0 => format!("no new version since {}", baseline.name),
        Some(baseline) => format!("{} since {}", counted(new, "new version"), baseline.name),
        None => format!("{} of {}", counted(new, "version"), counted(subjects, "subject")),
    };
    if 0 < compared.left_out {
        looked_at.push_str(&format!(" ({} could not be compared)", compared.left_out));
    }
    let proven = compared.reports.iter().filter(|r| r.verdict == Verdict::Compatible).count();
    let clean = if new == 0 {
        "published versions unchanged".to_owned()
    } else if proven == new {
        format!("version {} correct", if new == 1 { "number" } else { "numbers" })
    } else {
        format!("{proven} compatible, {} accepted by waivers", new - proven)
    };
    // Errors in files come first, because they can make the other findings wrong.
    let mut findings: Vec<Finding> = schemas.problems.into_iter().map(|(_, finding)| finding).collect();
    findings.extend(compared.findings);
    Report {
        command: "check",
        looked_at,
        clean,
        findings,
        details: vec![
            ("against", json!(baseline.map(|b| &b.name))),
            ("left_out", json!(compared.left_out)),
            ("reports", json!(compared.reports)),
        ],
    }
}
