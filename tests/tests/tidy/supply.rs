//! Checks the licences and sources of the dependencies, and the banned dependencies.
//!
//! deny.toml contains the rules and explains why this test does not run `cargo deny`.

use std::collections::BTreeSet;

use evschema_tests::repository;
use serde_json::Value;

use super::workspace::{packages, text};

fn rules() -> toml::Table {
    std::fs::read_to_string(repository().join("deny.toml")).unwrap().parse().unwrap()
}

fn strings(list: &toml::Value) -> BTreeSet<&str> {
    list.as_array().unwrap().iter().map(|entry| entry.as_str().unwrap()).collect()
}

fn foreign() -> impl Iterator<Item = &'static Value> {
    packages().iter().filter(|package| !package["source"].is_null())
}

#[test]
fn every_dependency_may_be_used_under_a_licence_that_we_accept() {
    let rules = rules();
    let accepted = strings(&rules["licenses"]["allow"]);
    for package in foreign() {
        let expression = text(package, "license");
        assert!(
            satisfies(expression, &accepted),
            "`{}` is under `{expression}`, which deny.toml does not allow",
            text(package, "name")
        );
    }
}

#[test]
fn every_accepted_licence_is_some_dependencys() {
    let rules = rules();
    let written: Vec<&str> = foreign().map(|package| text(package, "license")).collect();
    for licence in strings(&rules["licenses"]["allow"]) {
        assert!(
            written.iter().any(|w| w.contains(licence)),
            "deny.toml allows `{licence}`, which nobody has"
        );
    }
}

#[test]
fn no_dependency_is_one_that_we_ban() {
    let rules = rules();
    let banned = rules["bans"]["deny"].as_array().unwrap();
    for package in packages() {
        let name = text(package, "name");
        for ban in banned {
            let reason = ban["reason"].as_str().unwrap();
            assert_ne!(name, ban["crate"].as_str().unwrap(), "{reason}");
        }
    }
}

#[test]
fn every_dependency_comes_from_crates_io() {
    let lock = std::fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    let sources: BTreeSet<&str> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    let crates_io = r#"source = "registry+https://github.com/rust-lang/crates.io-index""#;
    assert_eq!(sources, BTreeSet::from([crates_io]));
}

#[test]
fn expressions_of_licences() {
    let accepted = BTreeSet::from(["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]);
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND Apache-2.0", true),
        ("(GPL-2.0 OR GPL-3.0) AND Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("MIT WITH LLVM-exception", false),
    ] {
        assert_eq!(satisfies(expression, &accepted), expected, "{expression}");
    }
}

/// Returns whether our accepted licences satisfy a licence expression (SPDX, or the older form `A/B`).
fn satisfies(expression: &str, accepted: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = any(&words, accepted);
    assert!(rest.is_empty(), "`{expression}` is not a licence expression");
    met
}

fn any<'w>(words: &'w [&'w str], accepted: &BTreeSet<&str>) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = all(words, accepted);
    while let ["OR", after @ ..] = rest {
        let next = all(after, accepted);
        met |= next.0;
        rest = next.1;
    }
    (met, rest)
}

fn all<'w>(words: &'w [&'w str], accepted: &BTreeSet<&str>) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = one(words, accepted);
    while let ["AND", after @ ..] = rest {
        let next = one(after, accepted);
        met &= next.0;
        rest = next.1;
    }
    (met, rest)
}

fn one<'w>(words: &'w [&'w str], accepted: &BTreeSet<&str>) -> (bool, &'w [&'w str]) {
    match words {
        ["(", inside @ ..] => {
            let (met, rest) = any(inside, accepted);
            (met, rest.strip_prefix(&[")"]).unwrap_or(rest))
        }
        [licence, "WITH", exception, rest @ ..] => {
            (accepted.contains(format!("{licence} WITH {exception}").as_str()), rest)
        }
        [licence, rest @ ..] => (accepted.contains(licence), rest),
        [] => (false, words),
    }
}
