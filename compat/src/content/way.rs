//! A way: one set of the schemas of a place that can hold together.

use super::declarations::Declarations;
use crate::alternatives::Alternative;
use crate::tree::Id;

/// One set of schemas of a place that hold together. A place has one way for each such set.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// The alternative for this way. It accepts at least the values that satisfy all schemas of the set.
    pub(super) alternative: Alternative,
    /// The properties and items that the schemas of the set declare.
    pub(super) declarations: Declarations,
    /// Further schemas of the place. Their declarations count too, although these schemas may not hold.
    pub(super) maybe: Vec<Id>,
}

impl Way {
    /// Returns the approximate size in bytes of this way. The size excludes the assertions of the alternative.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.declarations.bytes() + self.maybe.len() * size_of::<Id>()
    }

    /// Returns the way in which the schemas of both ways hold.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut declarations = self.declarations.clone();
        declarations.add(&other.declarations);
        let mut maybe = self.maybe.clone();
        maybe.extend(other.maybe.iter().filter(|more| !self.maybe.iter().any(|known| known.is(**more))));
        Self { alternative: self.alternative.and(&other.alternative), declarations, maybe }
    }
}
