//! Checks that docs/rules.md has a section for every id that the command or the registry prints. `evschema explain`
//! prints these sections.

use std::collections::BTreeSet;
use std::path::Path;

use evschema_tests::repository;

use super::workspace::files;

/// The expressions in the code that are the id of a finding but not a literal. Their values are codes (unit tests of
/// the command check that each code has a rule), rules of the engine, and keywords of the validator.
const ORIGINS: [&str; 3] = ["diagnostic.code.as_str()", "problem.code.as_str()", "violation.keyword"];

fn explained() -> BTreeSet<String> {
    let text = std::fs::read_to_string(repository().join("docs/rules.md")).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect()
}

/// Returns the first argument of each `Finding::error(…)` in a source file.
fn ids(source: &str) -> Vec<String> {
    source
        .split("Finding::error(")
        .skip(1)
        .chain(source.split("Self::error(").skip(1))
        .map(|rest| rest.split(',').next().unwrap_or_default().trim().to_owned())
        .collect()
}

#[test]
fn every_id_that_can_be_printed_is_explained() {
    let explained = explained();
    let mut looked_at = 0;
    for path in files().into_iter().filter(|path| path.starts_with("cli/src")) {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if !is_rust || path == Path::new("cli/src/failure.rs") {
            continue;
        }
        let source = std::fs::read_to_string(repository().join(&path)).unwrap();
        for id in ids(&source) {
            looked_at += 1;
            match id.strip_prefix('"').and_then(|id| id.strip_suffix('"')) {
                Some(literal) => {
                    assert!(explained.contains(literal), "{}: `{literal}` has no rule", path.display());
                }
                None => assert!(ORIGINS.contains(&id.as_str()), "{}: where is `{id}` from?", path.display()),
            }
        }
    }
    assert!(8 < looked_at, "only {looked_at} findings found");
    for code in evschema_model::Code::ALL {
        assert!(explained.contains(code.as_str()), "`{code}` has no rule");
    }
    for code in evschema_api::ProblemCode::ALL {
        assert!(explained.contains(code.as_str()), "`{code}` has no rule");
    }
    for rule in evschema_compat::RULES {
        assert!(explained.contains(rule.id), "`{}` has no rule", rule.id);
    }
}

/// The test has one schema for each keyword that can reject an event, and an event that this schema rejects.
#[test]
fn every_keyword_that_rejects_an_event_is_explained() {
    use serde_json::json;
    let explained = explained();
    let draft_7 = "http://json-schema.org/draft-07/schema#";
    for (schema, event) in [
        (json!({"additionalProperties": false}), json!({"a": 1})),
        (json!({"$schema": draft_7, "items": [{}], "additionalItems": false}), json!([1, 2])),
        (json!({"anyOf": [{"type": "null"}, {"type": "array"}]}), json!(1)),
        (json!({"const": 1}), json!(2)),
        (json!({"contains": {"type": "null"}}), json!([1])),
        (json!({"enum": [1, 2]}), json!(3)),
        (json!({"exclusiveMaximum": 1}), json!(1)),
        (json!({"exclusiveMinimum": 1}), json!(1)),
        (json!({"properties": {"a": false}}), json!({"a": 1})),
        (json!({"format": "ipv4"}), json!("x")),
        (json!({"maxItems": 0}), json!([1])),
        (json!({"maximum": 1}), json!(2)),
        (json!({"maxLength": 1}), json!("ab")),
        (json!({"maxProperties": 0}), json!({"a": 1})),
        (json!({"minItems": 1}), json!([])),
        (json!({"minimum": 1}), json!(0)),
        (json!({"minLength": 1}), json!("")),
        (json!({"minProperties": 1}), json!({})),
        (json!({"multipleOf": 2}), json!(3)),
        (json!({"not": {}}), json!(1)),
        (json!({"oneOf": [{}, {}]}), json!(1)),
        (json!({"pattern": "a"}), json!("b")),
        (json!({"propertyNames": {"maxLength": 1}}), json!({"ab": 1})),
        (json!({"required": ["a"]}), json!({})),
        (json!({"dependentRequired": {"a": ["b"]}}), json!({"a": 1})),
        (json!({"type": "null"}), json!(1)),
        (json!({"unevaluatedItems": false}), json!([1])),
        (json!({"unevaluatedProperties": false}), json!({"a": 1})),
        (json!({"uniqueItems": true}), json!([1, 1])),
        (json!({"$schema": draft_7, "contentEncoding": "base64"}), json!("?")),
        (json!({"$schema": draft_7, "contentMediaType": "application/json"}), json!("{")),
    ] {
        let at = evschema_model::Coordinates {
            subject: evschema_model::Subject::parse("case").unwrap(),
            version: evschema_model::Version::new(1, 0, 0),
        };
        let text = schema.to_string();
        let dialects = evschema_model::Dialects::default();
        let read = std::sync::Arc::new(evschema_model::Schema::read(at, text.as_bytes(), &dialects).unwrap());
        let resolved = evschema_model::Catalog::default().resolve(&read).unwrap();
        let validator = resolved.validator(evschema_model::Formats::Assert).unwrap();
        for violation in validator.violations(&event) {
            assert!(explained.contains(&violation.keyword), "`{}` has no rule", violation.keyword);
        }
    }
}
