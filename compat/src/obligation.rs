//! An obligation: an assertion of the reader without a proof, with the way from the root to its place.

use crate::assertion::Assertion;
use crate::tree::{Id, Origin, Tree};

/// An assertion of the reader for which the engine has no proof that all values of the writer meet it.
#[derive(Debug, Clone)]
pub(crate) struct Obligation {
    pub(crate) writer: Id,
    pub(crate) reader: Id,
    pub(crate) assertion: Assertion,
    /// The steps from the compared pair to the place of the assertion, the innermost first. They distinguish the uses
    /// of a shared definition.
    pub(crate) path: Vec<Step>,
}

/// A step from an object to a property, or from an array to an item, identified by the reader's schema for that child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    /// The schema of the property or item as written, for example a reference.
    pub(crate) member: Origin,
    /// The schema at the end of its references; the same as `member` if it has none.
    target: Origin,
}

impl Step {
    /// Stands for all further steps of a way that leads to no relaxed place. The schemas on these steps make no
    /// difference.
    pub(crate) const OFF: Self = Self { member: Origin::Any, target: Origin::Any };

    /// Returns whether both steps lead to the same schema.
    pub(crate) fn is_to_same(&self, other: &Self) -> bool {
        self.target == other.target
    }

    /// Returns the step to a schema.
    pub(crate) fn to(tree: &Tree, member: Id) -> Self {
        Self { member: tree.origin(member), target: tree.target(member) }
    }
}

impl Obligation {
    /// Returns an obligation at the compared pair itself.
    pub(crate) fn here(writer: Id, reader: Id, assertion: Assertion) -> Self {
        Self { writer, reader, assertion, path: Vec::new() }
    }

    /// Returns the same obligation, as seen from the object or array around the compared pair.
    pub(crate) fn lifted(mut self, step: Step) -> Self {
        self.path.push(step);
        self
    }

    /// Returns the way from a root to the place. If a step leads to a schema that is already on the way, the way
    /// returns to that schema.
    pub(crate) fn way(&self, root: Step) -> Vec<Step> {
        let mut way = vec![root];
        for step in self.path.iter().rev() {
            extend_way(&mut way, *step);
        }
        way
    }
}

/// Adds a step to a way. If the way already has a step to the same schema, the function removes all steps after that
/// one instead.
pub(crate) fn extend_way(way: &mut Vec<Step>, step: Step) {
    match way.iter().position(|known| known.target == step.target) {
        Some(back) => way.truncate(back + 1),
        None => way.push(step),
    }
}

impl PartialEq for Obligation {
    fn eq(&self, other: &Self) -> bool {
        self.writer.is(other.writer)
            && self.reader.is(other.reader)
            && self.assertion == other.assertion
            && self.path == other.path
    }
}
