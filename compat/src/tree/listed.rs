//! The values of an `enum`.

use std::cell::OnceCell;
use std::hash::{BuildHasher as _, Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use foldhash::HashMap;
use foldhash::fast::FixedState;
use serde_json::Value;

/// Listed values, each once, normalised; shared, and looked up by hash where they are many.
#[derive(Debug, Clone)]
pub(crate) struct Listed(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    values: Vec<Value>,
    /// Where the values of each hash stand.
    index: OnceCell<HashMap<u64, Vec<usize>>>,
}

/// Lists so short that they are quicker to walk than to index.
const WALKED_MAX: usize = 12;

impl Listed {
    /// Returns these values as a list.
    pub(crate) fn of(values: Vec<Value>) -> Self {
        Self(Rc::new(Inner { values, index: OnceCell::new() }))
    }

    /// Tells whether a normalised value is listed.
    pub(crate) fn contains(&self, value: &Value) -> bool {
        if self.0.values.len() <= WALKED_MAX {
            return self.0.values.contains(value);
        }
        let hash = |value: &Value| FixedState::default().hash_one(value);
        let index = self.0.index.get_or_init(|| {
            let mut index: HashMap<u64, Vec<usize>> = HashMap::default();
            for (at, value) in self.0.values.iter().enumerate() {
                index.entry(hash(value)).or_default().push(at);
            }
            index
        });
        index.get(&hash(value)).is_some_and(|places| places.iter().any(|at| self.0.values[*at] == *value))
    }

    /// Returns the list without the values that do not hold; itself where all do.
    pub(crate) fn only(&self, holds: impl Fn(&Value) -> bool) -> Self {
        if self.iter().all(&holds) {
            return self.clone();
        }
        Self::of(self.iter().filter(|value| holds(value)).cloned().collect())
    }
}

impl Deref for Listed {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0.values
    }
}

impl PartialEq for Listed {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.values == other.0.values
    }
}

impl Eq for Listed {}

impl Hash for Listed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.values.hash(state);
    }
}
