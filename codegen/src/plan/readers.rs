//! Records which types parse the values of each schema.
//!
//! One schema may have several types. The reason is that a `contains`, or an `if` about a property, examines a value
//! from outside the value's own schema. The type of such a value keeps properties that its own schema does not name.
//! The linked form has one node for all types of a schema. The node lists the conditions that a type checks while it
//! parses. The list is correct for all types only if they know the same properties.

use evschema_model::graph::Place;

use super::definitions::{Body, RustType, TypeRef};
use super::typing::Planner;
use crate::shape::Conjunction;

impl Planner<'_, '_> {
    /// Records that a type parses the values of a conjunction.
    pub(super) fn note_reader(&mut self, key: &Conjunction, read_as: &TypeRef) {
        let readers = self.readers.entry(key.unwatched()).or_default();
        if !readers.contains(read_as) {
            readers.push(read_as.clone());
        }
    }

    /// Returns the type that parses the values of a schema. If several types parse these values and know the same
    /// properties, returns one of these types. Returns `None` if no type parses these values, or if the properties of
    /// the types differ.
    pub(crate) fn reader(&mut self, place: Place) -> Option<TypeRef> {
        let readers = self.readers_of(place);
        // A value of type `Json` is always checked before it is parsed, so its type need not know the same properties.
        let typed = readers.iter().find(|reader| !matches!(reader.shape, RustType::Json));
        let first = typed.or(readers.first())?;
        let alike = readers
            .iter()
            .all(|other| matches!(other.shape, RustType::Json) || self.read_alike(first, other));
        alike.then(|| first.clone())
    }

    /// Returns whether a type parses the values of a schema. The other schemas that examine these values do not matter.
    pub(crate) fn reads(&mut self, place: Place, read_as: &TypeRef) -> bool {
        self.reader(place).is_some() && self.readers_of(place).contains(read_as)
    }

    fn readers_of(&mut self, place: Place) -> Vec<TypeRef> {
        let key = self.key_of(place).unwatched();
        self.readers.get(&key).cloned().unwrap_or_default()
    }

    /// Returns whether two types can use the same node. The function does not compare the parts of the types, because
    /// each part has its own node.
    fn read_alike(&self, one: &TypeRef, other: &TypeRef) -> bool {
        let integers = |shape: &RustType| matches!(shape, RustType::Fixed(_) | RustType::Integer);
        one.nullable == other.nullable
            && match (&one.shape, &other.shape) {
                (RustType::List(_) | RustType::Array(..), RustType::List(_) | RustType::Array(..))
                | (RustType::Map(_), RustType::Map(_)) => true,
                (RustType::Named(a), RustType::Named(b)) if a != b => {
                    match (&self.plan().definition(*a).body, &self.plan().definition(*b).body) {
                        (Body::Struct(a), Body::Struct(b)) => {
                            a.names == b.names && a.rest.is_some() == b.rest.is_some()
                        }
                        (Body::Texts(a), Body::Texts(b)) => a == b,
                        (Body::Integers(a), Body::Integers(b)) => a == b,
                        (
                            Body::Struct(_)
                            | Body::Texts(_)
                            | Body::Integers(_)
                            | Body::Union(_)
                            | Body::Newtype { .. },
                            _,
                        ) => false,
                    }
                }
                (RustType::OnlyProperty { name: a, .. }, RustType::OnlyProperty { name: b, .. }) => a == b,
                // Strings of one list: each type accepts one of them.
                (RustType::Text(_), RustType::Text(_)) => true,
                (a, b) => a == b || (integers(a) && integers(b)),
            }
    }
}
