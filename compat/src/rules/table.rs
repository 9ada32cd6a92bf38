//! The table: a row for each rule, in the order of the ids.
//!
//! A row has a summary, the reason why it is a break, the remedy, the keywords that cause it, and an example: a
//! writer, a reader that breaks, and a similar reader that does not.

use super::{Example, Rule};

macro_rules! example {
    () => {
        None
    };
    ($writer:literal, $breaks:literal, $passes:literal) => {
        Some(Example { writer: $writer, breaks: $breaks, passes: $passes })
    };
}

macro_rules! rules {
    ($($name:ident = $id:literal: $summary:literal, $why:literal, $remedy:literal, [$($keyword:literal),*],
        $($writer:literal => $breaks:literal, $passes:literal)?;)*) => {
        $(pub(super) const $name: Rule = Rule {
            id: $id, summary: $summary, why: $why, remedy: $remedy, keywords: &[$($keyword),*],
            example: example!($($writer, $breaks, $passes)?),
        };)*
        /// Every rule, by id.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    ADDS_CONDITION = "reader-adds-condition": "the reader adds a requirement for events that meet a condition",
        "writers do not know the condition, and send events that violate it",
        "add the condition in a new major, or keep the old form as another branch",
        ["if", "then", "else"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"if":{"required":["a"]},"then":{"required":["b"]}}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"if":{"required":["a"]},"then":{"properties":{"b":{"type":"integer"}}}}"#;
    ADDS_DEPENDENCY = "reader-adds-dependency": "the reader adds a requirement for events that have a property",
        "writers send the property without the properties that the reader now requires with it",
        "remove the dependency, or add it in a new major",
        ["dependentRequired", "dependentSchemas", "dependencies"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"dependentRequired":{"a":["b"]}}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"dependentRequired":{"c":["b"]}}"#;
    CLOSES_OBJECT = "reader-closes-object": "the reader rejects undeclared properties",
        "writers send properties that the reader does not declare",
        "leave the object open",
        ["additionalProperties", "unevaluatedProperties"],
        r#"{"type":"object"}"#
        => r#"{"type":"object","properties":{"a":true},"additionalProperties":false}"#,
        r#"{"type":"object","properties":{"a":true}}"#;
    EXCLUDES_VALUE = "reader-excludes-value": "the reader excludes values by `not`",
        "writers still send the excluded values",
        "exclude it in a new major, once no writer sends it",
        ["not"],
        r#"{"type":"integer"}"# => r#"{"type":"integer","not":{"const":0}}"#, r#"{"type":"integer","not":{"type":"string"}}"#;
    LACKS_PROPERTY = "reader-lacks-property": "the reader rejects a property that only the writer declares",
        "writers send the property, and the reader rejects undeclared properties",
        "keep the property declared until the next major, or leave the object open",
        ["additionalProperties", "unevaluatedProperties"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"additionalProperties":false}"#;
    NARROWS_CONTAINS = "reader-narrows-contains": "the reader narrows how many items of an array match a schema",
        "writers send arrays with fewer or more matching items",
        "keep the old counts, or change them in a new major",
        ["contains", "minContains", "maxContains"],
        r#"{"type":"array","items":{"type":"integer"}}"#
        => r#"{"type":"array","contains":{"const":1}}"#, r#"{"type":"array","contains":{"const":1},"minContains":0}"#;
    NARROWS_FORMAT = "reader-narrows-format": "the reader requires a format that the writer does not",
        "writers send strings that do not have the format",
        "add the format in a new major, or turn formats into annotations (`formats = \"annotate\"`)",
        ["format", "contentEncoding", "contentMediaType"],
        r#"{"type":"string"}"# => r#"{"type":"string","format":"date"}"#, r#"{"type":"string","format":"unheard-of"}"#;
    NARROWS_ITEM_COUNT = "reader-narrows-item-count": "the reader narrows the allowed number of items",
        "writers send shorter or longer arrays",
        "keep the old bounds, or change them in a new major",
        ["minItems", "maxItems"],
        r#"{"type":"array","maxItems":3}"# => r#"{"type":"array","maxItems":2}"#, r#"{"type":"array","maxItems":4}"#;
    NARROWS_ITEMS = "reader-narrows-items": "the reader narrows the allowed items of an array",
        "writers send items that the reader rejects",
        "accept the old items too, or change them in a new major",
        ["items", "prefixItems", "additionalItems", "unevaluatedItems"],
        r#"{"type":"array","items":{"type":"integer"}}"# => r#"{"type":"array","items":false}"#, r#"{"type":"array","items":true}"#;
    NARROWS_LENGTH = "reader-narrows-length": "the reader narrows the allowed string length",
        "writers send shorter or longer strings",
        "keep the old bounds, or change them in a new major",
        ["minLength", "maxLength"],
        r#"{"type":"string","maxLength":9}"# => r#"{"type":"string","maxLength":8}"#, r#"{"type":"string","maxLength":10}"#;
    NARROWS_NUMBER = "reader-narrows-number": "the reader narrows the allowed numbers",
        "writers send numbers outside the new bounds, or numbers that are no multiple of the new step",
        "keep the old bounds, or change them in a new major",
        ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        r#"{"type":"integer","minimum":0}"# => r#"{"type":"integer","minimum":1}"#, r#"{"type":"integer","exclusiveMinimum":-1}"#;
    NARROWS_PATTERN = "reader-narrows-pattern": "the reader narrows the allowed strings by a pattern",
        "writers send strings that do not match the pattern",
        "widen the pattern so that it matches every string that the old one matched",
        ["pattern"],
        r#"{"type":"string","pattern":"^[a-z]+$"}"# => r#"{"type":"string","pattern":"^[a-c]+$"}"#, r#"{"type":"string","pattern":"^[a-z0-9]+$"}"#;
    NARROWS_PROPERTY_COUNT = "reader-narrows-property-count": "the reader narrows the allowed number of properties",
        "writers send objects with fewer or more properties",
        "keep the old bounds, or change them in a new major",
        ["minProperties", "maxProperties"],
        r#"{"type":"object"}"# => r#"{"type":"object","minProperties":1}"#, r#"{"type":"object","minProperties":0}"#;
    NARROWS_PROPERTY_NAMES = "reader-narrows-property-names": "the reader narrows the allowed property names",
        "writers send property names that the reader rejects",
        "widen `propertyNames` so that it accepts every name that it accepted before",
        ["propertyNames"],
        r#"{"type":"object","additionalProperties":{"type":"integer"}}"#
        => r#"{"type":"object","propertyNames":{"maxLength":3}}"#, r#"{"type":"object","propertyNames":{"minLength":0}}"#;
    NARROWS_TYPE = "reader-narrows-type": "the reader narrows the allowed types",
        "writers send values of a type that the reader rejects",
        "accept both types for a while, or change the type in a new major",
        ["type"],
        r#"{"type":"integer"}"# => r#"{"type":"string"}"#, r#"{"type":["integer","string"]}"#;
    NARROWS_UNION = "reader-narrows-union": "the reader narrows the branches of a union",
        "writers send a value that matches no branch, or more than one branch of a `oneOf`",
        "keep a branch for every old form, and keep the branches of a `oneOf` disjoint",
        ["anyOf", "oneOf"],
        r#"{"type":["integer","string","null"]}"#
        => r#"{"anyOf":[{"type":"integer"},{"type":"string"}]}"#, r#"{"anyOf":[{"type":["integer","null"]},{"type":"string"}]}"#;
    REFUSES_PROPERTY = "reader-refuses-property": "the reader rejects a property",
        "writers send the property",
        "declare the property, or remove it in a new major",
        ["properties", "patternProperties"],
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":false}}"#, r#"{"type":"object","properties":{"a":true}}"#;
    REMOVES_VALUE = "reader-removes-value": "the reader removes a listed value",
        "writers send a value that is no longer listed",
        "keep the value listed until the next major, and mark it as deprecated",
        ["enum", "const"],
        r#"{"enum":["a","b"]}"# => r#"{"enum":["a"]}"#, r#"{"enum":["a","b","c"]}"#;
    REQUIRES_PROPERTY = "reader-requires-property": "the reader requires a property that the writer may leave out",
        "writers send events without it",
        "keep the property optional, and let the reading code use a default",
        ["required"],
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"#, r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":[]}"#;
    REQUIRES_UNIQUE_ITEMS = "reader-requires-unique-items": "the reader requires unique items",
        "writers repeat items",
        "remove the requirement, or add it in a new major",
        ["uniqueItems"],
        r#"{"type":"array","items":{"type":"integer"}}"#
        => r#"{"type":"array","uniqueItems":true}"#, r#"{"type":"array","uniqueItems":false}"#;
    UNDECIDED = "undecided": "neither a proof nor a counterexample was found",
        "evschema never takes an unknown answer for a yes",
        "simplify the schema at the place that the finding names, or waive the finding with a reason",
        [],
        r#"{"type":"string","pattern":"(?=a)b?"}"# => r#"{"type":"string","pattern":"(?=b|a)b?.*"}"#, r#"{"type":"string","pattern":"(?=a)b?"}"#;
    VERSION_CHANGED = "version-changed": "a published version was edited",
        "readers that fetched the version earlier use another schema under the same number",
        "restore the published file, and publish the change as a new version",
        [],;
    VERSION_REMOVED = "version-removed": "a published version was removed",
        "events written under it still exist, and readers need its schema",
        "restore it; in a registry, yank it instead: a yanked version stays readable, and ranges skip it",
        [],;
    VERSION_TOO_SMALL = "version-too-small": "the version number is too small for the change",
        "people rely on the number, and do not read the difference",
        "use the version that the report names",
        [],;
}
