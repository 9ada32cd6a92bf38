use clap::Args;
use evschema_api::SubjectSummary;
use evschema_api::client::Client;

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::output::{SubjectList, SubjectRow};
use crate::project::Project;
use crate::registry_access::RegistryArguments;

/// List the subjects of the registry, or of the tree if no registry is configured.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// List the tree even if a registry is configured.
    #[arg(long)]
    local: bool,
    #[command(flatten)]
    registry: RegistryArguments,
}

/// The maximum number of subjects that the command reads. Without this limit, a server that is no registry could send
/// an endless list.
pub(super) const SUBJECTS_MAX: usize = 100_000;

/// The number of subjects in one page of the registry's list.
const PAGE: u32 = 200;

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let access = self.registry.access(&project, context.environment);
        let list = if self.local || access.url().is_none() {
            subjects_of_tree(&project)?
        } else {
            subject_list(all_subjects(&access.client()?, None)?)
        };
        context.print(&list);
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
        // A registry sorts its list by name. Without this check, a repeated page would never end.
        let is_ahead = after.as_deref().is_none_or(|before| before < next.as_str());
        if !is_ahead || SUBJECTS_MAX < subjects.len() {
            return Err(Failure::new(format!(
                "the list of subjects of `{}` does not end",
                client.base_url()
            ))
            .help("check the URL; the server at this URL may not be a registry"));
        }
        after = Some(next);
    }
}

/// Converts the subjects that a registry sent into a list for output.
pub(super) fn subject_list(subjects: Vec<SubjectSummary>) -> SubjectList {
    let row = |summary: SubjectSummary| SubjectRow {
        subject: summary.subject.to_string(),
        latest: summary.latest.map(|version| version.to_string()),
        versions: usize::try_from(summary.versions).unwrap_or(usize::MAX),
        description: summary.description,
    };
    SubjectList(subjects.into_iter().map(row).collect())
}

fn subjects_of_tree(project: &Project) -> Result<SubjectList, Failure> {
    let schemas = project.schemas()?.require_valid()?;
    let subjects = schemas.own_subjects().into_iter();
    let row = |subject| {
        let versions: Vec<_> = schemas.catalog.versions(subject).collect();
        let latest = versions.iter().rev().find(|schema| !schema.at().version.is_prerelease());
        let newest = latest.or(versions.last());
        SubjectRow {
            subject: subject.to_string(),
            latest: latest.map(|schema| schema.at().version.to_string()),
            versions: versions.len(),
            description: newest
                .and_then(|schema| schema.title().or_else(|| schema.description()).map(str::to_owned)),
        }
    };
    Ok(SubjectList(subjects.map(row).collect()))
}
