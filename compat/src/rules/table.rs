//! The table: a row for each rule, in the order of the ids.
//!
//! A row has a summary, the reason why the change is a break, the remedy, the keywords that cause the finding, and an
//! example. An example is a writer, a reader that breaks, and a similar reader that does not break.

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
        "writers do not know the condition, so they send events that meet the condition but not the \
         requirement",
        "add the condition in a new major version, or keep the old form as another branch",
        ["if", "then", "else"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"if":{"required":["a"]},"then":{"required":["b"]}}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"if":{"required":["a"]},"then":{"properties":{"b":{"type":"integer"}}}}"#;
    ADDS_DEPENDENCY = "reader-adds-dependency": "the reader adds a requirement for events that have a property",
        "writers send the property alone, without the other properties that the reader now requires",
        "remove the dependency, or add it in a new major version",
        ["dependentRequired", "dependentSchemas", "dependencies"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"dependentRequired":{"a":["b"]}}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"dependentRequired":{"c":["b"]}}"#;
    CLOSES_OBJECT = "reader-closes-object": "the reader rejects undeclared properties",
        "writers send properties that the reader's schema does not declare",
        "accept undeclared properties, as before",
        ["additionalProperties", "unevaluatedProperties"],
        r#"{"type":"object"}"#
        => r#"{"type":"object","properties":{"a":true},"additionalProperties":false}"#,
        r#"{"type":"object","properties":{"a":true}}"#;
    EXCLUDES_VALUE = "reader-excludes-value": "the reader excludes values by `not`",
        "writers still send the excluded values",
        "exclude the value in a new major version, after all writers have stopped sending it",
        ["not"],
        r#"{"type":"integer"}"# => r#"{"type":"integer","not":{"const":0}}"#, r#"{"type":"integer","not":{"type":"string"}}"#;
    LACKS_PROPERTY = "reader-lacks-property": "the reader rejects a property that only the writer declares",
        "writers send the property, and the reader rejects undeclared properties",
        "keep the property declared until the next major version, or accept undeclared properties",
        ["additionalProperties", "unevaluatedProperties"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"additionalProperties":false}"#;
    NARROWS_CONTAINS = "reader-narrows-contains": "the reader narrows the allowed number of matching items \
                                                   in an array",
        "writers send arrays with fewer or more matching items",
        "keep the old counts, or change them in a new major version",
        ["contains", "minContains", "maxContains"],
        r#"{"type":"array","items":{"type":"integer"}}"#
        => r#"{"type":"array","contains":{"const":1}}"#, r#"{"type":"array","contains":{"const":1},"minContains":0}"#;
    NARROWS_FORMAT = "reader-narrows-format": "the reader requires a format that the writer does not require",
        "writers send strings that do not have the format",
        "add the format in a new major version, or turn all formats into annotations (`formats = \
         \"annotate\"`)",
        ["format", "contentEncoding", "contentMediaType"],
        r#"{"type":"string"}"# => r#"{"type":"string","format":"date"}"#, r#"{"type":"string","format":"unheard-of"}"#;
    NARROWS_ITEM_COUNT = "reader-narrows-item-count": "the reader narrows the allowed number of items",
        "writers send shorter or longer arrays",
        "keep the old bounds, or change them in a new major version",
        ["minItems", "maxItems"],
        r#"{"type":"array","maxItems":3}"# => r#"{"type":"array","maxItems":2}"#, r#"{"type":"array","maxItems":4}"#;
    NARROWS_ITEMS = "reader-narrows-items": "the reader narrows the allowed items of an array",
        "writers send items that the reader rejects",
        "accept the old items too, or change the items in a new major version",
        ["items", "prefixItems", "additionalItems", "unevaluatedItems"],
        r#"{"type":"array","items":{"type":"integer"}}"# => r#"{"type":"array","items":false}"#, r#"{"type":"array","items":true}"#;
    NARROWS_LENGTH = "reader-narrows-length": "the reader narrows the allowed string length",
        "writers send shorter or longer strings",
        "keep the old bounds, or change them in a new major version",
        ["minLength", "maxLength"],
        r#"{"type":"string","maxLength":9}"# => r#"{"type":"string","maxLength":8}"#, r#"{"type":"string","maxLength":10}"#;
    NARROWS_NUMBER = "reader-narrows-number": "the reader narrows the allowed numbers",
        "writers send numbers outside the new bounds, or numbers that are not a multiple of the new step",
        "keep the old bounds, or change them in a new major version",
        ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        r#"{"type":"integer","minimum":0}"# => r#"{"type":"integer","minimum":1}"#, r#"{"type":"integer","exclusiveMinimum":-1}"#;
    NARROWS_PATTERN = "reader-narrows-pattern": "the reader narrows the allowed strings by a pattern",
        "writers send strings that do not match the pattern",
        "widen the pattern so that it matches every string that the old pattern matched",
        ["pattern"],
        r#"{"type":"string","pattern":"^[a-z]+$"}"# => r#"{"type":"string","pattern":"^[a-c]+$"}"#, r#"{"type":"string","pattern":"^[a-z0-9]+$"}"#;
    NARROWS_PROPERTY_COUNT = "reader-narrows-property-count": "the reader narrows the allowed number of properties",
        "writers send objects with fewer or more properties",
        "keep the old bounds, or change them in a new major version",
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
        "accept both types for a while, or change the type in a new major version",
        ["type"],
        r#"{"type":"integer"}"# => r#"{"type":"string"}"#, r#"{"type":["integer","string"]}"#;
    NARROWS_UNION = "reader-narrows-union": "the reader narrows the branches of a union",
        "writers send a value that matches no branch, or more than one branch of a `oneOf`",
        "keep a branch for every old form; no value may match two branches of a `oneOf`",
        ["anyOf", "oneOf"],
        r#"{"type":["integer","string","null"]}"#
        => r#"{"anyOf":[{"type":"integer"},{"type":"string"}]}"#, r#"{"anyOf":[{"type":["integer","null"]},{"type":"string"}]}"#;
    REFUSES_PROPERTY = "reader-refuses-property": "the reader rejects a property",
        "writers send the property",
        "allow the property, or reject it in a new major version",
        ["properties", "patternProperties"],
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":false}}"#, r#"{"type":"object","properties":{"a":true}}"#;
    REMOVES_VALUE = "reader-removes-value": "the reader removes a listed value",
        "writers send a value that is no longer listed",
        "keep the value listed until the next major version, and mark it as deprecated",
        ["enum", "const"],
        r#"{"enum":["a","b"]}"# => r#"{"enum":["a"]}"#, r#"{"enum":["a","b","c"]}"#;
    REQUIRES_PROPERTY = "reader-requires-property": "the reader requires a property that the writer may leave out",
        "writers send events without the property",
        "keep the property optional, and let the reading code use a default",
        ["required"],
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"#, r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":[]}"#;
    REQUIRES_UNIQUE_ITEMS = "reader-requires-unique-items": "the reader requires unique items",
        "writers send arrays in which two items are equal",
        "remove the requirement, or add it in a new major version",
        ["uniqueItems"],
        r#"{"type":"array","items":{"type":"integer"}}"#
        => r#"{"type":"array","uniqueItems":true}"#, r#"{"type":"array","uniqueItems":false}"#;
    UNDECIDED = "undecided": "the check found neither a proof that the change is compatible nor an event \
                              that breaks",
        "evschema accepts a change only with a proof that no event breaks",
        "simplify the schema at the place that the finding names, or waive the finding with a reason",
        [],
        r#"{"type":"string","pattern":"(?=a)b?"}"# => r#"{"type":"string","pattern":"(?=b|a)b?.*"}"#, r#"{"type":"string","pattern":"(?=a)b?"}"#;
    VERSION_CHANGED = "version-changed": "a published version was edited",
        "readers that fetched the version before the edit use a different schema with the same number",
        "restore the published file, and publish the change as a new version",
        [],;
    VERSION_REMOVED = "version-removed": "a published version was removed",
        "events of this version still exist, and readers need its schema",
        "restore the version; to withdraw it from a registry, yank it: a yanked version stays readable, but \
         ranges skip it",
        [],;
    VERSION_TOO_SMALL = "version-too-small": "the version number is too small for the change",
        "people rely on the version number to see how large a change is",
        "use the version that the report names",
        [],;
}
