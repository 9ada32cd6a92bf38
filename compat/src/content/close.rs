//! Closes a place to its declared members: the alternatives of the place, with places for the children.

use std::rc::Rc;

use serde_json::Value;

use super::declarations::{self, Declarations};
use super::strip::AppliedSchemas;
use super::way::Way;
use crate::alternatives::{
    Alternative, AlternativeArrays, AlternativeObjects, ItemLayer, PropertyLayer, add_classes, explicit_names,
};
use crate::engine::Engine;
use crate::tree::{Id, Name, Named, Node, Origin, Place, PlaceReader, Types};
use crate::truth::Truth;

/// The input for closing a place.
struct Closing<'p> {
    declarations: Declarations,
    /// The schemas that may hold beside the schemas that hold, with their applicators on the same value.
    maybe: Vec<Id>,
    /// Under `tolerant`: the schemas that the reader applies at the place.
    reader: Option<&'p AppliedSchemas>,
}

impl Engine {
    /// Returns the alternatives of a place.
    pub(crate) fn alternatives_of_place(&mut self, id: Id, place: &Place) -> Vec<Alternative> {
        if self.closings_in_progress.contains(&id.class()) {
            // The place occurs inside itself while the engine closes it. An open place is wider.
            self.truncations += 1;
            return vec![self.anything.widened()];
        }
        self.closings_in_progress.push(id.class());
        let ways = self.ways(place.schema);
        let mut alternatives = Vec::with_capacity(ways.len());
        for way in ways.iter() {
            match &place.reader {
                None => alternatives.push(self.close(way, place, None)),
                Some(reader) => self.without_undeclared(way, place, reader, &mut alternatives),
            }
        }
        self.closings_in_progress.pop();
        alternatives.retain(|alternative| !alternative.types.is_empty());
        let origin = self.tree.origin(id);
        if alternatives.iter().any(|alternative| alternative.opened != Truth::No)
            && !self.opened_places.contains(&origin)
        {
            self.opened_places.push(origin);
        }
        for alternative in &mut alternatives {
            add_classes(Rc::make_mut(&mut alternative.holds), &[id.class()]);
        }
        alternatives
    }

    /// Adds the values of a way without the members that a tolerant reader removes. The function handles each type on
    /// its own, because the members that the reader declares depend on the type.
    fn without_undeclared(
        &mut self,
        way: &Way,
        place: &Place,
        reader: &PlaceReader,
        alternatives: &mut Vec<Alternative>,
    ) {
        // The reader removes nothing from a value without members and items.
        alternatives.push(way.alternative.without(Types::ARRAY.or(Types::OBJECT)));
        for one in [Types::ARRAY, Types::OBJECT] {
            let alternative = way.alternative.only(one);
            // After the removal, the alternative is wider, so a value in two branches of a `oneOf` could come back.
            if alternative.types.is_empty() || self.is_in_two_branches(&alternative) {
                continue;
            }
            let read = self.applied_schemas(&alternative, reader);
            let closed = self.close(&Way { alternative, ..way.clone() }, place, Some(&read));
            alternatives.push(self.strip(closed, &read));
        }
    }

    fn close(&mut self, way: &Way, place: &Place, reader: Option<&AppliedSchemas>) -> Alternative {
        let mut declarations = way.declarations.clone();
        let has_tuple = 0 < declarations.tuple;
        let is_no_map = declarations.is_no_map;
        let here = declarations::in_place(&self.tree, &way.maybe);
        for part in &here {
            declarations.add(&declarations::own(&self.tree, self.tree.node(*part)));
        }
        let beside = declarations::in_place(&self.tree, &place.maybe);
        for part in &beside {
            declarations.add(&declarations::own(&self.tree, self.tree.node(*part)));
        }
        // These schemas possibly do not apply. So they may declare members, but not decide that the object is no map.
        declarations.is_no_map = is_no_map;
        if !has_tuple {
            // A tuple that possibly applies can make another tuple longer, but cannot close an open array.
            declarations.tuple = 0;
        }
        let mut maybe = here;
        maybe.extend(beside);
        // Without the schemas that possibly apply, the place may have to stay open.
        let lacks_names = way.declarations.names.len() < declarations.names.len()
            && way.declarations.patterns.is_empty()
            && (way.declarations.names.len() as u64) < way.alternative.objects.min;
        let lacks_items = way.declarations.tuple < declarations.tuple
            && (way.declarations.tuple as u64) < way.alternative.arrays.min;
        let closing = Closing { declarations, maybe, reader };
        let mut alternative = way.alternative.clone();
        if lacks_names || lacks_items || self.may_leave_nothing(&place.maybe) {
            // Together with these schemas, the place may have to stay open. They need not apply, so the alternative
            // stays as it is.
            return alternative;
        }
        if alternative.values.is_none() && alternative.types.has(Types::OBJECT) {
            self.close_object(&mut alternative, &closing);
        }
        if alternative.values.is_none() && alternative.types.has(Types::ARRAY) {
            self.close_array(&mut alternative, &closing);
        }
        alternative
    }

    /// Returns whether schemas require something that the declared members alone may not have.
    fn may_leave_nothing(&self, maybe: &[Id]) -> bool {
        declarations::in_place(&self.tree, maybe).into_iter().any(|part| {
            let node = self.tree.node(part);
            let (objects, arrays) = (&node.objects, &node.arrays);
            0 < objects.min || 0 < arrays.min || !arrays.contains.is_empty() || !node.not.is_empty()
        })
    }

    fn close_object(&mut self, alternative: &mut Alternative, closing: &Closing<'_>) {
        let layers = self.layers_of_places(&alternative.objects, closing);
        Rc::make_mut(&mut alternative.objects).layers = layers;
        let declarations = &closing.declarations;
        if declarations.has_all_members()
            || is_closed(&alternative.objects, declarations, |id| self.tree.is_false(id))
        {
            return;
        }
        let origin = Origin::default();
        let (anything, nothing) = (self.tree.boolean(true, origin), self.tree.boolean(false, origin));
        let layer = PropertyLayer {
            properties: declarations.names.iter().map(|name| (name.clone(), anything)).collect(),
            patterns: declarations.patterns.iter().map(|pattern| (pattern.clone(), anything)).collect(),
            additional: Some(nothing),
        };
        let mut closed = alternative.clone();
        Rc::make_mut(&mut closed.objects).layers.push(layer);
        match self.is_vacuous_object(alternative, &closed, declarations) {
            Truth::No => *alternative = closed,
            opened @ (Truth::Yes | Truth::Unknown) => alternative.opened = opened,
        }
    }

    /// Returns whether an object has no value after it is closed, although it has values before.
    fn is_vacuous_object(
        &mut self,
        open: &Alternative,
        closed: &Alternative,
        declarations: &Declarations,
    ) -> Truth {
        let (open, closed) = (open.only(Types::OBJECT), closed.only(Types::OBJECT));
        let objects = &closed.objects;
        if declarations.patterns.is_empty() && (objects.required.len() as u64) < objects.min {
            let names = explicit_names(&closed, None);
            let possible = names.iter().filter(|name| {
                let schema = self.property_schema(objects, name);
                !self.tree.is_false(schema)
                    && objects
                        .names
                        .iter()
                        .all(|names| self.accepts(*names, &Value::from(&***name)) != Truth::No)
            });
            if (possible.count() as u64) < objects.min {
                return Truth::Yes;
            }
        }
        let is_plain = objects.min <= objects.required.len() as u64 && objects.names.is_empty();
        if is_plain && says_nothing_else(&closed) {
            return Truth::No;
        }
        self.has_only_open_values(&open, &closed)
    }

    /// Returns whether an alternative has values, but none after it is closed.
    fn has_only_open_values(&mut self, open: &Alternative, closed: &Alternative) -> Truth {
        if !self.samples_of(closed, 2).is_empty() || self.is_empty(open) {
            return Truth::No;
        }
        if self.is_empty(closed) && !self.samples_of(open, 2).is_empty() {
            Truth::Yes
        } else {
            Truth::Unknown
        }
    }

    fn close_array(&mut self, alternative: &mut Alternative, closing: &Closing<'_>) {
        let layers = self.item_layers_of_places(&alternative.arrays, closing);
        Rc::make_mut(&mut alternative.arrays).layers = layers;
        let Some(most) = closing.declarations.items_max() else { return };
        let most = most as u64;
        let arrays = &alternative.arrays;
        if arrays.max.is_some_and(|max| max <= most) {
            return;
        }
        let wanted = arrays.contains.iter().map(|contains| contains.min).max().unwrap_or(0);
        let mut closed = alternative.clone();
        Rc::make_mut(&mut closed.arrays).max = Some(most);
        let opened = if most < arrays.min.max(wanted) {
            Truth::Yes
        } else {
            let (open, closed) = (alternative.only(Types::ARRAY), closed.only(Types::ARRAY));
            let is_plain = arrays.contains.is_empty() && !arrays.unique && says_nothing_else(&closed);
            if is_plain { Truth::No } else { self.has_only_open_values(&open, &closed) }
        };
        match opened {
            Truth::No => *alternative = closed,
            Truth::Yes | Truth::Unknown => alternative.opened = opened,
        }
    }

    /// Returns the layers of an object with places for the schemas of its members.
    ///
    /// A name that is spelled out gets one place with all its schemas. A pattern or a schema for all other names
    /// applies to several names, so the other schemas of such a name count only as possible.
    fn layers_of_places(
        &mut self,
        objects: &AlternativeObjects,
        closing: &Closing<'_>,
    ) -> Vec<PropertyLayer> {
        /// Limit on the pairs of a name or a pattern with a pattern in one layer. Above it, the engine lets members
        /// have any value, which only makes the writer wider.
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

    /// Returns a layer whose members may have any value.
    fn layer_of_anything(&mut self, layer: &PropertyLayer) -> PropertyLayer {
        let anything = self.tree.boolean(true, Origin::default());
        PropertyLayer {
            properties: layer.properties.iter().map(|(name, _)| (name.clone(), anything)).collect::<Named>(),
            patterns: layer.patterns.iter().map(|(name, _)| (name.clone(), anything)).collect::<Named>(),
            additional: layer.additional.map(|_| anything),
        }
    }

    /// Returns the schemas that possibly apply to a member, beside one pattern.
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

    /// Returns the schemas that nodes pass to the member with this name, or, without a name, to any member.
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

    /// Returns schemas that declare the members of listed objects.
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

    fn item_layers_of_places(&mut self, arrays: &AlternativeArrays, closing: &Closing<'_>) -> Vec<ItemLayer> {
        let contained: Vec<Id> = arrays.contains.iter().map(|contains| contains.schema).collect();
        let maybe_at = |engine: &mut Self, at: usize| {
            let mut maybe = engine.items(&closing.maybe, at);
            maybe.extend_from_slice(&contained);
            maybe
        };
        let mut placed = Vec::with_capacity(arrays.layers.len());
        let longest = Self::prefix_len(arrays);
        for layer in &arrays.layers {
            // Every layer gets the length of the longest tuple, so that each position has one place for all layers.
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

    /// Returns the conjunction of schemas, with the origin of one of them.
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
    /// Returns the schemas that nodes possibly pass to a child.
    fn possible_child_schemas(&mut self, nodes: &[Id], member: Member<'_>) -> Vec<Id> {
        match member {
            Member::Named(name) => self.members(nodes, Some(name)),
            Member::Pattern(_) | Member::Rest(_) => self.members(nodes, None),
            Member::Item(at) => self.items(nodes, at),
            Member::ItemsFrom(_) => self.items(nodes, usize::MAX),
        }
    }

    /// Returns the schemas that a node passes to every meant child; `None` if they differ between these children.
    fn certain_child_schemas(&mut self, id: Id, member: Member<'_>) -> Option<Vec<Id>> {
        let node = self.tree.shared(id);
        let (objects, arrays) = (&node.objects, &node.arrays);
        let has_listed = node.values.is_some();
        match member {
            Member::Named(name) => {
                // With patterns, or with a schema for members that others did not evaluate, it is open which schema
                // applies to a name.
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
    /// The members whose names match a pattern.
    Pattern(&'n Name),
    /// The members that a layer does not name.
    Rest(&'n PropertyLayer),
    Item(usize),
    /// The items from a position on.
    ItemsFrom(usize),
}

fn ids_of(layer: &PropertyLayer) -> impl Iterator<Item = Id> + '_ {
    let named = layer.properties.iter().chain(layer.patterns.iter()).map(|(_, schema)| *schema);
    named.chain(layer.additional)
}

/// Returns whether types and children alone describe an alternative.
fn says_nothing_else(alternative: &Alternative) -> bool {
    alternative.not.is_empty() && alternative.unions.is_empty() && alternative.exclusive.is_empty()
}

/// Returns whether the object as written already rejects undeclared names.
fn is_closed(
    objects: &AlternativeObjects,
    declarations: &Declarations,
    is_false: impl Fn(Id) -> bool,
) -> bool {
    objects.layers.iter().any(|layer| {
        layer.additional.is_some_and(&is_false)
            && declarations.names.iter().all(|name| layer.properties.of(name).is_some())
            && declarations.patterns.iter().all(|pattern| layer.patterns.of(pattern).is_some())
    })
}
