//! Tests that each keyword of a rule causes a finding of this rule, and that a similar pair has none. The same must be
//! true for the mirrored keyword.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::changes::changes;
use crate::report::{ChangeKind, Verdict};
use crate::rules::RULES;

/// A keyword, its rule, a writer, a reader that breaks, and a reader that does not.
const KEYWORDS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "if",
        "reader-adds-condition",
        r#"{"type":"integer"}"#,
        r#"{"if":{"minimum":5},"then":{"multipleOf":2}}"#,
        r#"{"if":{"minimum":5},"then":{"minimum":4}}"#,
    ),
    (
        "then",
        "reader-adds-condition",
        r#"{"type":"integer"}"#,
        r#"{"if":{"minimum":5},"then":{"maximum":9}}"#,
        r#"{"if":{"type":"string"},"then":{"maxLength":9}}"#,
    ),
    (
        "else",
        "reader-adds-condition",
        r#"{"type":"integer"}"#,
        r#"{"if":{"minimum":5},"else":{"minimum":0}}"#,
        r#"{"if":{"minimum":5},"else":{"maximum":5}}"#,
    ),
    (
        "dependentRequired",
        "reader-adds-dependency",
        r#"{"type":"object","properties":{"a":{},"b":{}}}"#,
        r#"{"dependentRequired":{"a":["b"]}}"#,
        r#"{"dependentRequired":{"c":["b"]}}"#,
    ),
    (
        "dependentSchemas",
        "reader-adds-dependency",
        r#"{"type":"object","properties":{"a":{},"b":{}}}"#,
        r#"{"dependentSchemas":{"a":{"minProperties":2}}}"#,
        r#"{"dependentSchemas":{"a":{"minProperties":1}}}"#,
    ),
    (
        "dependencies",
        "reader-adds-dependency",
        r#"{"type":"object","properties":{"a":{},"b":{}}}"#,
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":["b"]}}"#,
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":["a"]}}"#,
    ),
    (
        "additionalProperties",
        "reader-closes-object",
        r#"{"type":"object","additionalProperties":{"type":"integer"}}"#,
        r#"{"additionalProperties":false}"#,
        r#"{"additionalProperties":{"type":"number"}}"#,
    ),
    (
        "additionalProperties",
        "reader-lacks-property",
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#,
        r#"{"additionalProperties":false}"#,
        r#"{"properties":{"a":true},"additionalProperties":false}"#,
    ),
    (
        "unevaluatedProperties",
        "reader-closes-object",
        r#"{"type":"object","additionalProperties":{"type":"integer"}}"#,
        r#"{"unevaluatedProperties":false}"#,
        r#"{"unevaluatedProperties":true}"#,
    ),
    (
        "unevaluatedProperties",
        "reader-lacks-property",
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#,
        r#"{"unevaluatedProperties":false}"#,
        r#"{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}"#,
    ),
    (
        "not",
        "reader-excludes-value",
        r#"{"type":"string"}"#,
        r#"{"not":{"maxLength":2}}"#,
        r#"{"not":{"type":"integer"}}"#,
    ),
    (
        "contains",
        "reader-narrows-contains",
        r#"{"type":"array","minItems":1,"items":{"type":"integer"}}"#,
        r#"{"contains":{"minimum":1}}"#,
        r#"{"contains":{"type":"integer"}}"#,
    ),
    (
        "minContains",
        "reader-narrows-contains",
        r#"{"type":"array","minItems":2,"items":{"const":1}}"#,
        r#"{"contains":{"const":1},"minContains":3}"#,
        r#"{"contains":{"const":1},"minContains":2}"#,
    ),
    (
        "maxContains",
        "reader-narrows-contains",
        r#"{"type":"array","minItems":1,"maxItems":3,"items":{"const":1}}"#,
        r#"{"contains":{"const":1},"maxContains":2}"#,
        r#"{"contains":{"const":1},"maxContains":3}"#,
    ),
    (
        "format",
        "reader-narrows-format",
        r#"{"type":"string"}"#,
        r#"{"format":"uuid"}"#,
        r#"{"format":"unheard-of"}"#,
    ),
    (
        "minItems",
        "reader-narrows-item-count",
        r#"{"type":"array","minItems":2}"#,
        r#"{"minItems":3}"#,
        r#"{"minItems":1}"#,
    ),
    (
        "maxItems",
        "reader-narrows-item-count",
        r#"{"type":"array","maxItems":2}"#,
        r#"{"maxItems":1}"#,
        r#"{"maxItems":3}"#,
    ),
    ("items", "reader-narrows-items", r#"{"type":"array"}"#, r#"{"items":false}"#, r#"{"items":true}"#),
    (
        "prefixItems",
        "reader-narrows-items",
        r#"{"type":"array"}"#,
        r#"{"prefixItems":[false]}"#,
        r#"{"prefixItems":[true]}"#,
    ),
    (
        "additionalItems",
        "reader-narrows-items",
        r#"{"type":"array"}"#,
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","items":[true],"additionalItems":false}"#,
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","items":true,"additionalItems":false}"#,
    ),
    (
        "unevaluatedItems",
        "reader-narrows-items",
        r#"{"type":"array"}"#,
        r#"{"prefixItems":[true],"unevaluatedItems":false}"#,
        r#"{"items":true,"unevaluatedItems":false}"#,
    ),
    (
        "minLength",
        "reader-narrows-length",
        r#"{"type":"string","minLength":2}"#,
        r#"{"minLength":3}"#,
        r#"{"minLength":1}"#,
    ),
    (
        "maxLength",
        "reader-narrows-length",
        r#"{"type":"string","maxLength":2}"#,
        r#"{"maxLength":1}"#,
        r#"{"maxLength":3}"#,
    ),
    (
        "minimum",
        "reader-narrows-number",
        r#"{"type":"number","minimum":2}"#,
        r#"{"minimum":3}"#,
        r#"{"minimum":1}"#,
    ),
    (
        "maximum",
        "reader-narrows-number",
        r#"{"type":"number","maximum":2}"#,
        r#"{"maximum":1}"#,
        r#"{"maximum":3}"#,
    ),
    (
        "exclusiveMinimum",
        "reader-narrows-number",
        r#"{"type":"number","minimum":2}"#,
        r#"{"exclusiveMinimum":2}"#,
        r#"{"exclusiveMinimum":1}"#,
    ),
    (
        "exclusiveMaximum",
        "reader-narrows-number",
        r#"{"type":"number","maximum":2}"#,
        r#"{"exclusiveMaximum":2}"#,
        r#"{"exclusiveMaximum":3}"#,
    ),
    (
        "multipleOf",
        "reader-narrows-number",
        r#"{"type":"number","multipleOf":4}"#,
        r#"{"multipleOf":8}"#,
        r#"{"multipleOf":2}"#,
    ),
    (
        "pattern",
        "reader-narrows-pattern",
        r#"{"type":"string","pattern":"^a"}"#,
        r#"{"pattern":"^ab"}"#,
        r#"{"pattern":"a"}"#,
    ),
    (
        "minProperties",
        "reader-narrows-property-count",
        r#"{"type":"object","minProperties":2}"#,
        r#"{"minProperties":3}"#,
        r#"{"minProperties":1}"#,
    ),
    (
        "maxProperties",
        "reader-narrows-property-count",
        r#"{"type":"object","maxProperties":2}"#,
        r#"{"maxProperties":1}"#,
        r#"{"maxProperties":3}"#,
    ),
    (
        "propertyNames",
        "reader-narrows-property-names",
        r#"{"type":"object","additionalProperties":{"type":"integer"}}"#,
        r#"{"propertyNames":{"maxLength":3}}"#,
        r#"{"propertyNames":{"type":"string"}}"#,
    ),
    (
        "type",
        "reader-narrows-type",
        r#"{"type":"number"}"#,
        r#"{"type":"integer"}"#,
        r#"{"type":["number","null"]}"#,
    ),
    (
        "anyOf",
        "reader-narrows-union",
        r#"{"type":["integer","string","null"]}"#,
        r#"{"anyOf":[{"type":"integer"},{"type":"string"}]}"#,
        r#"{"anyOf":[{"type":"integer"},{"type":["string","null"]}]}"#,
    ),
    (
        "oneOf",
        "reader-narrows-union",
        r#"{"type":"integer"}"#,
        r#"{"oneOf":[{"type":"integer"},{"minimum":5}]}"#,
        r#"{"oneOf":[{"type":"integer"},{"type":"string"}]}"#,
    ),
    (
        "properties",
        "reader-refuses-property",
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#,
        r#"{"properties":{"a":false}}"#,
        r#"{"properties":{"b":false}}"#,
    ),
    (
        "patternProperties",
        "reader-refuses-property",
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#,
        r#"{"patternProperties":{"^a":false}}"#,
        r#"{"patternProperties":{"^b":false}}"#,
    ),
    (
        "enum",
        "reader-removes-value",
        r#"{"enum":["a","b"]}"#,
        r#"{"enum":["b","c"]}"#,
        r#"{"enum":["c","b","a"]}"#,
    ),
    (
        "const",
        "reader-removes-value",
        r#"{"enum":["a","b"]}"#,
        r#"{"const":"a"}"#,
        r#"{"enum":["a","b"],"type":"string"}"#,
    ),
    (
        "required",
        "reader-requires-property",
        r#"{"type":"object","properties":{"a":{},"b":{}},"required":["a"]}"#,
        r#"{"required":["a","b"]}"#,
        r#"{"required":["a"]}"#,
    ),
    (
        "uniqueItems",
        "reader-requires-unique-items",
        r#"{"type":"array","items":{"type":"integer"}}"#,
        r#"{"uniqueItems":true}"#,
        r#"{"uniqueItems":false}"#,
    ),
    ("contentEncoding", "reader-narrows-format", "", "", ""),
    ("contentMediaType", "reader-narrows-format", "", "", ""),
];

/// Keywords that are annotations in the newer drafts, and assertions in draft 7 only.
const DRAFT_7: &[(&str, &str, &str)] = &[
    (
        "contentEncoding",
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","type":"string","contentEncoding":"base64"}"#,
        r#"{"type":"string","contentEncoding":"base64"}"#,
    ),
    (
        "contentMediaType",
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","type":"string","contentMediaType":"application/json"}"#,
        r#"{"type":"string","contentMediaType":"application/json"}"#,
    ),
];

#[test]
fn each_keyword_fires_its_rule_and_its_near_miss_does_not() {
    for (keyword, rule, writer, breaks, passes) in KEYWORDS {
        let drafts = DRAFT_7.iter().find(|(name, ..)| name == keyword);
        let (writer, breaks, passes) =
            drafts.map_or((*writer, *breaks, *passes), |(_, b, p)| (r#"{"type":"string"}"#, *b, *p));
        let report = checked(writer, breaks, ContentModel::Lenient);
        let fired: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(fired, BTreeSet::from([*rule]), "{keyword}: {writer} -> {breaks}: {report:#?}");
        assert!(report.findings.iter().all(|finding| finding.witness.is_some()));
        let report = checked(writer, passes, ContentModel::Lenient);
        let silent = report.verdict == Verdict::Compatible;
        assert!(silent, "{keyword}: {writer} -> {passes}: {:#?}", report.findings);
    }
}

#[test]
fn every_keyword_of_every_rule_has_a_case() {
    let cased: BTreeSet<(&str, &str)> =
        KEYWORDS.iter().map(|(keyword, rule, ..)| (*rule, *keyword)).collect();
    let named: BTreeSet<(&str, &str)> =
        RULES.iter().flat_map(|rule| rule.keywords.iter().map(|keyword| (rule.id, *keyword))).collect();
    assert_eq!(cased, named);
}

#[test]
fn an_upper_bound_mirrors_its_lower_bound() {
    let array = json!({"type": "array", "contains": {"const": 1}, "minContains": 0});
    for (lower, upper, base) in [
        ("minimum", "maximum", json!({"type": "number"})),
        ("exclusiveMinimum", "exclusiveMaximum", json!({"type": "number"})),
        ("minLength", "maxLength", json!({"type": "string"})),
        ("minItems", "maxItems", json!({"type": "array"})),
        ("minProperties", "maxProperties", json!({"type": "object"})),
        ("minContains", "maxContains", array),
    ] {
        let with = |keyword: &str, bound: Option<i64>| {
            let mut schema = base.clone();
            if let Some(bound) = bound {
                schema[keyword] = json!(bound);
            }
            schema
        };
        // Tightened, loosened, added and removed. For the upper bound, the direction is reversed.
        for (old, new) in [(Some(3), Some(4)), (Some(4), Some(3)), (None, Some(3)), (Some(3), None)] {
            let turned = |bound: Option<i64>| bound.map(|bound| 7 - bound);
            let sides = [(lower, old, new), (upper, turned(old), turned(new))].map(|(keyword, old, new)| {
                let (old, new) = (with(keyword, old), with(keyword, new));
                let report = checked(&old.to_string(), &new.to_string(), ContentModel::Lenient);
                let rules: Vec<String> = report.findings.iter().map(|finding| finding.rule.clone()).collect();
                let changed: Vec<ChangeKind> =
                    changes(&old, &new).into_iter().map(|change| change.kind).collect();
                (report.verdict, report.required_bump, rules, changed)
            });
            assert_eq!(sides[0], sides[1], "{lower} and {upper}, {old:?} to {new:?}");
        }
    }
}
