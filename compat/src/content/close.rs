//! Creates the alternatives of a place, which allow only declared properties. The children in these alternatives are
//! places again.

use std::rc::Rc;

use serde_json::Value;

use super::declarations::{self, Declarations};
use super::strip::AppliedSchemas;
use super::way::Way;
use crate::alternatives::{Alternative, AlternativeObjects, PropertyLayer, add_classes, explicit_names};
use crate::engine::Engine;
use crate::tree::{Id, Name, Origin, Place, PlaceReader, Types};
use crate::truth::Truth;

/// The input for closing a place.
pub(super) struct Closing<'p> {
    pub(super) declarations: Declarations,
    /// Schemas that may hold too, with their applicators on the same value.
    pub(super) maybe: Vec<Id>,
    /// Under `tolerant`: the schemas that the reader applies at the place.
    pub(super) reader: Option<&'p AppliedSchemas>,
}

impl Engine {
    /// Takes the list of the places that stay open to undeclared properties, because they have no value with only
    /// declared properties.
    pub(crate) fn take_opened_places(&mut self) -> Vec<Origin> {
        std::mem::take(&mut self.closer.opened_places)
    }

    /// Returns the alternatives of a place.
    pub(crate) fn alternatives_of_place(&mut self, id: Id, place: &Place) -> Vec<Alternative> {
        if self.closer.closings_in_progress.contains(&id.class()) {
            // The place occurs inside itself while the engine closes it. The engine leaves the inner place open, which
            // is wider and so safe.
            self.note_truncation();
            return vec![self.anything().widened()];
        }
        self.closer.closings_in_progress.push(id.class());
        let ways = self.ways(place.schema);
        let mut alternatives = Vec::with_capacity(ways.len());
        let mut is_closed = true;
        for way in ways.iter() {
            is_closed = match &place.reader {
                None => self.close(way, place, None).map(|closed| alternatives.push(closed)).is_some(),
                Some(reader) => self.without_undeclared(way, place, reader, &mut alternatives),
            };
            if !is_closed {
                break;
            }
        }
        self.closer.closings_in_progress.pop();
        if !is_closed {
            // The fuel is used up, so the engine leaves the place open.
            self.note_truncation();
            return vec![self.anything().widened()];
        }
        alternatives.retain(|alternative| !alternative.types.is_empty());
        let origin = self.tree.origin(id);
        if alternatives.iter().any(|alternative| alternative.opened != Truth::No)
            && !self.closer.opened_places.contains(&origin)
        {
            self.closer.opened_places.push(origin);
        }
        for alternative in &mut alternatives {
            add_classes(Rc::make_mut(&mut alternative.holds), &[id.class()]);
        }
        alternatives
    }

    /// Adds the values of a way without the properties that a tolerant reader removes. The function handles each type
    /// separately, because the reader may declare different properties for each type. Returns `false` if the fuel is
    /// used up.
    fn without_undeclared(
        &mut self,
        way: &Way,
        place: &Place,
        reader: &PlaceReader,
        alternatives: &mut Vec<Alternative>,
    ) -> bool {
        // The reader removes nothing from a value without properties and items.
        alternatives.push(way.alternative.without(Types::ARRAY.or(Types::OBJECT)));
        for one in [Types::ARRAY, Types::OBJECT] {
            let alternative = way.alternative.only(one);
            // The function drops an alternative whose values match two branches of a `oneOf`. It must do so before the
            // removal, because the removal makes the alternative wider and hides the conflict.
            if alternative.types.is_empty() || self.is_in_two_branches(&alternative) {
                continue;
            }
            let read = self.applied_schemas(&alternative, reader);
            let way = Way { alternative, ..way.clone() };
            let Some(closed) = self.close(&way, place, Some(&read)) else { return false };
            alternatives.push(self.strip(closed, &read));
        }
        true
    }

    /// Returns the closed alternative of a way; `None` if the fuel is used up.
    fn close(&mut self, way: &Way, place: &Place, reader: Option<&AppliedSchemas>) -> Option<Alternative> {
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
        // The added schemas may not hold. So they may declare properties, but they do not change whether the object is
        // a map.
        declarations.is_no_map = is_no_map;
        if !has_tuple {
            // A tuple that may not hold can make another tuple longer, but it cannot limit an array that has no other
            // tuple.
            declarations.tuple = 0;
        }
        let mut maybe = here;
        maybe.extend(beside);
        // Without the declarations of the schemas that may not hold, the place may have to stay open to undeclared
        // properties.
        let lacks_names = way.declarations.names.len() < declarations.names.len()
            && way.declarations.patterns.is_empty()
            && (way.declarations.names.len() as u64) < way.alternative.objects.min;
        let lacks_items = way.declarations.tuple < declarations.tuple
            && (way.declarations.tuple as u64) < way.alternative.arrays.min;
        let closing = Closing { declarations, maybe, reader };
        if !self.reserve_closing(&way.alternative, &closing) {
            return None;
        }
        let mut alternative = way.alternative.clone();
        if lacks_names || lacks_items || self.may_leave_nothing(&place.maybe) {
            // Whether the place must stay open depends on schemas that may not hold. So the alternative stays as it is,
            // which is wider and so safe.
            return Some(alternative);
        }
        if alternative.values.is_none() && alternative.types.has(Types::OBJECT) {
            self.close_object(&mut alternative, &closing);
        }
        if alternative.values.is_none() && alternative.types.has(Types::ARRAY) {
            self.close_array(&mut alternative, &closing);
        }
        Some(alternative)
    }

    /// Takes the steps and counts the bytes to close an alternative. Returns whether the limits allow it.
    fn reserve_closing(&mut self, alternative: &Alternative, closing: &Closing<'_>) -> bool {
        /// The number of entries that the engine visits in one step.
        const ENTRIES_IN_A_STEP: usize = 64;
        let (objects, arrays) = (&alternative.objects, &alternative.arrays);
        let named: usize =
            objects.layers.iter().map(|layer| layer.properties.len() + layer.patterns.len() + 1).sum();
        let items: usize = arrays.layers.iter().map(|_| Self::prefix_len(arrays) + 1).sum();
        // Each child asks all schemas of the place which of their parts may apply to the child.
        let read = closing.reader.map_or(&[][..], |read| &read.maybe);
        let asked = closing.maybe.iter().chain(read).map(|id| {
            let node = self.tree.node(*id);
            1 + node.objects.patterns.len() + node.values.as_ref().map_or(0, |values| values.len())
        });
        let asked: usize = asked.sum();
        let declared = closing.declarations.len();
        let entries = (named + items).saturating_mul(1 + asked).saturating_add(declared + asked);
        let bytes = (named + items + declared) * size_of::<(Name, Id)>() + closing.declarations.bytes();
        self.reserve_bytes(bytes) && self.spend((entries / ENTRIES_IN_A_STEP) as u64)
    }

    /// Returns whether schemas require something that no value with only declared properties may satisfy.
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

    /// Returns whether an object has values, but none with only declared properties.
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

    /// Returns whether the open form of an alternative has values, but the closed form has none.
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
}

/// Returns whether an alternative has only assertions about types, properties and items.
fn says_nothing_else(alternative: &Alternative) -> bool {
    alternative.not.is_empty() && alternative.unions.is_empty() && alternative.exclusive.is_empty()
}

/// Returns whether the schema as written already rejects undeclared names.
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
