//! The keywords of a schema object, found in one look at its members.

use serde_json::{Map, Value};

/// Declares what holds a keyword each, under the name that the specification gives it.
macro_rules! keywords {
    ($($field:ident: $name:literal,)*) => {
        /// The values of the keywords that may refuse something; annotations are left behind.
        #[derive(Debug, Default)]
        pub(super) struct Keywords<'v> {
            $(pub(super) $field: Option<&'v Value>,)*
        }

        impl<'v> Keywords<'v> {
            /// Finds them. A lookup for each would hash its name every time, and most schemas have
            /// three members of nearly fifty that they could have.
            pub(super) fn of(members: &'v Map<String, Value>) -> Self {
                let mut keywords = Self::default();
                for (name, value) in members {
                    match name.as_str() {
                        $($name => keywords.$field = Some(value),)*
                        _ => {}
                    }
                }
                keywords
            }
        }
    };
}

keywords! {
    types: "type",
    properties: "properties",
    required: "required",
    values: "enum",
    constant: "const",
    format: "format",
    pattern: "pattern",
    min_length: "minLength",
    max_length: "maxLength",
    content_encoding: "contentEncoding",
    content_media_type: "contentMediaType",
    minimum: "minimum",
    maximum: "maximum",
    exclusive_minimum: "exclusiveMinimum",
    exclusive_maximum: "exclusiveMaximum",
    multiple_of: "multipleOf",
    items: "items",
    prefix_items: "prefixItems",
    additional_items: "additionalItems",
    unevaluated_items: "unevaluatedItems",
    min_items: "minItems",
    max_items: "maxItems",
    unique_items: "uniqueItems",
    contains: "contains",
    min_contains: "minContains",
    max_contains: "maxContains",
    additional_properties: "additionalProperties",
    pattern_properties: "patternProperties",
    property_names: "propertyNames",
    min_properties: "minProperties",
    max_properties: "maxProperties",
    dependencies: "dependencies",
    dependent_required: "dependentRequired",
    dependent_schemas: "dependentSchemas",
    unevaluated_properties: "unevaluatedProperties",
    reference: "$ref",
    dynamic_reference: "$dynamicRef",
    recursive_reference: "$recursiveRef",
    all_of: "allOf",
    any_of: "anyOf",
    one_of: "oneOf",
    not: "not",
    test: "if",
    then: "then",
    otherwise: "else",
}
