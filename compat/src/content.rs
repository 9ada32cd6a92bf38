//! Content models: what a writer sends beyond the letter of its schema, and what a reader overlooks.
//!
//! `lenient` and `tolerant` are defined by **place in the event**, as `unevaluatedProperties` is, and not by
//! subschema. All schemas that hold at a place say together which members are declared there, and all of them
//! hand their subschemas on to the places below. So no rewriting of the documents can express them.
//!
//! A [`Place`] node stands for one place of a writer's events. Flattening it (`ways`, `close`) gives one
//! alternative for each set of schemas that may hold, closed to the members that those declare; its children
//! are places again. `strip` removes, for a tolerant reader, the members that the reader does not declare.
//! `check` answers the same questions exactly for one event, so that a witness can be confirmed.

mod check;
mod close;
mod declarations;
mod open;
mod strip;
mod way;
mod ways;

pub(crate) use open::Opening;
pub(crate) use way::Way;

use std::rc::Rc;

use crate::tree::{Id, Node, Place, PlaceReader, Tree, Types};

/// Most schemas that may hold at a place; a place with more stays open.
const MAYBE_MAX: usize = 64;

/// References that are followed to find out which types a schema accepts.
const CHAIN_MAX: usize = 16;

impl Tree {
    /// Returns the place of a lenient writer at which a schema holds, and others may hold.
    pub(crate) fn place(&mut self, schema: Id, maybe: Vec<Id>, reader: Option<PlaceReader>) -> Id {
        let origin = self.origin(schema);
        if self.is_true(schema) && reader.is_none() || self.is_false(schema) || !self.may_nest(schema) {
            return schema;
        }
        let mut maybe: Vec<Id> = maybe.into_iter().filter(|other| self.may_nest(*other)).collect();
        sort(&mut maybe);
        // A schema that holds declares what it declares as one that may hold, branches of it aside that do not.
        let has_branches = declarations::has_branches(self, schema);
        maybe.retain(|other| (has_branches || *other != schema) && !self.is_true(*other));
        let reader = reader.map(|mut reader| {
            sort(&mut reader.surely);
            sort(&mut reader.maybe);
            reader
        });
        if MAYBE_MAX < maybe.len() {
            // Open is wider, so this is safe; what is removed for a reader then stays, which is not.
            return if reader.is_some() { self.boolean(true, origin) } else { schema };
        }
        let place = Some(Rc::new(Place { schema, maybe, reader }));
        self.add(Node { place, ..Node::default() }, origin)
    }

    /// Returns whether values of a schema may have parts: whether it may accept objects or arrays.
    pub(crate) fn may_nest(&self, id: Id) -> bool {
        self.types_of(id, 0).and(Types::ARRAY.or(Types::OBJECT)) != Types::NONE
    }

    fn types_of(&self, id: Id, depth: usize) -> Types {
        let node = self.node(id);
        let mut types = node.types;
        if let Some(values) = &node.values {
            let listed = values.iter().fold(Types::NONE, |types, value| types.or(Types::of(value)));
            types = types.and(listed);
        }
        if depth < CHAIN_MAX {
            for part in &node.all_of {
                types = types.and(self.types_of(*part, depth + 1));
            }
            if let Some(place) = &node.place {
                types = types.and(self.types_of(place.schema, depth + 1));
            }
        }
        types
    }
}

/// Sorts nodes by what they say, each once.
fn sort(ids: &mut Vec<Id>) {
    ids.sort_by_key(|id| id.class());
    ids.dedup();
}
