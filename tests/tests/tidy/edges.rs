//! Checks the dependencies between crates.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use evschema_tests::repository;

use super::workspace::{dependencies, members, text};

/// Each of our crates, and a list of our crates on which it may depend.
const EDGES: &[(&str, &[&str])] = &[
    ("evschema-model", &[]),
    ("evschema-runtime", &[]),
    ("evschema-events", &["evschema-runtime"]),
    ("evschema-compat", &["evschema-model"]),
    ("evschema-codegen", &["evschema-model"]),
    ("evschema-api", &["evschema-model"]),
    ("evschema-registry", &["evschema-api", "evschema-compat", "evschema-model", "evschema-runtime"]),
    (
        "evschema",
        &["evschema-api", "evschema-codegen", "evschema-compat", "evschema-model", "evschema-registry"],
    ),
    // This crate stands for the crate of a user. It sees only the public parts.
    ("evschema-tests-consumer", &["evschema-runtime"]),
    (
        "evschema-tests",
        &[
            "evschema-api",
            "evschema-codegen",
            "evschema-compat",
            "evschema-model",
            "evschema-registry",
            "evschema-runtime",
        ],
    ),
    (
        "evschema-lab",
        &[
            "evschema-api",
            "evschema-codegen",
            "evschema-compat",
            "evschema-model",
            "evschema-registry",
            "evschema-runtime",
            "evschema-tests",
        ],
    ),
    (
        "evschema-patterns",
        &[
            "evschema-codegen",
            "evschema-compat",
            "evschema-events",
            "evschema-model",
            "evschema-runtime",
            "evschema-tests",
        ],
    ),
    (
        "xtask",
        &[
            "evschema-api",
            "evschema-codegen",
            "evschema-model",
            "evschema-registry",
            "evschema-runtime",
            "evschema-tests",
        ],
    ),
];

/// The crates that are not published.
const UNPUBLISHED: [&str; 5] =
    ["evschema-lab", "evschema-patterns", "evschema-tests", "evschema-tests-consumer", "xtask"];

#[test]
fn our_crates_depend_only_on_those_they_may() {
    let allowed: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    let ours: BTreeSet<&str> = members().map(|package| text(package, "name")).collect();
    assert_eq!(ours, allowed.keys().copied().collect(), "a crate is missing from, or extra in, `EDGES`");
    for package in members() {
        let name = text(package, "name");
        for dependency in dependencies(package, None) {
            if ours.contains(dependency.as_str()) {
                assert!(allowed[name].contains(&dependency.as_str()), "`{name}` depends on `{dependency}`");
            }
        }
    }
}

#[test]
fn only_a_user_of_build_rs_needs_the_generator_to_build() {
    for package in members() {
        let name = text(package, "name");
        let ours: Vec<String> =
            dependencies(package, Some("build")).into_iter().filter(|d| d.starts_with("evschema")).collect();
        let is_user = ["evschema-tests-consumer", "evschema-patterns"].contains(&name);
        let expected: &[&str] = if is_user { &["evschema-codegen"] } else { &[] };
        assert_eq!(ours, expected, "build dependencies of `{name}`");
    }
}

#[test]
fn every_crate_takes_lints_edition_and_licence_from_the_workspace() {
    for package in members() {
        let path = text(package, "manifest_path");
        let manifest = std::fs::read_to_string(path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true\n"), "{path}: no `lints.workspace = true`");
        for key in ["version", "edition", "rust-version", "license", "repository"] {
            assert!(manifest.contains(&format!("\n{key}.workspace = true\n")), "{path}: `{key}` is its own");
        }
        assert!(package["description"].is_string(), "{path}: no description");
    }
}

#[test]
fn a_published_crate_has_all_that_crates_io_needs() {
    for package in members() {
        let name = text(package, "name");
        let is_published = package["publish"].is_null();
        assert_eq!(is_published, !UNPUBLISHED.contains(&name), "`publish` of `{name}`");
        if !is_published {
            continue;
        }
        assert!(package["readme"].is_string(), "`{name}` has no README.md");
        for key in ["keywords", "categories"] {
            assert!(package[key].as_array().is_some_and(|words| !words.is_empty()), "`{name}` has no {key}");
        }
        let folder = Path::new(text(package, "manifest_path")).parent().unwrap();
        for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert!(folder.join(file).is_file(), "`{name}` has no link `{file}`");
        }
        for dependency in package["dependencies"].as_array().unwrap() {
            let required = text(dependency, "req");
            assert_ne!(required, "*", "`{name}` depends on `{}` without a version", text(dependency, "name"));
        }
    }
}

#[test]
fn the_example_of_a_manifest_is_read_by_the_model() {
    let text = std::fs::read_to_string(repository().join("evschema.toml")).unwrap();
    evschema_model::Manifest::parse(&text).unwrap();
}
