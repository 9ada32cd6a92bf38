//! Names the variants of an enum of types.
//!
//! A name depends only on the content of its own alternative. So a new alternative, or another order, never gives a name
//! to another alternative (docs/adr/0014).

use std::collections::BTreeSet;

use evschema_model::graph::Place;
use serde_json::{Map, Value};

use super::clusters::{Cluster, kind_name};
use super::path::root_name;
use super::typing::Planner;
use crate::names::{self, Style, number_of};
use crate::shape::{Expression, Facts, Kinds};

/// The possible names of a variant. If several variants have the same short name, each of them has its long name.
#[derive(Debug, Clone)]
pub(super) struct VariantNames {
    pub(super) short: String,
    pub(super) long: String,
    /// The name if the long name is not unique either.
    pub(super) unique: String,
}

impl VariantNames {
    /// Returns the names of a variant that has the name of a text in JSON: a string, or the only property of an object.
    /// `kind` distinguishes the two.
    pub(super) fn of_text(kind: &str, text: &str) -> Self {
        let long = Style::Type.spelled(text);
        let unique = with_number(&long, &format!("{kind} {text}"));
        Self { short: names::type_name(text), long, unique }
    }
}

/// A property that tells alternatives apart, with the strings that one alternative accepts.
type Tag<'c> = (&'c str, Vec<&'c str>);

impl<'c> Planner<'_, 'c> {
    /// Returns the names of a variant for a cluster.
    pub(super) fn variant_names(&mut self, cluster: &Cluster<'c>) -> VariantNames {
        let facts = cluster.joined();
        let tags = self.own_tags(cluster, &facts);
        let content = content_name(&facts, &tags);
        let short = match cluster.alternatives.as_slice() {
            [only] => tag_name(&tags).or_else(|| self.definition_name(only)),
            _ => None,
        };
        let short = short.unwrap_or_else(|| short_content_name(&facts));
        let long = if 1 < tags.len() { names::cut_type_name(values_name(&tags)) } else { content.clone() };
        let long = if long == short { format!("{long}Plain") } else { long };
        let mut texts: Vec<String> =
            cluster.alternatives.iter().map(|one| self.text_of(alone(one))).collect();
        texts.sort_unstable();
        VariantNames { short, long, unique: with_number(&content, &texts.join("\n")) }
    }

    /// Returns the required properties for which all alternatives of a cluster list strings. Properties with one string
    /// are first. Schemas outside the alternatives do not count, because they do not tell alternatives apart.
    fn own_tags(&mut self, cluster: &Cluster<'c>, joined: &Facts<'c>) -> Vec<Tag<'c>> {
        /// The usual names of properties that tell alternatives apart. They are before all others.
        const USUAL: [&str; 2] = ["type", "kind"];
        let own: Vec<Facts<'c>> =
            cluster.alternatives.iter().map(|alternative| self.shapes.facts(alone(alternative))).collect();
        let mut tags: Vec<Tag<'c>> = Vec::new();
        for name in &joined.required {
            let texts: Option<Vec<_>> = own.iter().map(|facts| facts.tags.get(name)).collect();
            let texts: BTreeSet<&str> = texts.into_iter().flatten().flatten().copied().collect();
            if !texts.is_empty() {
                tags.push((*name, texts.into_iter().collect()));
            }
        }
        tags.sort_by_key(|(name, texts)| (1 < texts.len(), !USUAL.contains(name)));
        tags
    }

    /// Returns the key of the definition to which an alternative leads, or the name of its document, as a name.
    fn definition_name(&self, alternative: &Expression) -> Option<String> {
        let Expression::Schema(place) = alternative else { return None };
        let entry = self.shapes.entry(*place);
        if let Some(key) = self.documents.definition_key(entry) {
            return Some(names::type_name(&key));
        }
        let home = self.documents.document(entry);
        let is_other = entry == self.documents.root(home) && home != self.documents.document(*place);
        is_other.then(|| root_name(&self.documents.schema(home).at().subject))
    }

    /// Returns a text that depends only on the conditions of an expression: not on the place, the order or the
    /// annotations of its schemas.
    fn text_of(&self, expression: &Expression) -> String {
        match expression {
            Expression::Schema(place) | Expression::Own(place) => self.conditions_of(*place).to_string(),
            Expression::All(parts) | Expression::Any(parts) => {
                let mut texts: Vec<String> = parts.iter().map(|part| self.text_of(part)).collect();
                texts.sort_unstable();
                texts.join("\n")
            }
            Expression::Kinds(kinds) => kind_names(*kinds),
            Expression::Anything | Expression::Mention(_) | Expression::Whole | Expression::Opaque => {
                String::new()
            }
        }
    }

    /// Returns a schema without annotations, with its members in the order of their names.
    fn conditions_of(&self, place: Place) -> Value {
        let mut keywords: Vec<(&str, &Value)> = self.documents.effective(place).collect();
        if !self.documents.value(place).is_object() {
            return self.documents.value(place).clone();
        }
        keywords.sort_unstable_by_key(|(name, _)| *name);
        let schemas = self.documents.subschemas(place);
        let members =
            keywords.into_iter().map(|(name, value)| (name.to_owned(), self.part_of(&schemas, value)));
        Value::Object(members.collect())
    }

    /// Returns a part of the value of a keyword, which contains some of the subschemas.
    fn part_of(&self, schemas: &[Place], value: &Value) -> Value {
        if let Some(place) = self.documents.place_of(value).filter(|place| schemas.contains(place)) {
            return self.conditions_of(place);
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.part_of(schemas, item)).collect(),
            Value::Object(members) => {
                let mut members: Vec<(&String, &Value)> = members.iter().collect();
                members.sort_unstable_by_key(|(name, _)| *name);
                let members = members.into_iter();
                let members = members.map(|(name, value)| (name.clone(), self.part_of(schemas, value)));
                Value::Object(members.collect::<Map<String, Value>>())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }
}

/// Returns the condition that only this alternative has, without the conditions that all alternatives share.
fn alone(alternative: &Expression) -> &Expression {
    let Expression::All(parts) = alternative else { return alternative };
    parts.iter().rev().find(|part| !matches!(part, Expression::Kinds(_))).unwrap_or(alternative)
}

/// Returns the value of the first tag, if it has only one value.
fn tag_name(tags: &[Tag<'_>]) -> Option<String> {
    match tags.first()?.1.as_slice() {
        [only] => Some(names::type_name(only)),
        _ => None,
    }
}

/// Returns the values of all tags.
fn values_name(tags: &[Tag<'_>]) -> String {
    let value =
        |(_, texts): &Tag<'_>| texts.iter().map(|text| names::type_name(text)).collect::<Vec<_>>().join("Or");
    tags.iter().map(value).fold(String::new(), |name, next| names::joined(&name, &next))
}

/// Returns a name by the properties that a variant requires, or by its kind of value.
fn short_content_name(facts: &Facts<'_>) -> String {
    /// More properties would make the name hard to read.
    const PROPERTIES_MAX: usize = 3;
    if facts.kinds != Kinds::OBJECT || facts.required.is_empty() {
        return kind_name(facts.kinds).to_owned();
    }
    with_properties(facts.required.iter().take(PROPERTIES_MAX))
}

/// Returns a name by all tags and required properties of a variant, or by all its kinds of values.
fn content_name(facts: &Facts<'_>, tags: &[Tag<'_>]) -> String {
    if facts.kinds != Kinds::OBJECT {
        return kind_names(facts.kinds);
    }
    let others: Vec<&&str> =
        facts.required.iter().filter(|name| !tags.iter().any(|(tag, _)| tag == *name)).collect();
    if tags.is_empty() && others.is_empty() {
        return kind_names(facts.kinds);
    }
    let values = values_name(tags);
    if others.is_empty() {
        names::cut_type_name(values)
    } else {
        names::cut_type_name(values + &with_properties(others.into_iter()))
    }
}

fn with_properties<'n>(required: impl Iterator<Item = &'n &'n str>) -> String {
    let required = required.map(|name| names::type_name(name));
    names::cut_type_name(format!("With{}", required.collect::<Vec<_>>().join("And")))
}

fn kind_names(kinds: Kinds) -> String {
    let own = Kinds::SEPARATE.into_iter().chain([Kinds::NULL]).map(|kind| kind.and(kinds));
    let names = own.filter(|kind| !kind.is_empty()).map(kind_name);
    names.collect::<Vec<_>>().join("Or")
}

fn with_number(name: &str, text: &str) -> String {
    format!("{name}X{:08x}", number_of(text))
}
