//! The keywords of one schema, by name.

use serde_json::{Number, Value};

use super::keyword::{Keyword, Names, TypeNames};

/// The keywords of a schema, in the order of [`Keyword`]'s variants.
#[derive(Debug, Clone)]
pub struct Keywords<'r, S, R>(Vec<Keyword<'r, S, R>>);

/// Declares a method for each keyword with one value.
macro_rules! values {
    ($($(#[$doc:meta])* $method:ident: $variant:ident => $value:ty,)*) => {
        $($(#[$doc])*
        pub fn $method(&self) -> Option<$value> {
            self.find(|keyword| if let Keyword::$variant(value) = keyword { Some(*value) } else { None })
        })*
    };
}

/// Declares a method for each keyword with a list.
macro_rules! lists {
    ($($(#[$doc:meta])* $method:ident: $variant:ident => $item:ty,)*) => {
        $($(#[$doc])*
        pub fn $method(&self) -> &[$item] {
            let list = self.0.iter().find_map(|keyword| if let Keyword::$variant(list) = keyword { Some(list.as_slice()) } else { None });
            list.unwrap_or_default()
        })*
    };
}

impl<'r, S: Copy, R> Keywords<'r, S, R> {
    pub(super) fn new(keywords: Vec<Keyword<'r, S, R>>) -> Self {
        Self(keywords)
    }

    /// Returns all keywords.
    pub fn iter(&self) -> std::slice::Iter<'_, Keyword<'r, S, R>> {
        self.0.iter()
    }

    /// Returns whether the schema has no keyword that can reject a value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find<T>(&self, pick: impl Fn(&Keyword<'r, S, R>) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(pick)
    }

    /// Returns the names of the types of `type`.
    pub fn types(&self) -> Option<TypeNames<'r>> {
        self.find(|keyword| if let Keyword::Type { names, .. } = keyword { Some(*names) } else { None })
    }

    /// Returns whether `type` rejects `1.0` as an integer, as in draft 4.
    pub fn has_integers_by_lexeme(&self) -> bool {
        self.0.iter().any(|keyword| matches!(keyword, Keyword::Type { integers_by_lexeme: true, .. }))
    }

    /// Returns whether the schema has `uniqueItems: true`.
    pub fn has_unique_items(&self) -> bool {
        self.0.iter().any(|keyword| matches!(keyword, Keyword::UniqueItems))
    }

    /// Returns the schema of `contains`.
    pub fn contains(&self) -> Option<S> {
        self.find(|keyword| if let Keyword::Contains { schema, .. } = keyword { Some(*schema) } else { None })
    }

    /// Returns the schemas of `if`, `then` and `else`.
    pub fn branches(&self) -> Vec<S> {
        let branches = self.find(|keyword| {
            if let Keyword::If { test, then, otherwise } = keyword {
                Some([Some(*test), *then, *otherwise])
            } else {
                None
            }
        });
        branches.into_iter().flatten().flatten().collect()
    }

    /// Returns the schema of a property in `properties`.
    pub fn property(&self, name: &str) -> Option<S> {
        self.properties().iter().find(|(known, _)| *known == name).map(|(_, schema)| *schema)
    }

    values! {
        /// Returns the values of `enum`.
        values: Enum => &'r [Value],
        /// Returns the value of `const`.
        constant: Const => &'r Value,
        /// Returns the schema of `not`.
        not: Not => S,
        /// Returns the number of `minimum`.
        minimum: Minimum => &'r Number,
        /// Returns the number of `exclusiveMinimum`.
        exclusive_minimum: ExclusiveMinimum => &'r Number,
        /// Returns the number of `maximum`.
        maximum: Maximum => &'r Number,
        /// Returns the number of `exclusiveMaximum`.
        exclusive_maximum: ExclusiveMaximum => &'r Number,
        /// Returns the number of `multipleOf`.
        multiple_of: MultipleOf => &'r Number,
        /// Returns the number of `minLength`.
        min_length: MinLength => &'r Number,
        /// Returns the number of `maxLength`.
        max_length: MaxLength => &'r Number,
        /// Returns the pattern of `pattern`.
        pattern: Pattern => &'r str,
        /// Returns the number of `minItems`.
        min_items: MinItems => &'r Number,
        /// Returns the number of `maxItems`.
        max_items: MaxItems => &'r Number,
        /// Returns the schema of the items after `prefixItems`.
        items: Items => S,
        /// Returns the schema of `unevaluatedItems`.
        unevaluated_items: UnevaluatedItems => S,
        /// Returns the number of `minProperties`.
        min_properties: MinProperties => &'r Number,
        /// Returns the number of `maxProperties`.
        max_properties: MaxProperties => &'r Number,
        /// Returns the names of `required`.
        required: Required => Names<'r>,
        /// Returns the schema of `additionalProperties`.
        additional_properties: AdditionalProperties => S,
        /// Returns the schema of `propertyNames`.
        property_names: PropertyNames => S,
        /// Returns the schema of `unevaluatedProperties`.
        unevaluated_properties: UnevaluatedProperties => S,
    }

    lists! {
        /// Returns the schemas of `allOf`.
        all_of: AllOf => S,
        /// Returns the schemas of `anyOf`.
        any_of: AnyOf => S,
        /// Returns the schemas of `oneOf`.
        one_of: OneOf => S,
        /// Returns the schemas of `prefixItems`.
        prefix_items: PrefixItems => S,
        /// Returns the schemas of `properties`, in the order of the document.
        properties: Properties => (&'r str, S),
        /// Returns the schemas of `patternProperties`, in the order of the document.
        pattern_properties: PatternProperties => (&'r str, S),
        /// Returns the lists of `dependentRequired`.
        dependent_required: DependentRequired => (&'r str, Names<'r>),
        /// Returns the schemas of `dependentSchemas`.
        dependent_schemas: DependentSchemas => (&'r str, S),
    }
}
