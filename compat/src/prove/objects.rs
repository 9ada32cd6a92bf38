//! Objects: properties by name, by pattern and the rest, what must be there, how many.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use super::Assertion;
use crate::engine::Engine;
use crate::eval::Truth;
use crate::flat::{Flat, PropertyLayer};
use crate::pattern::Answer;
use crate::tree::{Id, Node, Types};

impl Engine {
    pub(super) fn unmet_by_objects(
        &mut self,
        flat: &Flat,
        node: &Node<Id>,
        path: &mut Vec<Id>,
    ) -> Option<Assertion> {
        let reader = &node.objects;
        for name in &reader.required {
            if !self.is_sure_to_have(flat, name) {
                return Some(Assertion::Required(name.clone()));
            }
        }
        let most = self.most_properties(flat);
        if flat.min_properties() < reader.min
            || reader.max.is_some_and(|read| most.is_none_or(|most| read < most))
        {
            return Some(Assertion::PropertyCount);
        }
        if let Some(assertion) = self.unmet_by_properties(flat, node) {
            return Some(assertion);
        }
        if let Some(names) = reader.names
            && !self.names_covered(flat, names)
        {
            return Some(Assertion::Names);
        }
        for (name, needed) in &reader.dependent_required {
            let stated = flat
                .objects
                .dependent_required
                .iter()
                .any(|(own, more)| own == name && needed.iter().all(|needed| more.contains(needed)));
            if !stated
                && !self.cannot_have(flat, name)
                && !needed.iter().all(|needed| self.is_sure_to_have(flat, needed))
            {
                return Some(Assertion::Dependent(name.clone()));
            }
        }
        for (name, schema) in &reader.dependent_schemas {
            let class = self.tree.class(*schema);
            let stated = flat
                .objects
                .dependent_schemas
                .iter()
                .any(|(own, theirs)| own == name && self.tree.class(*theirs) == class);
            if !stated && !self.cannot_have(flat, name) {
                let mut having = flat.clone();
                having.objects.required.insert(name.clone());
                for (own, theirs) in flat.objects.dependent_schemas.clone() {
                    if own == *name
                        && let [only] = self.flats(theirs).as_slice()
                    {
                        having = having.and(only);
                    }
                }
                if !self.flat_covers(&having, *schema, path) {
                    return Some(Assertion::Dependent(name.clone()));
                }
            }
        }
        if let Some(unevaluated) = reader.unevaluated
            && !self.unevaluated_covered(flat, node, unevaluated)
        {
            return Some(Assertion::Unevaluated);
        }
        None
    }

    /// Holds the reader's `properties`, `patternProperties` and `additionalProperties` against
    /// every source of properties the writer has.
    fn unmet_by_properties(&mut self, flat: &Flat, node: &Node<Id>) -> Option<Assertion> {
        let reader = &node.objects;
        if reader.properties.is_empty() && reader.patterns.is_empty() && reader.additional.is_none() {
            return None;
        }
        let layer = PropertyLayer {
            properties: Rc::new(reader.properties.clone()),
            patterns: Rc::new(reader.patterns.clone()),
            additional: reader.additional,
        };
        let names: BTreeSet<String> = written_names(flat)
            .into_iter()
            .chain(reader.properties.iter().map(|(name, _)| name.clone()))
            .collect();
        for name in names {
            if !self.property_covered(flat, &layer, &name) {
                let declared = reader.properties.iter().any(|(known, _)| *known == name);
                let ruled = declared
                    || reader.patterns.iter().any(|(p, _)| self.patterns.is_match(p, &name) == Truth::Yes);
                return Some(if ruled { Assertion::Property(name) } else { Assertion::Additional });
            }
        }
        let rest = self.rest_sources(flat);
        for (pattern, schema) in reader.patterns.iter() {
            let same = same_pattern(flat, pattern);
            let covered = match same {
                Some(own) => self.covers(own, *schema),
                None => rest
                    .iter()
                    .all(|source| self.source_misses(source, pattern) || self.covers(source.schema, *schema)),
            };
            if !covered {
                return Some(Assertion::Property(pattern.clone()));
            }
        }
        if let Some(additional) = reader.additional {
            for source in &rest {
                let ruled = source.pattern.as_ref().is_some_and(|own| {
                    reader.patterns.iter().any(|(theirs, _)| self.name_within(own, theirs))
                });
                if !ruled && !self.covers(source.schema, additional) {
                    return Some(Assertion::Additional);
                }
            }
        }
        None
    }

    fn property_covered(&mut self, flat: &Flat, layer: &PropertyLayer, name: &str) -> bool {
        let written = self.property_schema(&flat.objects, name);
        if self.cannot_have(flat, name) {
            return true;
        }
        let mut rules = Vec::new();
        let mut unsure = false;
        if let Ok(at) = layer.properties.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
            rules.push(layer.properties[at].1);
        }
        let named = !rules.is_empty();
        for (pattern, schema) in layer.patterns.iter() {
            match self.patterns.is_match(pattern, name) {
                Truth::Yes => rules.push(*schema),
                Truth::No => {}
                // It may apply, and it may leave the name to `additionalProperties`: both must do.
                Truth::Unknown => {
                    rules.push(*schema);
                    unsure = true;
                }
            }
        }
        if (rules.is_empty() || unsure) && !named {
            rules.extend(layer.additional);
        }
        rules.iter().all(|rule| self.covers(written, *rule))
    }

    /// Tells whether no object of the writer has a property of this name.
    fn cannot_have(&mut self, flat: &Flat, name: &str) -> bool {
        let schema = self.property_schema(&flat.objects, name);
        self.has_no_value(schema, 0)
            || flat
                .objects
                .names
                .clone()
                .iter()
                .any(|names| self.accepts(*names, &Value::from(name)) == Truth::No)
    }

    /// Tells whether every object of the writer has a property of this name.
    fn is_sure_to_have(&mut self, flat: &Flat, name: &str) -> bool {
        let mut sure: BTreeSet<String> = flat.objects.required.clone();
        if sure.contains(name) {
            return true;
        }
        loop {
            let more: Vec<String> = flat
                .objects
                .dependent_required
                .iter()
                .filter(|(given, _)| sure.contains(given))
                .flat_map(|(_, needed)| needed.iter().filter(|needed| !sure.contains(*needed)).cloned())
                .collect();
            if more.is_empty() {
                break;
            }
            sure.extend(more);
        }
        if sure.contains(name) {
            return true;
        }
        // So many properties, and only these names to choose from.
        self.possible_names(flat)
            .is_some_and(|names| names.contains(name) && names.len() as u64 <= flat.min_properties())
    }

    /// Returns the names an object of the writer can have, when they are known.
    fn possible_names(&mut self, flat: &Flat) -> Option<BTreeSet<String>> {
        let rest = self.rest_sources(flat);
        if !rest.is_empty() {
            return None;
        }
        let names = written_names(flat);
        Some(names.into_iter().filter(|name| !self.cannot_have(flat, name)).collect())
    }

    fn most_properties(&mut self, flat: &Flat) -> Option<u64> {
        let by_names = self.possible_names(flat).map(|names| names.len() as u64);
        match (flat.objects.max, by_names) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Returns where properties beside the named ones can come from.
    ///
    /// With several layers a name is ruled by all; what is returned for each pattern and for the
    /// rest is the conjunction that is sure to hold.
    pub(crate) fn rest_sources(&mut self, flat: &Flat) -> Vec<Source> {
        let layers = &flat.objects.layers;
        let additional: Vec<Id> = layers
            .iter()
            .filter(|layer| layer.patterns.is_empty())
            .filter_map(|layer| layer.additional)
            .collect();
        let mut sources = Vec::new();
        for layer in layers {
            for (pattern, schema) in layer.patterns.iter() {
                let mut rules = vec![*schema];
                rules.extend(&additional);
                let schema = self.tree.all(rules);
                if !self.has_no_value(schema, 0) {
                    sources.push(Source { pattern: Some(pattern.clone()), schema });
                }
            }
        }
        let rules: Vec<Id> = layers.iter().filter_map(|layer| layer.additional).collect();
        let schema = self.tree.all(rules);
        let unnamed = flat.objects.names.clone().iter().any(|names| {
            let flats = self.flats(*names);
            flats.iter().all(|flat| {
                let only = flat.only(Types::STRING);
                self.is_empty(&only) || self.lists_known_names(&only, layers)
            })
        });
        if !self.has_no_value(schema, 0) && !unnamed {
            sources.push(Source { pattern: None, schema });
        }
        sources
    }

    fn lists_known_names(&mut self, names: &Flat, layers: &[PropertyLayer]) -> bool {
        names.values.as_ref().is_some_and(|values| {
            values.iter().filter_map(Value::as_str).all(|name| {
                layers.iter().any(|layer| layer.properties.iter().any(|(known, _)| known == name))
            })
        })
    }

    fn source_misses(&mut self, source: &Source, pattern: &str) -> bool {
        source.pattern.as_ref().is_some_and(|own| self.patterns.is_empty(&[own.clone(), pattern.to_owned()]))
    }

    fn name_within(&mut self, own: &str, theirs: &str) -> bool {
        own == theirs || self.patterns.is_within(&[own.to_owned()], theirs) == Answer::Yes
    }

    fn names_covered(&mut self, flat: &Flat, names: Id) -> bool {
        if flat.objects.names.clone().iter().any(|own| self.covers(*own, names)) {
            return true;
        }
        let known = written_names(flat);
        let named = known.iter().all(|name| {
            self.cannot_have(flat, name) || self.accepts(names, &Value::from(name.as_str())) == Truth::Yes
        });
        named
            && self.rest_sources(flat).iter().all(|source| {
                let mut name = crate::tree::Node { types: Types::STRING, ..Default::default() };
                name.strings.patterns.extend(source.pattern.clone());
                let name = self.tree.add(name, crate::tree::Origin::default());
                self.covers(name, names)
            })
    }

    /// Proves `unevaluatedProperties` by what this schema object itself is sure to evaluate:
    /// its own properties, and those of `allOf` and `$ref`.
    fn unevaluated_covered(&mut self, flat: &Flat, node: &Node<Id>, unevaluated: Id) -> bool {
        let mut evaluated = BTreeSet::new();
        let mut patterns = BTreeSet::new();
        let mut open = vec![std::rc::Rc::new(node.clone())];
        let mut steps = 0;
        while let Some(node) = open.pop() {
            steps += 1;
            if node.objects.additional.is_some() {
                return true;
            }
            evaluated.extend(node.objects.properties.iter().map(|(name, _)| name.clone()));
            patterns.extend(node.objects.patterns.iter().map(|(pattern, _)| pattern.clone()));
            let below = node.all_of.iter().copied().chain(node.slot.and_then(|slot| self.tree.in_slot(slot)));
            if steps < 64 {
                open.extend(below.map(|id| self.tree.shared(id)));
            }
        }
        let named = written_names(flat).into_iter().all(|name| {
            evaluated.contains(&name)
                || patterns.iter().any(|pattern| self.patterns.is_match(pattern, &name) == Truth::Yes)
                || self.cannot_have(flat, &name)
                || {
                    let written = self.property_schema(&flat.objects, &name);
                    self.covers(written, unevaluated)
                }
        });
        named
            && self.rest_sources(flat).iter().all(|source| {
                let ruled = source
                    .pattern
                    .as_ref()
                    .is_some_and(|own| patterns.iter().any(|theirs| self.name_within(own, theirs)));
                ruled || self.covers(source.schema, unevaluated)
            })
    }

    /// Splits an object by the few values of one of its required properties: its discriminator.
    pub(super) fn split_by_property(&mut self, flat: &Flat) -> Option<Vec<Flat>> {
        if flat.types != Types::OBJECT {
            return None;
        }
        for name in flat.objects.required.clone() {
            let schema = self.property_schema(&flat.objects, &name);
            let alternatives = self.flats(schema);
            let mut values = Vec::new();
            for alternative in alternatives.iter() {
                for one in alternative.types.each() {
                    let listed = self.finite_values(&alternative.only(one));
                    values.push(listed);
                }
            }
            let Some(values) = values.into_iter().collect::<Option<Vec<_>>>() else { continue };
            let values: BTreeSet<String> =
                values.into_iter().flatten().map(|value| value.to_string()).collect();
            if values.len() < 2 || 64 < values.len() {
                continue;
            }
            let mut parts = Vec::new();
            for text in values {
                let Ok(value) = serde_json::from_str::<Value>(&text) else { return None };
                let only = crate::tree::Node { values: Some(vec![value]), ..Default::default() };
                let only = self.tree.add(only, self.tree.origin(schema));
                let mut part = flat.clone();
                part.objects.layers.push(PropertyLayer {
                    properties: Rc::new(vec![(name.clone(), only)]),
                    patterns: Rc::new(Vec::new()),
                    additional: None,
                });
                parts.push(part);
            }
            return Some(parts);
        }
        None
    }
}

/// Where unnamed properties can come from: a pattern's names, or all the rest.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) pattern: Option<String>,
    pub(crate) schema: Id,
}

/// Returns every name the writer mentions.
pub(crate) fn written_names(flat: &Flat) -> BTreeSet<String> {
    let declared =
        flat.objects.layers.iter().flat_map(|layer| layer.properties.iter().map(|(name, _)| name.clone()));
    declared.chain(flat.objects.required.iter().cloned()).collect()
}

/// Returns what rules the names of a pattern that the writer has too, to the letter.
fn same_pattern(flat: &Flat, pattern: &str) -> Option<Id> {
    flat.objects
        .layers
        .iter()
        .flat_map(|layer| layer.patterns.iter())
        .find(|(own, _)| own == pattern)
        .map(|(_, id)| *id)
}
