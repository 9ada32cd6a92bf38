use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evschema_codegen::{Tree, read_tree};
use evschema_compat::Settings;
use evschema_model::{Catalog, Coordinates, Manifest, Schema, Subject, SubjectPolicy};
use time::Date;
use time::format_description::well_known::Iso8601;

use crate::failure::Failure;
use crate::finding::{Finding, Place, Source};
use crate::subject_file::SubjectFile;
use crate::terminal::Terminal;

/// The repository the command works in: its manifest and where its folders are.
#[derive(Debug)]
pub(crate) struct Project {
    /// Folder of the manifest, relative to the current folder; the current folder without one.
    pub(crate) root: PathBuf,
    /// What the manifest says; the defaults without one.
    pub(crate) manifest: Manifest,
}

/// The schemas of a project, its own and those it depends on.
#[derive(Debug)]
pub(crate) struct Schemas {
    /// All that could be read.
    pub(crate) catalog: Catalog,
    /// The project's own schemas with their files, in order of their paths.
    pub(crate) own: Vec<OwnSchema>,
    /// What is wrong with the files, with the file's path.
    pub(crate) problems: Vec<(PathBuf, Finding)>,
    /// Every file that was looked at.
    pub(crate) files: Vec<PathBuf>,
}

/// A schema that the project owns.
#[derive(Debug, Clone)]
pub(crate) struct OwnSchema {
    /// Its file.
    pub(crate) path: PathBuf,
    /// Its file, as people would name it.
    pub(crate) file: String,
    /// The schema.
    pub(crate) schema: Arc<Schema>,
}

/// Waivers that hold today, and those that no longer do.
#[derive(Debug, Default)]
pub(crate) struct Waivers {
    /// Fingerprint to reason.
    pub(crate) valid: BTreeMap<String, String>,
    /// Fingerprint to the last day.
    pub(crate) expired: BTreeMap<String, Date>,
}

impl Project {
    /// Finds the manifest, in the current folder or one above, and reads it.
    pub(crate) fn find(explicit: Option<&Path>) -> Result<Self, Failure> {
        if let Some(path) = explicit {
            let root = path.parent().unwrap_or(Path::new("")).to_owned();
            return Self::read(root, path.to_owned());
        }
        let here = std::path::absolute(".").map_err(|e| Failure::file("find", Path::new("."), &e))?;
        let mut root = PathBuf::new();
        for folder in here.ancestors() {
            if folder.join(Manifest::FILE_NAME).is_file() {
                let path = root.join(Manifest::FILE_NAME);
                return Self::read(root, path);
            }
            root.push("..");
        }
        Ok(Self { root: PathBuf::new(), manifest: Manifest::default() })
    }

    fn read(root: PathBuf, path: PathBuf) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, &error))?;
        let manifest = Manifest::parse(&text).map_err(|error| {
            let place = Place {
                file: path.display().to_string(),
                text: Some(text.as_str().into()),
                position: error.position,
                ..Place::default()
            };
            Failure::new(format!("`{}` cannot be used", path.display()))
                .help("see the manifest's reference in docs/cli.md")
                .places(vec![Finding::error("manifest", error.message, place)])
        })?;
        Ok(Self { root, manifest })
    }

    /// Returns the folder of the project's own schemas.
    pub(crate) fn schemas_folder(&self) -> PathBuf {
        self.root.join(&self.manifest.schemas)
    }

    /// Returns the folder of the schemas the project depends on.
    pub(crate) fn vendor_folder(&self) -> PathBuf {
        self.root.join(&self.manifest.vendor)
    }

    /// Reads the project's own schemas and those it depends on.
    ///
    /// No schema at all is a failure: a check of nothing must not read as a clean one.
    pub(crate) fn schemas(&self) -> Result<Schemas, Failure> {
        let own = self.schemas_folder();
        if !own.is_dir() {
            return Err(Failure::new(format!("there is no folder `{}`", own.display()))
                .help("run `evschema init` here, or name the folder as `schemas` in evschema.toml"));
        }
        let vendor = self.vendor_folder();
        let mut roots = vec![own.as_path()];
        if vendor.is_dir() {
            roots.push(&vendor);
        }
        let tree = self.read_tree(&roots)?;
        if tree.files.is_empty() {
            return Err(Failure::new(format!("there is no schema in `{}`", own.display()))
                .help("`evschema new SUBJECT` writes a first one"));
        }
        Ok(Schemas::of(tree, &own))
    }

    /// Reads trees under the project's dialects.
    pub(crate) fn read_tree(&self, roots: &[&Path]) -> Result<Tree, Failure> {
        read_tree(roots, &self.manifest.dialects()).map_err(|error| {
            let shown: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
            Failure::file("read", Path::new(&shown.join("`, `")), &error)
        })
    }

    /// Returns what a subject is held to: by the manifest, else by its own file, else by default.
    pub(crate) fn policy(&self, subject: &Subject) -> Result<SubjectPolicy, Failure> {
        let of_manifest = self.manifest.policy(subject);
        let named = self.manifest.compatibility.subjects.get(subject).copied().unwrap_or_default();
        let file = self.subject_file(subject)?;
        Ok(SubjectPolicy {
            mode: named.mode.or(file.mode).unwrap_or(of_manifest.mode),
            content_model: named.content_model.or(file.content_model).unwrap_or(of_manifest.content_model),
        })
    }

    /// Returns what the subject's own file says.
    pub(crate) fn subject_file(&self, subject: &Subject) -> Result<SubjectFile, Failure> {
        SubjectFile::read(&self.schemas_folder().join(subject.as_str()))
    }

    /// Returns how a subject's versions are compared.
    pub(crate) fn settings(&self, subject: &Subject) -> Result<Settings, Failure> {
        Ok(Settings { policy: self.policy(subject)?, formats: self.manifest.formats, ..Settings::default() })
    }

    /// Returns the manifest's waivers as of today.
    pub(crate) fn waivers(&self, today: Date) -> Result<Waivers, Failure> {
        let mut waivers = Waivers::default();
        for entry in &self.manifest.waivers {
            let until = match &entry.until {
                None => None,
                Some(text) => Some(Date::parse(text, &Iso8601::DATE).map_err(|_| {
                    Failure::new(format!("`until = \"{text}\"` of waiver {} is not a day", entry.fingerprint))
                        .help("write it as `2027-01-31`")
                })?),
            };
            match until {
                Some(last) if last < today => {
                    waivers.expired.insert(entry.fingerprint.clone(), last);
                }
                Some(_) | None => {
                    waivers.valid.insert(entry.fingerprint.clone(), entry.reason.clone());
                }
            }
        }
        Ok(waivers)
    }
}

impl Schemas {
    /// Sorts a tree into the project's own schemas and the rest.
    pub(crate) fn of(tree: Tree, own_root: &Path) -> Self {
        let files = tree.files.iter().map(|file| file.path.clone()).collect();
        let own = tree
            .files
            .iter()
            .filter(|file| file.path.starts_with(own_root))
            .filter_map(|file| {
                let schema = Arc::clone(file.schema.as_ref()?);
                Some(OwnSchema { file: shown(&file.path), path: file.path.clone(), schema })
            })
            .collect();
        let mut texts: BTreeMap<PathBuf, Option<Arc<str>>> = BTreeMap::new();
        let mut problems = Vec::new();
        for problem in tree.problems {
            let text = texts.entry(problem.path.clone()).or_insert_with(|| text_of(&problem.path));
            let finding = Finding::of_diagnostic(problem.diagnostic, shown(&problem.path), text.clone());
            problems.push((problem.path, finding));
        }
        Self { catalog: tree.catalog, own, problems, files }
    }

    /// Returns the file of one of the project's own schemas.
    pub(crate) fn source(&self, at: &Coordinates) -> Option<Source<'_>> {
        self.own.iter().find(|own| own.schema.at() == at).map(OwnSchema::source)
    }

    /// Returns the project's own subjects in order.
    pub(crate) fn own_subjects(&self) -> BTreeSet<&Subject> {
        self.own.iter().map(|own| &own.schema.at().subject).collect()
    }

    /// Fails when any file could not be read, showing all that is wrong.
    ///
    /// For commands that hand the tree on: what they made of half of it would look whole.
    pub(crate) fn all_good(self) -> Result<Self, Failure> {
        if self.problems.is_empty() {
            return Ok(self);
        }
        Err(Failure::new("the tree has schemas that cannot be used")
            .help("mend them; `evschema lint` shows them again")
            .places(self.problems.into_iter().map(|(_, finding)| finding).collect()))
    }
}

impl OwnSchema {
    /// Returns the schema with its file.
    pub(crate) fn source(&self) -> Source<'_> {
        Source { schema: &self.schema, file: &self.file }
    }
}

impl Waivers {
    /// Says which waivers no longer hold, so that a check that fails again explains itself.
    pub(crate) fn mention_expired(&self, findings: &[Finding], terminal: &mut Terminal) {
        for finding in findings {
            if let Some(fingerprint) = &finding.fingerprint
                && let Some(last) = self.expired.get(fingerprint)
            {
                let message = format!("the waiver of {fingerprint} held until {last}");
                terminal.warn(&message, Some("give it a later `until` in evschema.toml, or mend the schema"));
            }
        }
    }
}

/// Returns a path as people would name it: relative to the current folder, where it is below.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let relative = here.as_ref().ok().and_then(|here| path.strip_prefix(here).ok());
    relative.unwrap_or(path).display().to_string()
}

/// Returns the text that positions in a document count from.
fn text_of(path: &Path) -> Option<Arc<str>> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(&text).into())
}
