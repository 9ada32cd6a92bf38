//! Proofs about objects: named properties, patterns, other properties, required properties and counts.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet};
use serde_json::Value;

use super::names::Cell;
use crate::alternatives::{Alternative, PropertyLayer, explicit_names};
use crate::assertion::Assertion;
use crate::engine::Engine;
use crate::tree::{Id, Listed, Name, Named, Node, Origin, Types};
use crate::truth::Truth;

impl Engine {
    /// Returns the first object assertion of the reader without a proof.
    pub(super) fn unmet_by_objects(
        &mut self,
        alternative: &Alternative,
        node: &Node,
        path: &mut Vec<Id>,
    ) -> Option<Assertion> {
        let reader = &node.objects;
        if let Some(missing) = reader.required.iter().find(|name| !self.is_sure_to_have(alternative, name)) {
            return Some(Assertion::Required(missing.to_string()));
        }
        if alternative.min_properties() < reader.min
            || reader.max.is_some_and(|read| {
                alternative.objects.max.is_none_or(|max| read < max)
                    && self.most_properties(alternative).is_none_or(|most| read < most)
            })
        {
            return Some(Assertion::PropertyCount);
        }
        if let Some(assertion) = self.unmet_by_properties(alternative, node) {
            return Some(assertion);
        }
        if let Some(names) = reader.names
            && !self.names_covered(alternative, names)
        {
            return Some(Assertion::Names);
        }
        for (name, needed) in &reader.dependent_required {
            let is_met = self.cannot_have(alternative, name) || {
                let having = self.having(alternative, name);
                needed.iter().all(|needed| self.is_sure_to_have(&having, needed))
            };
            if !is_met {
                return Some(Assertion::Dependent(name.to_string()));
            }
        }
        for (name, schema) in reader.dependent_schemas.iter() {
            let stated =
                alternative.objects.dependent_schemas.iter().any(|own| own.0 == *name && own.1 == *schema);
            if !stated && !self.cannot_have(alternative, name) {
                let having = self.having(alternative, name);
                if !self.covers_alternative(&having, *schema, path) {
                    return Some(Assertion::Dependent(name.to_string()));
                }
            }
        }
        if let Some(unevaluated) = reader.unevaluated
            && !self.unevaluated_covered(alternative, node, unevaluated, 0)
        {
            return Some(Assertion::Unevaluated);
        }
        None
    }

    /// Returns the objects of an alternative that have a property. If a schema depends on the property and has a single
    /// alternative, the objects also satisfy this schema.
    pub(crate) fn having(&mut self, alternative: &Alternative, name: &str) -> Alternative {
        let mut having = alternative.clone();
        Rc::make_mut(&mut having.objects).required.insert(name.into());
        for (own, schema) in &alternative.objects.dependent_schemas {
            if **own == *name
                && let [only] = self.alternatives(*schema).as_slice()
            {
                having = having.and(only);
            }
        }
        having
    }

    /// Returns the first assertion of the reader's `properties`, `patternProperties` and `additionalProperties` without
    /// a proof. The function compares them with all properties that the writer can send.
    fn unmet_by_properties(&mut self, alternative: &Alternative, node: &Node) -> Option<Assertion> {
        let reader = PropertyLayer::of(&node.objects);
        let says_nothing =
            reader.properties.is_empty() && reader.patterns.is_empty() && reader.additional.is_none();
        if says_nothing || alternative.objects.layers.contains(&reader) {
            return None;
        }
        for name in explicit_names(alternative, Some(&reader)) {
            if !self.property_covered(alternative, &reader, &name) {
                let ruled = reader.declared(&name).is_some()
                    || reader.patterns.iter().any(|(p, _)| self.patterns.is_match(p, &name) == Truth::Yes);
                return Some(if ruled {
                    Assertion::Property(name.to_string())
                } else {
                    Assertion::Additional
                });
            }
        }
        self.unmet_in_cells(alternative, &reader)
    }

    /// Returns whether a layer of the reader covers all properties with names that no schema states literally.
    pub(crate) fn cells_covered(&mut self, alternative: &Alternative, reader: &PropertyLayer) -> bool {
        self.unmet_in_cells(alternative, reader).is_none()
    }

    fn unmet_in_cells(&mut self, alternative: &Alternative, reader: &PropertyLayer) -> Option<Assertion> {
        if (reader.patterns.is_empty() && reader.additional.is_none())
            || self.same_patterns(alternative, reader)
        {
            return None;
        }
        for cell in self.cells(alternative, reader) {
            for (pattern, schema) in reader.patterns.iter().filter(|(p, _)| !cell.excludes(p)) {
                if !self.covers(cell.schema, *schema) {
                    return Some(Assertion::Property(pattern.to_string()));
                }
            }
            if let Some(additional) = reader.additional
                && !reader.patterns.iter().any(|(pattern, _)| cell.is_within(pattern))
                && !self.covers(cell.schema, additional)
            {
                return Some(Assertion::Additional);
            }
        }
        None
    }

    /// Returns whether the writer has a layer with the same patterns, and the reader's schema covers the writer's
    /// schema for each pattern. If so, the engine needs no automaton.
    fn same_patterns(&mut self, alternative: &Alternative, reader: &PropertyLayer) -> bool {
        alternative.objects.layers.iter().any(|layer| {
            layer.patterns.len() == reader.patterns.len()
                && layer
                    .patterns
                    .iter()
                    .zip(reader.patterns.iter())
                    .all(|(own, theirs)| own.0 == theirs.0 && self.covers(own.1, theirs.1))
                && reader.additional.is_none_or(|theirs| {
                    self.tree.is_true(theirs) || layer.additional.is_some_and(|own| self.covers(own, theirs))
                })
        })
    }

    fn property_covered(&mut self, alternative: &Alternative, reader: &PropertyLayer, name: &str) -> bool {
        let mut rules: Vec<Id> = reader.declared(name).into_iter().collect();
        let named = !rules.is_empty();
        let mut unsure = false;
        for (pattern, schema) in reader.patterns.iter() {
            match self.patterns.is_match(pattern, name) {
                Truth::Yes => rules.push(*schema),
                Truth::No => {}
                // If the pattern matches, its schema applies; otherwise `additionalProperties` applies. The engine does
                // not know which, so both schemas must cover the property.
                Truth::Unknown => {
                    rules.push(*schema);
                    unsure = true;
                }
            }
        }
        if (rules.is_empty() || unsure) && !named {
            rules.extend(reader.additional);
        }
        rules.retain(|rule| !self.tree.is_true(*rule));
        if rules.is_empty() {
            return true;
        }
        let written = self.property_schema(&alternative.objects, name);
        rules.iter().all(|rule| self.covers(written, *rule)) || self.cannot_have(alternative, name)
    }

    /// Returns whether every object of the writer has a property of this name.
    fn is_sure_to_have(&mut self, alternative: &Alternative, name: &str) -> bool {
        if alternative.objects.required.contains(name) {
            return true;
        }
        // If the other possible names are fewer than `minProperties`, the object must have this property.
        self.depends_on_required(alternative, name)
            || (0 < alternative.objects.min
                && self.possible_names(alternative).is_some_and(|names| {
                    (names.iter().filter(|other| ***other != *name).count() as u64)
                        < alternative.min_properties()
                }))
    }

    /// Returns whether a required property depends on this property, directly or through other properties.
    fn depends_on_required(&mut self, alternative: &Alternative, name: &str) -> bool {
        let dependent = &alternative.objects.dependent_required;
        if !dependent.iter().any(|(_, needed)| needed.iter().any(|needed| **needed == *name)) {
            return false;
        }
        let mut by_name: HashMap<&str, Vec<&Name>> = HashMap::new();
        for (given, needed) in dependent {
            by_name.entry(given).or_default().extend(needed);
        }
        let mut seen: HashSet<&str> = alternative.objects.required.iter().map(|name| &**name).collect();
        let mut open: Vec<&str> = seen.iter().copied().collect();
        while let Some(given) = open.pop() {
            if given == name {
                return true;
            }
            if !self.spend(1) {
                return false;
            }
            let needed = by_name.get(given).into_iter().flatten();
            open.extend(needed.map(|needed| &***needed).filter(|needed| seen.insert(needed)));
        }
        false
    }

    /// Returns an upper bound for the number of properties, if one is known.
    pub(super) fn most_properties(&mut self, alternative: &Alternative) -> Option<u64> {
        let by_names = self.possible_names(alternative).map(|names| names.len() as u64);
        match (alternative.objects.max, by_names) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Returns whether a schema provably accepts every property name of the writer.
    pub(crate) fn names_covered(&mut self, alternative: &Alternative, names: Id) -> bool {
        if alternative.objects.names.iter().any(|own| self.covers(*own, names)) {
            return true;
        }
        let named = explicit_names(alternative, None).iter().all(|name| {
            self.accepts(names, &Value::from(&**name)) == Truth::Yes || self.cannot_have(alternative, name)
        });
        named
            && self.cells(alternative, &PropertyLayer::default()).into_iter().all(|cell| {
                let name = self.name_schema(alternative, &cell);
                self.covers(name, names)
            })
    }

    /// Returns the schema of the writer's names in a cell.
    fn name_schema(&mut self, alternative: &Alternative, cell: &Cell) -> Id {
        let mut name = Node { types: Types::STRING, ..Node::default() };
        name.strings.patterns = cell.every.iter().map(ToString::to_string).collect();
        for pattern in &cell.none {
            let mut other = Node { types: Types::STRING, ..Node::default() };
            other.strings.patterns.push(pattern.to_string());
            name.not.push(self.tree.add(other, Origin::default()));
        }
        let name = self.tree.add(name, Origin::default());
        let rules = alternative.objects.names.iter().copied().chain([name]).collect();
        self.tree.all(rules)
    }

    /// Splits the objects of an alternative by the values of a required property with few values.
    pub(super) fn split_by_property(&mut self, alternative: &Alternative) -> Option<Vec<Alternative>> {
        if alternative.types != Types::OBJECT {
            return None;
        }
        for name in &alternative.objects.required {
            let schema = self.property_schema(&alternative.objects, name);
            let Some(values) = self.few_values(schema).filter(|values| 1 < values.len()) else { continue };
            let parts = values.into_iter().map(|value| {
                let only = Node { values: Some(Listed::of(vec![value])), ..Node::default() };
                let only = self.tree.add(only, self.tree.origin(schema));
                alternative.with_property(name, only)
            });
            return Some(parts.collect());
        }
        None
    }
}

impl Alternative {
    /// Returns the objects of this alternative that lack the property, or have it with a value that the schema accepts.
    pub(crate) fn with_property(&self, name: &str, schema: Id) -> Self {
        let mut alternative = self.clone();
        let layer = PropertyLayer {
            properties: Named::from_iter([(name.into(), schema)]),
            ..PropertyLayer::default()
        };
        if !alternative.objects.layers.contains(&layer) {
            Rc::make_mut(&mut alternative.objects).layers.push(layer);
        }
        alternative
    }
}
