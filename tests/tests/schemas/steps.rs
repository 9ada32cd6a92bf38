//! Checks that every version has the number that its change requires, and that a check rejects the fixtures with a
//! breaking change.

use std::collections::BTreeMap;
use std::sync::Arc;

use evschema_codegen::{Tree, read_tree};
use evschema_compat::{Baseline, Settings, Standing, Verdict, Waivers, check, required_bump};
use evschema_model::{Dialects, Formats, Manifest, Resolved, Schema, Subject, Version};
use evschema_tests::{repository, schemas};

fn tree() -> Tree {
    read_tree(&[&schemas()], &Dialects::default()).unwrap()
}

fn manifest() -> Manifest {
    Manifest::parse(&std::fs::read_to_string(repository().join("evschema.toml")).unwrap()).unwrap()
}

fn settings(subject: &Subject) -> Settings {
    Settings::new(manifest().policy(subject))
}

fn resolve(tree: &Tree, schema: &Arc<Schema>) -> Resolved {
    tree.catalog.resolve(schema).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", schema.at()))
}

fn baselines(versions: &[Resolved]) -> Vec<Baseline> {
    versions
        .iter()
        .map(|resolved| Baseline { resolved: resolved.clone(), standing: Standing::Current })
        .collect()
}

#[test]
fn every_version_is_accepted_after_those_before_it() {
    let tree = tree();
    for subject in tree.catalog.subjects() {
        let versions: Vec<Resolved> = tree.catalog.versions(subject).map(|s| resolve(&tree, s)).collect();
        for (index, candidate) in versions.iter().enumerate() {
            let history = baselines(&versions[..index]);
            let report = check(candidate, &history, &settings(subject), &Waivers::default());
            assert!(report.is_accepted(), "{}: {report:#?}", candidate.schema().at());
        }
    }
}

#[test]
fn every_step_is_as_large_as_its_change_requires_and_no_larger() {
    let tree = tree();
    let mut steps = BTreeMap::new();
    for subject in tree.catalog.subjects() {
        let versions: Vec<Resolved> = tree.catalog.versions(subject).map(|s| resolve(&tree, s)).collect();
        for pair in versions.windows(2) {
            let [from, to] = [&pair[0], &pair[1]].map(|resolved| &resolved.schema().at().version);
            let required = required_bump(&pair[0], &pair[1], &settings(subject));
            assert_eq!(to.step_from(from), required, "{subject} from {from} to {to}");
            *steps.entry(required).or_insert(0) += 1;
        }
    }
    // Each kind of bump occurs several times. Otherwise, the examples would show too little.
    assert!(steps.len() == 3 && steps.values().all(|count| 3 <= *count), "{steps:?}");
}

#[test]
fn every_breaking_fixture_is_refused_with_an_event_that_shows_why() {
    let breaking = repository().join("tests/fixtures/breaking");
    let mut looked_at = 0;
    let tree = tree();
    for file in read_tree(&[&breaking], &Dialects::default()).unwrap().files {
        // The references of the fixture lead to example schemas.
        let schema = file.schema.unwrap();
        let candidate = resolve(&tree, &schema);
        let subject = &schema.at().subject;
        let versions: Vec<Resolved> = tree.catalog.versions(subject).map(|s| resolve(&tree, s)).collect();
        let report = check(&candidate, &baselines(&versions), &settings(subject), &Waivers::default());
        assert_eq!(report.verdict, Verdict::Incompatible, "{}: {report:#?}", schema.at());
        assert!(schema.at().version.line() < report.required_version.line());
        for finding in &report.findings {
            let Some(witness) = &finding.witness else { continue };
            let written = validator(&tree, subject, &finding.baseline);
            assert!(written.is_valid(witness), "{} refuses {witness}", finding.baseline);
            let read = candidate.validator(Formats::Assert).unwrap();
            assert!(!read.is_valid(witness), "{} accepts {witness}", schema.at());
            looked_at += 1;
        }
    }
    assert!(2 <= looked_at, "only {looked_at} witnesses");
}

fn validator(tree: &Tree, subject: &Subject, version: &Version) -> evschema_model::Validator {
    resolve(tree, tree.catalog.get(subject, version).unwrap()).validator(Formats::Assert).unwrap()
}
