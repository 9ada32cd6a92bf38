//! Reads a schema tree from disk: `<root>/<subject>/<version>.json`.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evschema_model::{Catalog, Code, Coordinates, Diagnostic, Dialects, Schema, Subject, Version};

use crate::Templates;

/// A tree as it was found: what could be read, and all that is wrong.
#[derive(Debug, Default)]
pub struct Tree {
    /// The schemas that could be read.
    pub catalog: Catalog,
    /// Every file that was looked at, with the schema it holds if it could be read.
    pub files: Vec<TreeFile>,
    /// What is wrong, file by file in order.
    pub problems: Vec<Problem>,
}

/// One file of a tree.
#[derive(Debug, Clone)]
pub struct TreeFile {
    /// Its path.
    pub path: PathBuf,
    /// What it holds, unless a problem says why not.
    pub schema: Option<Arc<Schema>>,
}

/// Something wrong with a file or folder of a tree.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// What, where in it, and what to do.
    pub diagnostic: Diagnostic,
}

/// Reads every schema below these roots into one catalog, in order of their paths.
///
/// Hidden files, and files that do not end in `.json`, are passed over; any other file that is not
/// where the layout puts it is a problem. References between the files are checked.
///
/// # Errors
///
/// When a root cannot be listed, or a file cannot be read.
pub fn read_tree(roots: &[&Path], dialects: &Dialects) -> io::Result<Tree> {
    let mut tree = Tree::default();
    for root in roots {
        for folder in sorted(root)? {
            if folder.is_dir() {
                for file in sorted(&folder)? {
                    tree.read_file(file, dialects)?;
                }
            } else if is_json(&folder) {
                tree.misplaced(folder, "a schema lives in a folder named after its subject");
            }
        }
    }
    tree.check_references();
    Ok(tree)
}

/// Reads the templates of a folder: its files that end in `.hbs`.
///
/// # Errors
///
/// When the folder or one of its files cannot be read, with its path.
pub fn read_templates(folder: &Path) -> Result<Templates, (PathBuf, io::Error)> {
    let mut texts = BTreeMap::new();
    for path in sorted(folder).map_err(|error| (folder.to_owned(), error))? {
        if path.extension().is_some_and(|extension| extension == "hbs") {
            let text = std::fs::read_to_string(&path).map_err(|error| (path.clone(), error))?;
            texts.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text);
        }
    }
    Ok(Templates { folder: folder.to_owned(), texts })
}

/// Reads a tree whose files are held elsewhere than on disk, such as in a git commit.
///
/// Paths are as on disk: the last two parts are the subject and the version. The files are read
/// in the order given; references between them are checked.
pub fn read_files(files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>, dialects: &Dialects) -> Tree {
    let mut tree = Tree::default();
    for (path, bytes) in files {
        tree.add_file(path, &bytes, dialects);
    }
    tree.check_references();
    tree
}

impl Tree {
    fn read_file(&mut self, path: PathBuf, dialects: &Dialects) -> io::Result<()> {
        if is_json(&path) {
            let bytes = std::fs::read(&path)?;
            self.add_file(path, &bytes, dialects);
        }
        Ok(())
    }

    fn add_file(&mut self, path: PathBuf, bytes: &[u8], dialects: &Dialects) {
        let at = match coordinates(&path) {
            Ok(at) => at,
            Err(why) => return self.misplaced(path, &why),
        };
        let schema = match Schema::read(at, bytes, dialects) {
            Ok(schema) => Arc::new(schema),
            Err(diagnostics) => {
                self.add_problems(&path, diagnostics);
                self.files.push(TreeFile { path, schema: None });
                return;
            }
        };
        if let Err(error) = self.catalog.insert(Arc::clone(&schema)) {
            let help = "rename the subject or version, or change the `$id`";
            self.add_problems(&path, vec![Diagnostic::new(Code::Conflict, error.to_string()).help(help)]);
        }
        self.files.push(TreeFile { path, schema: Some(schema) });
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

    fn misplaced(&mut self, path: PathBuf, why: &str) {
        let diagnostic = Diagnostic::new(Code::Misplaced, why)
            .help("the layout is <subject>/<version>.json, such as commerce.order.placed/1.0.0.json");
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

fn is_json(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.is_file() && path.extension().is_some_and(|extension| extension == "json")
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    entries.sort();
    Ok(entries)
}
