//! A variant in generated code keeps its meaning while other alternatives of its schema change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evschema_codegen::{Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};
use evschema_tests::surface;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// The alternatives that a type or a variant stands for. Each alternative has an optional property of its own, such as
/// `mark_1`.
type Meaning = BTreeSet<String>;

/// Returns the meaning of each type and each variant of an event with these alternatives.
fn meanings(alternatives: &[Value]) -> BTreeMap<String, Meaning> {
    let schema = json!({"type": "object", "properties": {"u": {"anyOf": alternatives}}}).to_string();
    let at = Coordinates { subject: Subject::parse("x").unwrap(), version: Version::new(1, 0, 0) };
    let mut catalog = Catalog::default();
    let schema = Schema::read(at.clone(), schema.as_bytes(), &Dialects::default()).unwrap();
    catalog.insert(Arc::new(schema)).unwrap();
    let files = generate(&catalog, &[at], &Options::default()).unwrap();
    let types = surface(&files, "x::v1").unwrap();
    let mut meanings = BTreeMap::new();
    for (name, shown) in &types {
        let marks = |fields: &BTreeMap<String, String>| -> Meaning {
            fields.keys().filter(|field| field.starts_with("mark_")).cloned().collect()
        };
        meanings.insert(name.clone(), marks(&shown.fields));
        for (variant, of) in &shown.variants {
            let of = of.as_ref().and_then(|of| types.get(of));
            meanings.insert(format!("{name}.{variant}"), of.map(|of| marks(&of.fields)).unwrap_or_default());
        }
    }
    meanings.retain(|_, meaning| !meaning.is_empty());
    meanings
}

/// Returns an object with these constant tags and these required properties.
fn alternative(mark: usize, tags: &[(&str, &str)], required: &[&str]) -> Value {
    let mut properties = Map::from_iter([(format!("mark_{mark}"), json!({"type": "string"}))]);
    properties.extend(tags.iter().map(|(name, text)| ((*name).to_owned(), json!({"const": text}))));
    properties.extend(required.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))));
    let all: Vec<&str> = tags.iter().map(|(name, _)| *name).chain(required.iter().copied()).collect();
    json!({"type": "object", "properties": properties, "required": all, "additionalProperties": false})
}

fn variants(alternatives: &[Value]) -> Vec<String> {
    meanings(alternatives).into_keys().filter_map(|name| Some(name.strip_prefix("U.")?.to_owned())).collect()
}

#[test]
fn a_new_tag_renames_no_other_variant() {
    let card = alternative(1, &[("kind", "card"), ("unit", "cent")], &[]);
    let cash = alternative(2, &[("kind", "cash"), ("unit", "cent")], &[]);
    let bank = alternative(3, &[("kind", "bank"), ("at", "night")], &[]);
    assert_eq!(variants(&[card.clone(), cash.clone()]), ["Card", "Cash"]);
    assert_eq!(variants(&[bank, card.clone(), cash.clone()]), ["Bank", "Card", "Cash"]);
    // Two alternatives have the same kind, so the shared name is gone.
    let euro = alternative(4, &[("kind", "card"), ("unit", "euro")], &[]);
    assert_eq!(variants(&[card, euro, cash]), ["CardCent", "CardEuro", "Cash"]);
}

#[test]
fn the_order_of_alternatives_changes_no_name() {
    let both = [alternative(1, &[], &["a", "b", "c", "d"]), alternative(2, &[], &["a", "b", "c", "e"])];
    let [one, two] = both.clone();
    assert_eq!(variants(&both), ["WithAAndBAndCAndD", "WithAAndBAndCAndE"]);
    assert_eq!(meanings(&both), meanings(&[two, one]));
    // The alternatives differ only in a property that they do not require.
    let closed = |mark: usize, of: Value| {
        let mut one = alternative(mark, &[("kind", "card")], &[]);
        one["properties"]["of"] = of;
        one["required"] = json!(["kind", "of"]);
        one
    };
    let both = [closed(1, json!({"enum": ["a", "b"]})), closed(2, json!({"enum": ["c", "d"]}))];
    let [one, two] = both.clone();
    assert_eq!(meanings(&both), meanings(&[two.clone(), one]));
    let mut described = two;
    described["description"] = json!("x");
    assert_eq!(meanings(&both), meanings(&[both[0].clone(), described]));
}

fn random_alternative(rng: &mut Rng, mark: usize) -> Value {
    let mut tags = Vec::new();
    for name in ["type", "kind", "api"] {
        if rng.bool() {
            tags.push((name, *rng.choice(&["a", "b", "A", "v1"]).unwrap()));
        }
    }
    let required: Vec<&str> = ["x", "X", "y", "z"].into_iter().filter(|_| rng.u8(..3) == 0).collect();
    let mut one = alternative(mark, &tags, &required);
    if rng.bool()
        && let Some(members) = one.as_object_mut()
    {
        members.remove("additionalProperties");
    }
    if rng.u8(..6) == 0
        && let Some((name, _)) = tags.first()
    {
        one["properties"][*name] = json!({"enum": ["a", "c"]});
    }
    one
}

#[test]
fn edits_of_alternatives_change_the_meaning_of_no_name() {
    let mut rng = Rng::with_seed(11);
    let mut kept = 0;
    for round in 0..60 {
        let mut mark = 0;
        let mut next = |rng: &mut Rng| {
            mark += 1;
            random_alternative(rng, mark)
        };
        let mut alternatives: Vec<Value> = (0..rng.usize(2..5)).map(|_| next(&mut rng)).collect();
        let mut before = meanings(&alternatives);
        for _ in 0..3 {
            let old = alternatives.clone();
            let at = rng.usize(..alternatives.len());
            match rng.u8(..3) {
                0 => alternatives.swap(0, at),
                1 => alternatives.insert(at, next(&mut rng)),
                _ if alternatives.len() < 2 => {}
                _ => {
                    alternatives.remove(at);
                }
            }
            let after = meanings(&alternatives);
            for (name, meaning) in &before {
                // Alternatives that code cannot distinguish become one variant, so a name may stand for more of them.
                let Some(now) = after.get(name) else { continue };
                assert!(
                    !meaning.is_disjoint(now),
                    "round {round}: {name} was {meaning:?}, is {now:?}\n{}\n{}",
                    json!(old),
                    json!(alternatives)
                );
                kept += 1;
            }
            before = after;
        }
    }
    assert!(400 < kept, "only {kept} names survived");
}
