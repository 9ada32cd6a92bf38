//! The kinds of assertions that a reader can make.

/// The kind of an assertion, with the name, pattern or format that the assertion is about. It determines the rule of a
/// finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Assertion {
    /// The reader rejects these types, in words: `string or null`.
    Types(String),
    /// `enum` and `const`.
    Values,
    /// Bounds and steps of numbers.
    Numbers,
    /// `minLength` and `maxLength`.
    Lengths,
    Pattern(String),
    Format(String),
    Items,
    /// `minItems` and `maxItems`.
    ItemCount,
    UniqueItems,
    Contains,
    Required(String),
    /// A property that the reader declares, or whose name matches a pattern of the reader.
    Property(String),
    /// A property that only the writer declares, and that the reader rejects.
    Lacks(String),
    /// `additionalProperties`, for properties that neither side declares.
    Additional,
    /// `propertyNames`.
    Names,
    /// `minProperties` and `maxProperties`.
    PropertyCount,
    /// `dependentRequired` and `dependentSchemas` of this property.
    Dependent(String),
    Unevaluated,
    AnyOf,
    OneOf,
    Not,
    Condition,
    /// The engine cannot decide this part of the schema, for this reason.
    Undecided(String),
}
