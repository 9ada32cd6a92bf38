//! Helps a build script (`build.rs`) to generate code: writes the code for the schemas that a manifest selects into
//! `OUT_DIR`.

mod cargo;

use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io};

use evschema_model::{Catalog, Diagnostic, Lock, Manifest, ManifestError};

use crate::disk::{Problem, read_templates, read_tree};
use crate::generate::generate;
use crate::options::{Layout, Options, Templates};
use crate::selection::Selection;

/// Returns the build step of the crate that Cargo builds. The step uses the `evschema.toml` beside the crate's
/// `Cargo.toml`, or in the closest folder above.
///
/// ```no_run
/// // build.rs
/// use evschema_codegen::UnwrapOrExit;
/// fn main() {
///     evschema_codegen::from_manifest().generate().unwrap_or_exit();
/// }
/// ```
pub fn from_manifest() -> BuildScript {
    BuildScript { manifest: None, folder: None, output: None }
}

/// A build step that generates code. To run the step, call [`BuildScript::generate`]. The other methods change its
/// defaults.
#[derive(Debug, Clone, Default)]
pub struct BuildScript {
    manifest: Option<PathBuf>,
    folder: Option<PathBuf>,
    output: Option<PathBuf>,
}

/// All errors that prevent the generation of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors(Vec<String>);

impl BuildScript {
    /// Sets the path of the manifest, instead of searching for it.
    #[must_use]
    pub fn manifest(mut self, path: impl Into<PathBuf>) -> Self {
        self.manifest = Some(path.into());
        self
    }

    /// Sets the folder where the search for the manifest starts, instead of the crate's folder.
    #[must_use]
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.folder = Some(path.into());
        self
    }

    /// Sets the output folder, instead of `OUT_DIR`.
    #[must_use]
    pub fn output(mut self, path: impl Into<PathBuf>) -> Self {
        self.output = Some(path.into());
        self
    }

    /// Generates `events.rs`. The crate includes this file.
    ///
    /// Reads only the manifest, the schema folders and the templates. Opens no connection and runs no program. Cargo
    /// runs the build script again if one of these files changes. The function does not write a file if its content
    /// would not change.
    ///
    /// # Errors
    ///
    /// If a problem exists. The error has all problems, each with its location and a suggestion.
    pub fn generate(&self) -> Result<(), Errors> {
        let output = match &self.output {
            Some(output) => output.clone(),
            None => variable("OUT_DIR")?,
        };
        let path = self.find_manifest()?;
        cargo::rerun_if_changed(&path);
        let manifest = read_manifest(&path)?;
        let base = path.parent().unwrap_or(Path::new("."));
        let templates = match &manifest.generate.templates {
            Some(folder) => {
                let folder = base.join(folder);
                watch(&folder);
                read_templates(&folder)
                    .map_err(|(path, error)| Errors::one(format!("{}: {error}", path.display())))?
            }
            None => Templates::default(),
        };
        let roots: Vec<PathBuf> =
            [&manifest.schemas, &manifest.vendor].map(|folder| base.join(folder)).into();
        let lock = base.join(Lock::FILE_NAME);
        // If a watched path is missing, Cargo runs the build script in every build. So the script watches the lock file
        // only if the manifest has dependencies.
        let depends = !manifest.dependencies.is_empty();
        for path in roots.iter().chain([&lock]).filter(|path| depends || path.exists()) {
            watch(path);
        }
        let present: Vec<&Path> = roots.iter().map(PathBuf::as_path).filter(|root| root.is_dir()).collect();
        if present.is_empty() {
            return Err(Errors::one(format!(
                "{}: neither `{}` nor `{}` is a folder; set `schemas` to the folder of the schemas",
                path.display(),
                manifest.schemas,
                manifest.vendor
            )));
        }
        let mut tree = read_tree(&present, &manifest.dialects())
            .map_err(|error| Errors::one(format!("{}: {error}", base.display())))?;
        tree.check_places(&manifest.registry.url.as_deref().into_iter().collect::<Vec<_>>());
        let selection = Selection::of(&tree.catalog, &present, &manifest);
        let (mut problems, others): (Vec<Problem>, Vec<Problem>) =
            tree.problems.iter().cloned().partition(|problem| selection.concerns(&problem.path));
        // A subject may seem to be missing only because its file cannot be read.
        let is_complete = problems.is_empty();
        problems.extend(selection.problems.iter().cloned());
        problems.extend(check_lock(&lock, &tree.catalog, &selection)?);
        let mut errors: Vec<String> = problems.iter().map(line).collect();
        if is_complete {
            errors.extend(selection.errors.iter().map(|wrong| format!("{}: {wrong}", path.display())));
        }
        if !errors.is_empty() {
            return Err(Errors::of(errors));
        }
        others.iter().for_each(warn);
        let mut options = Options::from_manifest(&manifest, templates, Layout::Included);
        options.deprecated = selection.deprecated;
        let files = generate(&tree.catalog, &selection.versions, &options).map_err(|error| {
            Errors::of(error.problems.iter().map(|problem| located(problem, &path, &tree.files)))
        })?;
        for file in files {
            write_if_changed(&output.join(&file.path), &file.text)?;
        }
        Ok(())
    }

    fn find_manifest(&self) -> Result<PathBuf, Errors> {
        if let Some(path) = &self.manifest {
            return Ok(path.clone());
        }
        let start = match &self.folder {
            Some(folder) => folder.clone(),
            None => variable("CARGO_MANIFEST_DIR")?,
        };
        let found =
            start.ancestors().map(|folder| folder.join(Manifest::FILE_NAME)).find(|path| path.is_file());
        found.ok_or_else(|| {
            Errors::one(format!(
                "{}: no `{}` in this folder or a folder above it; create the file, or set its path in \
                 build.rs",
                start.display(),
                Manifest::FILE_NAME
            ))
        })
    }
}

fn variable(name: &str) -> Result<PathBuf, Errors> {
    env::var_os(name).map(PathBuf::from).ok_or_else(|| {
        Errors::one(format!(
            "the variable `{name}` is not set; call this function from build.rs, or set the folder in code"
        ))
    })
}

fn read_manifest(path: &Path) -> Result<Manifest, Errors> {
    let text =
        fs::read_to_string(path).map_err(|error| Errors::one(format!("{}: {error}", path.display())))?;
    Manifest::parse(&text).map_err(|error| of_manifest(path, &error))
}

fn of_manifest(path: &Path, error: &ManifestError) -> Errors {
    let at = error.position.map(|position| format!(":{position}")).unwrap_or_default();
    Errors::one(format!("{}{at}: {}; correct the file at this place", path.display(), error.message))
}

/// Returns the differences between the selected part of a catalog and the lock file. Without a lock file, returns no
/// problems.
///
/// # Errors
///
/// If the lock file exists, but cannot be read or parsed.
fn check_lock(path: &Path, catalog: &Catalog, selection: &Selection) -> Result<Vec<Problem>, Errors> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Errors::one(format!("{}: {error}", path.display()))),
    };
    let mut lock = Lock::parse(&text).map_err(|error| of_manifest(path, &error))?;
    lock.dependencies.retain(|locked| selection.concerns_version(&locked.at()));
    let problem = |diagnostic| Problem { path: path.to_owned(), diagnostic };
    Ok(lock.broken(catalog).into_iter().map(problem).collect())
}

/// Makes Cargo run the build script again if an entry below `root` is added, changed or removed.
///
/// Cargo reads the modification time of the folder itself, so this function names each folder and each file.
fn watch(root: &Path) {
    cargo::rerun_if_changed(root);
    let Ok(entries) = fs::read_dir(root) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            watch(&path);
        } else {
            cargo::rerun_if_changed(&path);
        }
    }
}

/// Makes Cargo show a problem that does not prevent the generation, because the selected schemas do not need the file.
fn warn(problem: &Problem) {
    cargo::warning(&format!("{} (ignored, because no generated schema needs this file)", line(problem)));
}

fn write_if_changed(path: &Path, text: &str) -> Result<(), Errors> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let failed = |error: io::Error| Errors::one(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

/// Returns a problem as one line. If the file of the problem is the manifest, or one of `files`, the line has its full
/// path.
fn located(problem: &Problem, manifest: &Path, files: &[crate::disk::TreeFile]) -> String {
    if problem.path == Path::new(Manifest::FILE_NAME) {
        return line(&Problem { path: manifest.to_owned(), ..problem.clone() });
    }
    let file = files.iter().find(|file| file.path.ends_with(&problem.path));
    let path = file.map_or_else(|| problem.path.clone(), |file| file.path.clone());
    line(&Problem { path, diagnostic: problem.diagnostic.clone() })
}

/// Returns a problem as one line: ``file:line:column: error[code]: at `pointer`: message; help``.
fn line(problem: &Problem) -> String {
    let Diagnostic { code, message, pointer, position, help } = &problem.diagnostic;
    let mut line = problem.path.display().to_string();
    if let Some(position) = position {
        line.push_str(&format!(":{position}"));
    }
    line.push_str(&format!(": error[{code}]: "));
    if !pointer.as_str().is_empty() {
        line.push_str(&format!("at `{pointer}`: "));
    }
    line.push_str(message);
    if let Some(help) = help {
        line.push_str(&format!("; {help}"));
    }
    line
}

impl Errors {
    fn one(line: String) -> Self {
        Self::of([line])
    }

    /// Returns errors with these texts. A text of several lines becomes one line, because a build script that prints the
    /// errors talks to Cargo.
    fn of(texts: impl IntoIterator<Item = String>) -> Self {
        Self(texts.into_iter().map(|text| cargo::one_line(&text)).collect())
    }

    /// Returns the errors, one line for each.
    pub fn lines(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Errors {}

/// Ends a failed build script with all its errors, but without a panic.
pub trait UnwrapOrExit {
    /// Returns on success; otherwise reports every error to Cargo and ends the process.
    fn unwrap_or_exit(self);
}

impl UnwrapOrExit for Result<(), Errors> {
    fn unwrap_or_exit(self) {
        if let Err(errors) = self {
            for line in errors.lines() {
                cargo::error(line);
            }
            std::process::exit(1);
        }
    }
}
