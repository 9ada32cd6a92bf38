use clap::Args;
use evschema_api::SubjectSummary;
use evschema_api::client::Client;
use serde_json::{Value, json};

use super::Context;
use crate::Outcome;
use crate::arguments::Format;
use crate::failure::Failure;
use crate::output::json::pretty;
use crate::project::Project;
use crate::registry_access::RegistryArguments;
use crate::terminal::Terminal;
use crate::terminal::escape::one_line;

/// List the subjects of the registry, or of the tree if no registry is configured.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// List the tree even if a registry is configured.
    #[arg(long)]
    local: bool,
    #[command(flatten)]
    registry: RegistryArguments,
}

/// A subject as it is listed.
pub(super) struct Line {
    subject: String,
    latest: Option<String>,
    versions: usize,
    about: Option<String>,
}

/// The list of a registry's subjects may have at most this length.
pub(super) const SUBJECTS_MAX: usize = 100_000;

/// Most subjects asked for at once.
const PAGE: u32 = 200;

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let access = self.registry.access(&project, context.environment);
        let lines = if self.local || access.url().is_none() {
            lines_of_tree(&project)?
        } else {
            let subjects = all_subjects(&access.client()?, None)?;
            subjects.into_iter().map(Line::of_summary).collect()
        };
        print(&lines, context.global.format, context.terminal);
        Ok(Outcome::Clean)
    }
}

/// Fetches every page of the registry's list.
pub(super) fn all_subjects(client: &Client, search: Option<&str>) -> Result<Vec<SubjectSummary>, Failure> {
    let mut subjects = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = client.subjects(search, after.as_deref(), Some(PAGE))?;
        subjects.extend(page.subjects);
        let Some(next) = page.next else { return Ok(subjects) };
        // Names come in order, so that a list always ends.
        let goes_on = after.as_deref().is_none_or(|before| before < next.as_str());
        if !goes_on || SUBJECTS_MAX < subjects.len() {
            return Err(Failure::new(format!(
                "the list of subjects of `{}` does not end",
                client.base_url()
            ))
            .help("check the URL; the server at this URL may not be a registry"));
        }
        after = Some(next);
    }
}

/// Prints subjects as a table, a line each, or as JSON.
pub(super) fn print(lines: &[Line], format: Format, terminal: &mut Terminal) {
    if format == Format::Json {
        let rows: Vec<Value> = lines.iter().map(Line::json).collect();
        return terminal.print(pretty(&json!({ "subjects": rows })));
    }
    if format == Format::Short {
        lines.iter().for_each(|line| terminal.print(&line.subject));
        return;
    }
    let width = |of: fn(&Line) -> usize| lines.iter().map(of).max().unwrap_or_default();
    let subject = width(|line| line.subject.len());
    let latest = width(|line| line.latest.as_deref().unwrap_or("-").len());
    for line in lines {
        let about = terminal.dim(&line.about.as_deref().map(one_line).unwrap_or_default());
        let text = format!(
            "{:subject$}  {:latest$}  {:>3}  {about}",
            line.subject,
            line.latest.as_deref().unwrap_or("-"),
            line.versions,
        );
        terminal.print(text.trim_end());
    }
    terminal.say(crate::report::counted(lines.len(), "subject"));
}

fn lines_of_tree(project: &Project) -> Result<Vec<Line>, Failure> {
    let schemas = project.schemas()?.all_good()?;
    let subjects = schemas.own_subjects().into_iter();
    let line = |subject| {
        let versions: Vec<_> = schemas.catalog.versions(subject).collect();
        let latest = versions.iter().rev().find(|schema| !schema.at().version.is_prerelease());
        let newest = latest.or(versions.last());
        Line {
            subject: subject.to_string(),
            latest: latest.map(|schema| schema.at().version.to_string()),
            versions: versions.len(),
            about: newest
                .and_then(|schema| schema.title().or_else(|| schema.description()).map(str::to_owned)),
        }
    };
    Ok(subjects.map(line).collect())
}

impl Line {
    pub(super) fn of_summary(summary: SubjectSummary) -> Self {
        Self {
            subject: summary.subject.to_string(),
            latest: summary.latest.map(|version| version.to_string()),
            versions: usize::try_from(summary.versions).unwrap_or(usize::MAX),
            about: summary.description,
        }
    }

    fn json(&self) -> Value {
        json!({
            "subject": self.subject,
            "latest": self.latest,
            "versions": self.versions,
            "description": self.about,
        })
    }
}
