use std::borrow::Cow;

use crate::cursor::Cursor;
use crate::program::{Additional, At, Object};
use crate::reject::{Reject, Why};

impl Cursor<'_> {
    /// Checks the object at the cursor, of which nothing is said but what its members are, and which of them, by
    /// their bits, have to be there. Most objects are such, so that this is the shortest way through one.
    pub(super) fn record(&mut self, at: At, object: &'static Object, required: u64) -> Result<(), Reject> {
        let start = self.position();
        let names = self.names_open();
        self.enter()?;
        let (mut present, mut expected) = (0u64, 0);
        let mut is_first = true;
        loop {
            let before = self.position();
            if !self.next_name(is_first)? {
                break;
            }
            is_first = false;
            let found = match object.members.get(expected) {
                Some(member) if self.take_name(&member.name) => Ok(expected),
                Some(_) | None => {
                    let name_start = self.position();
                    let name = self.name()?;
                    object.find(&name, expected).ok_or((name, name_start))
                }
            };
            match found {
                Ok(found) => {
                    let bit = 1 << found;
                    if present & bit != 0 {
                        return self.reject(Why::Duplicate);
                    }
                    present |= bit;
                    expected = found + 1;
                    self.declared_member(at, &object.members[found])?;
                }
                Err((name, name_start)) => self.undeclared(at, object, before, name, name_start)?,
            }
        }
        self.no_name_twice(names)?;
        if present & required == required { Ok(()) } else { Err(Reject::new(start, Why::Required)) }
    }

    /// Checks the value of a member that no keyword names.
    fn undeclared(
        &mut self,
        at: At,
        object: &'static Object,
        before: usize,
        name: Cow<'_, str>,
        name_start: usize,
    ) -> Result<(), Reject> {
        match object.additional {
            Additional::Refused => return Err(Reject::new(before, Why::AdditionalProperties)),
            Additional::Checked(node) => self.check(at.child(node))?,
            Additional::Anything | Additional::Evaluated => self.skip()?,
        }
        self.remember(&name, name_start);
        Ok(())
    }
}
