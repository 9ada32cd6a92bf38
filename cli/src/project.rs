use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evschema_codegen::{Tree, read_tree, stays_inside};
use evschema_compat::Settings;
use evschema_model::{Catalog, Coordinates, Manifest, Schema, Subject, SubjectPolicy};
use time::Date;

use crate::failure::Failure;
use crate::finding::{Finding, Place, Source};
use crate::paths::{coordinates, display_path};
use crate::subject_file::SubjectFile;
use crate::target::{Target, VersionSelector};
use crate::text_file::{read_text, read_text_inside};
use crate::waivers::{WaiverFile, Waivers, reject_duplicates};

/// A project: its manifest and its folders.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder of the manifest, relative to the current folder; without a manifest, the current folder.
    pub(crate) root: PathBuf,
    /// The file name of the manifest, even if the file does not exist.
    pub(crate) manifest_name: PathBuf,
    /// The content of the manifest; without a manifest, the defaults.
    pub(crate) manifest: Manifest,
    /// The files that contain waivers; the manifest comes first.
    pub(crate) waiver_files: Vec<WaiverFile>,
}

/// The schemas of a project: its own schemas and its dependencies.
#[derive(Debug)]
pub(crate) struct Schemas {
    /// All valid schemas.
    pub(crate) catalog: Catalog,
    /// The project's own schemas, in the order of their paths.
    pub(crate) own: Vec<OwnSchema>,
    /// The errors in the files, each with the path of its file.
    pub(crate) problems: Vec<(PathBuf, Finding)>,
    /// All files, valid or not.
    pub(crate) files: Vec<PathBuf>,
}

/// A schema that the project owns.
#[derive(Debug, Clone)]
pub(crate) struct OwnSchema {
    /// The path of its file.
    pub(crate) path: PathBuf,
    /// The same path, as messages show it.
    pub(crate) file: String,
    /// The schema.
    pub(crate) schema: Arc<Schema>,
}

impl Project {
    /// Finds the manifest in the current folder or in a folder above it, and reads it.
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
        Ok(Self {
            root: PathBuf::new(),
            manifest_name: Manifest::FILE_NAME.into(),
            manifest: Manifest::default(),
            waiver_files: Vec::new(),
        })
    }

    fn read(root: PathBuf, path: PathBuf) -> Result<Self, Failure> {
        let text = read_text(&path).map_err(|error| Failure::file("read", &path, &error))?;
        let manifest = parse_manifest(&text, &path.display().to_string())?;
        reject_duplicates(&manifest.waivers, &display_path(&path))?;
        let manifest_name = path.file_name().unwrap_or_default().into();
        let file = WaiverFile { file: display_path(&path), text: text.into() };
        Ok(Self { root, manifest_name, manifest, waiver_files: vec![file] })
    }

    /// Adds the waivers in the `subject.toml` files to those of the manifest, for commands that apply waivers.
    pub(crate) fn with_waivers_of_files(mut self) -> Result<Self, Failure> {
        let Ok(folders) = std::fs::read_dir(self.schemas_folder()) else { return Ok(self) };
        let mut folders: Vec<PathBuf> = folders.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        for folder in folders.into_iter().filter(|path| path.is_dir()) {
            let file = SubjectFile::read(&folder)?;
            if file.waivers.is_empty() {
                continue;
            }
            let path = folder.join(SubjectFile::NAME);
            let text = read_text_inside(&self.schemas_folder(), &path)
                .map_err(|error| Failure::file("read", &path, &error))?;
            self.waiver_files.push(WaiverFile { file: display_path(&path), text: text.into() });
            self.manifest.waivers.extend(file.waiver_entries());
        }
        Ok(self)
    }

    /// Returns the path of the manifest, even if the file does not exist.
    pub(crate) fn manifest_path(&self) -> PathBuf {
        self.root.join(&self.manifest_name)
    }

    /// Returns the folder of the project's own schemas.
    pub(crate) fn schemas_folder(&self) -> PathBuf {
        self.root.join(&self.manifest.schemas)
    }

    /// Returns the folder of the project's own schemas, for commands that write to it.
    ///
    /// # Errors
    ///
    /// If the folder is outside the project. The manifest of a checkout must not make a command write to other folders.
    pub(crate) fn schemas_folder_to_write(&self) -> Result<PathBuf, Failure> {
        let folder = self.schemas_folder();
        stays_inside(&self.root, &folder).map_err(|_| {
            Failure::new(format!("the schemas folder `{}` leads out of the project", self.manifest.schemas))
                .help(
                    "move evschema.toml to a folder that contains the schemas; the target of a symbolic link \
                     must also be inside the project",
                )
        })?;
        Ok(folder)
    }

    /// Returns the folder of the schemas that the project depends on.
    pub(crate) fn vendor_folder(&self) -> PathBuf {
        self.root.join(&self.manifest.vendor)
    }

    /// Reads the project's own schemas and its dependencies.
    ///
    /// # Errors
    ///
    /// If the tree has no schema. The check of an empty tree must not look successful.
    pub(crate) fn schemas(&self) -> Result<Schemas, Failure> {
        let own = self.schemas_folder();
        if !own.is_dir() {
            return Err(Failure::new(format!("the folder `{}` does not exist", own.display()))
                .help("run `evschema init` here, or correct `schemas` in evschema.toml"));
        }
        let vendor = self.vendor_folder();
        let mut roots = vec![own.as_path()];
        if vendor.is_dir() {
            roots.push(&vendor);
        }
        let tree = self.read_tree(&roots)?;
        if tree.files.is_empty() {
            return Err(Failure::new(format!("`{}` has no schema", own.display()))
                .help("`evschema new SUBJECT` writes a first schema"));
        }
        Ok(Schemas::from_tree(tree, &own))
    }

    /// Reads trees with the dialects of the project.
    pub(crate) fn read_tree(&self, roots: &[&Path]) -> Result<Tree, Failure> {
        let mut tree = read_tree(roots, &self.manifest.dialects()).map_err(|error| {
            let shown: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
            Failure::file("read", Path::new(&shown.join("`, `")), &error)
        })?;
        tree.check_places(&self.manifest.registry.url.as_deref().into_iter().collect::<Vec<_>>());
        Ok(tree)
    }

    /// Returns the policy of a subject: from the manifest, from the subject's `subject.toml`, or the default.
    pub(crate) fn policy(&self, subject: &Subject) -> Result<SubjectPolicy, Failure> {
        Ok(policy_of(&self.manifest, &self.subject_file(subject)?, subject))
    }

    /// Reads the `subject.toml` of a subject.
    pub(crate) fn subject_file(&self, subject: &Subject) -> Result<SubjectFile, Failure> {
        SubjectFile::read(&self.schemas_folder().join(subject.as_str()))
    }

    /// Returns the settings for comparisons of a subject's versions.
    pub(crate) fn settings(&self, subject: &Subject) -> Result<Settings, Failure> {
        Ok(Settings::new(self.policy(subject)?).with_formats(self.manifest.formats))
    }

    /// Returns the waivers of the project. The date of today decides which waivers are valid and which have expired.
    pub(crate) fn waivers(&self, today: Date) -> Result<Waivers, Failure> {
        Waivers::from_entries(&self.manifest.waivers, today)
    }
}

impl Schemas {
    /// Separates the project's own schemas from the rest of a tree.
    pub(crate) fn from_tree(tree: Tree, own_root: &Path) -> Self {
        let files = tree.files.iter().map(|file| file.path.clone()).collect();
        let own = tree
            .files
            .iter()
            .filter(|file| file.path.starts_with(own_root))
            .filter_map(|file| {
                let schema = Arc::clone(file.schema.as_ref()?);
                Some(OwnSchema { file: display_path(&file.path), path: file.path.clone(), schema })
            })
            .collect();
        let mut texts: BTreeMap<PathBuf, Option<Arc<str>>> = BTreeMap::new();
        let mut problems = Vec::new();
        for problem in tree.problems {
            let text = texts.entry(problem.path.clone()).or_insert_with(|| text_of(&problem.path));
            let finding =
                Finding::from_diagnostic(problem.diagnostic, display_path(&problem.path), text.clone());
            problems.push((problem.path, finding));
        }
        Self { catalog: tree.catalog, own, problems, files }
    }

    /// Finds the schema of a target. If the file of the version exists but has errors, the failure shows these errors.
    pub(crate) fn find(&self, target: &Target) -> Result<&Arc<Schema>, Failure> {
        let VersionSelector::Exact(version) = &target.version else { return target.find(&self.catalog) };
        let at = Coordinates { subject: target.subject.clone(), version: version.clone() };
        let found = self.catalog.get(&at.subject, &at.version);
        let is_file_of_target = |path: &Path| coordinates(path).as_ref() == Some(&at);
        let places: Vec<Finding> = self
            .problems
            .iter()
            .filter(|(path, _)| found.is_none() && is_file_of_target(path))
            .map(|(_, finding)| finding.clone())
            .collect();
        if places.is_empty() {
            return target.find(&self.catalog);
        }
        Err(Failure::new(format!("the file of `{at}` cannot be used"))
            .help("correct the file first")
            .places(places))
    }

    /// Returns the source of a version, if the schema is one of the project's own.
    pub(crate) fn source(&self, at: &Coordinates) -> Option<Source<'_>> {
        self.own.iter().find(|own| own.schema.at() == at).map(OwnSchema::source)
    }

    /// Returns the project's own subjects, sorted.
    pub(crate) fn own_subjects(&self) -> BTreeSet<&Subject> {
        self.own.iter().map(|own| &own.schema.at().subject).collect()
    }

    /// Returns a failure with all errors if a file is not valid.
    ///
    /// Commands that pass the tree on call this function, because a result from only a part of the tree would look
    /// complete.
    pub(crate) fn require_valid(self) -> Result<Self, Failure> {
        if self.problems.is_empty() {
            return Ok(self);
        }
        Err(Failure::new("the tree has schemas that cannot be used")
            .help("correct these schemas; `evschema lint` shows the errors again")
            .places(self.problems.into_iter().map(|(_, finding)| finding).collect()))
    }
}

impl OwnSchema {
    /// Returns the schema with its file.
    pub(crate) fn source(&self) -> Source<'_> {
        Source { schema: &self.schema, file: &self.file }
    }
}

/// Parses a manifest; `name` is its file, as messages show it.
pub(crate) fn parse_manifest(text: &str, name: &str) -> Result<Manifest, Failure> {
    Manifest::parse(text).map_err(|error| {
        let place = Place {
            file: name.to_owned(),
            text: Some(text.into()),
            position: error.position,
            ..Place::default()
        };
        Failure::new(format!("`{name}` cannot be used"))
            .help("docs/cli.md describes the manifest")
            .places(vec![Finding::error("manifest", error.message, place)])
    })
}

/// Returns the policy of a subject: from the manifest, from its `subject.toml`, or the default.
pub(crate) fn policy_of(manifest: &Manifest, file: &SubjectFile, subject: &Subject) -> SubjectPolicy {
    let by_default = manifest.policy(subject);
    let named = manifest.compatibility.subjects.get(subject).copied().unwrap_or_default();
    SubjectPolicy {
        mode: named.mode.or(file.mode).unwrap_or(by_default.mode),
        content_model: named.content_model.or(file.content_model).unwrap_or(by_default.content_model),
    }
}

/// Returns the text of a file without the byte order mark, because positions in a document do not count this mark.
fn text_of(path: &Path) -> Option<Arc<str>> {
    // The path may name a pipe, and a read from a pipe could wait for ever.
    if !path.is_file() {
        return None;
    }
    let text = read_text(path).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(&text).into())
}
