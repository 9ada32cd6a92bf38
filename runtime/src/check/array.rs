use super::{Evaluated, unique};
use crate::Json;
use crate::cursor::Cursor;
use crate::program::{Array, At};
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
            if let Some(contains) = &array.contains {
                self.peek();
                let from = self.position();
                self.memory.tries += 1;
                let fits = self.attempt(at.child(contains.node), None)?;
                self.memory.tries -= 1;
                self.rewind(from);
                if fits {
                    contained += 1;
                    if contains.evaluates
                        && let Some(seen) = seen.as_deref_mut()
                    {
                        seen.items.insert(count);
                    }
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
        if array.is_set && 1 < count {
            let end = self.position();
            self.rewind(start);
            if let Json::Array(items) = self.json()?
                && !unique::are_unique(&items)
            {
                return Err(Reject::new(start, Why::UniqueItems));
            }
            self.rewind(end);
        }
        Ok(())
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
