//! Handles `dependencies`, which is a keyword only up to draft 7.
//!
//! In 2019-09, `dependentRequired` and `dependentSchemas` replace it. The validator library applies `dependencies` in
//! every draft, so this module turns it off for later drafts.

use std::collections::HashMap;

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::Positions;
use crate::pointer::Pointer;
use crate::reference::{Reference, Target};
use crate::resolved::Resolved;
use crate::schema::Schema;

/// How the documents that a schema reaches use `dependencies`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dependencies {
    /// No draft ignores a `dependencies`: it is missing, or a keyword.
    Usual,
    /// The drafts ignore every `dependencies`.
    AllIgnored,
    /// Some drafts apply a `dependencies`, and others ignore one.
    Mixed,
}

impl Dependencies {
    pub(crate) fn of(resolved: &Resolved) -> Self {
        let all = || resolved.documents().into_iter().chain([resolved.schema()]);
        if all().all(|schema| schema.ignored_dependencies().is_empty()) {
            Self::Usual
        } else if all().any(|schema| schema.has_dependencies()) {
            Self::Mixed
        } else {
            Self::AllIgnored
        }
    }
}

/// Makes the library ignore `dependencies`. References into it still resolve.
pub(crate) fn ignore(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options.with_keyword("dependencies", |_, _, _| Ok(Box::new(Anything)))
}

/// A keyword that accepts everything.
struct Anything;

impl<'i> Keyword<'i> for Anything {
    fn validate(&self, _: &'i Value) -> Result<(), ValidationError<'i>> {
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        true
    }
}

/// Documents without the `dependencies` that their drafts ignore. They are needed because the library cannot ignore the
/// keyword in some documents only.
pub(crate) struct Stripped {
    /// The changed values, by the address of the schema.
    values: HashMap<usize, Value>,
}

impl Stripped {
    /// Removes each ignored `dependencies` from the documents of a schema.
    ///
    /// # Errors
    ///
    /// If a reference leads into a `dependencies` that would be removed.
    pub(crate) fn of(resolved: &Resolved) -> Result<Self, Diagnostics> {
        let documents = || resolved.documents().into_iter().chain([resolved.schema()]);
        let lost: Diagnostics = documents().flat_map(|document| lost_in(document, resolved)).collect();
        if !lost.is_empty() {
            return Err(lost);
        }
        let changed = documents().filter(|document| !document.ignored_dependencies().is_empty());
        let values = changed.map(|document| (address(document), without(document))).collect();
        Ok(Self { values })
    }

    /// Returns the value of a document.
    pub(crate) fn value<'v>(&'v self, schema: &'v Schema) -> &'v Value {
        self.values.get(&address(schema)).unwrap_or_else(|| schema.value())
    }
}

/// Reports the references of a document that lead into a `dependencies` that would be removed.
fn lost_in(document: &Schema, resolved: &Resolved) -> Diagnostics {
    let leads_nowhere = |reference: &&Reference| {
        let target = match &reference.target {
            Target::Here => Some(document),
            Target::Metaschema => None,
            Target::Named(_) | Target::Identified(_) => resolved.resource(&reference.uri),
        };
        let fragment = reference.written.split_once('#').map_or("", |(_, fragment)| fragment);
        let place = Pointer::from_text(fragment);
        target.is_some_and(|target| target.ignored_dependencies().iter().any(|gone| is_below(&place, gone)))
    };
    let references = document.references().iter().filter(leads_nowhere);
    let positions = Positions::of(document.document());
    references
        .map(|reference| {
            let message = format!(
                "`$ref` `{}` leads into `dependencies`; evschema removes this former keyword from the \
                 document, because the schema also refers to a document of an older draft",
                reference.written
            );
            Diagnostic::new(Code::DanglingReference, message)
                .at(reference.pointer.clone())
                .position(positions.closest(&reference.pointer))
                .help("move the definition to `$defs`, and refer to it there")
        })
        .collect()
}

fn address(schema: &Schema) -> usize {
    std::ptr::from_ref(schema) as usize
}

fn is_below(target: &Pointer, place: &Pointer) -> bool {
    target.as_str().strip_prefix(place.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn without(schema: &Schema) -> Value {
    let mut value = schema.value().clone();
    for place in schema.ignored_dependencies() {
        let mut holder = place.clone();
        holder.pop();
        if let Some(members) = value.pointer_mut(holder.as_str()).and_then(Value::as_object_mut) {
            members.remove("dependencies");
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::Dependencies::{AllIgnored, Mixed, Usual};
    use super::*;
    use crate::catalog::Catalog;
    use crate::coordinates::Coordinates;
    use crate::dialect::Dialects;
    use crate::fields::fields;
    use crate::formats::Formats;
    use crate::subject::Subject;
    use crate::version::Version;

    const DRAFT_7: &str = "http://json-schema.org/draft-07/schema#";
    const DRAFT_2019: &str = "https://json-schema.org/draft/2019-09/schema";
    const DRAFT_2020: &str = "https://json-schema.org/draft/2020-12/schema";

    fn resolved(documents: &[(&str, Value)]) -> Resolved {
        let mut catalog = Catalog::default();
        let mut last = None;
        for (subject, schema) in documents {
            let at =
                Coordinates { subject: Subject::parse(subject).unwrap(), version: Version::new(1, 0, 0) };
            let schema = Schema::read(at, schema.to_string().as_bytes(), &Dialects::default()).unwrap();
            let schema = Arc::new(schema);
            catalog.replace(Arc::clone(&schema));
            last = Some(schema);
        }
        catalog.resolve(&last.unwrap()).unwrap()
    }

    #[test]
    fn dependencies_is_a_keyword_only_up_to_draft_7() {
        let conditions = json!({"a": ["b"], "c": {"required": ["d"]}});
        for (draft, is_keyword) in [
            ("http://json-schema.org/draft-04/schema#", true),
            ("http://json-schema.org/draft-06/schema#", true),
            (DRAFT_7, true),
            (DRAFT_2019, false),
            (DRAFT_2020, false),
        ] {
            let schema = json!({"$schema": draft, "properties": {"x": {"dependencies": conditions}}});
            let resolved = resolved(&[("case", schema)]);
            assert_eq!(resolved.schema().ignored_dependencies().is_empty(), is_keyword, "{draft}");
            let validator = resolved.validator(Formats::Assert).unwrap();
            for event in [json!({"x": {"a": 1}}), json!({"x": {"c": 1}})] {
                assert_eq!(validator.is_valid(&event), !is_keyword, "{draft}: {event}");
            }
            assert!(validator.is_valid(&json!({"x": {"a": 1, "b": 1, "c": 1, "d": 1}})));
        }
    }

    #[test]
    fn references_into_ignored_dependencies_still_resolve() {
        for draft in [DRAFT_2019, DRAFT_2020] {
            let resolved = resolved(&[(
                "case",
                json!({
                    "$schema": draft,
                    "properties": {"x": {"$ref": "#/dependencies/a"}},
                    "dependencies": {"a": {"properties": {"n": {"type": "integer"}}}},
                }),
            )]);
            let validator = resolved.validator(Formats::Assert).unwrap();
            assert!(validator.is_valid(&json!({"a": 1, "n": "not an integer"})));
            let violations = validator.violations(&json!({"x": {"n": "x"}}));
            assert_eq!(violations.len(), 1);
            assert_eq!(violations[0].pointer.as_str(), "/x/n");
            assert!(violations[0].schema_pointer.as_str().ends_with("/n/type"), "{violations:?}");
        }
    }

    #[test]
    fn a_property_named_dependencies_is_no_keyword() {
        let resolved = resolved(&[(
            "case",
            json!({"properties": {"dependencies": {"type": "object", "additionalProperties": false}}}),
        )]);
        assert_eq!(Dependencies::of(&resolved), Usual);
        let validator = resolved.validator(Formats::Assert).unwrap();
        assert!(!validator.is_valid(&json!({"dependencies": {"serde": "1"}})));
    }

    #[test]
    fn each_document_follows_its_own_draft() {
        let old = json!({"$schema": DRAFT_7, "dependencies": {"a": ["b"]}});
        let new = |extra: Value| {
            let mut new = json!({
                "$schema": DRAFT_2020,
                "properties": {"old": {"$ref": "../old/1.0.0.json"}, "dependencies": {"type": "integer"}},
                "dependencies": {"a": ["b"], "n": {"type": "integer"}},
            });
            new["properties"]["more"] = extra;
            resolved(&[("old", old.clone()), ("new", new)])
        };
        let mixed = new(json!({}));
        assert_eq!(Dependencies::of(&mixed), Mixed);
        let validator = mixed.validator(Formats::Assert).unwrap();
        assert!(validator.is_valid(&json!({"a": 1})));
        assert!(!validator.is_valid(&json!({"old": {"a": 1}})));
        assert!(!validator.is_valid(&json!({"dependencies": "text"})), "a property of that name");
        let refused = new(json!({"$ref": "#/dependencies/n"})).validator(Formats::Assert).unwrap_err();
        assert_eq!(refused[0].pointer.as_str(), "/properties/more/$ref");
        // A `$schema` below the root applies to its subschema.
        let part = json!({
            "$schema": DRAFT_2020,
            "$defs": {"old": {"$id": "old", "$schema": DRAFT_7, "dependencies": {"a": ["b"]}}},
            "properties": {"old": {"$ref": "old"}},
        });
        let part = resolved(&[("case", part)]);
        assert_eq!(Dependencies::of(&part), Usual);
        assert!(!part.validator(Formats::Assert).unwrap().is_valid(&json!({"old": {"a": 1}})));
    }

    #[test]
    fn ignored_dependencies_declare_no_fields() {
        for (draft, is_field) in [(DRAFT_7, true), (DRAFT_2019, false), (DRAFT_2020, false)] {
            let schema = json!({"$schema": draft, "dependencies": {"a": {"properties": {"b": {}}}}});
            let resolved = resolved(&[("case", schema)]);
            assert_eq!(!fields(resolved.schema()).is_empty(), is_field, "{draft}");
            assert_eq!(Dependencies::of(&resolved), if is_field { Usual } else { AllIgnored });
        }
    }
}
