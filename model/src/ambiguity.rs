//! Checks that each URI has one meaning in all the documents that a schema reaches.

use std::collections::BTreeMap;

use referencing::{Registry, Uri};
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::resolved::Resolved;
use crate::schema::Schema;

/// Reports the URIs that mean different content in different documents.
///
/// A subschema may have the same `$id` as another document, or as a subschema of another document. In a bundle, it is a
/// copy, so both have the same content. If the content differed, one document would change the meaning of the others.
pub(crate) fn ambiguous_ids(resolved: &Resolved, registry: &Registry<'_>) -> Diagnostics {
    let documents: Vec<&Schema> =
        resolved.documents().into_iter().map(AsRef::as_ref).chain([resolved.schema().as_ref()]).collect();
    let mut meanings: BTreeMap<String, Vec<Meaning<'_>>> = BTreeMap::new();
    let own = documents.iter().flat_map(|document| {
        let uris = [document.retrieval_uri(), document.base_uri().into_owned()];
        uris.into_iter().map(|uri| (uri, Meaning { document, content: document.value(), is_part: false }))
    });
    let targets = resolved.resources().map(|(uri, document)| {
        (uri.to_owned(), Meaning { document, content: document.value(), is_part: false })
    });
    for (uri, meaning) in own.chain(targets).chain(documents.iter().flat_map(|document| parts(document))) {
        meanings.entry(uri).or_default().push(meaning);
    }
    let wrong = meanings.iter().filter_map(|(uri, meanings)| {
        let other = meanings.iter().find(|other| differs(&meanings[0], other));
        let claimants = match other {
            Some(other) => format!("`{}` and `{}`", meanings[0].document.at(), other.document.at()),
            // The library may find subschemas that this function does not examine.
            None if !meanings[0].is_part && is_replaced(registry, uri, meanings[0].content) => {
                format!("`{}` and a part of a document", meanings[0].document.at())
            }
            None => return None,
        };
        let message = format!("{claimants} have the same `$id`, `{uri}`, but different content");
        let help = "refer to only one of the two documents, or give one of them another `$id`";
        Some(Diagnostic::new(Code::AmbiguousId, message).help(help))
    });
    wrong.collect()
}

/// The meaning of a URI in one document.
struct Meaning<'r> {
    document: &'r Schema,
    content: &'r Value,
    is_part: bool,
}

/// Returns whether two documents give a URI different content. Inside one document, differences do not count.
fn differs(a: &Meaning<'_>, b: &Meaning<'_>) -> bool {
    let is_one = a.document.at() == b.document.at() || std::ptr::eq(a.content, b.content);
    !is_one && a.content != b.content
}

/// Returns the subschemas of a document that have an identity of their own.
fn parts(document: &Schema) -> impl Iterator<Item = (String, Meaning<'_>)> {
    let parts = document.identities().iter().filter(|identity| !identity.is_root);
    parts.filter_map(move |identity| {
        let mut holder = identity.pointer.clone();
        holder.pop();
        let content = holder.find(document.value())?;
        Some((identity.uri.clone(), Meaning { document, content, is_part: true }))
    })
}

/// Returns whether the library finds other content under a document's URI.
fn is_replaced(registry: &Registry<'_>, uri: &str, content: &Value) -> bool {
    let Ok(base) = Uri::parse(uri.to_owned()) else { return false };
    let resolver = registry.resolver(base);
    resolver
        .lookup("")
        .is_ok_and(|found| !std::ptr::eq(found.contents(), content) && found.contents() != content)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use crate::catalog::Catalog;
    use crate::coordinates::Coordinates;
    use crate::diagnostic::{Code, Diagnostics};
    use crate::dialect::Dialects;
    use crate::formats::Formats;
    use crate::resolved::Resolved;
    use crate::schema::Schema;

    fn catalog(documents: &[(&str, Value)]) -> Catalog {
        let mut catalog = Catalog::default();
        for (at, schema) in documents {
            let (subject, version) = at.split_once('@').unwrap();
            let at = Coordinates {
                subject: crate::subject::Subject::parse(subject).unwrap(),
                version: crate::version::Version::parse(version).unwrap(),
            };
            let text = schema.to_string();
            catalog.replace(Arc::new(Schema::read(at, text.as_bytes(), &Dialects::default()).unwrap()));
        }
        catalog
    }

    /// Resolves the last of the documents.
    fn resolve(documents: &[(&str, Value)]) -> Result<Resolved, Diagnostics> {
        let catalog = catalog(documents);
        let (subject, version) = documents.last().unwrap().0.split_once('@').unwrap();
        let (subject, version) = (
            crate::subject::Subject::parse(subject).unwrap(),
            crate::version::Version::parse(version).unwrap(),
        );
        catalog.resolve(catalog.get(&subject, &version).unwrap())
    }

    fn codes(resolved: Result<Resolved, Diagnostics>) -> Vec<Code> {
        resolved.err().unwrap_or_default().into_iter().map(|diagnostic| diagnostic.code).collect()
    }

    const MONEY: &str = "https://bank.example/money";

    #[test]
    fn a_subschema_never_replaces_another_document() {
        let money = json!({"$id": MONEY, "type": "integer"});
        let place = "json-schema:///schemas/bank.money/1.0.0.json";
        for (embedded, is_refused) in [
            (json!({"$id": MONEY, "type": "string"}), true),
            (json!({"$id": "HTTPS://BANK.example/%6Doney#", "type": "string"}), true),
            (json!({"$id": place, "type": "string"}), true),
            (json!({"$id": "../bank.money/1.0.0.json", "type": "string"}), true),
            (
                json!({"$schema": "http://json-schema.org/draft-04/schema#", "id": MONEY, "type": "string"}),
                true,
            ),
            // A bundle contains a copy.
            (money.clone(), false),
            (json!({"$id": "https://evil.example/money", "type": "string"}), false),
        ] {
            for by in [MONEY, "../bank.money/1.0.0.json"] {
                let evil =
                    json!({"$id": "https://evil.example/", "$defs": {"a": embedded}, "type": "integer"});
                let evil = if embedded["$id"].as_str().is_some_and(|id| id.starts_with("..")) {
                    json!({"$defs": {"a": embedded}, "type": "integer"})
                } else {
                    evil
                };
                let victim = json!({"properties": {
                    "amount": {"$ref": by}, "bonus": {"$ref": "../evil.x/1.0.0.json"},
                }});
                let resolved = resolve(&[
                    ("bank.money@1.0.0", money.clone()),
                    ("evil.x@1.0.0", evil),
                    ("shop.order@1.0.0", victim),
                ]);
                match resolved {
                    Err(wrong) => {
                        assert!(is_refused, "{embedded} {by}: {wrong:?}");
                        assert_eq!(wrong[0].code, Code::AmbiguousId, "{wrong:?}");
                    }
                    Ok(resolved) => {
                        // Whatever `$id` a subschema has, the amount stays a number.
                        let validator = resolved.validator(Formats::Assert).unwrap();
                        assert!(validator.is_valid(&json!({"amount": 1})), "{embedded} {by}");
                        assert!(!validator.is_valid(&json!({"amount": "1"})), "{embedded} {by}");
                        assert!(!is_refused, "{embedded} {by}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_relative_path_leads_to_the_place_whatever_ids_others_have() {
        let evil = json!({"$id": "https://shop.example/bank.money/1.0.0.json", "type": "string"});
        let victim = json!({
            "$id": "https://shop.example/shop.order/1.0.0.json",
            "properties": {"amount": {"$ref": "../bank.money/1.0.0.json"}},
        });
        let documents = [
            ("bank.money@1.0.0", json!({"type": "integer"})),
            ("evil.x@1.0.0", evil),
            ("shop.order@1.0.0", victim),
        ];
        let validator = resolve(&documents).unwrap().validator(Formats::Assert).unwrap();
        assert!(!validator.is_valid(&json!({"amount": "1"})));
        assert!(validator.is_valid(&json!({"amount": 1})));
        // If no document is at this place, the reference has no target.
        assert_eq!(codes(resolve(&documents[1..])), [Code::MissingReference]);
    }

    #[test]
    fn a_reference_to_a_shared_id_is_rejected_with_help() {
        let person = |kind: &str| {
            json!({"$id": "https://example.com/person", "$defs": {"name": {"type": kind}},
                   "properties": {"name": {"$ref": "https://example.com/person#/$defs/name"}}})
        };
        let order = json!({"properties": {"by": {"$ref": "https://example.com/person#/$defs/name"}}});
        let shared = [
            ("person@1.0.0", person("string")),
            ("person@2.0.0", person("integer")),
            ("shop.order@1.0.0", order.clone()),
        ];
        let wrong = resolve(&shared).unwrap_err();
        assert_eq!((wrong.len(), wrong[0].code), (1, Code::SharedId));
        assert_eq!(wrong[0].pointer.as_str(), "/properties/by/$ref");
        let help = wrong[0].help.as_deref().unwrap();
        assert!(
            help.contains("`../person/2.0.0.json#/$defs/name` or `../person/1.0.0.json#/$defs/name`"),
            "{help}"
        );
        // If only one version has the `$id`, the `$id` names this version.
        let validator = resolve(&shared[1..]).unwrap().validator(Formats::Assert).unwrap();
        assert!(validator.is_valid(&json!({"by": 1})) && !validator.is_valid(&json!({"by": "x"})));
        // Inside a document, its `$id` names the document itself.
        for (documents, good) in [(&shared[..1], json!("x")), (&shared[..2], json!(1))] {
            let validator = resolve(documents).unwrap().validator(Formats::Assert).unwrap();
            assert!(validator.is_valid(&json!({"name": good})), "{good}");
            assert!(!validator.is_valid(&json!({"name": {}})), "{good}");
        }
    }

    #[test]
    fn a_schema_can_reach_two_versions_with_one_id() {
        let person = |kind: &str, id: &str, by: &str| json!({"$id": id, "$defs": {"name": {"type": kind}}, "properties": {"name": {"$ref": by}}});
        for (id, by) in [
            ("https://example.com/person", "#/$defs/name"),
            ("https://example.com/person", "https://example.com/person#/$defs/name"),
            ("https://example.com/person?v", "?v#/$defs/name"),
            ("urn:example:person", "#/$defs/name"),
            ("person", "person#/$defs/name"),
        ] {
            let both = json!({"properties": {
                "old": {"$ref": "../person/1.0.0.json"}, "new": {"$ref": "../person/2.0.0.json"},
            }});
            let resolved = resolve(&[
                ("person@1.0.0", person("string", id, by)),
                ("person@2.0.0", person("integer", id, by)),
                ("shop.order@1.0.0", both),
            ]);
            let validator = resolved.unwrap().validator(Formats::Assert).unwrap();
            for (event, is_valid) in [
                (json!({"old": {"name": "x"}, "new": {"name": 1}}), true),
                (json!({"old": {"name": 1}}), false),
                (json!({"new": {"name": "x"}}), false),
            ] {
                assert_eq!(validator.is_valid(&event), is_valid, "{id} {by}: {event}");
            }
            // A later version may refer to an earlier one.
            let mut later = person("integer", id, by);
            later["properties"]["former"] = json!({"$ref": "../person/1.0.0.json"});
            if id.starts_with("urn") {
                continue;
            }
            let resolved = resolve(&[("person@1.0.0", person("string", id, by)), ("person@2.0.0", later)]);
            let validator = resolved.unwrap().validator(Formats::Assert).unwrap();
            assert!(validator.is_valid(&json!({"name": 1, "former": {"name": "x"}})), "{id} {by}");
            assert!(!validator.is_valid(&json!({"former": {"name": 1}})), "{id} {by}");
        }
    }
}
