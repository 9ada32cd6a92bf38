//! One way in which the schemas of a place can hold.

use super::declarations::Declarations;
use crate::alternatives::Alternative;
use crate::tree::Id;

/// One way in which the schemas of a place hold.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// The accepted values: at least those that the schemas that hold accept.
    pub(super) alternative: Alternative,
    /// The members and items that the schemas that hold declare.
    pub(super) declarations: Declarations,
    /// Schemas of the place whose declarations count too, although these schemas need not hold.
    pub(super) maybe: Vec<Id>,
}

impl Way {
    /// Returns the way in which both hold.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut declarations = self.declarations.clone();
        declarations.add(&other.declarations);
        let mut maybe = self.maybe.clone();
        maybe.extend(other.maybe.iter().filter(|more| !self.maybe.iter().any(|known| known.is(**more))));
        Self { alternative: self.alternative.and(&other.alternative), declarations, maybe }
    }
}
