//! Tests the explanation of how generated code parses the events of each schema.

use evschema_codegen::{Class, Options, explain, read_files};
use evschema_model::Dialects;

/// A schema with a member for every class, and with an unused definition.
const SCHEMA: &str = r##"{
  "title": "Reading", "type": "object",
  "properties": {
    "id": {"type": "string", "minLength": 1},
    "source": {"oneOf": [
      {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "meter"}}},
      {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "person"}}}
    ]},
    "values": {"type": "array", "items": {"type": "number"}, "contains": {"minimum": 1}},
    "code": {"type": "string", "not": {"pattern": "^X"}}
  },
  "$defs": {"nobody": {"type": "string"}}
}"##;

#[test]
fn every_schema_has_a_class_a_place_and_a_reason() {
    let files = vec![("reading/1.0.0.json".into(), SCHEMA.as_bytes().to_vec())];
    let tree = read_files(files, &Dialects::default());
    assert!(tree.problems.is_empty(), "{:?}", tree.problems);
    let versions: Vec<_> = tree.catalog.iter().map(|schema| schema.at().clone()).collect();
    let rows = explain(&tree.catalog, &versions, &Options::default()).unwrap();
    let row = |pointer: &str| rows.iter().find(|row| row.pointer.as_str() == pointer).unwrap();

    assert_eq!(row("/properties/id").class, Class::OnePass);
    assert_eq!(row("/properties/id").rust_type.as_deref(), Some("String"));
    assert_eq!(row("/properties/id").position.unwrap().line, 4);
    let source = row("/properties/source");
    assert_eq!((source.class, source.rust_type.as_deref()), (Class::Union, Some("Source")));
    assert!(source.why.contains("`kind`"), "{}", source.why);
    assert_eq!(row("/properties/values").class, Class::OnePass);
    let code = row("/properties/code");
    assert_eq!(code.class, Class::CheckedFirst);
    assert!(code.why.contains("`not`"), "{}", code.why);
    assert_eq!(row("/properties/code/not").class, Class::Untyped);
    assert!(rows.iter().all(|row| row.pointer.as_str() != "/$defs/nobody"), "nothing leads there");
}
