//! The rules of findings: one row each, said from the reader's side.
//!
//! A finding's rule is its obligation's assertion. `explain` and the reference are made from
//! these rows.

use crate::prove::Assertion;

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Kebab-case id; never renamed, never used again for something else.
    pub id: &'static str,
    /// What the rule finds, in a line.
    pub summary: &'static str,
    /// Why it is a break.
    pub why: &'static str,
    /// What to do instead.
    pub remedy: &'static str,
    /// The keywords that bring it about.
    pub keywords: &'static [&'static str],
    /// A writer and a reader on which the rule fires, and a reader on which it does not.
    pub example: Example,
}

/// A firing pair and its near miss, as JSON texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The writer's schema.
    pub writer: &'static str,
    /// A reader that breaks.
    pub breaks: &'static str,
    /// A reader much like it that does not.
    pub passes: &'static str,
}

macro_rules! rules {
    ($($name:ident = $id:literal: $summary:literal, $why:literal, $remedy:literal, [$($keyword:literal),*],
        $writer:literal => $breaks:literal, $passes:literal;)*) => {
        $(const $name: Rule = Rule {
            id: $id, summary: $summary, why: $why, remedy: $remedy, keywords: &[$($keyword),*],
            example: Example { writer: $writer, breaks: $breaks, passes: $passes },
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
        ["additionalProperties", "unevaluatedProperties", "unevaluatedItems"],
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
        ["items", "prefixItems", "additionalItems"],
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
        "publish the change as a new version",
        [],
        r#"{"type":"integer"}"# => r#"{"type":"string"}"#, r#"{"type":"integer"}"#;
    VERSION_TOO_SMALL = "version-too-small": "the version number promises less than the change does",
        "people read the number, not the difference",
        "take the version that the report names",
        [],
        r#"{"type":"integer"}"# => r#"{"type":"number"}"#, r#"{"type":"integer","description":"a count"}"#;
}

/// Returns the rule of an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

impl Assertion {
    /// Returns the rule that an assertion not fulfilled falls under.
    pub(crate) fn rule(&self) -> &'static Rule {
        match self {
            Self::Types(_) => &NARROWS_TYPE,
            Self::Values => &REMOVES_VALUE,
            Self::Numbers => &NARROWS_NUMBER,
            Self::Lengths => &NARROWS_LENGTH,
            Self::Pattern(_) => &NARROWS_PATTERN,
            Self::Format(_) => &NARROWS_FORMAT,
            Self::Items => &NARROWS_ITEMS,
            Self::ItemCount => &NARROWS_ITEM_COUNT,
            Self::UniqueItems => &REQUIRES_UNIQUE_ITEMS,
            Self::Contains => &NARROWS_CONTAINS,
            Self::Required(_) => &REQUIRES_PROPERTY,
            Self::Property(_) => &REFUSES_PROPERTY,
            Self::Lacks(_) => &LACKS_PROPERTY,
            Self::Additional | Self::Unevaluated => &CLOSES_OBJECT,
            Self::Names => &NARROWS_PROPERTY_NAMES,
            Self::PropertyCount => &NARROWS_PROPERTY_COUNT,
            Self::Dependent(_) => &ADDS_DEPENDENCY,
            Self::AnyOf | Self::OneOf => &NARROWS_UNION,
            Self::Not => &EXCLUDES_VALUE,
            Self::Condition => &ADDS_CONDITION,
            Self::Opaque(_) => &UNDECIDED,
        }
    }

    /// Names what is asserted, for a sentence.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Types(types) => format!("the type {types}"),
            Self::Values => "the listed values".to_owned(),
            Self::Numbers => "the numbers".to_owned(),
            Self::Lengths => "the lengths".to_owned(),
            Self::Pattern(pattern) => format!("the pattern `{pattern}`"),
            Self::Format(format) => format!("the format `{format}`"),
            Self::Items => "the items".to_owned(),
            Self::ItemCount => "the number of items".to_owned(),
            Self::UniqueItems => "`uniqueItems`".to_owned(),
            Self::Contains => "`contains`".to_owned(),
            Self::Required(name) => format!("the required property `{name}`"),
            Self::Property(name) | Self::Lacks(name) => format!("the property `{name}`"),
            Self::Additional => "`additionalProperties`".to_owned(),
            Self::Names => "`propertyNames`".to_owned(),
            Self::PropertyCount => "the number of properties".to_owned(),
            Self::Dependent(name) => format!("what depends on `{name}`"),
            Self::Unevaluated => "what is left unevaluated".to_owned(),
            Self::AnyOf => "`anyOf`".to_owned(),
            Self::OneOf => "`oneOf`".to_owned(),
            Self::Not => "`not`".to_owned(),
            Self::Condition => "`if`".to_owned(),
            Self::Opaque(why) => why.clone(),
        }
    }

    /// Returns the property that is asserted of an object, where the assertion is about one.
    pub(crate) fn name(&self) -> Option<&str> {
        if let Self::Required(name) | Self::Property(name) | Self::Lacks(name) | Self::Dependent(name) = self
        {
            Some(name)
        } else {
            None
        }
    }

    /// Returns the keywords under which the assertion stands in a schema, likeliest first.
    pub(crate) fn keywords(&self) -> &'static [&'static str] {
        self.rule().keywords
    }
}
