use clap::Args;
use evschema_api::{AcceptedFinding, State, VersionView};
use evschema_model::{Digest, Field, Version, fields};
use serde_json::{Value, json};

use super::Context;
use crate::Outcome;
use crate::arguments::Format;
use crate::failure::Failure;
use crate::output::json::pretty;
use crate::project::Project;
use crate::registry_access::RegistryArguments;
use crate::target::{Pick, Target};
use crate::terminal::Terminal;
use crate::terminal::escape::one_line;

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

/// A version as it is shown.
struct Sheet {
    at: String,
    title: Option<String>,
    description: Option<String>,
    digest: Digest,
    draft: String,
    state: Option<(State, Option<String>)>,
    registered: Option<String>,
    versions: Vec<Version>,
    references: Vec<String>,
    accepted: Vec<AcceptedFinding>,
    fields: Vec<Field>,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let access = self.registry.access(&project, context.environment);
        let (schema, sheet) = if self.local || access.url().is_none() {
            self.of_tree(&project)?
        } else {
            self.of_registry(&access.client()?)?
        };
        match (self.schema, context.global.format) {
            (true, _) => context.terminal.print_document(&schema),
            (false, Format::Json) => context.terminal.print(pretty(&sheet.json())),
            (false, Format::Text | Format::Short) => sheet.print(context.terminal),
        }
        Ok(Outcome::Clean)
    }

    fn of_tree(&self, project: &Project) -> Result<(Vec<u8>, Sheet), Failure> {
        let schemas = project.schemas()?;
        let schema = self.target.find(&schemas.catalog)?;
        let references = schema.foreign_references().filter_map(|r| schemas.catalog.find(r));
        let mut references: Vec<String> = references.map(|found| found.at().to_string()).collect();
        references.sort();
        references.dedup();
        let versions = schemas.catalog.versions(&self.target.subject);
        let sheet = Sheet {
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

    fn of_registry(&self, client: &evschema_api::client::Client) -> Result<(Vec<u8>, Sheet), Failure> {
        let subject = &self.target.subject;
        let version = match &self.target.pick {
            Pick::Exact(version) => version.clone(),
            Pick::Latest | Pick::Range(_) => client.resolve(subject, &self.target.pick.to_string())?,
        };
        let view = client.version(subject, &version)?;
        let versions = client.subject(subject)?.versions;
        let schema = client.schema(subject, &version)?;
        Ok((schema, Sheet::of_view(view, versions.into_iter().map(|v| v.version).collect())))
    }
}

impl Sheet {
    fn of_view(view: VersionView, versions: Vec<Version>) -> Self {
        let author = view.author.as_ref().map(|author| format!(" by {author}")).unwrap_or_default();
        let message = view.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        Self {
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

    fn print(&self, terminal: &mut Terminal) {
        let title = self.title.as_deref().map(|title| format!("  {}", one_line(title))).unwrap_or_default();
        terminal.print(format!("{}{title}", terminal.bold(&self.at)));
        if let Some(description) = &self.description {
            terminal.print(one_line(description));
        }
        terminal.print("");
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                terminal.print(format!("{name:<11} {}", one_line(value)));
            }
        };
        line("digest", self.digest.as_str());
        line("draft", &self.draft);
        if let Some((state, reason)) = &self.state {
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            line("state", &format!("{state}{reason}"));
        }
        line("registered", self.registered.as_deref().unwrap_or_default());
        let versions: Vec<String> = self.versions.iter().map(ToString::to_string).collect();
        line("versions", &versions.join(", "));
        line("refers to", &self.references.join(", "));
        for finding in &self.accepted {
            let AcceptedFinding { rule, baseline, message, reason, fingerprint, .. } = finding;
            line(
                "accepted",
                &format!("{rule} against {baseline}: {message}; {reason} (waiver {fingerprint})"),
            );
        }
        if self.fields.is_empty() {
            return;
        }
        terminal.print("");
        let rows: Vec<(String, &str, &str)> = self
            .fields
            .iter()
            .map(|field| {
                let required = if field.required { "" } else { "?" };
                let about = field.description.as_deref().unwrap_or_default();
                (format!("{}{required}", path(field)), field.kind.as_str(), about)
            })
            .collect();
        let name = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or_default();
        let kind = rows.iter().map(|row| row.1.chars().count()).max().unwrap_or_default();
        for (field, of_kind, about) in rows {
            let about = terminal.dim(&one_line(about));
            let text = format!("{:name$}  {:kind$}  {about}", one_line(&field), one_line(of_kind));
            terminal.print(text.trim_end());
        }
    }

    fn json(&self) -> Value {
        json!({
            "schema": self.at,
            "title": self.title,
            "description": self.description,
            "digest": self.digest,
            "draft": self.draft,
            "state": self.state.as_ref().map(|(state, _)| state.as_str()),
            "state_reason": self.state.as_ref().and_then(|(_, reason)| reason.clone()),
            "versions": self.versions,
            "references": self.references,
            "accepted": self.accepted,
            "fields": self.fields,
        })
    }
}

/// Returns where in the event a field is, as people write it: `customer.email`, `Line.sku`.
fn path(field: &Field) -> String {
    let tokens: Vec<String> = field.pointer.tokens().collect();
    let mut names: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "properties" | "patternProperties" | "$defs" | "definitions" if at + 1 < tokens.len() => {
                names.push(&tokens[at + 1]);
                at += 2;
            }
            "items" | "contains" | "additionalItems" => {
                names.push("[]");
                at += 1;
            }
            _ => at += 1,
        }
    }
    names.join(".").replace(".[]", "[]")
}
