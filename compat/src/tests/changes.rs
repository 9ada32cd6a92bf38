//! Tests that the list of changes has every difference between two documents, harmless ones too, with the right kind.

use serde_json::json;

use crate::changes::changes;
use crate::report::ChangeKind::{self, Added, Annotation, Changed, Narrowed, Removed, Widened};
use serde_json::Value;

fn kinds(old: &Value, new: &Value) -> Vec<(ChangeKind, String)> {
    changes(old, new).into_iter().map(|change| (change.kind, change.pointer.to_string())).collect()
}

#[test]
fn each_difference_has_its_kind() {
    for (old, new, expected) in [
        (
            json!({"title": "a"}),
            json!({"title": "b", "examples": [1]}),
            vec![(Annotation, "/title"), (Annotation, "/examples")],
        ),
        (json!({"properties": {}}), json!({"properties": {"a": {}}}), vec![(Added, "/properties/a")]),
        (json!({"properties": {"a": {}}}), json!({"properties": {}}), vec![(Removed, "/properties/a")]),
        // A property with the name of a keyword is a property.
        (
            json!({"properties": {"title": {}}}),
            json!({"properties": {}}),
            vec![(Removed, "/properties/title")],
        ),
        (
            json!({"required": ["a", "b"]}),
            json!({"required": ["b", "c"]}),
            vec![(Widened, "/required"), (Narrowed, "/required")],
        ),
        (json!({"enum": ["a"]}), json!({"enum": ["a", "b"]}), vec![(Widened, "/enum")]),
        (json!({"type": "integer"}), json!({"type": "number"}), vec![(Widened, "/type")]),
        (json!({"type": ["string", "null"]}), json!({"type": "string"}), vec![(Narrowed, "/type")]),
        (json!({"type": "string"}), json!({"type": "integer"}), vec![(Changed, "/type")]),
        (json!({"pattern": "a"}), json!({"pattern": "b"}), vec![(Changed, "/pattern")]),
        (json!({"pattern": "a"}), json!({}), vec![(Widened, "/pattern")]),
        (json!({"additionalProperties": false}), json!({}), vec![(Widened, "/additionalProperties")]),
        (
            json!({}),
            json!({"additionalProperties": {"type": "string"}}),
            vec![(Narrowed, "/additionalProperties")],
        ),
        (json!({"uniqueItems": true}), json!({"uniqueItems": false}), vec![(Widened, "/uniqueItems")]),
        (
            json!({"items": {"maxLength": 2}}),
            json!({"items": {"maxLength": 3}}),
            vec![(Widened, "/items/maxLength")],
        ),
        // In `not`, a wider schema is narrower for the event. In `if`, it is neither.
        (json!({"not": {"maximum": 1}}), json!({"not": {"maximum": 2}}), vec![(Narrowed, "/not/maximum")]),
        (json!({"if": {"maximum": 1}}), json!({"if": {"maximum": 2}}), vec![(Changed, "/if/maximum")]),
        // Another spelling of the same value is no difference, or only a note.
        (json!({"minimum": 1}), json!({"minimum": 1.0}), vec![]),
        (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), vec![]),
        (json!({"required": ["a", "b"]}), json!({"required": ["b", "a"]}), vec![(Annotation, "/required")]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(kind, place)| (kind, place.to_owned())).collect();
        assert_eq!(kinds(&old, &new), expected, "{old} -> {new}");
    }
}

#[test]
fn a_difference_read_the_other_way_is_the_opposite() {
    let opposite = |kind| match kind {
        Widened => Narrowed,
        Narrowed => Widened,
        Added => Removed,
        Removed => Added,
        Changed | Annotation => kind,
    };
    for (old, new) in [
        (json!({"minimum": 1, "maxLength": 3}), json!({"minimum": 0, "maxLength": 4})),
        (
            json!({"required": ["a"], "properties": {"a": {}}}),
            json!({"required": ["b"], "properties": {"b": {}}}),
        ),
        (json!({"enum": [1, 2]}), json!({"enum": [2, 3]})),
        (json!({"format": "date"}), json!({"pattern": "a"})),
    ] {
        let mut there: Vec<_> =
            kinds(&old, &new).into_iter().map(|(kind, at)| (opposite(kind), at)).collect();
        let mut back = kinds(&new, &old);
        there.sort();
        back.sort();
        assert_eq!(there, back, "{old} and {new}");
    }
}
