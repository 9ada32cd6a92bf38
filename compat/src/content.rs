//! Content models: the rules for undeclared properties.
//!
//! `lenient` and `tolerant` apply to each **place in the event**, like `unevaluatedProperties`, and not to each
//! subschema. All schemas that accept the value at a place together declare the properties of this place. They also
//! pass their subschemas to the places of the children. So no rewriting of the documents can express these models.
//!
//! A [`Place`] node stands for one place of a writer's events. A schema *holds* at a place if it accepts the value of
//! that place. The expansion of a place (`ways`, `close`) has one alternative for each set of schemas that can hold
//! together. Each alternative is closed: it allows only the properties that these schemas declare. The children of an
//! alternative are places again. If a closed place would have no value, the engine leaves the place *open*: writers may
//! send undeclared properties there. For a tolerant reader, `strip` removes the properties that the reader does not
//! declare. `check` answers the same questions for one event, and its answers are exact. The engine uses it to confirm
//! a witness.

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

/// The maximum number of schemas that may hold at a place. The engine does not close a place with more of them.
const MAYBE_MAX: usize = 64;

/// The maximum number of references that the engine follows to determine the types of a schema.
const CHAIN_MAX: usize = 16;

impl Tree {
    /// Returns the place of a closed writer at which `schema` holds and the schemas in `maybe` may hold. The place has
    /// a `reader` under `tolerant`.
    pub(crate) fn place(&mut self, schema: Id, maybe: Vec<Id>, reader: Option<PlaceReader>) -> Id {
        let origin = self.origin(schema);
        if self.is_true(schema) && reader.is_none() || self.is_false(schema) || !self.may_nest(schema) {
            return schema;
        }
        let mut maybe: Vec<Id> = maybe.into_iter().filter(|other| self.may_nest(*other)).collect();
        sort(&mut maybe);
        // A schema without branches that certainly holds adds nothing if it is also in `maybe`. A schema with branches
        // stays in `maybe`, because some of its branches may not hold.
        let has_branches = declarations::has_branches(self, schema);
        maybe.retain(|other| (has_branches || *other != schema) && !self.is_true(*other));
        let reader = reader.map(|mut reader| {
            sort(&mut reader.surely);
            sort(&mut reader.maybe);
            reader
        });
        if MAYBE_MAX < maybe.len() {
            // An open place is wider, which is safe. But under `tolerant`, a place without a reader removes no
            // properties, which is not safe. So the place accepts everything.
            return if reader.is_some() { self.boolean(true, origin) } else { schema };
        }
        let place = Some(Rc::new(Place { schema, maybe, reader }));
        self.add(Node { place, ..Node::default() }, origin)
    }

    /// Returns whether the schema may accept objects or arrays.
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
