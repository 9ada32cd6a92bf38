use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use clap::Args;
use evschema_compat as compat;
use evschema_model::{Catalog, Coordinates, Resolved, Schema, Subject, Version};
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::finding::{Finding, Source};
use crate::findings_from_report::findings_from_diff;
use crate::outcome::Outcome;
use crate::output::{Report, VersionDiff};
use crate::paths::coordinates;
use crate::paths::display_path;
use crate::project::{Project, Schemas};
use crate::target::Target;

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

/// One of the two versions.
#[derive(Debug, Clone)]
enum Side {
    /// A version of the tree.
    Target(Target),
    /// A file, wherever it is.
    File(PathBuf),
}

/// A version to compare, with the name of its file.
struct Loaded {
    resolved: Resolved,
    file: String,
}

/// The subject of a file whose path contains no subject.
const BARE_FILE: &str = "file";

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let needs_tree = [&self.from, &self.to].iter().any(|side| matches!(side, Side::Target(_)));
        let schemas = if needs_tree { Some(project.schemas()?) } else { None };
        // A file outside a tree has no version, so the two files get different version numbers.
        let from = self.from.find(&project, schemas.as_ref(), Version::new(1, 0, 0))?;
        let to = self.to.find(&project, schemas.as_ref(), Version::new(1, 1, 0))?;
        let settings = project.settings(&to.resolved.schema().at().subject)?;
        let diff = compat::diff(&from.resolved, &to.resolved, &settings);
        let older = Source { schema: from.resolved.schema(), file: &from.file };
        let newer = Source { schema: to.resolved.schema(), file: &to.file };
        let findings = findings_from_diff(&diff, settings.policy.mode, &older, &newer);
        let report = Report {
            command: "diff",
            looked_at: format!("{} to {}", from.name(), to.name()),
            clean: format!("no break under mode `{}`", settings.policy.mode),
            findings,
            details: vec![("diff", json!(diff))],
        };
        let outcome = report.outcome();
        context.print(&VersionDiff { diff, report });
        Ok(outcome)
    }
}

impl Loaded {
    /// Returns the name for messages: the subject and version. For a file without a subject, returns the file and the
    /// version that the report shows for it.
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
        default_version: Version,
    ) -> Result<Loaded, Failure> {
        match (self, schemas) {
            (Self::Target(target), Some(schemas)) => {
                let schema = schemas.find(target)?;
                let file = schemas.source(schema.at()).map(|own| own.file.to_owned());
                let file = file.unwrap_or_else(|| schema.at().to_string());
                resolve(&schemas.catalog, schema, file)
            }
            (Self::File(path), _) => read(project, path, default_version),
            (Self::Target(target), None) => Err(Failure::new(format!("`{target}` needs a tree"))),
        }
    }
}

/// Reads a file. If the file refers to other files, also reads the tree around it.
fn read(project: &Project, path: &Path, default_version: Version) -> Result<Loaded, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    let at = path.canonicalize().ok().and_then(|path| coordinates(&path));
    let at = match at {
        Some(at) => at,
        // This subject is only a name for the report.
        None => {
            let subject = Subject::parse(BARE_FILE).map_err(|error| Failure::new(error.to_string()))?;
            Coordinates { subject, version: default_version }
        }
    };
    let file = display_path(path);
    let schema = Schema::read(at, &bytes, &project.manifest.dialects()).map_err(|diagnostics| {
        let text: Option<Arc<str>> = std::str::from_utf8(&bytes).ok().map(Arc::from);
        let places = diagnostics.into_iter().map(|d| Finding::from_diagnostic(d, file.clone(), text.clone()));
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

fn resolve(catalog: &Catalog, schema: &Arc<Schema>, file: String) -> Result<Loaded, Failure> {
    let resolved = catalog.resolve(schema).map_err(|diagnostics| {
        let text: Arc<str> = schema.document().text().into();
        let places = diagnostics
            .into_iter()
            .map(|d| Finding::from_diagnostic(d, file.clone(), Some(Arc::clone(&text))))
            .collect();
        Failure::new(format!("the references of `{file}` cannot be resolved"))
            .help("correct the file first")
            .places(places)
    })?;
    Ok(Loaded { resolved, file })
}

impl FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_path = text.contains(['/', '\\']) || text.ends_with(".json");
        if is_path { Ok(Self::File(text.into())) } else { Target::from_str(text).map(Self::Target) }
    }
}
