//! Which types read the values of one schema.
//!
//! Where something looks at a value from outside, such as a `contains` or an `if` about a member,
//! its type keeps members that its own schema does not name: one schema, several types. The linked
//! form has one node for all of them, and that node says what a type checks while it reads. It
//! holds for all of them only where they know the same members.

use super::{Body, Planner, RustType, TypeRef};
use crate::atlas::Place;
use crate::shape::Conjunction;

impl Planner<'_, '_> {
    /// Notes that values of a conjunction are read as a type.
    pub(super) fn note_reader(&mut self, key: &Conjunction, read_as: &TypeRef) {
        let readers = self.readers.entry(key.unwatched()).or_default();
        if !readers.contains(read_as) {
            readers.push(read_as.clone());
        }
    }

    /// Returns the type that reads the values of a schema; one of them, if several do that know
    /// the same members. `None` if none does, or they differ in what they know.
    pub(crate) fn reader(&mut self, place: Place) -> Option<TypeRef> {
        let readers = self.readers_of(place);
        // What takes any value checks it before it reads, whatever its node says.
        let typed = readers.iter().find(|reader| !matches!(reader.shape, RustType::Json));
        let first = typed.or(readers.first())?;
        let alike = readers
            .iter()
            .all(|other| matches!(other.shape, RustType::Json) || self.read_alike(first, other));
        alike.then(|| first.clone())
    }

    /// Tells whether a type reads the values of a schema, whatever looks at them besides.
    pub(crate) fn reads(&mut self, place: Place, read_as: &TypeRef) -> bool {
        self.reader(place).is_some() && self.readers_of(place).contains(read_as)
    }

    fn readers_of(&mut self, place: Place) -> Vec<TypeRef> {
        let key = self.key_of(place).unwatched();
        self.readers.get(&key).cloned().unwrap_or_default()
    }

    /// Tells whether two types can be read under one node. Their parts have nodes of their own.
    fn read_alike(&self, one: &TypeRef, other: &TypeRef) -> bool {
        let integers = |shape: &RustType| matches!(shape, RustType::I64 | RustType::Integer);
        one.nullable == other.nullable
            && match (&one.shape, &other.shape) {
                (RustType::List(_), RustType::List(_)) | (RustType::Map(_), RustType::Map(_)) => true,
                (RustType::Named(a), RustType::Named(b)) if a != b => {
                    match (&self.plan().definition(*a).body, &self.plan().definition(*b).body) {
                        (Body::Struct(a), Body::Struct(b)) => {
                            a.names == b.names && a.rest.is_some() == b.rest.is_some()
                        }
                        (Body::Texts(a), Body::Texts(b)) => a == b,
                        (Body::Struct(_) | Body::Texts(_) | Body::Union(_) | Body::Newtype { .. }, _) => {
                            false
                        }
                    }
                }
                (a, b) => a == b || (integers(a) && integers(b)),
            }
    }
}
