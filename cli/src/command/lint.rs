use std::path::{Path, PathBuf};

use clap::Args;
use evschema_compat::Severity;
use evschema_model::Code;
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::output::{Report, counted};
use crate::project::{Project, Schemas};

/// Check that every file is a valid schema with the right name and folder, and that its references resolve.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The files or folders to check; by default the schemas folder of the manifest.
    paths: Vec<PathBuf>,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let (schemas, wanted) = if self.paths.is_empty() {
            (project.schemas()?, vec![project.schemas_folder()])
        } else {
            self.read_paths(&project)?
        };
        let is_wanted = |path: &Path| wanted.iter().any(|prefix| path.starts_with(prefix));
        let files = schemas.files.iter().filter(|path| is_wanted(path)).count();
        if files == 0 {
            return Err(Failure::new("the given files and folders have no schema")
                .help("a schema is a file <subject>/<version>.json"));
        }
        // The command does not report errors in vendored files, because they belong to other projects.
        let problems = schemas.problems.into_iter().filter(|(path, _)| is_wanted(path));
        let mut findings: Vec<Finding> = problems.map(|(_, finding)| finding).collect();
        for own in schemas.own.iter().filter(|own| is_wanted(&own.path)) {
            findings.extend(own.schema.advice().into_iter().map(|advice| {
                let severity = severity_of(advice.code);
                let text = own.schema.document().text().into();
                Finding { severity, ..Finding::from_diagnostic(advice, own.file.clone(), Some(text)) }
            }));
            // If the references do not resolve, `findings` already contains the errors.
            let Ok(resolved) = schemas.catalog.resolve(&own.schema) else { continue };
            if let Err(diagnostics) = resolved.validator(project.manifest.formats) {
                let text = || Some(own.schema.document().text().into());
                findings.extend(
                    diagnostics.into_iter().map(|d| Finding::from_diagnostic(d, own.file.clone(), text())),
                );
            }
        }
        findings.sort_by(|a, b| (&a.place.file, a.place.position).cmp(&(&b.place.file, b.place.position)));
        let report = Report {
            command: "lint",
            looked_at: counted(files, "file"),
            clean: "all valid".to_owned(),
            findings,
            details: vec![("files", json!(files))],
        };
        context.finish(&report)
    }

    /// Reads the trees that contain the given paths, and returns them with the absolute paths.
    fn read_paths(&self, project: &Project) -> Result<(Schemas, Vec<PathBuf>), Failure> {
        let mut wanted = Vec::new();
        let mut roots: Vec<PathBuf> = Vec::new();
        let mut add = |root: PathBuf| {
            if !roots.contains(&root) {
                roots.push(root);
            }
        };
        for path in &self.paths {
            let path = path.canonicalize().map_err(|error| Failure::file("read", path, &error))?;
            add(root_of(&path).to_owned());
            wanted.push(path);
        }
        for folder in [project.schemas_folder(), project.vendor_folder()] {
            // The files may refer to schemas in these folders.
            folder.canonicalize().into_iter().for_each(&mut add);
        }
        let all: Vec<&Path> = roots.iter().map(PathBuf::as_path).collect();
        let tree = project.read_tree(&all)?;
        Ok((Schemas::from_tree(tree, Path::new("")), wanted))
    }
}

/// Returns the severity of advice: a warning if the schema probably has a mistake.
fn severity_of(advice: Code) -> Severity {
    if advice == Code::AcceptsEveryEvent { Severity::Note } else { Severity::Warning }
}

/// Returns the root of a tree, from the path of a file, of the folder of a subject, or of the root itself.
fn root_of(path: &Path) -> &Path {
    let subject_folder = if path.is_file() {
        path.parent()
    } else if is_subject_folder(path) {
        Some(path)
    } else {
        return path;
    };
    subject_folder.and_then(Path::parent).unwrap_or(path)
}

/// Returns whether a folder directly contains JSON files, as the folder of a subject does.
fn is_subject_folder(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files = entries.map(|entry| entry.path()).filter(|path| path.is_file());
    files.any(|path| path.extension().is_some_and(|extension| extension == "json"))
}
