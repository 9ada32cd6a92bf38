//! The rules of findings: one row each, said from the reader's side.
//!
//! A finding's rule is its obligation's assertion. `evschema explain` and docs/rules.md are made from
//! the rows of the [`table`].

mod table;

pub use table::RULES;

use crate::assertion::Assertion;
use table::*;

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
    /// A writer and a reader on which the rule fires, and a reader on which it does not; none for a rule
    /// that does not speak of schemas.
    pub example: Option<Example>,
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
            Self::Undecided(_) => &UNDECIDED,
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
            Self::Dependent(name) => format!("the requirements that depend on `{name}`"),
            Self::Unevaluated => "the unevaluated properties or items".to_owned(),
            Self::AnyOf => "`anyOf`".to_owned(),
            Self::OneOf => "`oneOf`".to_owned(),
            Self::Not => "`not`".to_owned(),
            Self::Condition => "`if`".to_owned(),
            Self::Undecided(why) => why.clone(),
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
