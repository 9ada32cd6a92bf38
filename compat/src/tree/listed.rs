//! The values of an `enum`.

use std::collections::hash_map::Entry;
use std::hash::{BuildHasher as _, Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use foldhash::HashMap;
use foldhash::fast::FixedState;
use serde_json::Value;

/// Listed values, normalised and without duplicates. Long lists have an index by hash.
#[derive(Debug, Clone)]
pub(crate) struct Listed(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    values: Vec<Value>,
    /// The hash of all values.
    hash: u64,
    index: Index,
}

/// The maximum length of a list without an index. To search a short list is faster than to build an index for it.
const WALKED_MAX: usize = 12;

/// The positions of values by hash; empty if the list has no index.
#[derive(Debug, Default)]
struct Index {
    first: HashMap<u64, usize>,
    /// The positions of values that have the same hash as an earlier value.
    others: Vec<usize>,
}

impl Index {
    /// Returns the position of a value.
    fn find(&self, values: &[Value], value: &Value) -> Option<usize> {
        if self.first.is_empty() {
            return values.iter().position(|own| own == value);
        }
        let first = *self.first.get(&hash_of(value))?;
        let is_here = |at: &usize| values[*at] == *value;
        Some(first).filter(is_here).or_else(|| self.others.iter().copied().find(is_here))
    }

    fn add(&mut self, value: &Value, at: usize) {
        match self.first.entry(hash_of(value)) {
            Entry::Vacant(place) => {
                place.insert(at);
            }
            Entry::Occupied(_) => self.others.push(at),
        }
    }
}

impl Listed {
    /// Returns these normalised values as a list without duplicates.
    pub(crate) fn of(all: impl IntoIterator<Item = Value>) -> Self {
        let mut values: Vec<Value> = Vec::new();
        let mut index = Index::default();
        for value in all {
            if index.find(&values, &value).is_some() {
                continue;
            }
            values.push(value);
            match values.len().checked_sub(WALKED_MAX + 1) {
                None => {}
                Some(0) => values.iter().enumerate().for_each(|(at, value)| index.add(value, at)),
                Some(_) => index.add(&values[values.len() - 1], values.len() - 1),
            }
        }
        let hash = Self::hash_of(&values);
        Self(Rc::new(Inner { values, hash, index }))
    }

    /// Returns the hash of a list of these values.
    pub(crate) fn hash_of(values: &[Value]) -> u64 {
        FixedState::default().hash_one(values)
    }

    /// Returns whether a normalised value is listed.
    pub(crate) fn contains(&self, value: &Value) -> bool {
        self.0.index.find(&self.0.values, value).is_some()
    }

    /// Returns a list of the values that satisfy a condition. If all values satisfy the condition, returns the same
    /// list.
    pub(crate) fn only(&self, holds: impl Fn(&Value) -> bool) -> Self {
        if self.iter().all(&holds) {
            return self.clone();
        }
        Self::of(self.iter().filter(|value| holds(value)).cloned())
    }
}

fn hash_of(value: &Value) -> u64 {
    FixedState::default().hash_one(value)
}

impl Deref for Listed {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0.values
    }
}

impl PartialEq for Listed {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || (self.0.hash == other.0.hash && self.0.values == other.0.values)
    }
}

impl Eq for Listed {}

impl Hash for Listed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash.hash(state);
    }
}
