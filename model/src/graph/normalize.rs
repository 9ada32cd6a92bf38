//! Reads the keywords of one schema object by the rules of its draft.
//!
//! The order of the keywords is that of [`Keyword`]'s variants.

use serde_json::{Map, Number, Value};

use super::keyword::{ContainsMarks, Content, Keyword, Names, TypeNames, Unsupported};
use crate::dialect::Draft;
use crate::formats;
use crate::formats::Formats;

/// Returns whether the validator checks `contentEncoding` and `contentMediaType` in a draft. Later drafts only annotate
/// with them.
pub(super) fn checks_content(draft: Draft) -> bool {
    matches!(draft, Draft::Draft6 | Draft::Draft7)
}

/// Identifies the subschemas of schema objects, and follows their references.
pub(super) trait Links<'r> {
    /// The identity of a subschema.
    type Schema;
    /// The target of a reference.
    type Target;

    /// Returns the identity of a direct subschema.
    fn subschema(&mut self, schema: &'r Value) -> Self::Schema;

    /// Adds the keywords for a reference. `keyword` is `$ref`, `$dynamicRef` or `$recursiveRef`.
    fn reference(
        &mut self,
        keyword: &'static str,
        written: &'r Value,
        keywords: &mut Vec<Keyword<'r, Self::Schema, Self::Target>>,
    );
}

/// Returns the keywords of a schema by the rules of its draft, in the order of [`Keyword`]'s variants.
pub(super) fn keywords_of<'r, L: Links<'r>>(
    schema: &'r Value,
    draft: Draft,
    formats: Formats,
    links: &mut L,
) -> Vec<Keyword<'r, L::Schema, L::Target>> {
    match schema {
        Value::Object(members) => {
            let mut object = Object { links, draft, formats, keywords: Vec::new() };
            object.read(&Written::of(members));
            object.keywords
        }
        Value::Bool(true) => Vec::new(),
        Value::Bool(false) => vec![Keyword::False],
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            vec![Keyword::Unsupported(Unsupported::NotASchema)]
        }
    }
}

/// A schema object whose keywords are read.
struct Object<'a, 'r, L: Links<'r>> {
    links: &'a mut L,
    draft: Draft,
    formats: Formats,
    keywords: Vec<Keyword<'r, L::Schema, L::Target>>,
}

impl<'r, L: Links<'r>> Object<'_, 'r, L> {
    fn read(&mut self, written: &Written<'r>) {
        if self.draft.ref_hides_siblings()
            && let Some(reference) = written.reference
        {
            self.links.reference("$ref", reference, &mut self.keywords);
            return;
        }
        for (keyword, reference, is_known) in [
            ("$ref", written.reference, true),
            ("$dynamicRef", written.dynamic_reference, self.draft == Draft::Draft202012),
            ("$recursiveRef", written.recursive_reference, self.draft == Draft::Draft201909),
        ] {
            if let Some(reference) = reference.filter(|_| is_known) {
                self.links.reference(keyword, reference, &mut self.keywords);
            }
        }
        self.any_type(written);
        self.numbers(written);
        self.strings(written);
        self.arrays(written);
        self.objects(written);
    }

    fn push(&mut self, keyword: Option<Keyword<'r, L::Schema, L::Target>>) {
        self.keywords.extend(keyword);
    }

    fn any_type(&mut self, written: &Written<'r>) {
        let types = written.types.map(TypeNames);
        self.push(types.map(|names| Keyword::Type {
            names,
            integers_by_lexeme: self.draft.has_lexical_integers() && names.contains("integer"),
        }));
        self.push(written.values.and_then(Value::as_array).map(|values| Keyword::Enum(values)));
        self.push(written.constant.filter(|_| Draft::Draft6 <= self.draft).map(Keyword::Const));
        for (list, keyword) in [
            (written.all_of, Keyword::AllOf as fn(_) -> Keyword<'r, L::Schema, L::Target>),
            (written.any_of, Keyword::AnyOf),
            (written.one_of, Keyword::OneOf),
        ] {
            let schemas = self.schemas(list);
            self.push(schemas.map(keyword));
        }
        let not = self.schema(written.not);
        self.push(not.map(Keyword::Not));
        if let Some(test) = written.test.filter(|_| Draft::Draft7 <= self.draft) {
            let [then, otherwise] = [written.then, written.otherwise].map(|branch| self.schema(branch));
            let test = self.subschema(test);
            self.keywords.push(Keyword::If { test, then, otherwise });
        }
    }

    fn numbers(&mut self, written: &Written<'r>) {
        let (minimum, maximum) = (number(written.minimum), number(written.maximum));
        if self.draft == Draft::Draft4 {
            // A flag excludes the bound itself.
            self.push(minimum.map(if is_true(written.exclusive_minimum) {
                Keyword::ExclusiveMinimum
            } else {
                Keyword::Minimum
            }));
            self.push(maximum.map(if is_true(written.exclusive_maximum) {
                Keyword::ExclusiveMaximum
            } else {
                Keyword::Maximum
            }));
        } else {
            self.push(minimum.map(Keyword::Minimum));
            self.push(number(written.exclusive_minimum).map(Keyword::ExclusiveMinimum));
            self.push(maximum.map(Keyword::Maximum));
            self.push(number(written.exclusive_maximum).map(Keyword::ExclusiveMaximum));
        }
        self.push(number(written.multiple_of).map(Keyword::MultipleOf));
    }

    fn strings(&mut self, written: &Written<'r>) {
        self.push(number(written.min_length).map(Keyword::MinLength));
        self.push(number(written.max_length).map(Keyword::MaxLength));
        self.push(text(written.pattern).map(Keyword::Pattern));
        if self.formats == Formats::Assert {
            let format = text(written.format).and_then(|name| formats::asserted(self.draft, name));
            self.push(format.map(Keyword::Format));
        }
        if checks_content(self.draft) {
            let content = Content {
                encoding: text(written.content_encoding),
                media_type: text(written.content_media_type),
            };
            let is_checked = content.encoding.or(content.media_type).is_some();
            self.push(is_checked.then_some(Keyword::Content(content)));
        }
    }

    fn arrays(&mut self, written: &Written<'r>) {
        self.push(number(written.min_items).map(Keyword::MinItems));
        self.push(number(written.max_items).map(Keyword::MaxItems));
        self.push(is_true(written.unique_items).then_some(Keyword::UniqueItems));
        // Up to 2019-09, an array in `items` has the meaning of `prefixItems`.
        let (prefix, rest) = match written.items {
            _ if self.draft == Draft::Draft202012 => (written.prefix_items, written.items),
            Some(Value::Array(_)) => (written.items, written.additional_items),
            items => (None, items),
        };
        let prefix = self.schemas(prefix);
        self.push(prefix.map(Keyword::PrefixItems));
        let rest = self.schema(rest);
        self.push(rest.map(Keyword::Items));
        if let Some(contains) = written.contains.filter(|_| Draft::Draft6 <= self.draft) {
            let marks = match self.draft {
                Draft::Draft4 | Draft::Draft6 | Draft::Draft7 => ContainsMarks::Nothing,
                Draft::Draft201909 => ContainsMarks::Undefined,
                Draft::Draft202012 => ContainsMarks::Counted,
            };
            let count = |written| number(written).filter(|_| Draft::Draft201909 <= self.draft);
            let (min, max) = (count(written.min_contains), count(written.max_contains));
            let schema = self.subschema(contains);
            self.keywords.push(Keyword::Contains { schema, min, max, marks });
        }
        if Draft::Draft201909 <= self.draft {
            let unevaluated = self.schema(written.unevaluated_items);
            self.push(unevaluated.map(Keyword::UnevaluatedItems));
        }
    }

    fn objects(&mut self, written: &Written<'r>) {
        self.push(number(written.min_properties).map(Keyword::MinProperties));
        self.push(number(written.max_properties).map(Keyword::MaxProperties));
        self.push(written.required.and_then(Value::as_array).map(|names| Keyword::Required(Names(names))));
        let properties = self.named(written.properties);
        self.push(properties.map(Keyword::Properties));
        let patterns = self.named(written.pattern_properties);
        self.push(patterns.map(Keyword::PatternProperties));
        let additional = self.schema(written.additional_properties);
        self.push(additional.map(Keyword::AdditionalProperties));
        let names = self.schema(written.property_names.filter(|_| Draft::Draft6 <= self.draft));
        self.push(names.map(Keyword::PropertyNames));
        if self.draft.has_dependencies() {
            self.dependencies(written.dependencies);
        }
        if Draft::Draft201909 <= self.draft {
            if let Some(dependencies) = map(written.dependent_required) {
                let names = |names: &'r Value| Names(names.as_array().map_or(&[], Vec::as_slice));
                let lists = dependencies.iter().map(|(name, list)| (name.as_str(), names(list))).collect();
                self.keywords.push(Keyword::DependentRequired(lists));
            }
            let schemas = self.named(written.dependent_schemas);
            self.push(schemas.map(Keyword::DependentSchemas));
            let unevaluated = self.schema(written.unevaluated_properties);
            self.push(unevaluated.map(Keyword::UnevaluatedProperties));
        }
    }

    /// Reads `dependencies`, which 2019-09 splits into two keywords.
    fn dependencies(&mut self, written: Option<&'r Value>) {
        let Some(dependencies) = map(written) else { return };
        let (mut lists, mut schemas) = (Vec::new(), Vec::new());
        for (name, dependency) in dependencies {
            if let Value::Array(names) = dependency {
                lists.push((name.as_str(), Names(names)));
            } else {
                schemas.push((name.as_str(), self.subschema(dependency)));
            }
        }
        self.push((!lists.is_empty()).then_some(Keyword::DependentRequired(lists)));
        self.push((!schemas.is_empty()).then_some(Keyword::DependentSchemas(schemas)));
    }

    fn subschema(&mut self, schema: &'r Value) -> L::Schema {
        self.links.subschema(schema)
    }

    fn schema(&mut self, written: Option<&'r Value>) -> Option<L::Schema> {
        written.map(|schema| self.subschema(schema))
    }

    fn schemas(&mut self, written: Option<&'r Value>) -> Option<Vec<L::Schema>> {
        let list = written?.as_array()?;
        Some(list.iter().map(|schema| self.subschema(schema)).collect())
    }

    fn named(&mut self, written: Option<&'r Value>) -> Option<Vec<(&'r str, L::Schema)>> {
        let members = map(written)?;
        Some(members.iter().map(|(name, schema)| (name.as_str(), self.subschema(schema))).collect())
    }
}

fn map(written: Option<&Value>) -> Option<&Map<String, Value>> {
    written?.as_object()
}

fn number(written: Option<&Value>) -> Option<&Number> {
    written?.as_number()
}

fn text(written: Option<&Value>) -> Option<&str> {
    written?.as_str()
}

fn is_true(written: Option<&Value>) -> bool {
    written == Some(&Value::Bool(true))
}

/// Declares a field for each keyword.
macro_rules! keywords {
    ($($field:ident: $name:literal,)*) => {
        /// The values of the keywords that can reject a value, by keyword.
        #[derive(Debug, Default)]
        struct Written<'v> {
            $($field: Option<&'v Value>,)*
        }

        impl<'v> Written<'v> {
            /// Reads them in one pass over the properties. A typical schema has three properties, so looking up each of
            /// the nearly fifty keywords would take longer.
            fn of(members: &'v Map<String, Value>) -> Self {
                let mut written = Self::default();
                for (name, value) in members {
                    match name.as_str() {
                        $($name => written.$field = Some(value),)*
                        _ => {}
                    }
                }
                written
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
