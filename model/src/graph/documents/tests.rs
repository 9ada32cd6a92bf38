use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::dialect::Dialects;
use crate::subject::Subject;
use crate::version::Version;

fn catalog(schemas: &[(&str, Value)]) -> Catalog {
    let mut catalog = Catalog::default();
    for (subject, schema) in schemas {
        let at = at(subject);
        let schema = Schema::read(at, schema.to_string().as_bytes(), &Dialects::default()).unwrap();
        catalog.insert(Arc::new(schema)).unwrap();
    }
    catalog
}

fn at(subject: &str) -> Coordinates {
    Coordinates { subject: Subject::parse(subject).unwrap(), version: Version::new(1, 0, 0) }
}

fn names(documents: &Documents<'_>, place: Place) -> Vec<&'static str> {
    documents.keywords(place).iter().map(|keyword| keyword.names()[0]).collect()
}

#[test]
fn keywords_of_each_draft_have_the_names_of_the_newest_one() {
    for (draft, schema, expected, others) in [
        (
            Draft::Draft4,
            json!({"minimum": 1, "exclusiveMinimum": true}),
            vec!["exclusiveMinimum"],
            vec!["minimum"],
        ),
        (Draft::Draft4, json!({"const": 1, "title": "T"}), vec![], vec!["const"]),
        (
            Draft::Draft7,
            json!({"items": [true], "additionalItems": false}),
            vec!["prefixItems", "items"],
            vec!["additionalItems"],
        ),
        (
            Draft::Draft7,
            json!({"dependencies": {"a": ["b"]}}),
            vec!["dependentRequired"],
            vec!["dependencies"],
        ),
        (Draft::Draft7, json!({"$ref": "#/definitions/a", "maximum": 1}), vec!["$ref"], vec![]),
        (
            Draft::Draft202012,
            json!({"$ref": "#/definitions/a", "maximum": 1}),
            vec!["$ref", "maximum"],
            vec![],
        ),
        (Draft::Draft202012, json!({"format": "color", "x-y": 1}), vec![], vec!["format"]),
    ] {
        let mut schema = schema;
        schema["$schema"] = draft.uri().into();
        schema["definitions"] = json!({"a": {}});
        let catalog = catalog(&[("a", schema.clone())]);
        let mut documents = Documents::new(&catalog, Formats::Assert);
        let id = documents.open(&at("a")).unwrap();
        let root = documents.root(id);
        assert_eq!(names(&documents, root), expected, "{schema}");
        assert_eq!(documents.other_names(root).collect::<Vec<_>>(), others, "{schema}");
        assert_eq!(documents.own_definitions(root), documents.definitions(&BTreeSet::from([id])), "{schema}");
    }
}

#[test]
fn references_lead_to_places_in_documents_and_in_metaschemas() {
    let metaschema = Draft::Draft7.uri();
    let catalog = catalog(&[
        ("a", json!({"$ref": "../b/1.0.0.json#/$defs/c", "properties": {"m": {"$ref": metaschema}}})),
        ("b", json!({"$defs": {"c": {"$dynamicAnchor": "here", "not": {"$dynamicRef": "#here"}}}})),
    ]);
    let mut documents = Documents::new(&catalog, Formats::Assert);
    let id = documents.open(&at("a")).unwrap();
    let root = documents.root(id);

    let target = documents.alias_target(root);
    assert_eq!(target, None, "it has another keyword");
    let target = documents.target(root).flatten().unwrap();
    assert_eq!(documents.pointer(target).as_str(), "/$defs/c");
    let not = documents.keywords(target).not().unwrap();
    let dynamic = documents.keywords(not).references().next().unwrap();
    assert_eq!((dynamic.target, dynamic.dynamic_anchor), (Some(target), Some("here")));
    assert!(documents.has_dynamic_references());
    let resource = documents.resource_root(not);
    assert_eq!(documents.dynamic_anchors(resource), [("here".to_owned(), target)]);

    let member = documents.keywords(root).property("m").unwrap();
    assert_eq!(documents.target(member), Some(None));
    let copy = documents.alias_target(member).unwrap();
    assert!(documents.is_in_metaschema(copy));
    assert_eq!((documents.document(copy), documents.draft(copy)), (id, Draft::Draft7));
    let inside = documents.keywords(copy).property("not").unwrap();
    assert_eq!(documents.alias_target(inside), Some(copy), "it refers to the same copy");
}
