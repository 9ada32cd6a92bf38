use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use clap::Args;
use evschema_compat::{self as compat, Change, ChangeKind, Diff};
use evschema_model::{Catalog, Coordinates, Resolved, Schema, Subject, Version};
use serde_json::json;

use super::Context;
use crate::Outcome;
use crate::arguments::Format;
use crate::baseline::coordinates;
use crate::failure::Failure;
use crate::finding::{Finding, Source};
use crate::output;
use crate::project::{Project, Schemas, shown};
use crate::report::Report;
use crate::target::Target;
use crate::terminal::Terminal;
use crate::terminal::escape::one_line;
use crate::verdict::findings_of_diff;

/// Compare two versions in both directions, and show the events that break.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The older version: `subject@1.0.0`, or a file.
    #[arg(value_name = "A")]
    from: Side,
    /// The newer version, in the same form.
    #[arg(value_name = "B")]
    to: Side,
}

/// One of the two.
#[derive(Debug, Clone)]
enum Side {
    /// A version of the tree.
    Target(Target),
    /// A file, wherever it is.
    File(PathBuf),
}

/// A side that was found.
struct Found {
    resolved: Resolved,
    file: String,
}

/// Subject of a file whose place names none.
const BARE_FILE: &str = "file";

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let needs_tree = [&self.from, &self.to].iter().any(|side| matches!(side, Side::Target(_)));
        let schemas = if needs_tree { Some(project.schemas()?) } else { None };
        // The name of a bare file is up to its place; these two keep the sides apart.
        let from = self.from.find(&project, schemas.as_ref(), Version::new(1, 0, 0))?;
        let to = self.to.find(&project, schemas.as_ref(), Version::new(1, 1, 0))?;
        let settings = project.settings(&to.resolved.schema().at().subject)?;
        let diff = compat::diff(&from.resolved, &to.resolved, &settings);
        let older = Source { schema: from.resolved.schema(), file: &from.file };
        let newer = Source { schema: to.resolved.schema(), file: &to.file };
        let findings = findings_of_diff(&diff, settings.policy.mode, &older, &newer);
        let report = Report {
            command: "diff",
            looked_at: format!("{} to {}", from.name(), to.name()),
            clean: format!("no break under mode `{}`", settings.policy.mode),
            findings,
            details: vec![("diff", json!(diff))],
        };
        if context.global.format == Format::Text {
            print_changes(&diff, context.terminal);
        }
        Ok(output::write(&report, context.global.format, context.terminal))
    }
}

impl Found {
    /// Returns what people would call it: its subject and version, or its file and what stands for
    /// its version in the report.
    fn name(&self) -> String {
        let at = self.resolved.schema().at();
        if at.subject.as_str() == BARE_FILE {
            format!("{} ({})", self.file, at.version)
        } else {
            at.to_string()
        }
    }
}

impl Side {
    fn find(
        &self,
        project: &Project,
        schemas: Option<&Schemas>,
        otherwise: Version,
    ) -> Result<Found, Failure> {
        match (self, schemas) {
            (Self::Target(target), Some(schemas)) => {
                let schema = schemas.find(target)?;
                let file = schemas.source(schema.at()).map(|own| own.file.to_owned());
                let file = file.unwrap_or_else(|| schema.at().to_string());
                resolve(&schemas.catalog, schema, file)
            }
            (Self::File(path), _) => read(project, path, otherwise),
            (Self::Target(target), None) => Err(Failure::new(format!("`{target}` needs a tree"))),
        }
    }
}

/// Reads a file, and the tree around it where it refers to other files.
fn read(project: &Project, path: &Path, otherwise: Version) -> Result<Found, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    let at = path.canonicalize().ok().and_then(|path| coordinates(&path));
    let at = match at {
        Some(at) => at,
        // A name for what has none; it shows up in the report only.
        None => {
            let subject = Subject::parse(BARE_FILE).map_err(|error| Failure::new(error.to_string()))?;
            Coordinates { subject, version: otherwise }
        }
    };
    let file = shown(path);
    let schema = Schema::read(at, &bytes, &project.manifest.dialects()).map_err(|diagnostics| {
        let text: Option<Arc<str>> = std::str::from_utf8(&bytes).ok().map(Arc::from);
        let places = diagnostics.into_iter().map(|d| Finding::of_diagnostic(d, file.clone(), text.clone()));
        Failure::new(format!("`{file}` is not a schema"))
            .help("correct the file first")
            .places(places.collect())
    })?;
    let schema = Arc::new(schema);
    let mut catalog = Catalog::default();
    if schema.foreign_references().next().is_some() {
        let around = path.canonicalize().ok().and_then(|p| Some(p.parent()?.parent()?.to_owned()));
        let own = project.schemas_folder();
        let vendor = project.vendor_folder();
        let roots: Vec<&Path> = around
            .as_deref()
            .into_iter()
            .chain([own.as_path(), vendor.as_path()].into_iter().filter(|folder| folder.is_dir()))
            .collect();
        for other in project.read_tree(&roots)?.catalog.iter() {
            catalog.replace(Arc::clone(other));
        }
    }
    catalog.replace(Arc::clone(&schema));
    resolve(&catalog, &schema, file)
}

fn resolve(catalog: &Catalog, schema: &Arc<Schema>, file: String) -> Result<Found, Failure> {
    let resolved = catalog.resolve(schema).map_err(|diagnostics| {
        let text: Arc<str> = schema.document().text().into();
        let places = diagnostics
            .into_iter()
            .map(|d| Finding::of_diagnostic(d, file.clone(), Some(Arc::clone(&text))))
            .collect();
        Failure::new(format!("the references of `{file}` cannot be resolved"))
            .help("correct the file first")
            .places(places)
    })?;
    Ok(Found { resolved, file })
}

fn print_changes(diff: &Diff, terminal: &mut Terminal) {
    for change in &diff.changes {
        let pointer = if change.pointer.as_str().is_empty() { "(root)" } else { change.pointer.as_str() };
        let line = format!("{} {} {}", sign(change), one_line(pointer), one_line(&change.message));
        terminal.print(line);
    }
    if !diff.changes.is_empty() {
        terminal.print("");
    }
    let line = format!(
        "backward: {}  forward: {}  required bump: {}  (content model {})",
        diff.backward, diff.forward, diff.required_bump, diff.content_model
    );
    terminal.print(line);
    if !diff.findings.is_empty() {
        terminal.print("");
    }
}

fn sign(change: &Change) -> char {
    match change.kind {
        ChangeKind::Added => '+',
        ChangeKind::Removed => '-',
        ChangeKind::Widened => '>',
        ChangeKind::Narrowed => '<',
        ChangeKind::Changed => '~',
        ChangeKind::Annotation => '"',
    }
}

impl FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_path = text.contains(['/', '\\']) || text.ends_with(".json");
        if is_path { Ok(Self::File(text.into())) } else { Target::from_str(text).map(Self::Target) }
    }
}
