//! Checks that the pure crates do no input or output, read no clock, and do not wait. So their results are the same
//! offline, in continuous integration and on the server.

use std::path::Path;

use evschema_tests::repository;

use super::workspace::{dependencies, files, members, text};

/// The pure crates, each with its files that may do input and output.
const PURE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("compat", &[]),
    // The file waits for the body of a request.
    ("runtime", &["axum.rs"]),
    // The purpose of these files is to read and write files: they read a tree, or generate code in a build script.
    ("codegen", &["disk.rs", "disk/", "build_script.rs", "build_script/"]),
];

/// Names that a pure crate must not use outside its tests.
const BANNED: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::time",
    "Instant::",
    "SystemTime",
    "async fn",
    "async move",
    ".await",
    "println!",
    "eprintln!",
];

/// Crates that a pure crate may depend on, although other crates may not: the types of users for times and dates, with
/// features that read no clock.
const EXCEPT: &[(&str, &str)] = &[("evschema-runtime", "time")];

/// Crates that a pure crate must not depend on.
const BANNED_CRATES: &[&str] = &["axum", "rand", "reqwest", "sqlx", "time", "tokio", "tracing", "ureq"];

#[test]
fn pure_crates_name_nothing_of_the_world() {
    let mut looked_at = 0;
    for (path, source) in sources() {
        looked_at += 1;
        for (number, line) in code(&source) {
            for banned in BANNED {
                let shown = path.display();
                assert!(!line.contains(banned), "{shown}:{number}: `{banned}` in a pure crate: {line}");
            }
        }
    }
    assert!(20 < looked_at, "only {looked_at} files found");
}

#[test]
fn pure_crates_depend_on_nothing_of_the_world() {
    for package in members() {
        let manifest = Path::new(text(package, "manifest_path"));
        let folder = manifest.parent().unwrap().strip_prefix(repository()).unwrap();
        if PURE.iter().any(|(name, _)| Path::new(name) == folder) {
            for dependency in dependencies(package, None) {
                let is_except = EXCEPT.contains(&(text(package, "name"), dependency.as_str()));
                let banned = BANNED_CRATES.contains(&dependency.as_str()) && !is_except;
                assert!(!banned, "`{}` depends on `{dependency}`", text(package, "name"));
            }
        }
    }
}

/// The test finds banned names in code only.
#[test]
fn comments_and_tests_are_no_code() {
    let source =
        "use std::fs;\n// std::fs\n/// std::fs\nfn f() {}\n#[cfg(test)]\nmod tests { use std::fs; }\n";
    let lines: Vec<(usize, &str)> = code(source).collect();
    assert_eq!(lines, [(1, "use std::fs;"), (4, "fn f() {}")]);
}

fn sources() -> impl Iterator<Item = (std::path::PathBuf, String)> {
    files().into_iter().filter(|path| is_pure(path)).map(|path| {
        let source = std::fs::read_to_string(repository().join(&path)).unwrap();
        (path, source)
    })
}

fn is_pure(path: &Path) -> bool {
    let shown = path.to_string_lossy();
    let test = shown.ends_with("/tests.rs") || shown.contains("/tests/") || shown.ends_with("_tests.rs");
    let source = shown.ends_with(".rs") && !test;
    source
        && PURE.iter().any(|(name, except)| {
            shown
                .strip_prefix(&format!("{name}/src/"))
                .is_some_and(|inside| !except.iter().any(|allowed| inside.starts_with(allowed)))
        })
}

/// Returns the lines of a source with their numbers. Omits comments, and all lines after `#[cfg(test)]`. If a file has
/// tests, they are its last item.
fn code(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}
