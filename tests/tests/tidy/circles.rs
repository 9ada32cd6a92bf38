//! Checks that files import from each other in only one direction. So a reader can understand one file after the other.
//!
//! Files form a circle if each of them imports from all others, directly or through other files. A circle may have only
//! a few files, and all these files must be in one folder. A path counts as an import from the file of the last module
//! in the path: `crate::output::Format` is an import from `output.rs`, even if this file only re-exports `Format`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use evschema_tests::repository;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::workspace::{members, text};

/// Maximum number of files in a circle.
const FILES_MAX: usize = 4;

/// Crates that still have larger circles, each with the exact number of files in these circles. A change may only
/// reduce these numbers.
const EXCEPTIONS: &[(&str, usize)] = &[("evschema-codegen", 6), ("evschema-lab", 12)];

/// The modules of a crate: the file of each module path, and the paths that the code of each module contains.
#[derive(Default)]
struct Modules {
    files: BTreeMap<Vec<String>, PathBuf>,
    paths: Vec<(Vec<String>, Vec<String>)>,
}

/// Each file of a crate with the files that it imports from.
type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

impl Modules {
    /// Reads the modules of a crate; `read` returns the text of a file, or `None` if the file does not exist.
    fn of_crate(root: &Path, read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut modules = Self::default();
        modules.add_file(&[], root, root.parent().unwrap(), read);
        modules
    }

    /// Reads a file and its submodules, which are in `folder`.
    fn add_file(
        &mut self,
        module: &[String],
        file: &Path,
        folder: &Path,
        read: &dyn Fn(&Path) -> Option<String>,
    ) {
        let source = read(file).unwrap_or_else(|| panic!("{} is missing", file.display()));
        self.files.insert(module.to_vec(), file.to_owned());
        self.add_tokens(TokenStream::from_str(&source).unwrap(), module, file, folder, read);
    }

    fn add_tokens(
        &mut self,
        tokens: TokenStream,
        module: &[String],
        file: &Path,
        folder: &Path,
        read: &dyn Fn(&Path) -> Option<String>,
    ) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let [token, after @ ..] = rest {
            rest = after;
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let [TokenTree::Group(attribute), item @ ..] = after {
                        rest = if is_test(&attribute.stream()) { after_item(item) } else { item };
                    }
                }
                TokenTree::Ident(keyword) if keyword == "mod" => {
                    let [TokenTree::Ident(name), body, item @ ..] = after else { continue };
                    rest = item;
                    let (module, below) = (child(module, name), folder.join(name.to_string()));
                    if let TokenTree::Group(body) = body {
                        self.files.insert(module.clone(), file.to_owned());
                        self.add_tokens(body.stream(), &module, file, &below, read);
                    } else {
                        self.add_file(&module, &below.with_extension("rs"), &below, read);
                    }
                }
                TokenTree::Ident(keyword) if keyword == "use" => {
                    let end = after.iter().position(|token| is_punct(token, ';')).unwrap_or(after.len());
                    let mut paths = Vec::new();
                    add_use_tree(&after[..end], &[], &mut paths);
                    self.paths.extend(paths.into_iter().map(|path| (module.to_vec(), path)));
                    rest = &after[end..];
                }
                // The path in `pub(in crate::a)` restricts the visibility, and is no import.
                TokenTree::Ident(visibility) if visibility == "pub" => {
                    if let [TokenTree::Group(_), item @ ..] = after {
                        rest = item;
                    }
                }
                // A path with `$crate` in a macro belongs to the code that calls the macro.
                TokenTree::Punct(dollar) if dollar.as_char() == '$' => {
                    rest = after.get(1..).unwrap_or_default();
                    while let [colon, _, TokenTree::Ident(_), others @ ..] = rest
                        && is_punct(colon, ':')
                    {
                        rest = others;
                    }
                }
                TokenTree::Ident(first) => {
                    let mut path = vec![first.to_string()];
                    while let [colon, _, TokenTree::Ident(name), others @ ..] = rest
                        && is_punct(colon, ':')
                        && is_punct(&rest[1], ':')
                    {
                        path.push(name.to_string());
                        rest = others;
                    }
                    if 1 < path.len() {
                        self.paths.push((module.to_vec(), path));
                    }
                }
                TokenTree::Group(group) => self.add_tokens(group.stream(), module, file, folder, read),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Returns the file that a path in a module imports from; `None` if the path leads to another crate.
    fn resolve(&self, module: &[String], path: &[String]) -> Option<&Path> {
        let mut target = module.to_vec();
        let mut rest = path;
        if path.first()? == "crate" {
            target.clear();
            rest = &path[1..];
        } else {
            while let [first, others @ ..] = rest
                && (first == "self" || first == "super")
            {
                if first == "super" {
                    target.pop();
                }
                rest = others;
            }
            let is_relative = rest.len() < path.len() || self.files.contains_key(&child(module, &path[0]));
            if !is_relative {
                return None;
            }
        }
        while let [name, others @ ..] = rest
            && self.files.contains_key(&child(&target, name))
        {
            target.push(name.clone());
            rest = others;
        }
        self.files.get(&target).map(PathBuf::as_path)
    }

    fn imports(&self) -> Imports {
        let mut imports: Imports = self.files.values().map(|file| (file.clone(), BTreeSet::new())).collect();
        for (module, path) in &self.paths {
            let Some(target) = self.resolve(module, path) else { continue };
            let file = &self.files[module];
            if target != file {
                imports.get_mut(file).unwrap().insert(target.to_owned());
            }
        }
        imports
    }
}

fn child(module: &[String], name: impl ToString) -> Vec<String> {
    let name = name.to_string();
    [module, &[name.trim_start_matches("r#").to_owned()]].concat()
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Returns whether an attribute restricts an item to tests.
fn is_test(attribute: &TokenStream) -> bool {
    let text: String = attribute.to_string().split_whitespace().collect();
    text.starts_with("cfg(test)") || text.starts_with("cfg(all(test,")
}

/// Returns the tokens after an item, which ends with a semicolon or a block.
fn after_item(tokens: &[TokenTree]) -> &[TokenTree] {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => is_punct(token, ';'),
    };
    let end = tokens.iter().position(is_end).map_or(tokens.len(), |end| end + 1);
    &tokens[end..]
}

/// Adds the paths of `a::b`, `a::{b, c::d}`, `a::*` and `a as b`.
fn add_use_tree(tokens: &[TokenTree], prefix: &[String], paths: &mut Vec<Vec<String>>) {
    for tree in tokens.split(|token| is_punct(token, ',')) {
        let mut path = prefix.to_vec();
        let mut has_group = false;
        for token in tree {
            match token {
                TokenTree::Ident(name) if name == "as" => break,
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    add_use_tree(&inner, &path, paths);
                    has_group = true;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        if !has_group && !tree.is_empty() {
            paths.push(path);
        }
    }
}

/// Returns the circles with too many files, or with files of several folders.
fn large_circles(imports: &Imports) -> Vec<Vec<&Path>> {
    let reachable: BTreeMap<&Path, BTreeSet<&Path>> =
        imports.keys().map(|file| (file.as_path(), reachable(file, imports))).collect();
    let mut circles: BTreeSet<Vec<&Path>> = BTreeSet::new();
    for (file, targets) in &reachable {
        let circle: Vec<&Path> =
            targets.iter().copied().filter(|target| reachable[target].contains(file)).collect();
        let folders: BTreeSet<PathBuf> = circle.iter().map(|file| folder(file, imports)).collect();
        if FILES_MAX < circle.len() || 1 < folders.len() {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// Returns all files that a file imports from, directly or through other files.
fn reachable<'i>(file: &'i Path, imports: &'i Imports) -> BTreeSet<&'i Path> {
    let mut found = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        open.extend(imports[file].iter().map(PathBuf::as_path).filter(|target| found.insert(*target)));
    }
    found
}

/// Returns the folder of a module: `a/` for `a.rs` if the module has other files, otherwise the folder of the file.
fn folder(file: &Path, imports: &Imports) -> PathBuf {
    let own = file.with_extension("");
    let has_files = imports.keys().any(|other| other.starts_with(&own));
    if has_files { own } else { file.parent().unwrap().to_owned() }
}

/// Returns the circles of a crate as text: each file with its imports from the circle.
fn describe(circles: &[Vec<&Path>], imports: &Imports) -> String {
    let mut lines = String::new();
    for circle in circles {
        lines.push_str(&format!("a circle of {} files:\n", circle.len()));
        for file in circle {
            let targets = imports[*file].iter().filter(|target| circle.contains(&target.as_path()));
            let targets: Vec<String> = targets.map(|target| target.display().to_string()).collect();
            lines.push_str(&format!("  {} imports from {}\n", file.display(), targets.join(", ")));
        }
    }
    lines
}

#[test]
fn imports_form_no_large_circles() {
    let mut wrong = String::new();
    for (name, _) in EXCEPTIONS {
        assert!(members().any(|package| text(package, "name") == *name), "`{name}` is no crate of ours");
    }
    for package in members() {
        let name = text(package, "name");
        let allowed = EXCEPTIONS.iter().find(|(other, _)| *other == name).map_or(0, |(_, files)| *files);
        let mut files = 0;
        let mut description = String::new();
        for target in package["targets"].as_array().unwrap() {
            if target["kind"][0] == "custom-build" {
                continue;
            }
            let root = Path::new(text(target, "src_path")).strip_prefix(repository()).unwrap();
            let read = |path: &Path| std::fs::read_to_string(repository().join(path)).ok();
            let imports = Modules::of_crate(root, &read).imports();
            let circles = large_circles(&imports);
            files += circles.iter().map(Vec::len).sum::<usize>();
            description.push_str(&describe(&circles, &imports));
        }
        if allowed < files {
            wrong.push_str(&format!(
                "`{name}` has {files} files in large circles, not {allowed}:\n{description}"
            ));
        } else if files < allowed {
            wrong.push_str(&format!(
                "`{name}` has only {files} files in large circles: lower its number in `EXCEPTIONS`\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn circles_and_their_near_misses() {
    let circles = |files: &[(&str, &str)]| -> Vec<usize> {
        let files: BTreeMap<PathBuf, &str> =
            files.iter().map(|(path, source)| (PathBuf::from(path), *source)).collect();
        let read = |path: &Path| files.get(path).map(|source| (*source).to_owned());
        let imports = Modules::of_crate(Path::new("src/lib.rs"), &read).imports();
        large_circles(&imports).iter().map(Vec::len).collect()
    };
    let root = ("src/lib.rs", "mod a; mod b;");
    let b = ("src/b.rs", "mod c; use c::C;");
    for (a, c, expected) in [
        // `b/c.rs` is in the folder of `b.rs`, but not in the folder of `a.rs`.
        ("use crate::b;", "use super::B;", vec![]),
        ("use crate::b;", "use crate::a::A;", vec![3]),
        ("use crate::{b::{c::{self, C as D}}};", "fn f() { crate::a::g() }", vec![2]),
        ("use super::b::*;", "use self::super::super::a;", vec![3]),
        ("use std::{b, c};", "use crate::a::A;", vec![]),
        ("// use crate::b;\n", "use crate::a::A;", vec![]),
        ("#[cfg(test)] mod tests { use crate::b; }", "use crate::a::A;", vec![]),
        ("mod inner { use super::super::b; }", "use crate::a::A;", vec![3]),
        ("#[cfg(test)] use crate::b; fn f() { }", "#[derive(Debug)] struct S(crate::a::A);", vec![]),
    ] {
        assert_eq!(circles(&[root, ("src/a.rs", a), b, ("src/b/c.rs", c)]), expected, "{a} {c}");
    }
    let names = ["a", "b", "c", "d", "e"];
    for (count, expected) in [(FILES_MAX, vec![]), (FILES_MAX + 1, vec![FILES_MAX + 1])] {
        let names = &names[..count];
        let root: String = names.iter().map(|name| format!("mod {name};")).collect();
        let mut files = vec![("src/lib.rs".to_owned(), root)];
        for (at, name) in names.iter().enumerate() {
            files.push((format!("src/{name}.rs"), format!("use crate::{}::X;", names[(at + 1) % count])));
        }
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, source)| (path.as_str(), source.as_str())).collect();
        assert_eq!(circles(&files), expected);
    }
}
