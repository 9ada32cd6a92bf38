use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use evschema_codegen::{GeneratedFile, Options, generate, selection};
use serde_json::json;

use super::Context;
use crate::Outcome;
use crate::failure::Failure;
use crate::finding::{Finding, Place};
use crate::output;
use crate::project::{Project, Schemas, shown};
use crate::report::{Report, counted};

/// Generate Rust types and validation for the tree's schemas.
///
/// What is generated, and where to, the `[gen]` section of the manifest says.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Change nothing; find files that differ from what would be written.
    #[arg(long)]
    check: bool,
    /// Templates that replace the built-in ones by name, such as `struct.rs.hbs`.
    #[arg(long, value_name = "DIR")]
    template: Option<PathBuf>,
    /// The folder to write; the manifest's `gen.out` when not given.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What the first line of every generated file has: files without it are never touched.
const MARK: &str = "@generated";

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let schemas = project.schemas()?.all_good()?;
        let section = &project.manifest.generate;
        let out = self.out.unwrap_or_else(|| project.root.join(&section.out));
        let templates =
            self.template.or_else(|| section.templates.as_ref().map(|path| project.root.join(path)));
        let options = Options {
            formats: project.manifest.formats,
            dataschema_base: dataschema_base(&project),
            templates: templates.as_deref().map(read_templates).transpose()?.unwrap_or_default(),
            ..Options::default()
        };
        let files = generated(&project, &schemas, &options)?;
        let changes = changes(&out, files)?;
        if self.check {
            let findings = changes.drift();
            let report = Report {
                command: "gen",
                looked_at: format!("{} in {}", counted(changes.all, "generated file"), out.display()),
                clean: "as the schemas say".to_owned(),
                findings,
                details: vec![("files", json!(changes.all))],
            };
            return Ok(output::write(&report, context.global.format, context.terminal));
        }
        changes.apply()?;
        for (path, _) in &changes.write {
            context.terminal.print(path.display().to_string());
        }
        context.terminal.say(format!(
            "{} in {}: {} written, {} removed",
            counted(changes.all, "generated file"),
            out.display(),
            changes.write.len(),
            changes.remove.len()
        ));
        Ok(Outcome::Clean)
    }
}

/// Generates everything that the manifest asks for.
pub(super) fn generated(
    project: &Project,
    schemas: &Schemas,
    options: &Options,
) -> Result<Vec<GeneratedFile>, Failure> {
    let selected = selection(&schemas.catalog, &project.manifest);
    if selected.is_empty() {
        return Err(Failure::new("no subject is selected to generate")
            .help("see `subjects` under `[gen]` in evschema.toml"));
    }
    generate(&schemas.catalog, &selected, options).map_err(|problems| {
        let places = problems.into_iter().map(|problem| {
            let at = crate::baseline::coordinates(&problem.path);
            match at.and_then(|at| schemas.source(&at)) {
                Some(own) => {
                    let text = own.schema.document().text().into();
                    Finding::of_diagnostic(problem.diagnostic, own.file.to_owned(), Some(text))
                }
                None => Finding::of_diagnostic(problem.diagnostic, shown(&problem.path), None),
            }
        });
        Failure::new("some schemas cannot be generated")
            .help("change them, or leave them out of `subjects` under `[gen]`")
            .places(places.collect())
    })
}

/// Returns the base of `DATASCHEMA`: as the manifest says, else where the registry serves schemas.
fn dataschema_base(project: &Project) -> Option<String> {
    let named = project.manifest.generate.dataschema_base.clone();
    let registry = || project.manifest.registry.url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    named.map(|base| base.trim_end_matches('/').to_owned()).or_else(registry)
}

fn read_templates(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| Failure::file("read", folder, &error))?;
    let mut templates = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(|error| Failure::file("read", folder, &error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".hbs") {
            let text =
                std::fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, &error))?;
            templates.insert(name, text);
        }
    }
    if templates.is_empty() {
        return Err(Failure::new(format!("there is no template in `{}`", folder.display()))
            .help("a template is a file such as `struct.rs.hbs`"));
    }
    Ok(templates)
}

/// What would have to change for a folder to hold what is generated.
struct Changes {
    /// How many files are generated.
    all: usize,
    /// Files that are missing or differ, with their new text.
    write: Vec<(PathBuf, String)>,
    /// Generated files that are generated no more.
    remove: Vec<PathBuf>,
}

fn changes(out: &Path, files: Vec<GeneratedFile>) -> Result<Changes, Failure> {
    let mut changes = Changes { all: files.len(), write: Vec::new(), remove: Vec::new() };
    let mut wanted = BTreeSet::new();
    for file in files {
        let path = out.join(&file.path);
        match std::fs::read_to_string(&path) {
            Ok(there) if there == file.text => {}
            Ok(there) if !is_generated(&there) => {
                return Err(Failure::new(format!("`{}` is not a generated file", path.display()))
                    .help("move it away, or give another `out` under `[gen]`"));
            }
            Ok(_) => changes.write.push((path.clone(), file.text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                changes.write.push((path.clone(), file.text));
            }
            Err(error) => return Err(Failure::file("read", &path, &error)),
        }
        wanted.insert(path);
    }
    for entry in std::fs::read_dir(out).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if is_rust
            && !wanted.contains(&path)
            && std::fs::read_to_string(&path).is_ok_and(|t| is_generated(&t))
        {
            changes.remove.push(path);
        }
    }
    changes.remove.sort();
    Ok(changes)
}

fn is_generated(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.contains(MARK))
}

impl Changes {
    fn drift(&self) -> Vec<Finding> {
        let written = self.write.iter().map(|(path, _)| {
            let what = if path.exists() { "differs from what the schemas say" } else { "is missing" };
            drifted(path, what)
        });
        let removed =
            self.remove.iter().map(|path| drifted(path, "is of a schema that is generated no more"));
        written.chain(removed).collect()
    }

    fn apply(&self) -> Result<(), Failure> {
        for (path, text) in &self.write {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
            }
            std::fs::write(path, text).map_err(|error| Failure::file("write", path, &error))?;
        }
        for path in &self.remove {
            std::fs::remove_file(path).map_err(|error| Failure::file("remove", path, &error))?;
        }
        Ok(())
    }
}

fn drifted(path: &Path, what: &str) -> Finding {
    let place = Place { file: path.display().to_string(), ..Place::default() };
    Finding::error("generated-file-drifted", format!("`{}` {what}", path.display()), place)
        .help("run `evschema gen` and commit what it writes")
}
