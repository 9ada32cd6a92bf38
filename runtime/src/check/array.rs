//! Checks arrays.

use super::{Checker, Evaluated, unique_items};
use crate::program::{ArrayKeywords, Contains, NodeRef};
use crate::reject::{Reason, Reject};

impl Checker<'_> {
    /// Checks the array at the current position, and moves behind the array.
    pub(super) fn check_array(
        &mut self,
        node_ref: NodeRef,
        array: &'static ArrayKeywords,
        mut evaluated: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let start = self.lexer.position();
        self.lexer.enter()?;
        let mut count = 0;
        let mut contained = 0;
        while self.lexer.next_element(count == 0)? {
            if let Some(contains) = &array.contains
                && self.matches_contains(node_ref, contains)?
            {
                contained += 1;
                if contains.evaluates
                    && let Some(evaluated) = evaluated.as_deref_mut()
                {
                    evaluated.items.insert(count);
                }
            }
            match array.prefix_items.get(count).copied().or(array.items) {
                Some(node) => self.check(node_ref.child(node))?,
                None => self.lexer.skip()?,
            }
            count += 1;
        }
        if let Some(evaluated) = evaluated {
            evaluated.first_items = evaluated.first_items.max(array.prefix_items.len());
            evaluated.all_items |= array.items.is_some();
        }
        if let Some(reason) = array.check_counts(count, contained).err() {
            return Err(Reject::new(start, reason));
        }
        if array.unique_items { self.check_unique_items(start, count) } else { Ok(()) }
    }

    /// Returns whether the element at the current position matches `contains`. Does not move.
    pub(crate) fn matches_contains(
        &mut self,
        node_ref: NodeRef,
        contains: &Contains,
    ) -> Result<bool, Reject> {
        self.lexer.peek();
        let from = self.lexer.position();
        self.state.open_alternatives += 1;
        let is_match = self.attempt(node_ref.child(contains.node), None)?;
        self.state.open_alternatives -= 1;
        self.lexer.rewind(from);
        Ok(is_match)
    }

    /// Checks that all elements of the array between `start` and the current position are different.
    pub(crate) fn check_unique_items(&mut self, start: usize, count: usize) -> Result<(), Reject> {
        if count < 2 {
            return Ok(());
        }
        let end = self.lexer.position();
        self.lexer.rewind(start);
        let are_different = unique_items::are_different(&mut self.lexer, count)?;
        self.lexer.rewind(end);
        if are_different { Ok(()) } else { Err(Reject::new(start, Reason::UniqueItems)) }
    }
}

impl ArrayKeywords {
    /// Checks the number of elements, and the number of elements that match `contains`.
    pub(crate) fn check_counts(&self, count: usize, contained: usize) -> Result<(), Reason> {
        if count < self.min_items {
            return Err(Reason::MinItems);
        }
        if self.max_items.is_some_and(|max| max < count) {
            return Err(Reason::MaxItems);
        }
        match &self.contains {
            Some(contains) if contained < contains.min || contains.max.is_some_and(|max| max < contained) => {
                Err(Reason::Contains)
            }
            Some(_) | None => Ok(()),
        }
    }
}
