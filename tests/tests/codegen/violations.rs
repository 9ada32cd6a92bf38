//! Compares the violations of generated code with those of the `jsonschema` crate.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use evschema_codegen::{Options, generate};
use evschema_model::{
    Catalog, Coordinates, Dialects, Draft, Formats, Schema, Subject, Validator, Version, parse_event,
};
use evschema_runtime::{Document, Draft as RuntimeDraft, Program};
use evschema_tests::{Draw, Hints, Tree, mangle, repository};
use fastrand::Rng;
use serde_json::Value;

/// A violation: the pointer, the pointer into the schema, the keyword and the message.
type Found = (String, String, String, String);

/// Returns the embedded form of a schema without references to other documents, and its validator.
fn embed(schema: &Value, formats: Formats) -> Option<(&'static Document, Validator)> {
    let at = Coordinates { subject: Subject::parse("x").unwrap(), version: Version::new(1, 0, 0) };
    let text = schema.to_string();
    let schema = Schema::read(at.clone(), text.as_bytes(), &Dialects::default()).ok()?;
    let draft = match schema.draft() {
        Draft::Draft4 => RuntimeDraft::Draft4,
        Draft::Draft6 => RuntimeDraft::Draft6,
        Draft::Draft7 => RuntimeDraft::Draft7,
        Draft::Draft201909 => RuntimeDraft::Draft201909,
        Draft::Draft202012 => RuntimeDraft::Draft202012,
    };
    let mut catalog = Catalog::default();
    catalog.insert(Arc::new(schema)).unwrap();
    let files =
        generate(&catalog, std::slice::from_ref(&at), &Options { formats, ..Options::default() }).ok()?;
    let program = files.into_iter().find(|file| file.path.ends_with(".program.json"))?;
    let program: &'static Program = Box::leak(Box::new(Program::new(program.text.leak(), &[])));
    let document = Document::new("https://example.com/x", draft, text.leak(), &[], (program, 0));
    let schema = catalog.get(&at.subject, &at.version).unwrap();
    let validator = catalog.resolve(schema).unwrap().validator(formats).unwrap();
    Some((Box::leak(Box::new(document)), validator))
}

fn by_generated_code(document: &'static Document, event: &str) -> Option<Vec<Found>> {
    let error = document.check(event.as_bytes()).err()?;
    let found = error.violations().iter();
    let found: Vec<Found> = found
        .map(|found| {
            let schema_pointer = found.schema_pointer.clone();
            (found.pointer.clone(), schema_pointer, found.keyword.clone(), found.message.clone())
        })
        .collect();
    assert!(found.is_empty() == matches!(error, evschema_runtime::Error::NotJson { .. }), "{error}: {event}");
    Some(found)
}

fn by_validator(validator: &Validator, event: &Value) -> Vec<Found> {
    let found = validator.violations(event).into_iter();
    found
        .map(|found| {
            let message = found.message.replace('\n', " ");
            (found.pointer.to_string(), found.schema_pointer.to_string(), found.keyword, message)
        })
        .collect()
}

fn is_within(pointer: &str, parent: &str) -> bool {
    pointer.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns a violation without the intended differences.
fn comparable((pointer, location, keyword, message): &Found, is_local: bool) -> Found {
    // For `additionalProperties: false` without `properties`, the crate names the schema `false`.
    let is_closed = keyword == "falseSchema" && location.ends_with("/additionalProperties");
    let keyword = if is_closed { "additionalProperties" } else { keyword };
    // The crate names `minContains` or `maxContains` for an array without a matching item, and says "None" for each.
    let is_local = is_local && keyword != "contains";
    let says_the_same = is_local && !keyword.starts_with("additional") && !message.contains('…');
    // Generated code quotes numbers as they are spelled in the event. It lists the types of a schema in the order of
    // the schema, and the properties of a schema in alphabetic order.
    // The runtime writes every value and every limit on one line.
    let message = message.replace(char::is_control, " ");
    let mut characters: Vec<char> = message.to_lowercase().replace("e+", "e").chars().collect();
    characters.sort_unstable();
    let message = if says_the_same { characters.into_iter().collect() } else { String::new() };
    (pointer.clone(), if is_local { location.clone() } else { String::new() }, keyword.to_owned(), message)
}

/// Returns the differences that are not intended. `is_local` says that the schema has neither an embedded resource nor a
/// reference to a metaschema. For other schemas, the crate returns locations in the resource or the metaschema, and
/// generated code returns locations in the document, so only the keywords are compared.
fn differences(own: &[Found], other: &[Found], is_local: bool) -> Vec<String> {
    let all = |found: &[Found]| -> BTreeSet<Found> {
        found.iter().map(|found| comparable(found, is_local)).collect()
    };
    let (own, other) = (all(own), all(other));
    let mut differences = Vec::new();
    for missing in other.difference(&own) {
        // If other keywords reject the value, it is not known which properties and items they evaluate.
        let is_unevaluated = missing.2.starts_with("unevaluated");
        let has_another = own.iter().any(|found| is_within(&found.0, &missing.0));
        if !(is_unevaluated && has_another) {
            differences.push(format!("- {missing:?}"));
        }
    }
    // The violations of the closest branch follow those of a union.
    let unions: Vec<&Found> =
        own.iter().filter(|found| matches!(found.2.as_str(), "anyOf" | "oneOf")).collect();
    for more in own.difference(&other) {
        if !unions.iter().any(|union| is_within(&more.0, &union.0) && *union != more) {
            differences.push(format!("+ {more:?}"));
        }
    }
    differences
}

fn assert_same(differences: &[String], compared: usize) {
    let shown: Vec<&str> = differences.iter().map(String::as_str).take(100).collect();
    assert!(differences.is_empty(), "{} differences of {compared}:\n{}", differences.len(), shown.join("\n"));
    assert!(1_000 < compared, "{compared}");
}

/// Maximum size of a compared event. The lists of large events are cut at different places.
const BYTES_MAX: usize = 4_000;

#[test]
fn mutated_events_have_the_violations_of_the_validator() {
    // `shortened` counts the lists that have only the first violation, because a complete list takes too many steps.
    let (mut compared, mut shortened) = (0, 0);
    let mut all = Vec::new();
    for entry in std::fs::read_dir(repository().join("codegen/golden")).unwrap() {
        let folder = entry.unwrap().path();
        let bytes = std::fs::read(folder.join("x.json")).unwrap();
        let schema: Value = serde_json::from_slice(&bytes).unwrap();
        let (document, validator) = embed(&schema, Formats::Assert).unwrap();
        let mut hints = Hints::default();
        hints.add(&schema);
        let mut draw = Draw::new(&schema, &schema, 1);
        let mut rng = Rng::with_seed(1);
        for mutation in 0..250 {
            let mut tree = Tree::of(&draw.event());
            for _ in 0..mutation % 4 {
                mangle(&mut tree, &hints, &mut rng);
            }
            let mut text = String::new();
            tree.write(&mut text, None);
            if BYTES_MAX < text.len() {
                continue;
            }
            let (Ok(event), Some(own)) = (parse_event(text.as_bytes()), by_generated_code(document, &text))
            else {
                continue;
            };
            let other = by_validator(&validator, &event);
            if own.is_empty() || other.is_empty() || tree.is_beyond_validator() {
                continue;
            }
            compared += 1;
            if matches!(own.as_slice(), [(_, location, ..)] if location.is_empty()) {
                shortened += 1;
                continue;
            }
            for difference in differences(&own, &other, true) {
                all.push(format!("{}: {text}\n  {difference}", folder.display()));
            }
        }
    }
    assert_same(&all, compared);
    assert!(shortened * 50 < compared, "{shortened} of {compared} lists have only the first violation");
}

#[test]
fn the_official_suite_has_the_violations_of_the_validator() {
    let Some(corpora) = evschema_tests::corpora() else {
        println!("skipped: the official suite is not there; set EVSCHEMA_CORPORA");
        return;
    };
    let mut compared = 0;
    let mut all = Vec::new();
    for draft in Draft::ALL {
        let folder = match draft {
            Draft::Draft4 => "draft4",
            Draft::Draft6 => "draft6",
            Draft::Draft7 => "draft7",
            Draft::Draft201909 => "draft2019-09",
            Draft::Draft202012 => "draft2020-12",
        };
        let folder = corpora.join("json-schema-test-suite/tests").join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                compared += compare_file(&path, draft, &mut all);
            }
        }
    }
    assert_same(&all, compared);
}

/// Compares the violations of the invalid events of one file. Returns their number.
fn compare_file(path: &Path, draft: Draft, all: &mut Vec<String>) -> usize {
    let groups: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut compared = 0;
    for mut group in groups {
        let mut schema = group["schema"].take();
        if let Value::Object(members) = &mut schema {
            members.entry("$schema").or_insert_with(|| draft.uri().into());
        }
        let Some((document, validator)) = embed(&schema, Formats::Annotate) else { continue };
        let written = schema.to_string();
        let is_local = !["id\":\"", "ref\":\"http"].iter().any(|part| written.contains(part));
        for test in group["tests"].as_array().unwrap() {
            let text = test["data"].to_string();
            let own = by_generated_code(document, &text);
            let Ok(event) = parse_event(text.as_bytes()) else { continue };
            if Tree::of(&event).is_beyond_validator() {
                continue;
            }
            let other = by_validator(&validator, &event);
            let Some(own) = own.filter(|own| !own.is_empty() && !other.is_empty()) else { continue };
            compared += 1;
            for difference in differences(&own, &other, is_local) {
                all.push(format!("{}: {schema} {text}\n  {difference}", path.display()));
            }
        }
    }
    compared
}
