//! The keywords that generated types check while they parse.

use evschema_model::graph::{Keyword, Place, Reference};

/// A keyword of a schema in a document.
pub(super) type SchemaKeyword<'c> = Keyword<'c, Place, Reference<'c>>;

/// Keywords that often have no effect, such as the `format` of another standard. Types can ignore them, but not unknown
/// keywords, because a later draft may define these.
pub(super) const IDLE: [&str; 8] = [
    "contentEncoding",
    "contentMediaType",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maximum",
    "minimum",
    "uniqueItems",
];

/// Returns whether a struct leaves a keyword to the checker.
pub(super) fn is_applicator(keyword: &SchemaKeyword<'_>) -> bool {
    let is_plain_reference = matches!(keyword, Keyword::Reference(reference) if reference.is_plain());
    is_plain_reference
        || matches!(
            keyword,
            Keyword::AllOf(_) | Keyword::AnyOf(_) | Keyword::OneOf(_) | Keyword::Not(_) | Keyword::If { .. }
        )
}

/// Returns whether types check a keyword while they parse. Each type checks the keywords for its kind of values.
pub(super) fn is_checked(keyword: &SchemaKeyword<'_>) -> bool {
    match keyword {
        Keyword::Type { .. }
        | Keyword::Minimum(_)
        | Keyword::ExclusiveMinimum(_)
        | Keyword::Maximum(_)
        | Keyword::ExclusiveMaximum(_)
        | Keyword::MultipleOf(_)
        | Keyword::MinLength(_)
        | Keyword::MaxLength(_)
        | Keyword::Pattern(_)
        | Keyword::Format(_)
        | Keyword::Content(_)
        | Keyword::MinItems(_)
        | Keyword::MaxItems(_)
        | Keyword::UniqueItems
        | Keyword::Items(_)
        | Keyword::Contains { .. }
        | Keyword::MinProperties(_)
        | Keyword::MaxProperties(_)
        | Keyword::Required(_)
        | Keyword::Properties(_)
        | Keyword::AdditionalProperties(_)
        | Keyword::DependentRequired(_) => true,
        Keyword::PatternProperties(patterns) => patterns.is_empty(),
        Keyword::False
        | Keyword::Unsupported(_)
        | Keyword::Reference(_)
        | Keyword::Enum(_)
        | Keyword::Const(_)
        | Keyword::AllOf(_)
        | Keyword::AnyOf(_)
        | Keyword::OneOf(_)
        | Keyword::Not(_)
        | Keyword::If { .. }
        | Keyword::PrefixItems(_)
        | Keyword::UnevaluatedItems(_)
        | Keyword::PropertyNames(_)
        | Keyword::DependentSchemas(_)
        | Keyword::UnevaluatedProperties(_) => false,
    }
}
