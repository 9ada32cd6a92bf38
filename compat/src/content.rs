//! Content models: the rules for undeclared properties.
//!
//! `lenient` and `tolerant` are defined by **place in the event**, like `unevaluatedProperties`, and not by subschema.
//! All schemas that hold at a place together declare the members of this place. They all pass their subschemas on to
//! the places below. So no rewriting of the documents can express these models.
//!
//! A [`Place`] node stands for one place of a writer's events. Its expansion (`ways`, `close`) has one alternative for
//! each set of schemas that may hold. Each alternative is closed to the members that these schemas declare, and its
//! children are places again. For a tolerant reader, `strip` removes the members that the reader does not declare.
//! `check` answers the same questions exactly for one event, so that the engine can confirm a witness.

mod check;
mod children;
mod close;
mod declarations;
mod open;
pub(crate) mod state;
mod strip;
mod way;
mod ways;

use std::rc::Rc;

use crate::tree::{Id, Node, Place, PlaceReader, Tree, Types};

/// Limit on the schemas that may hold at a place. A place with more of them stays open.
const MAYBE_MAX: usize = 64;

/// Limit on the references that are followed to determine the types of a schema.
const CHAIN_MAX: usize = 16;

impl Tree {
    /// Returns the place of a lenient writer at which `schema` holds, and the schemas in `maybe` may hold.
    pub(crate) fn place(&mut self, schema: Id, maybe: Vec<Id>, reader: Option<PlaceReader>) -> Id {
        let origin = self.origin(schema);
        if self.is_true(schema) && reader.is_none() || self.is_false(schema) || !self.may_nest(schema) {
            return schema;
        }
        let mut maybe: Vec<Id> = maybe.into_iter().filter(|other| self.may_nest(*other)).collect();
        sort(&mut maybe);
        // A schema that holds also declares its members as one that may hold, except for branches that do not hold.
        let has_branches = declarations::has_branches(self, schema);
        maybe.retain(|other| (has_branches || *other != schema) && !self.is_true(*other));
        let reader = reader.map(|mut reader| {
            sort(&mut reader.surely);
            sort(&mut reader.maybe);
            reader
        });
        if MAYBE_MAX < maybe.len() {
            // An open place is wider, which is safe. But a tolerant reader then removes nothing, which is not safe, so
            // the place accepts everything.
            return if reader.is_some() { self.boolean(true, origin) } else { schema };
        }
        let place = Some(Rc::new(Place { schema, maybe, reader }));
        self.add(Node { place, ..Node::default() }, origin)
    }

    /// Returns whether values of a schema may have children: whether the schema may accept objects or arrays.
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

/// Sorts nodes by their class, and removes duplicates.
fn sort(ids: &mut Vec<Id>) {
    ids.sort_by_key(|id| id.class());
    ids.dedup();
}
