use clap::Args;
use evschema_registry::fsck::{Fault, examine};
use serde_json::json;

use super::serve::runtime;
use crate::context::Context;
use crate::failure::Failure;
use crate::finding::{Finding, Place};
use crate::outcome::Outcome;
use crate::output::{Report, counted};
use crate::project::Project;

/// Check the database of a registry: digests, order of registration, latest versions, references, the feed and the
/// search.
///
/// `--repair` computes derived data again: latest versions, version counts and search terms. It cannot repair other
/// data; restore that from a backup. Run the command while no registry writes to the database, because the check may
/// report a change at the same time as a fault.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The database: `sqlite:PATH` or `postgres://…`.
    #[arg(long, env = "EVSCHEMA_DB", value_name = "URL", hide_env_values = true)]
    db: String,
    /// Compute the derived data of the database again.
    #[arg(long)]
    repair: bool,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let dialects = project.manifest.dialects();
        let found = runtime()?.block_on(examine(&self.db, &dialects, self.repair))?;
        let repaired = found.faults.iter().filter(|fault| fault.is_repaired).count();
        let report = Report {
            command: "fsck",
            looked_at: format!(
                "{} of {} and {} of the feed",
                counted(found.versions, "version"),
                counted(found.subjects, "subject"),
                counted(usize::try_from(found.events).unwrap_or(usize::MAX), "event")
            ),
            clean: "the database is consistent".to_owned(),
            findings: found.faults.iter().map(finding).collect(),
            details: vec![("repaired", json!(repaired))],
        };
        context.finish(&report)
    }
}

fn finding(fault: &Fault) -> Finding {
    let place = Place { at: Some(fault.place.clone()), ..Place::default() };
    let message = format!("{}: {}", fault.place, fault.message);
    let found = match fault.is_derived {
        true => Finding::error("derived-data-wrong", message, place),
        false => Finding::error("database-damaged", message, place),
    };
    match (fault.is_derived, fault.is_repaired) {
        (_, true) => found.note("repaired; run the check again to confirm the repair"),
        (true, false) => found.help("run `evschema fsck --repair`"),
        (false, false) => found.help("restore the database, or this version, from a backup"),
    }
}
