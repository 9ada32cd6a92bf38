//! Decides for each entry of a tree whether the layout allows it.

use std::io;
use std::path::Path;

use evschema_model::{Code, Diagnostic, Subject, Version};

/// The role of a file or folder in a tree.
#[derive(Debug)]
pub(super) enum Entry {
    /// An allowed entry that is not a schema, such as `README.md`.
    Aside,
    /// A folder.
    Folder,
    /// A file that ends in `.json`.
    Schema,
    /// An entry that the layout does not allow.
    Wrong(Diagnostic),
}

/// The file that the folder of a subject may contain in addition to the versions.
const SUBJECT_FILE: &str = "subject.toml";

/// The help for entries that the layout does not allow.
const LAYOUT: &str = "the layout is <subject>/<version>.json, such as commerce.order.placed/1.0.0.json";

impl Entry {
    /// Returns the role of an entry in the root of a tree.
    pub(super) fn at_root(path: &Path) -> Self {
        let name = name(path);
        match kind(path) {
            _ if is_aside(&name) => Self::Aside,
            Ok(Kind::Folder) => Self::Folder,
            Ok(Kind::File) => Self::Wrong(if is_json(&name) {
                Diagnostic::new(Code::Misplaced, "a schema must be in a folder named after its subject")
                    .help(LAYOUT)
            } else {
                Diagnostic::new(Code::Misplaced, format!("`{name}` is not a folder of a subject"))
                    .help(format!("move the file out of the schemas folder; {LAYOUT}"))
            }),
            Ok(Kind::Other) => Self::Wrong(no_file(&name)),
            Err(error) => Self::Wrong(unreadable(&error)),
        }
    }

    /// Returns the role of an entry in the folder of a subject.
    pub(super) fn in_subject(path: &Path) -> Self {
        let name = name(path);
        match kind(path) {
            _ if is_aside(&name) || name == SUBJECT_FILE => Self::Aside,
            Ok(Kind::Folder) => Self::Folder,
            Ok(Kind::File) if name.ends_with(".json") && !is_hidden(&name) => Self::Schema,
            Ok(Kind::File) => Self::Wrong(unknown(&name)),
            Ok(Kind::Other) => Self::Wrong(no_file(&name)),
            Err(error) => Self::Wrong(unreadable(&error)),
        }
    }
}

enum Kind {
    Folder,
    File,
    Other,
}

/// Returns the kind of an entry. For a link, this is the kind of its target.
fn kind(path: &Path) -> io::Result<Kind> {
    let metadata = std::fs::metadata(path)?;
    Ok(if metadata.is_dir() {
        Kind::Folder
    } else if metadata.is_file() {
        Kind::File
    } else {
        Kind::Other
    })
}

/// Returns the diagnostic for a file or folder that cannot be read.
pub(super) fn unreadable(error: &io::Error) -> Diagnostic {
    let (why, help) = if error.kind() == io::ErrorKind::NotFound {
        ("the target of the link does not exist".to_owned(), "restore the target, or remove the link")
    } else if error.kind() == io::ErrorKind::FileTooLarge {
        (
            error.to_string(),
            "set `max_document_bytes` in the manifest, or split the document into several documents",
        )
    } else if error.kind() == io::ErrorKind::PermissionDenied && error.get_ref().is_some() {
        (error.to_string(), "copy the target into the tree; a link must not lead out of the tree")
    } else if error.kind() == io::ErrorKind::PermissionDenied {
        ("permission denied".to_owned(), "check the permissions of the file or folder")
    } else {
        (error.to_string(), "check the path")
    };
    Diagnostic::new(Code::Unreadable, format!("cannot be read: {why}")).help(help)
}

/// Returns the diagnostic for a folder in a subject's folder.
pub(super) fn nested(path: &Path) -> Diagnostic {
    let (name, outer) = (name(path), path.parent().map(name).unwrap_or_default());
    Diagnostic::new(
        Code::Misplaced,
        format!("`{outer}` contains the folder `{name}`, but the folder of a subject cannot contain folders"),
    )
    .help(format!(
        "move the folder `{name}` directly into the schemas folder, and rename it to `{outer}.{name}`"
    ))
}

/// Returns the diagnostic for a JSON file if its name is not a version, or if the name of its folder is not a valid subject.
pub(super) fn misnamed(path: &Path, why: String) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::Misplaced, why);
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().map(name).unwrap_or_default();
    if Subject::parse(&folder).is_ok()
        && let Some(version) = version_in(&stem)
    {
        return diagnostic.help(format!("rename it to `{version}.json`"));
    }
    diagnostic.help(LAYOUT)
}

/// Returns the diagnostic for a file that the layout does not allow in the folder of a subject.
fn unknown(file: &str) -> Diagnostic {
    let message = format!("`{file}` is neither a schema nor `{SUBJECT_FILE}`");
    let diagnostic = Diagnostic::new(Code::Misplaced, message);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let help = match version_in(stem.trim_start_matches('.')) {
        Some(version) if is_json(file) => format!("rename it to `{version}.json`"),
        Some(version) => format!("convert it to JSON, as `{version}.json`"),
        None if stem.to_lowercase().starts_with("sub") || ending == "toml" => {
            format!("rename it to `{SUBJECT_FILE}`")
        }
        None => format!("move the file out of the schemas folder; {LAYOUT}"),
    };
    diagnostic.help(help)
}

fn no_file(name: &str) -> Diagnostic {
    Diagnostic::new(Code::Misplaced, format!("`{name}` is neither a file nor a folder"))
        .help(format!("remove `{name}` from the schemas folder"))
}

/// Returns the version in a file name that writes the version in another style, such as `v1.0.0` or `1.0`.
fn version_in(stem: &str) -> Option<Version> {
    let numbers = stem.trim_start_matches(['v', 'V']);
    [numbers.to_owned(), format!("{numbers}.0"), format!("{numbers}.0.0")]
        .iter()
        .find_map(|text| Version::parse(text).ok())
}

/// Returns whether an entry with this name is allowed everywhere in a tree.
fn is_aside(name: &str) -> bool {
    // Editors create `1.0.0.json~` as a backup, and `.#1.0.0.json` as a lock, which is a link without a target.
    name == "README.md" || name.ends_with('~') || name.starts_with(".#") || is_hidden(name) && !is_json(name)
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

fn is_json(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"))
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_other_names_are_allowed_beside_schemas() {
        for (name, is_allowed) in [
            ("README.md", true),
            ("readme.txt", false),
            (".gitkeep", true),
            (".1.0.0.json", false),
            (".1.0.0.json.swp", true),
            ("1.0.0.json~", true),
            ("1.0.0.json.orig", false),
            (".#1.0.0.json", true),
        ] {
            assert_eq!(is_aside(name), is_allowed, "{name}");
        }
    }

    #[test]
    fn help_suggests_the_new_name() {
        for (name, expected) in [
            ("1.0.0.yaml", "convert it to JSON, as `1.0.0.json`"),
            ("1.0.0.JSON", "rename it to `1.0.0.json`"),
            (".1.0.0.json", "rename it to `1.0.0.json`"),
            ("subject.tml", "rename it to `subject.toml`"),
            ("notes.txt", "move the file out of the schemas folder"),
        ] {
            let help = unknown(name).help.unwrap();
            assert!(help.starts_with(expected), "{name}: {help}");
        }
        let help = |path: &str| misnamed(Path::new(path), String::new()).help.unwrap();
        assert_eq!(help("a.b/v1.0.0.json"), "rename it to `1.0.0.json`");
        assert_eq!(help("a.b/1.2.json"), "rename it to `1.2.0.json`");
        assert_eq!(help("a.b/latest.json"), LAYOUT);
        assert_eq!(help("a b/1.0.json"), LAYOUT);
    }
}
