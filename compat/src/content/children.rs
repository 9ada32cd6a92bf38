//! Places for the children of a place: the schemas that a place passes to its properties and items.

use serde_json::Value;

use super::close::Closing;
use crate::alternatives::{AlternativeArrays, AlternativeObjects, ItemLayer, PropertyLayer};
use crate::engine::Engine;
use crate::tree::{Id, Name, Named, Node, Origin, PlaceReader};
use crate::truth::Truth;

impl Engine {
    /// Returns the layers of an object with places for the schemas of its properties.
    ///
    /// A name that a schema states literally gets one place with all its schemas. A pattern applies to several names,
    /// and so does a schema for all other names. So the engine only knows that further schemas may apply to such a
    /// name.
    pub(super) fn layers_of_places(
        &mut self,
        objects: &AlternativeObjects,
        closing: &Closing<'_>,
    ) -> Vec<PropertyLayer> {
        /// The maximum number of comparisons of a name or a pattern with a pattern, for one layer. If a layer needs
        /// more, the engine lets its properties have any value. This only makes the writer wider.
        const PAIRS_MAX: usize = 2_000_000;
        let layers = &objects.layers;
        let all_patterns: usize = layers.iter().map(|layer| layer.patterns.len()).sum();
        let mut placed = Vec::with_capacity(layers.len());
        for (at, layer) in layers.iter().enumerate() {
            let pairs = (layer.properties.len() + layer.patterns.len()).saturating_mul(all_patterns);
            if PAIRS_MAX < pairs || (0 < pairs && !self.spend(pairs as u64 / 64)) {
                placed.push(self.layer_of_anything(layer));
                continue;
            }
            let mut properties = Vec::with_capacity(layer.properties.len());
            for (name, schema) in layer.properties.iter() {
                let rules = if layers.len() == 1 && layer.patterns.is_empty() {
                    *schema
                } else {
                    let rules = self.property(objects, name);
                    self.all_at(rules, *schema)
                };
                let maybe = self.members(&closing.maybe, Some(name));
                properties.push((name.clone(), self.child(rules, maybe, closing, Member::Named(name))));
            }
            let mut patterns = Vec::with_capacity(layer.patterns.len());
            for (pattern, schema) in layer.patterns.iter() {
                let maybe = self.beside_pattern(layers, pattern, closing);
                patterns
                    .push((pattern.clone(), self.child(*schema, maybe, closing, Member::Pattern(pattern))));
            }
            let additional = layer.additional.map(|schema| {
                let mut maybe = self.members(&closing.maybe, None);
                for (other, beside) in layers.iter().enumerate() {
                    if other != at {
                        maybe.extend(ids_of(beside));
                    }
                }
                self.child(schema, maybe, closing, Member::Rest(layer))
            });
            placed.push(PropertyLayer {
                properties: properties.into_iter().collect::<Named>(),
                patterns: patterns.into_iter().collect::<Named>(),
                additional,
            });
        }
        placed
    }

    /// Returns a layer whose properties may have any value.
    fn layer_of_anything(&mut self, layer: &PropertyLayer) -> PropertyLayer {
        let anything = self.tree.boolean(true, Origin::default());
        PropertyLayer {
            properties: layer.properties.iter().map(|(name, _)| (name.clone(), anything)).collect::<Named>(),
            patterns: layer.patterns.iter().map(|(name, _)| (name.clone(), anything)).collect::<Named>(),
            additional: layer.additional.map(|_| anything),
        }
    }

    /// Returns the schemas that may apply to a property whose name matches a pattern, in addition to the schema of that
    /// pattern.
    fn beside_pattern(&mut self, layers: &[PropertyLayer], pattern: &Name, closing: &Closing<'_>) -> Vec<Id> {
        let mut maybe = self.members(&closing.maybe, None);
        for layer in layers {
            for (name, schema) in layer.properties.iter() {
                if self.patterns.is_match(pattern, name) != Truth::No {
                    maybe.push(*schema);
                }
            }
            maybe.extend(layer.patterns.iter().filter(|(other, _)| other != pattern).map(|(_, id)| *id));
            maybe.extend(layer.additional);
        }
        maybe
    }

    /// Returns the schemas that nodes pass to the property with this name. Without a name, returns the schemas that
    /// they pass to any property.
    pub(super) fn members(&mut self, nodes: &[Id], name: Option<&str>) -> Vec<Id> {
        let mut found = Vec::new();
        for id in nodes {
            let node = self.tree.shared(*id);
            let objects = &node.objects;
            match name {
                Some(name) => found.extend(objects.properties.of(name)),
                None => found.extend(objects.properties.iter().map(|(_, schema)| *schema)),
            }
            for (pattern, schema) in objects.patterns.iter() {
                if name.is_none_or(|name| self.patterns.is_match(pattern, name) != Truth::No) {
                    found.push(*schema);
                }
            }
            let is_spelt_out = name.is_some_and(|name| objects.properties.of(name).is_some());
            if !is_spelt_out {
                found.extend(objects.additional.into_iter().chain(objects.unevaluated));
            }
            found.extend(self.listed_members(&node, name));
        }
        found
    }

    /// Returns schemas that declare the properties of the objects that the node lists.
    fn listed_members(&mut self, node: &Node, name: Option<&str>) -> Vec<Id> {
        let Some(values) = &node.values else { return Vec::new() };
        let objects = values.iter().filter_map(Value::as_object).flatten();
        let members = objects.filter(|(own, _)| name.is_none_or(|name| name == own.as_str()));
        let members: Vec<Value> = members.map(|(_, value)| value.clone()).collect();
        self.shape(members).into_iter().collect()
    }

    fn shape(&mut self, values: Vec<Value>) -> Option<Id> {
        let has_parts = values.iter().any(|value| value.is_array() || value.is_object());
        has_parts.then(|| {
            let values = self.tree.listed(&values);
            self.tree.add(Node { values: Some(values), ..Node::default() }, Origin::default())
        })
    }

    pub(super) fn item_layers_of_places(
        &mut self,
        arrays: &AlternativeArrays,
        closing: &Closing<'_>,
    ) -> Vec<ItemLayer> {
        let contained: Vec<Id> = arrays.contains.iter().map(|contains| contains.schema).collect();
        let maybe_at = |engine: &mut Self, at: usize| {
            let mut maybe = engine.items(&closing.maybe, at);
            maybe.extend_from_slice(&contained);
            maybe
        };
        let mut placed = Vec::with_capacity(arrays.layers.len());
        let longest = Self::prefix_len(arrays);
        for layer in &arrays.layers {
            // Every layer with a schema for further items gets the length of the longest tuple. So each position has
            // one place for all layers.
            let own = layer.items.map_or(layer.prefix.len(), |_| longest);
            let mut prefix = Vec::with_capacity(own);
            for at in 0..own {
                let Some(schema) = layer.prefix.get(at).copied().or(layer.items) else { break };
                let rules = self.rules_at(arrays, at, schema);
                let maybe = maybe_at(self, at);
                prefix.push(self.child(rules, maybe, closing, Member::Item(at)));
            }
            let items = layer.items.map(|schema| {
                let maybe = maybe_at(self, usize::MAX);
                let rules = self.rules_at(arrays, longest, schema);
                self.child(rules, maybe, closing, Member::ItemsFrom(longest))
            });
            placed.push(ItemLayer { prefix, items });
        }
        placed
    }

    fn rules_at(&mut self, arrays: &AlternativeArrays, at: usize, own: Id) -> Id {
        let layers = arrays.layers.iter();
        let rules = layers.filter_map(|layer| layer.prefix.get(at).copied().or(layer.items)).collect();
        self.all_at(rules, own)
    }

    /// Returns the conjunction of these schemas, with the origin of `own`.
    fn all_at(&mut self, mut rules: Vec<Id>, own: Id) -> Id {
        rules.sort_by_key(|rule| !rule.is(own));
        self.tree.all(rules)
    }

    /// Returns the schemas that nodes pass to the item at a position; `usize::MAX` stands for any item.
    pub(super) fn items(&mut self, nodes: &[Id], at: usize) -> Vec<Id> {
        let mut found = Vec::new();
        for id in nodes {
            let node = self.tree.shared(*id);
            let arrays = &node.arrays;
            if at == usize::MAX {
                found.extend_from_slice(&arrays.prefix);
            } else {
                found.extend(arrays.prefix.get(at));
            }
            if arrays.prefix.len() <= at {
                found.extend(arrays.items);
            }
            found.extend(arrays.unevaluated);
            found.extend(arrays.contains.iter().map(|contains| contains.schema));
            let items = node.values.iter().flat_map(|values| values.iter()).filter_map(Value::as_array);
            let items: Vec<Value> = items.flatten().cloned().collect();
            found.extend(self.shape(items));
        }
        found
    }

    fn child(&mut self, schema: Id, maybe: Vec<Id>, closing: &Closing<'_>, member: Member<'_>) -> Id {
        let reader = closing.reader.map(|read| {
            let mut maybe = self.possible_child_schemas(&read.maybe, member);
            let mut surely = Vec::new();
            for id in &read.surely {
                match self.certain_child_schemas(*id, member) {
                    Some(certain) => surely.extend(certain),
                    None => maybe.extend(self.possible_child_schemas(&[*id], member)),
                }
            }
            PlaceReader { surely, maybe }
        });
        if let Some(reader) = &reader
            && self.removes_nothing(schema, &maybe, reader)
        {
            return self.tree.place(schema, maybe, None);
        }
        self.tree.place(schema, maybe, reader)
    }
}

impl Engine {
    /// Returns the schemas that nodes may pass to a child.
    fn possible_child_schemas(&mut self, nodes: &[Id], member: Member<'_>) -> Vec<Id> {
        match member {
            Member::Named(name) => self.members(nodes, Some(name)),
            Member::Pattern(_) | Member::Rest(_) => self.members(nodes, None),
            Member::Item(at) => self.items(nodes, at),
            Member::ItemsFrom(_) => self.items(nodes, usize::MAX),
        }
    }

    /// Returns the schemas that a node passes to every child that `member` describes. Returns `None` if the schemas
    /// differ between these children.
    fn certain_child_schemas(&mut self, id: Id, member: Member<'_>) -> Option<Vec<Id>> {
        let node = self.tree.shared(id);
        let (objects, arrays) = (&node.objects, &node.arrays);
        let has_listed = node.values.is_some();
        match member {
            Member::Named(name) => {
                // If the node has patterns or `unevaluatedProperties`, the engine does not know which schema applies to
                // a name that `properties` lacks.
                let is_spelt_out = objects.properties.of(name).is_some();
                let is_alike = objects.patterns.is_empty() && objects.unevaluated.is_none() && !has_listed;
                (is_spelt_out || is_alike).then(|| self.members(&[id], Some(name)))
            }
            Member::Item(at) => {
                let is_alike = arrays.contains.is_empty() && arrays.unevaluated.is_none() && !has_listed;
                is_alike.then(|| self.items(&[id], at))
            }
            Member::ItemsFrom(at) => {
                let is_alike = arrays.prefix.len() <= at && arrays.contains.is_empty() && !has_listed;
                is_alike.then(|| arrays.items.into_iter().chain(arrays.unevaluated).collect())
            }
            Member::Pattern(pattern) => {
                let is_alike = objects.properties.is_empty() && objects.patterns.len() == 1 && !has_listed;
                objects.patterns.of(pattern).filter(|_| is_alike).map(|schema| vec![schema])
            }
            Member::Rest(layer) => {
                let names = objects.properties.iter().all(|(name, _)| layer.properties.of(name).is_some());
                let patterns = objects.patterns.iter().all(|(own, _)| layer.patterns.of(own).is_some());
                let is_alike = names && patterns && !has_listed;
                is_alike.then(|| objects.additional.into_iter().chain(objects.unevaluated).collect())
            }
        }
    }
}

/// The children of a place that a function is about.
#[derive(Clone, Copy)]
enum Member<'n> {
    Named(&'n str),
    /// The properties whose names match a pattern.
    Pattern(&'n Name),
    /// The properties that a layer does not name.
    Rest(&'n PropertyLayer),
    Item(usize),
    /// The items at this position and after it.
    ItemsFrom(usize),
}

fn ids_of(layer: &PropertyLayer) -> impl Iterator<Item = Id> + '_ {
    let named = layer.properties.iter().chain(layer.patterns.iter()).map(|(_, schema)| *schema);
    named.chain(layer.additional)
}
