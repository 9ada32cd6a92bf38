use super::{Evaluated, unique};
use crate::cursor::Cursor;
use crate::program::{Array, At, Contains};
use crate::reject::{Reject, Why};

impl Cursor<'_> {
    /// Checks the array at the cursor and steps over it.
    pub(super) fn array(
        &mut self,
        at: At,
        array: &'static Array,
        mut seen: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let start = self.position();
        self.enter()?;
        let mut count = 0;
        let mut contained = 0;
        while self.next_element(count == 0)? {
            if let Some(contains) = &array.contains
                && self.contains(at, contains)?
            {
                contained += 1;
                if contains.evaluates
                    && let Some(seen) = seen.as_deref_mut()
                {
                    seen.items.insert(count);
                }
            }
            match array.first.get(count).copied().or(array.items) {
                Some(node) => self.check(at.child(node))?,
                None => self.skip()?,
            }
            count += 1;
        }
        if let Some(seen) = seen {
            seen.first_items = seen.first_items.max(array.first.len());
            seen.all_items |= array.items.is_some();
        }
        let why = array.complete(count, contained).err();
        if let Some(why) = why {
            return Err(Reject::new(start, why));
        }
        if array.is_set { self.is_set(start, count) } else { Ok(()) }
    }

    /// Tells whether the element at the cursor is one that the array has to contain.
    pub(crate) fn contains(&mut self, at: At, contains: &Contains) -> Result<bool, Reject> {
        self.peek();
        let from = self.position();
        self.memory.tries += 1;
        let fits = self.attempt(at.child(contains.node), None)?;
        self.memory.tries -= 1;
        self.rewind(from);
        Ok(fits)
    }

    /// Makes sure that no two elements of the array between a position and the cursor are equal.
    pub(crate) fn is_set(&mut self, start: usize, count: usize) -> Result<(), Reject> {
        if count < 2 {
            return Ok(());
        }
        let end = self.position();
        self.rewind(start);
        let mut is_set = self.prints_differ(count)?;
        if !is_set {
            self.rewind(start);
            let json = self.json()?;
            is_set = json.as_array().is_none_or(unique::are_unique);
        }
        self.rewind(end);
        if is_set { Ok(()) } else { Err(Reject::new(start, Why::UniqueItems)) }
    }
}

impl Array {
    /// Checks what can be said when all elements are known.
    pub(crate) fn complete(&self, count: usize, contained: usize) -> Result<(), Why> {
        if count < self.min {
            return Err(Why::MinItems);
        }
        if self.max.is_some_and(|max| max < count) {
            return Err(Why::MaxItems);
        }
        match &self.contains {
            Some(contains) if contained < contains.min || contains.max.is_some_and(|max| max < contained) => {
                Err(Why::Contains)
            }
            Some(_) | None => Ok(()),
        }
    }
}
