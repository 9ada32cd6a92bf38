//! The rules of findings, from the point of view of the reader. The [`table`] has one row for each rule.
//!
//! The assertion of a finding's obligation determines its rule. `evschema explain` and docs/rules.md show the rows of
//! the table.

mod table;

pub use table::RULES;

use crate::assertion::Assertion;
use table::*;

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The id in kebab-case. An id never changes, and no other rule uses it later.
    pub id: &'static str,
    /// The break that the rule reports, in one line.
    pub summary: &'static str,
    /// The reason why the change is a break.
    pub why: &'static str,
    /// The change that the author can make instead.
    pub remedy: &'static str,
    /// The keywords that can cause a finding of this rule.
    pub keywords: &'static [&'static str],
    /// A writer and a reader with a finding of this rule, and a reader without one; `None` for a rule that is not about
    /// schemas.
    pub example: Option<Example>,
}

/// A pair of schemas with a finding, and a similar pair without a finding, as JSON texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The writer's schema.
    pub writer: &'static str,
    /// A reader that breaks.
    pub breaks: &'static str,
    /// A similar reader that does not break.
    pub passes: &'static str,
}

/// Returns the rule with an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

impl Assertion {
    /// Returns the rule of a violated assertion.
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
            Self::Undecided(_) => &UNDECIDED,
        }
    }

    /// Returns the words that a sentence uses for the assertion.
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
            Self::Dependent(name) => format!("the requirements that depend on `{name}`"),
            Self::Unevaluated => "the unevaluated properties or items".to_owned(),
            Self::AnyOf => "`anyOf`".to_owned(),
            Self::OneOf => "`oneOf`".to_owned(),
            Self::Not => "`not`".to_owned(),
            Self::Condition => "`if`".to_owned(),
            Self::Undecided(why) => why.clone(),
        }
    }

    /// Returns the property that the assertion is about, if it is about a property.
    pub(crate) fn name(&self) -> Option<&str> {
        if let Self::Required(name) | Self::Property(name) | Self::Lacks(name) | Self::Dependent(name) = self
        {
            Some(name)
        } else {
            None
        }
    }

    /// Returns the keywords that can express the assertion in a schema. The most likely keyword comes first.
    pub(crate) fn keywords(&self) -> &'static [&'static str] {
        self.rule().keywords
    }
}
