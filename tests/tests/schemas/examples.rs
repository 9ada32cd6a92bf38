//! Checks that every example schema accepts its own examples, and rejects them after a value is changed.

use std::sync::Arc;

use evschema_codegen::{Tree, read_tree};
use evschema_model::{Coordinates, Dialects, Formats, Schema, Subject, Validator, Version};
use evschema_tests::schemas;
use serde_json::{Value, json};

fn tree() -> Tree {
    read_tree(&[&schemas()], &Dialects::default()).unwrap()
}

fn examples(schema: &Schema) -> &[Value] {
    schema.value()["examples"].as_array().unwrap_or_else(|| panic!("{} has no examples", schema.at()))
}

fn validator(tree: &Tree, schema: &Arc<Schema>, formats: Formats) -> Validator {
    let resolved = tree.catalog.resolve(schema).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", schema.at()));
    resolved.validator(formats).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", schema.at()))
}

#[test]
fn the_tree_has_no_problem_and_many_events() {
    let tree = tree();
    assert!(tree.problems.is_empty(), "{:#?}", tree.problems);
    assert!(12 <= tree.catalog.subjects().count());
    for subject in tree.catalog.subjects() {
        for schema in tree.catalog.versions(subject) {
            assert!(schema.title().is_some() && schema.description().is_some(), "{}", schema.at());
        }
    }
}

#[test]
fn every_schema_accepts_its_examples() {
    let tree = tree();
    for schema in tree.catalog.iter() {
        let validator = validator(&tree, schema, Formats::Assert);
        assert!(!examples(schema).is_empty(), "{} has no examples", schema.at());
        for example in examples(schema) {
            let violations = validator.violations(example);
            assert!(violations.is_empty(), "{}: {example} {violations:#?}", schema.at());
        }
    }
}

#[test]
fn every_schema_refuses_an_example_without_a_required_member() {
    let tree = tree();
    for schema in tree.catalog.iter() {
        let validator = validator(&tree, schema, Formats::Assert);
        let Some(required) = schema.value().get("required").and_then(Value::as_array) else { continue };
        for example in examples(schema) {
            for name in required.iter().map(|name| name.as_str().unwrap()) {
                let mut spoilt = example.clone();
                spoilt.as_object_mut().unwrap().shift_remove(name).unwrap();
                assert!(!validator.is_valid(&spoilt), "{} accepts no `{name}`: {spoilt}", schema.at());
            }
        }
    }
}

#[test]
fn every_schema_refuses_an_object_in_place_of_any_text_or_number() {
    let tree = tree();
    for schema in tree.catalog.iter() {
        let validator = validator(&tree, schema, Formats::Assert);
        for example in examples(schema) {
            for pointer in leaves(example) {
                let mut spoilt = example.clone();
                *spoilt.pointer_mut(&pointer).unwrap() = json!({});
                assert!(!validator.is_valid(&spoilt), "{} accepts {spoilt}", schema.at());
            }
        }
    }
}

#[test]
fn formats_refuse_only_where_they_assert() {
    let tree = tree();
    for (subject, version, pointer, bad) in [
        ("commerce.order.placed", "1.2.0", "/order_id", "4217"),
        ("commerce.order.placed", "1.2.0", "/placed_at", "2026-13-01T00:00:00Z"),
        ("commerce.order.placed", "1.2.0", "/customer/email", "ada"),
        ("commerce.shipment.dispatched", "1.1.0", "/expected_on", "tomorrow"),
        ("media.rendition.completed", "1.1.0", "/output/url", "not a uri"),
        ("media.file.uploaded", "1.0.0", "/uploaded_at", "noon"),
    ] {
        let at = Coordinates {
            subject: Subject::parse(subject).unwrap(),
            version: Version::parse(version).unwrap(),
        };
        let schema = tree.catalog.get(&at.subject, &at.version).unwrap();
        let mut spoilt = examples(schema).iter().find(|e| e.pointer(pointer).is_some()).unwrap().clone();
        *spoilt.pointer_mut(pointer).unwrap() = Value::from(bad);
        let violations = validator(&tree, schema, Formats::Assert).violations(&spoilt);
        assert_eq!(violations.len(), 1, "{at} {pointer}: {violations:#?}");
        assert_eq!((violations[0].keyword.as_str(), violations[0].pointer.as_str()), ("format", pointer));
        assert!(validator(&tree, schema, Formats::Annotate).is_valid(&spoilt), "{at} {pointer}");
    }
}

/// Returns the pointers of all values that are neither objects nor arrays.
fn leaves(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &mut evschema_model::Pointer, found: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = if let Some(members) = value.as_object() {
            members.iter().map(|(name, child)| (name.clone(), child)).collect()
        } else if let Some(items) = value.as_array() {
            items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect()
        } else {
            found.push(at.as_str().to_owned());
            return;
        };
        for (token, child) in children {
            at.push(token);
            walk(child, at, found);
            at.pop();
        }
    }
    let mut found = Vec::new();
    walk(value, &mut evschema_model::Pointer::root(), &mut found);
    found
}
