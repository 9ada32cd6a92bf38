//! The table: a row for each rule, in the order of the ids.
//!
//! A row has the summary, why it is a break, what to do instead, the keywords that bring it about, and an
//! example: a writer, a reader that breaks, and one much like it that does not.

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
    ADDS_CONDITION = "reader-adds-condition": "the reader asks more of events that meet a condition",
        "writers do not know the condition and send events that fail it",
        "ask for it in a new major, or keep the old form as another branch",
        ["if", "then", "else"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"if":{"required":["a"]},"then":{"required":["b"]}}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"if":{"required":["a"]},"then":{"properties":{"b":{"type":"integer"}}}}"#;
    ADDS_DEPENDENCY = "reader-adds-dependency": "the reader asks for more when a property is there",
        "writers send the property without what it now brings along",
        "leave the dependency out, or make it part of a new major",
        ["dependentRequired", "dependentSchemas", "dependencies"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"dependentRequired":{"a":["b"]}}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"dependentRequired":{"c":["b"]}}"#;
    CLOSES_OBJECT = "reader-closes-object": "the reader refuses properties that nobody declares",
        "writers send properties of any name, and the reader refuses those that it does not know",
        "leave the object open",
        ["additionalProperties", "unevaluatedProperties"],
        r#"{"type":"object"}"#
        => r#"{"type":"object","properties":{"a":true},"additionalProperties":false}"#,
        r#"{"type":"object","properties":{"a":true}}"#;
    EXCLUDES_VALUE = "reader-excludes-value": "the reader excludes values by `not`",
        "writers may still send what is excluded",
        "exclude it in a new major, once no writer sends it",
        ["not"],
        r#"{"type":"integer"}"# => r#"{"type":"integer","not":{"const":0}}"#, r#"{"type":"integer","not":{"type":"string"}}"#;
    LACKS_PROPERTY = "reader-lacks-property": "the reader does not declare a property that the writer declares, and refuses it",
        "writers send the property, and the reader refuses all that it does not declare",
        "keep the property declared until the next major, or leave the object open",
        ["additionalProperties", "unevaluatedProperties"],
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}"#,
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"additionalProperties":false}"#;
    NARROWS_CONTAINS = "reader-narrows-contains": "the reader asks arrays to contain more, or less, of something",
        "writers send arrays that do not meet the count",
        "loosen the count, or ask for it in a new major",
        ["contains", "minContains", "maxContains"],
        r#"{"type":"array","items":{"type":"integer"}}"#
        => r#"{"type":"array","contains":{"const":1}}"#, r#"{"type":"array","contains":{"const":1},"minContains":0}"#;
    NARROWS_FORMAT = "reader-narrows-format": "the reader asserts a format that the writer does not",
        "writers send strings that are not of the format",
        "assert the format in a new major, or annotate formats (`formats = \"annotate\"`)",
        ["format", "contentEncoding", "contentMediaType"],
        r#"{"type":"string"}"# => r#"{"type":"string","format":"date"}"#, r#"{"type":"string","format":"unheard-of"}"#;
    NARROWS_ITEM_COUNT = "reader-narrows-item-count": "the reader takes fewer lengths of an array",
        "writers send shorter or longer arrays",
        "keep the old bounds, or change them in a new major",
        ["minItems", "maxItems"],
        r#"{"type":"array","maxItems":3}"# => r#"{"type":"array","maxItems":2}"#, r#"{"type":"array","maxItems":4}"#;
    NARROWS_ITEMS = "reader-narrows-items": "the reader takes fewer items in an array",
        "writers send items that are refused",
        "accept the old items too, or change them in a new major",
        ["items", "prefixItems", "additionalItems", "unevaluatedItems"],
        r#"{"type":"array","items":{"type":"integer"}}"# => r#"{"type":"array","items":false}"#, r#"{"type":"array","items":true}"#;
    NARROWS_LENGTH = "reader-narrows-length": "the reader takes fewer lengths of a string",
        "writers send shorter or longer strings",
        "keep the old bounds, or change them in a new major",
        ["minLength", "maxLength"],
        r#"{"type":"string","maxLength":9}"# => r#"{"type":"string","maxLength":8}"#, r#"{"type":"string","maxLength":10}"#;
    NARROWS_NUMBER = "reader-narrows-number": "the reader takes fewer numbers",
        "writers send numbers outside the new bounds, or between the new steps",
        "keep the old bounds, or change them in a new major",
        ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        r#"{"type":"integer","minimum":0}"# => r#"{"type":"integer","minimum":1}"#, r#"{"type":"integer","exclusiveMinimum":-1}"#;
    NARROWS_PATTERN = "reader-narrows-pattern": "the reader takes fewer strings by a pattern",
        "writers send strings that do not match",
        "widen the pattern so that it takes what the old one took",
        ["pattern"],
        r#"{"type":"string","pattern":"^[a-z]+$"}"# => r#"{"type":"string","pattern":"^[a-c]+$"}"#, r#"{"type":"string","pattern":"^[a-z0-9]+$"}"#;
    NARROWS_PROPERTY_COUNT = "reader-narrows-property-count": "the reader takes objects of fewer sizes",
        "writers send objects with fewer or more properties",
        "keep the old bounds, or change them in a new major",
        ["minProperties", "maxProperties"],
        r#"{"type":"object"}"# => r#"{"type":"object","minProperties":1}"#, r#"{"type":"object","minProperties":0}"#;
    NARROWS_PROPERTY_NAMES = "reader-narrows-property-names": "the reader takes fewer property names",
        "writers send names that are refused",
        "widen `propertyNames` so that it takes what was taken",
        ["propertyNames"],
        r#"{"type":"object","additionalProperties":{"type":"integer"}}"#
        => r#"{"type":"object","propertyNames":{"maxLength":3}}"#, r#"{"type":"object","propertyNames":{"minLength":0}}"#;
    NARROWS_TYPE = "reader-narrows-type": "the reader takes fewer types",
        "writers send values of a type that is refused",
        "accept both types for a while, or change the type in a new major",
        ["type"],
        r#"{"type":"integer"}"# => r#"{"type":"string"}"#, r#"{"type":["integer","string"]}"#;
    NARROWS_UNION = "reader-narrows-union": "the reader takes fewer forms of a union",
        "writers send a form that no branch takes, or that two branches of a `oneOf` take",
        "keep a branch for every old form, apart from the others",
        ["anyOf", "oneOf"],
        r#"{"type":["integer","string","null"]}"#
        => r#"{"anyOf":[{"type":"integer"},{"type":"string"}]}"#, r#"{"anyOf":[{"type":["integer","null"]},{"type":"string"}]}"#;
    REFUSES_PROPERTY = "reader-refuses-property": "the reader refuses a property",
        "writers send it",
        "declare the property, or drop it in a new major",
        ["properties", "patternProperties"],
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":false}}"#, r#"{"type":"object","properties":{"a":true}}"#;
    REMOVES_VALUE = "reader-removes-value": "the reader takes fewer listed values",
        "writers send a value that is no longer listed",
        "keep the value listed, perhaps marked as deprecated, until the next major",
        ["enum", "const"],
        r#"{"enum":["a","b"]}"# => r#"{"enum":["a"]}"#, r#"{"enum":["a","b","c"]}"#;
    REQUIRES_PROPERTY = "reader-requires-property": "the reader requires a property that the writer may leave out",
        "writers send events without it",
        "leave it optional, with a default in the code that reads",
        ["required"],
        r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#
        => r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"#, r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":[]}"#;
    REQUIRES_UNIQUE_ITEMS = "reader-requires-unique-items": "the reader requires items to differ",
        "writers repeat items",
        "drop the requirement, or ask for it in a new major",
        ["uniqueItems"],
        r#"{"type":"array","items":{"type":"integer"}}"#
        => r#"{"type":"array","uniqueItems":true}"#, r#"{"type":"array","uniqueItems":false}"#;
    UNDECIDED = "undecided": "neither a proof nor a counterexample was found",
        "an answer that is not known is not taken for a yes",
        "simplify the place that is named, or waive the finding with a reason",
        [],
        r#"{"type":"string","pattern":"(?=a)b?"}"# => r#"{"type":"string","pattern":"(?=b|a)b?.*"}"#, r#"{"type":"string","pattern":"(?=a)b?"}"#;
    VERSION_CHANGED = "version-changed": "a published version was edited",
        "readers that fetched it earlier hold another schema under the same version",
        "put it back as it was, and publish the change as a new version",
        [],;
    VERSION_REMOVED = "version-removed": "a published version is gone",
        "events written under it are still around, and readers need its schema",
        "put it back; in a registry, yank it: it stays readable, and nobody takes it for new events",
        [],;
    VERSION_TOO_SMALL = "version-too-small": "the version number promises less than the change does",
        "people read the number, not the difference",
        "take the version that the report names",
        [],;
}
