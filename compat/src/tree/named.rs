//! Schemas by name.

use std::ops::Deref;
use std::rc::Rc;

use super::{Id, Name};

/// Schemas by name or pattern, sorted and without duplicate names. A node shares them with the alternatives made from
/// it. Most nodes have no such schemas, and allocate nothing for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Named(Option<Rc<[(Name, Id)]>>);

impl Named {
    /// Returns the schema of a name.
    pub(crate) fn of(&self, name: &str) -> Option<Id> {
        let at = self.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        Some(self[at].1)
    }
}

impl FromIterator<(Name, Id)> for Named {
    fn from_iter<T: IntoIterator<Item = (Name, Id)>>(named: T) -> Self {
        let mut named: Vec<(Name, Id)> = named.into_iter().collect();
        if named.is_empty() {
            return Self(None);
        }
        named.sort_by(|a, b| a.0.cmp(&b.0));
        Self(Some(named.into()))
    }
}

impl Deref for Named {
    type Target = [(Name, Id)];

    fn deref(&self) -> &[(Name, Id)] {
        self.0.as_deref().unwrap_or_default()
    }
}
