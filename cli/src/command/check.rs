use clap::Args;
use evschema_compat::Verdict;
use serde_json::json;

use super::Context;
use crate::Outcome;
use crate::baseline::{Against, Baseline};
use crate::compare::{self, Comparison};
use crate::failure::Failure;
use crate::finding::Finding;
use crate::output;
use crate::project::{Project, Schemas};
use crate::registry_access::{RegistryAccess, RegistryArguments};
use crate::rename;
use crate::report::{Report, counted};

/// Hold every new or changed version against what is published.
///
/// Finds published versions that were edited or removed, events that break, and version numbers
/// that are smaller than their change deserves. Without `--against`, the tree's own older versions
/// are what is published.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What is published: `registry`, `git:REF` such as `git:main`, or `dir:PATH`.
    #[arg(long, value_name = "BASELINE")]
    against: Option<Against>,
    /// Rename new versions to the number they deserve.
    #[arg(long)]
    fix: bool,
    #[command(flatten)]
    registry: RegistryArguments,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let access = self.registry.access(&project, context.environment);
        let waivers = project.waivers(context.environment.today)?;
        let mut schemas = project.schemas()?;
        let baseline = self.load_baseline(&project, &schemas, &access, context)?;
        let mut compared = compare::compare(&project, &schemas, baseline.as_ref(), &waivers.valid)?;
        if self.fix && 0 < rename::rename(&compared.too_small, &schemas, context.terminal)? {
            schemas = project.schemas()?;
            compared = compare::compare(&project, &schemas, baseline.as_ref(), &waivers.valid)?;
        }
        waivers.mention_expired(&compared.findings, context.terminal);
        for report in &compared.reports {
            if let Some(stricter) = &report.stricter {
                context.terminal.detail(format!("{}@{}: {stricter}", report.subject, report.version));
            }
        }
        let report = report(schemas, baseline.as_ref(), compared);
        Ok(output::write(&report, context.global.format, context.terminal))
    }

    fn load_baseline(
        &self,
        project: &Project,
        schemas: &Schemas,
        access: &RegistryAccess,
        context: &mut Context<'_>,
    ) -> Result<Option<Baseline>, Failure> {
        let Some(against) = &self.against else { return Ok(None) };
        Baseline::load(against, project, schemas, access, context.terminal).map(Some)
    }
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
        "every published version is as it was".to_owned()
    } else if proven == new {
        "compatible, under the number it deserves".to_owned()
    } else {
        format!("{proven} compatible, the rest accepted by waivers")
    };
    // What is wrong with the files comes first: nothing else can be trusted before it is mended.
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
