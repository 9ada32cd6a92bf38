//! A name in generated code keeps its meaning while other parts of the schemas change.

use std::collections::BTreeMap;
use std::sync::Arc;

use evschema_codegen::{GeneratedFile, Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};
use evschema_tests::surface;
use fastrand::Rng;
use serde_json::{Map, Value, json};

const SUBJECT: &str = "shop.order.placed";

fn at(subject: &str, version: &str) -> Coordinates {
    Coordinates { subject: Subject::parse(subject).unwrap(), version: Version::parse(version).unwrap() }
}

fn generated(schemas: &[(&str, &str, &str)]) -> Vec<GeneratedFile> {
    let mut catalog = Catalog::default();
    let mut all = Vec::new();
    for (subject, version, text) in schemas {
        let at = at(subject, version);
        let schema = Schema::read(at.clone(), text.as_bytes(), &Dialects::default()).unwrap();
        catalog.insert(Arc::new(schema)).unwrap();
        all.push(at);
    }
    generate(&catalog, &all, &Options::default()).unwrap()
}

/// Returns the meaning of each name of a version's module: the location of the schema of a type, and the name in JSON
/// of a field or variant.
fn meanings(files: &[GeneratedFile], module: &str) -> BTreeMap<String, String> {
    let mut meanings = BTreeMap::new();
    for (name, shown) in surface(files, module).unwrap() {
        // The glue does not state the location of the event.
        meanings.insert(name.clone(), shown.location.unwrap_or_default());
        meanings.extend(shown.json.into_iter().map(|(member, json)| (format!("{name}.{member}"), json)));
    }
    meanings
}

fn meanings_of(schema: &Value) -> BTreeMap<String, String> {
    meanings(&generated(&[(SUBJECT, "1.0.0", &schema.to_string())]), "shop_order_placed::v1")
}

/// Returns the names that both maps have with different meanings.
fn changed<'m>(before: &'m BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<&'m str> {
    let differs =
        |(name, meaning): &(&'m String, &String)| after.get(*name).is_some_and(|new| new != *meaning);
    before.iter().filter(differs).map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_new_property_never_takes_the_name_of_another() {
    let before =
        json!({"type": "object", "properties": {"userId": {"type": "string"}, "total": {"type": "integer"}}});
    let after = json!({"type": "object", "properties": {
        "user_id": {"type": "string"}, "userId": {"type": "string"}, "total": {"type": "integer"}
    }});
    let (before, after) = (meanings_of(&before), meanings_of(&after));
    assert_eq!(before["OrderPlaced.user_id"], "userId");
    assert!(!after.contains_key("OrderPlaced.user_id"), "the name is gone: {after:?}");
    assert_eq!(after["OrderPlaced.user_underscore_id"], "user_id");
    assert_eq!(after["OrderPlaced.user_capital_id"], "userId");
    assert_eq!(after["OrderPlaced.total"], "total");
}

#[test]
fn texts_with_one_digest_give_each_name_one_meaning() {
    let text = |properties: &str| format!(r#"{{"type":"object","properties":{{{properties}}}}}"#);
    let (one, other) = (r#""id":{"type":"string"}"#, r#""ID":{"type":"string"}"#);
    let read = |text: String| meanings(&generated(&[(SUBJECT, "1.0.0", &text)]), "shop_order_placed::v1");
    assert_eq!(read(text(&format!("{one},{other}"))), read(text(&format!("{other},{one}"))));
    let grades =
        |texts: Value| meanings_of(&json!({"type": "object", "properties": {"grade": {"enum": texts}}}));
    assert_eq!(grades(json!(["a", "A"])), grades(json!(["A", "a"])));
    assert_eq!(changed(&grades(json!(["a"])), &grades(json!(["A", "a"]))), [""; 0]);
}

#[test]
fn other_subjects_and_versions_change_no_name() {
    let order = json!({"type": "object", "title": "Order", "properties": {
        "customer": {"type": "object", "properties": {"name": {"type": "string"}}},
        "address": {"$ref": "../shop.address/1.0.0.json#/$defs/Address"}
    }})
    .to_string();
    let address =
        json!({"$defs": {"Address": {"type": "object", "properties": {"city": {"type": "string"}}}}})
            .to_string();
    let newer = json!({"$defs": {"Address": {"type": "object", "properties": {"town": {"type": "string"}}}}})
        .to_string();
    let customer = json!({"type": "object", "properties": {"name": {"type": "string"}}}).to_string();
    let alone = [(SUBJECT, "1.0.0", order.as_str()), ("shop.address", "1.0.0", address.as_str())];
    let before = meanings(&generated(&alone), "shop_order_placed::v1");
    assert_eq!(before["Address.city"], "city");
    let mut all = alone.to_vec();
    all.extend([
        ("shop.address", "1.1.0", newer.as_str()),
        ("order.placed", "1.0.0", order.as_str()),
        ("shop.customer", "1.0.0", customer.as_str()),
        (SUBJECT, "2.0.0", customer.as_str()),
    ]);
    assert_eq!(meanings(&generated(&all), "shop_order_placed::v1"), before);
}

#[test]
fn the_module_is_the_whole_subject() {
    let files = generated(&[("a.user.added", "1.0.0", "{}"), ("b.user.added", "1.0.0", "{}")]);
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert!(paths.contains(&"a_user_added.rs") && paths.contains(&"b_user_added.rs"), "{paths:?}");
}

/// Names of properties and definitions. Some of them differ only in symbols or capitals.
const NAMES: [&str; 14] = [
    "id",
    "ID",
    "_id",
    "userId",
    "user_id",
    "user-id",
    "Customer",
    "customer",
    "type",
    "rest",
    "lines",
    "line",
    "OrderPlaced",
    "$ref",
];

fn random_schema(rng: &mut Rng, depth: usize) -> Value {
    match rng.usize(..if depth == 0 { 2 } else { 6 }) {
        0 => json!({"type": "string"}),
        1 => json!({"enum": ["a", "b"]}),
        2 => json!({"type": "array", "items": random_schema(rng, depth - 1)}),
        3 => json!({"$ref": format!("#/$defs/{}", rng.choice(["id", "Customer", "line"]).unwrap())}),
        _ => random_object(rng, depth - 1),
    }
}

fn random_object(rng: &mut Rng, depth: usize) -> Value {
    let mut properties = Map::new();
    for _ in 0..rng.usize(1..5) {
        let name = *rng.choice(&NAMES).unwrap();
        properties.insert(name.to_owned(), random_schema(rng, depth));
    }
    json!({"type": "object", "properties": properties})
}

fn random_document(rng: &mut Rng) -> Value {
    let mut document = random_object(rng, 3);
    let mut definitions = Map::new();
    for name in ["id", "Customer", "line"] {
        definitions.insert(name.to_owned(), random_object(rng, 2));
    }
    document["$defs"] = Value::Object(definitions);
    document
}

/// Changes a document as a minor version may: adds a property or a definition, changes a title, or reorders members.
fn edit(document: &mut Value, rng: &mut Rng) {
    let name = (*rng.choice(&NAMES).unwrap()).to_owned();
    match rng.usize(..4) {
        0 => {
            let addition = random_schema(rng, 1);
            if let Some(properties) = document["properties"].as_object_mut() {
                properties.entry(name).or_insert(addition);
            }
        }
        1 => {
            let addition = random_object(rng, 1);
            if let Some(definitions) = document["$defs"].as_object_mut() {
                definitions.entry(name).or_insert(addition);
            }
        }
        2 => document["title"] = Value::String(name),
        _ => {
            if let Some(properties) = document["properties"].as_object_mut() {
                let mut all: Vec<(String, Value)> = std::mem::take(properties).into_iter().collect();
                rng.shuffle(&mut all);
                properties.extend(all);
            }
        }
    }
}

#[test]
fn edits_change_the_meaning_of_no_name() {
    let mut rng = Rng::with_seed(5);
    let mut kept = 0;
    for round in 0..60 {
        let mut document = random_document(&mut rng);
        let mut before = meanings_of(&document);
        for _ in 0..3 {
            let old = document.clone();
            edit(&mut document, &mut rng);
            let after = meanings_of(&document);
            assert_eq!(
                changed(&before, &after),
                [""; 0],
                "round {round}:\n{old}\n{document}\n{before:#?}\n{after:#?}"
            );
            kept += before.keys().filter(|name| after.contains_key(*name)).count();
            before = after;
        }
    }
    assert!(1_000 < kept, "only {kept} names survived");
}

#[test]
fn the_constructor_of_a_shared_type_comes_with_it() {
    let money = json!({"$defs": {
        "Amount": {"type": "object", "required": ["value"], "properties": {"value": {"type": "string"}}},
        "Note": {"type": "object", "properties": {"text": {"type": "string"}}},
    }});
    let refer = |name: &str| json!({"$ref": format!("../shop.money/1.0.0.json#/$defs/{name}")});
    let order = json!({"type": "object", "properties": {"total": refer("Amount"), "note": refer("Note")}})
        .to_string();
    let files = generated(&[(SUBJECT, "1.0.0", order.as_str()), ("shop.money", "1.0.0", &money.to_string())]);
    let file = files.iter().find(|file| file.path == "shop_order_placed.rs").unwrap();
    let uses: Vec<&str> =
        file.text.lines().filter_map(|line| line.trim().strip_prefix("pub use super::super::")).collect();
    // A type without required properties has no module.
    assert_eq!(uses, ["shop_money::v1::amount;", "shop_money::v1::Amount;", "shop_money::v1::Note;"]);
}

#[test]
fn a_type_never_takes_the_name_of_a_borrowed_form() {
    let types = |names: &[&str]| {
        let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let refer = |name: &&str| ((*name).to_owned(), json!({"$ref": format!("#/$defs/{name}")}));
        let define = |name: &&str| ((*name).to_owned(), object.clone());
        let schema = json!({
            "type": "object",
            "properties": names.iter().map(refer).collect::<Map<_, _>>(),
            "$defs": names.iter().map(define).collect::<Map<_, _>>(),
        });
        let mut catalog = Catalog::default();
        let at = at(SUBJECT, "1.0.0");
        let schema = Schema::read(at.clone(), schema.to_string().as_bytes(), &Dialects::default()).unwrap();
        catalog.insert(Arc::new(schema)).unwrap();
        let files = generate(&catalog, &[at], &Options { borrowed: true, ..Options::default() }).unwrap();
        let types = surface(&files, "shop_order_placed::v1").unwrap();
        types.into_keys().filter(|name| !name.starts_with("OrderPlaced")).collect::<Vec<String>>()
    };
    assert_eq!(types(&["Order"]), ["Order", "OrderRef"]);
    assert_eq!(
        types(&["Order", "OrderRef"]),
        ["Order", "OrderBorrowed", "OrderRefDefinition", "OrderRefDefinitionRef"]
    );
    let three = types(&["Order", "OrderRef", "OrderBorrowed"]);
    assert_eq!(three.len(), 6, "{three:?}");
    assert!(
        !three.contains(&"OrderRef".to_owned()) && !three.contains(&"OrderBorrowed".to_owned()),
        "{three:?}"
    );
}
