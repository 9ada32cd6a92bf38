//! Reads a schema tree from disk: `<root>/<subject>/<version>.json`.

mod inside;
mod layout;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evschema_model::{
    Catalog, CatalogError, Code, Coordinates, Diagnostic, Dialects, Schema, Subject, Version, limits,
};

use crate::options::Templates;
pub use inside::{read_at_most, read_inside, stays_inside, write_inside};
use layout::Entry;

/// A tree of schemas: the schemas that could be read, and all problems.
#[derive(Debug, Default)]
pub struct Tree {
    /// The schemas that could be read.
    pub catalog: Catalog,
    /// Every schema file, with its schema if the file could be read.
    pub files: Vec<TreeFile>,
    /// All problems, in the order of the files.
    pub problems: Vec<Problem>,
}

/// One file of a tree.
#[derive(Debug, Clone)]
pub struct TreeFile {
    /// The path of the file.
    pub path: PathBuf,
    /// The schema of the file; `None` if a problem explains why the file has none.
    pub schema: Option<Arc<Schema>>,
}

/// A problem of a file or folder in a tree.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// The message, the position in the file, and a suggestion.
    pub diagnostic: Diagnostic,
}

/// Reads every schema below these roots into one catalog, in order of their paths.
///
/// A tree may contain schemas, `README.md`, hidden files, and backup files that end in `~`, but no hidden JSON files.
/// The folder of each subject may also contain a `subject.toml`. Every other entry is a problem. A file that cannot be
/// read is also a problem, so no entry is skipped silently. The function also checks the references between the files.
///
/// # Errors
///
/// If the function cannot list a root.
pub fn read_tree(roots: &[&Path], dialects: &Dialects) -> io::Result<Tree> {
    let mut tree = Tree::default();
    for root in roots {
        for path in sorted(root)? {
            // If a root contains another root, the loop reads the inner root separately.
            if roots.contains(&path.as_path()) {
                continue;
            }
            match Entry::at_root(&path) {
                Entry::Aside => {}
                Entry::Folder => tree.read_subject(root, &path, roots, dialects),
                Entry::Schema => tree.read_file(root, path, dialects),
                Entry::Wrong(diagnostic) => tree.wrong(path, diagnostic),
            }
        }
    }
    tree.check_references();
    Ok(tree)
}

/// Reads the templates of a folder: all files that end in `.hbs`.
///
/// # Errors
///
/// If the folder or one of its files cannot be read. The error has the path of this folder or file.
pub fn read_templates(folder: &Path) -> Result<Templates, (PathBuf, io::Error)> {
    let mut texts = BTreeMap::new();
    for path in sorted(folder).map_err(|error| (folder.to_owned(), error))? {
        if path.extension().is_some_and(|extension| extension == "hbs") {
            let text = read_inside(folder, &path, limits::DOCUMENT_BYTES_MAX)
                .and_then(|bytes| {
                    String::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
                })
                .map_err(|error| (path.clone(), error))?;
            texts.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text);
        }
    }
    Ok(Templates { folder: folder.to_owned(), texts })
}

/// Reads a tree whose files are not on disk, for example in a git commit.
///
/// Paths have the same form as on disk: the last two parts are the subject and the version. The function reads the
/// files in the given order, and checks the references between them.
pub fn read_files(files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>, dialects: &Dialects) -> Tree {
    let mut tree = Tree::default();
    for (path, bytes) in files {
        tree.add_file(path, &bytes, dialects);
    }
    tree.check_references();
    tree
}

impl Tree {
    fn read_subject(&mut self, root: &Path, folder: &Path, roots: &[&Path], dialects: &Dialects) {
        if let Err(error) = stays_inside(root, folder) {
            return self.wrong(folder.to_owned(), layout::unreadable(&error));
        }
        let entries = match sorted(folder) {
            Ok(entries) => entries,
            Err(error) => return self.wrong(folder.to_owned(), layout::unreadable(&error)),
        };
        for path in entries {
            if roots.contains(&path.as_path()) {
                continue;
            }
            match Entry::in_subject(&path) {
                Entry::Aside => {}
                Entry::Schema => self.read_file(root, path, dialects),
                Entry::Folder => self.wrong(path.clone(), layout::nested(&path)),
                Entry::Wrong(diagnostic) => self.wrong(path, diagnostic),
            }
        }
    }

    fn read_file(&mut self, root: &Path, path: PathBuf, dialects: &Dialects) {
        match read_inside(root, &path, dialects.document_bytes_max()) {
            Ok(bytes) => self.add_file(path, &bytes, dialects),
            Err(error) => self.wrong(path, layout::unreadable(&error)),
        }
    }

    fn add_file(&mut self, path: PathBuf, bytes: &[u8], dialects: &Dialects) {
        let at = match coordinates(&path) {
            Ok(at) => at,
            Err(why) => {
                let diagnostic = layout::misnamed(&path, why);
                return self.wrong(path, diagnostic);
            }
        };
        let schema = match Schema::read(at, bytes, dialects) {
            Ok(schema) => match schema.identity_errors(&[]) {
                foreign if foreign.is_empty() => Arc::new(schema),
                // The `$id` is the place of another document, so references to this place must not find the schema.
                foreign => {
                    self.add_problems(&path, foreign);
                    self.files.push(TreeFile { path, schema: None });
                    return;
                }
            },
            Err(diagnostics) => {
                self.add_problems(&path, diagnostics);
                self.files.push(TreeFile { path, schema: None });
                return;
            }
        };
        if let Err(error) = self.catalog.insert(Arc::clone(&schema)) {
            let help = match &error {
                CatalogError::IdTaken { .. } => "give one of the two subjects another `$id`",
                CatalogError::Changed(_) => "remove one of the two files, or change the version of one",
                CatalogError::CaseClash { .. } => "rename one of the two subjects",
            };
            self.add_problems(&path, vec![Diagnostic::new(Code::Conflict, error.to_string()).help(help)]);
        }
        self.files.push(TreeFile { path, schema: Some(schema) });
    }

    /// Reports each document whose `$id` is the place of another document. `bases` are the URLs under which registries
    /// serve the tree. After this call, references to such an `$id` no longer resolve.
    pub fn check_places(&mut self, bases: &[&str]) {
        let mut found = Vec::new();
        for (file, schema) in self.files.iter().filter_map(|file| Some((file, file.schema.as_ref()?))) {
            let foreign = schema.identity_errors(bases);
            if !foreign.is_empty() {
                self.catalog.forget_id(schema);
                found.push((file.path.clone(), foreign));
            }
        }
        if found.is_empty() {
            return;
        }
        for (path, diagnostics) in found {
            self.add_problems(&path, diagnostics);
        }
        let resolved_before =
            |file: &&TreeFile| !self.problems.iter().any(|problem| problem.path == file.path);
        let lost =
            self.files.iter().filter(resolved_before).filter_map(|file| {
                Some((file.path.clone(), self.catalog.resolve(file.schema.as_ref()?).err()?))
            });
        for (path, diagnostics) in lost.collect::<Vec<_>>() {
            self.add_problems(&path, diagnostics);
        }
    }

    fn check_references(&mut self) {
        let mut found = Vec::new();
        for file in &self.files {
            if let Some(schema) = &file.schema
                && let Err(diagnostics) = self.catalog.resolve(schema)
            {
                found.push((file.path.clone(), diagnostics));
            }
        }
        for (path, diagnostics) in found {
            self.add_problems(&path, diagnostics);
        }
    }

    fn wrong(&mut self, path: PathBuf, diagnostic: Diagnostic) {
        self.add_problems(&path, vec![diagnostic]);
        self.files.push(TreeFile { path, schema: None });
    }

    fn add_problems(&mut self, path: &Path, diagnostics: Vec<Diagnostic>) {
        self.problems
            .extend(diagnostics.into_iter().map(|diagnostic| Problem { path: path.to_owned(), diagnostic }));
    }
}

fn coordinates(path: &Path) -> Result<Coordinates, String> {
    let name =
        |part: Option<&std::ffi::OsStr>| part.map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let subject = name(path.parent().and_then(Path::file_name));
    let version = name(path.file_stem());
    Ok(Coordinates {
        subject: Subject::parse(&subject).map_err(|error| error.to_string())?,
        version: Version::parse(&version).map_err(|error| error.to_string())?,
    })
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    entries.sort();
    Ok(entries)
}
