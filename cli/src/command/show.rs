use clap::Args;
use evschema_api::VersionView;
use evschema_api::client::Client;
use evschema_model::{Version, fields};

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::output::VersionSheet;
use crate::project::Project;
use crate::registry_access::RegistryArguments;
use crate::target::{Target, VersionSelector};

/// Show a version: its title, state, properties and references.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The version: `commerce.order.placed@1.2.0`, `…@^1`, or only the subject for its newest version.
    #[arg(value_name = "SUBJECT[@VERSION]")]
    target: Target,
    /// Print the schema itself, byte for byte.
    #[arg(long)]
    schema: bool,
    /// Show the version of the tree even if a registry is configured.
    #[arg(long)]
    local: bool,
    #[command(flatten)]
    registry: RegistryArguments,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let access = self.registry.access(&project, context.environment);
        let (schema, sheet) = if self.local || access.url().is_none() {
            self.find_in_tree(&project)?
        } else {
            self.find_in_registry(&access.client()?)?
        };
        if self.schema {
            context.terminal.print_document(&schema);
        } else {
            context.print(&sheet);
        }
        Ok(Outcome::Clean)
    }

    fn find_in_tree(&self, project: &Project) -> Result<(Vec<u8>, VersionSheet), Failure> {
        let schemas = project.schemas()?;
        let schema = self.target.find(&schemas.catalog)?;
        let references = schema.foreign_references().filter_map(|r| schemas.catalog.find(r));
        let mut references: Vec<String> = references.map(|found| found.at().to_string()).collect();
        references.sort();
        references.dedup();
        let versions = schemas.catalog.versions(&self.target.subject);
        let sheet = VersionSheet {
            at: schema.at().to_string(),
            title: schema.title().map(str::to_owned),
            description: schema.description().map(str::to_owned),
            digest: schema.digest().clone(),
            draft: schema.draft().to_string(),
            state: None,
            registered: None,
            versions: versions.map(|schema| schema.at().version.clone()).collect(),
            references,
            accepted: Vec::new(),
            fields: fields(schema),
        };
        Ok((schema.document().text().as_bytes().to_vec(), sheet))
    }

    fn find_in_registry(&self, client: &Client) -> Result<(Vec<u8>, VersionSheet), Failure> {
        let subject = &self.target.subject;
        let version = match &self.target.version {
            VersionSelector::Exact(version) => version.clone(),
            selector @ (VersionSelector::Latest | VersionSelector::Range(_)) => {
                client.resolve(subject, &selector.to_string())?
            }
        };
        let view = client.version(subject, &version)?;
        let versions = client.subject(subject)?.versions;
        let schema = client.schema(subject, &version)?;
        Ok((schema, sheet_of_view(view, versions.into_iter().map(|v| v.version).collect())))
    }
}

/// Returns the description of a version that a registry sent.
fn sheet_of_view(view: VersionView, versions: Vec<Version>) -> VersionSheet {
    let author = view.author.as_ref().map(|author| format!(" by {author}")).unwrap_or_default();
    let message = view.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
    VersionSheet {
        at: format!("{}@{}", view.subject, view.version),
        title: view.title,
        description: view.description,
        digest: view.digest,
        draft: view.draft,
        state: Some((view.state, view.state_reason)),
        registered: Some(format!("{}{author}{message}", view.registered_at.date())),
        versions,
        references: view.references.iter().map(ToString::to_string).collect(),
        accepted: view.accepted,
        fields: view.fields,
    }
}
