//! Builds one node: the keywords of a schema, in the words of the runtime.

use evschema_model::graph::{ContainsMarks, Content, Keyword, Names, Place};
use serde_json::{Map, Value, json};

use super::checked_keywords::SchemaKeyword;
use super::{DocumentId, Linker};
use crate::shape::{SchemaKeywords, spoken_names};

type Node = Map<String, Value>;

/// The position of the properties in the order of [`rank`].
const MEMBERS: u8 = 5;

/// Returns the position of a keyword in a node. Programs keep this order, so that they stay the same text.
fn rank(keyword: &SchemaKeyword<'_>) -> u8 {
    match keyword {
        Keyword::False
        | Keyword::Unsupported(_)
        | Keyword::Type { .. }
        | Keyword::Enum(_)
        | Keyword::Const(_)
        | Keyword::MultipleOf(_) => 0,
        Keyword::Minimum(_)
        | Keyword::ExclusiveMinimum(_)
        | Keyword::Maximum(_)
        | Keyword::ExclusiveMaximum(_)
        | Keyword::MinLength(_)
        | Keyword::MaxLength(_)
        | Keyword::Pattern(_)
        | Keyword::Format(_)
        | Keyword::Content(_)
        | Keyword::MinItems(_)
        | Keyword::MaxItems(_) => 1,
        Keyword::PrefixItems(_) | Keyword::Items(_) => 2,
        Keyword::UniqueItems => 3,
        Keyword::Contains { .. } | Keyword::MinProperties(_) | Keyword::MaxProperties(_) => 4,
        Keyword::Properties(_)
        | Keyword::Required(_)
        | Keyword::PatternProperties(_)
        | Keyword::AdditionalProperties(_)
        | Keyword::PropertyNames(_)
        | Keyword::DependentRequired(_)
        | Keyword::DependentSchemas(_) => MEMBERS,
        Keyword::AllOf(_) | Keyword::AnyOf(_) | Keyword::OneOf(_) | Keyword::Not(_) | Keyword::If { .. } => 6,
        Keyword::UnevaluatedProperties(_) => 7,
        Keyword::UnevaluatedItems(_) => 8,
        Keyword::Reference(_) => 9,
    }
}

impl<'c> Linker<'_, '_, 'c> {
    pub(super) fn node(&mut self, program: DocumentId, place: Place) -> Node {
        let documents = self.planner.documents;
        let keywords = documents.keywords(place);
        let mut node = Node::new();
        if documents.value(place) == &Value::Bool(true) {
            node.insert("streamed".to_owned(), json!(true));
            return node;
        }
        if self.merged(program, place, &mut node) || self.shortened(program, place, &mut node) {
            return node;
        }
        types(keywords, &mut node);
        let names = spoken_names(documents, place);
        let mut ordered: Vec<_> = keywords.iter().collect();
        ordered.sort_by_key(|keyword| rank(keyword));
        let (first, rest) = ordered.split_at(ordered.partition_point(|keyword| rank(keyword) < MEMBERS));
        first.iter().for_each(|keyword| self.keyword(program, keyword, &names, &mut node));
        self.members(program, keywords, &names, &mut node);
        rest.iter().for_each(|keyword| self.keyword(program, keyword, &names, &mut node));
        self.references(program, keywords, &mut node);
        node
    }

    fn keyword(&mut self, program: DocumentId, keyword: &SchemaKeyword<'c>, names: &[&str], node: &mut Node) {
        let mut set = |name: &str, value: Value| {
            node.insert(name.to_owned(), value);
        };
        match keyword {
            Keyword::False => set("type", json!([])),
            // Other functions write these, because they depend on each other.
            Keyword::Type { .. }
            | Keyword::Enum(_)
            | Keyword::Const(_)
            | Keyword::Properties(_)
            | Keyword::Reference(_) => {}
            // The validator rejects such a schema before it is generated, or ignores the keyword.
            Keyword::Unsupported(_) => {}
            Keyword::AllOf(schemas) => set("allOf", self.children(program, schemas)),
            Keyword::AnyOf(schemas) => set("anyOf", self.children(program, schemas)),
            Keyword::OneOf(schemas) => set("oneOf", self.children(program, schemas)),
            Keyword::Not(schema) => set("not", self.child(program, *schema)),
            Keyword::If { test, then, otherwise } => {
                set("if", self.child(program, *test));
                for (name, branch) in [("then", then), ("else", otherwise)] {
                    if let Some(branch) = branch {
                        set(name, self.child(program, *branch));
                    }
                }
            }
            Keyword::Minimum(bound) => set("minimum", json!(bound)),
            Keyword::ExclusiveMinimum(bound) => set("exclusiveMinimum", json!(bound)),
            Keyword::Maximum(bound) => set("maximum", json!(bound)),
            Keyword::ExclusiveMaximum(bound) => set("exclusiveMaximum", json!(bound)),
            Keyword::MultipleOf(step) => set("multipleOf", json!(step)),
            Keyword::MinLength(count) => set("minLength", json!(count)),
            Keyword::MaxLength(count) => set("maxLength", json!(count)),
            Keyword::Pattern(pattern) => set("pattern", json!(pattern)),
            Keyword::Format(name) => set("format", json!(name)),
            Keyword::Content(content) => write_content(content, node),
            Keyword::MinItems(count) => set("minItems", json!(count)),
            Keyword::MaxItems(count) => set("maxItems", json!(count)),
            Keyword::UniqueItems => set("uniqueItems", json!(true)),
            Keyword::PrefixItems(schemas) => set("prefixItems", self.children(program, schemas)),
            Keyword::Items(schema) => set("items", self.child(program, *schema)),
            Keyword::Contains { schema, min, max, marks } => {
                set("contains", self.child(program, *schema));
                for (name, count) in [("minContains", min), ("maxContains", max)] {
                    if let Some(count) = count {
                        set(name, json!(count));
                    }
                }
                if *marks == ContainsMarks::Counted {
                    set("containsEvaluates", json!(true));
                }
            }
            Keyword::UnevaluatedItems(schema) => set("unevaluatedItems", self.child(program, *schema)),
            Keyword::MinProperties(count) => set("minProperties", json!(count)),
            Keyword::MaxProperties(count) => set("maxProperties", json!(count)),
            Keyword::Required(required) => {
                let required = positions(*required, names);
                if !required.is_empty() {
                    set("required", json!(required));
                }
            }
            Keyword::PatternProperties(schemas) => {
                let pairs =
                    schemas.iter().map(|(pattern, schema)| json!([pattern, self.child(program, *schema)]));
                set("patternProperties", pairs.collect());
            }
            Keyword::AdditionalProperties(schema) => {
                set(
                    "additionalProperties",
                    if let Value::Bool(accepts) = self.planner.documents.value(*schema) {
                        json!(accepts)
                    } else {
                        self.child(program, *schema)
                    },
                );
            }
            Keyword::PropertyNames(schema) => set("propertyNames", self.child(program, *schema)),
            Keyword::DependentRequired(lists) => {
                let at = |name: &str| names.iter().position(|known| *known == name);
                let pairs = lists.iter().map(|(name, list)| json!([at(name), positions(*list, names)]));
                set("dependentRequired", pairs.collect());
            }
            Keyword::DependentSchemas(schemas) => {
                let at = |name: &str| names.iter().position(|known| *known == name);
                let pairs =
                    schemas.iter().map(|(name, schema)| json!([at(name), self.child(program, *schema)]));
                set("dependentSchemas", pairs.collect());
            }
            Keyword::UnevaluatedProperties(schema) => {
                set("unevaluatedProperties", self.child(program, *schema));
            }
        }
    }

    /// Adds to a node the keywords that a generated type needs to parse the value in one pass. Returns whether the node
    /// is complete with these keywords.
    fn shortened(&mut self, program: DocumentId, place: Place, node: &mut Node) -> bool {
        if self.planner.documents.is_in_metaschema(place) {
            return false;
        }
        let strategy = self.planner.read_strategy(place);
        if let Some(streamed) = strategy.checks.keyword() {
            node.insert("streamed".to_owned(), streamed);
        }
        if !strategy.variants.is_empty() {
            node.insert("variants".to_owned(), self.children(program, &strategy.variants));
        }
        if let Some(place) = strategy.unless_null {
            node.insert("unlessNull".to_owned(), self.child(program, place));
            return true;
        }
        false
    }

    fn children(&mut self, program: DocumentId, schemas: &[Place]) -> Value {
        schemas.iter().map(|schema| self.child(program, *schema)).collect()
    }

    /// Writes the names of the properties, each with its schema.
    fn members(
        &mut self,
        program: DocumentId,
        keywords: &SchemaKeywords<'c>,
        names: &[&str],
        node: &mut Node,
    ) {
        let member = |name: &&str| match keywords.property(name) {
            Some(property) => json!([name, self.child(program, property)]),
            None => json!([name]),
        };
        let members: Vec<Value> = names.iter().map(member).collect();
        if !members.is_empty() {
            node.insert("members".to_owned(), json!(members));
        }
    }

    fn references(&mut self, program: DocumentId, keywords: &SchemaKeywords<'c>, node: &mut Node) {
        let mut all = Vec::new();
        for reference in keywords.references() {
            let Some(target) = reference.target else { continue };
            let child = self.child(program, target);
            match reference.dynamic_anchor {
                Some(name) => {
                    node.insert("dynamic".to_owned(), json!([name, child]));
                    self.builders.entry(program).or_default().has_dynamic = true;
                }
                None => all.push(child),
            }
        }
        if !all.is_empty() {
            match node.get_mut("allOf").and_then(Value::as_array_mut) {
                Some(parts) => parts.extend(all),
                None => {
                    node.insert("allOf".to_owned(), json!(all));
                }
            }
        }
    }
}

/// Returns the positions of names in the list of all names.
fn positions(some: Names<'_>, names: &[&str]) -> Vec<usize> {
    some.iter().filter_map(|name| names.iter().position(|known| *known == name)).collect()
}

fn write_content(content: &Content<'_>, node: &mut Node) {
    const ENCODINGS: [&str; 5] = ["base64", "base64url", "base32", "base32hex", "base16"];
    if let Some(encoding) = content.encoding.filter(|name| ENCODINGS.contains(name)) {
        node.insert("encoding".to_owned(), json!(encoding));
    }
    if content.media_type == Some("application/json") {
        node.insert("json".to_owned(), json!(true));
    }
}

/// Writes the types and the listed values.
fn types(keywords: &SchemaKeywords<'_>, node: &mut Node) {
    let literals: Option<Vec<&Value>> = match (keywords.values(), keywords.constant()) {
        (Some(values), Some(constant)) => {
            // Both `enum` and `const` apply. Keeps the spelling in `enum`, because equal numbers may have different
            // spellings.
            Some(values.iter().filter(|value| same(value, constant)).collect())
        }
        (Some(values), None) => Some(values.iter().collect()),
        (None, Some(constant)) => Some(vec![constant]),
        (None, None) => None,
    };
    let by_lexeme = keywords.has_integers_by_lexeme();
    let written = |name| if by_lexeme && name == "integer" { "plainInteger" } else { name };
    let mut types: Option<Vec<&str>> = keywords.types().map(|names| names.iter().map(written).collect());
    if let Some(literals) = &literals {
        node.insert("enum".to_owned(), json!(literals));
        if let Some(types) = &mut types {
            // The runtime decides from `type` alone whether `null` is accepted.
            let has_null = literals.iter().any(|value| value.is_null());
            types.retain(|name| *name != "null" || has_null);
        } else {
            let mut of_literals: Vec<&str> = literals.iter().map(|value| type_of(value)).collect();
            of_literals.sort_unstable();
            of_literals.dedup();
            types = Some(of_literals);
        }
    }
    if let Some(types) = types {
        node.insert("type".to_owned(), json!(types));
    }
}

/// Returns whether two values are equal in JSON Schema, which compares numbers by value.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
