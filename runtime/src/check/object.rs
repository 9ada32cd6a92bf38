use std::borrow::Cow;

use super::{Bits, Evaluated};
use crate::cursor::Cursor;
use crate::kinds::Kinds;
use crate::program::{Additional, At, Member, Object, Question, Watched};
use crate::reject::{Reject, Why};

/// A member of the text: one that a keyword names, with its position, or another and where its name
/// starts.
enum Found<'a> {
    Known(usize, &'static Member),
    Other(Cow<'a, str>, usize),
}

impl Cursor<'_> {
    /// Checks the object at the cursor and steps over it.
    pub(super) fn object(
        &mut self,
        at: At,
        object: &'static Object,
        mut seen: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let start = self.position();
        let names = self.names_open();
        self.enter()?;
        let mut present = Bits::default();
        let mut watched = Watched::default();
        let mut expected = 0;
        let mut count = 0;
        loop {
            let before = self.position();
            if !self.next_name(count == 0)? {
                break;
            }
            let found = match object.members.get(expected) {
                Some(member) if self.take_name(&member.name) => Found::Known(expected, member),
                Some(_) | None => {
                    let name_start = self.position();
                    let name = self.name()?;
                    match object.find(&name, expected) {
                        Some(found) => Found::Known(found, &object.members[found]),
                        None => Found::Other(name, name_start),
                    }
                }
            };
            let evaluated = match found {
                Found::Known(found, member) => {
                    expected = found + 1;
                    if !present.insert(found) {
                        return self.reject(Why::Duplicate);
                    }
                    object.watch(&mut watched, found, self.position());
                    if object.patterns.is_empty() && member.declared {
                        self.declared_member(at, member)?;
                        true
                    } else {
                        let node = member.declared.then_some(member.node);
                        self.other_member(at, object, member.name.text(), before, node)?
                    }
                }
                Found::Other(name, name_start) => {
                    let evaluated = self.other_member(at, object, &name, before, None)?;
                    self.remember(&name, name_start);
                    evaluated
                }
            };
            if let Some(node) = object.names {
                self.member_name(at.child(node), before, count == 0)?;
            }
            if evaluated && let Some(seen) = seen.as_deref_mut() {
                seen.members.insert(count);
            }
            count += 1;
        }
        self.no_name_twice(names)?;
        object.complete(&present, count).map_err(|why| Reject::new(start, why))?;
        self.demands(at, object, &present, &watched, start)?;
        self.dependents(at, object, &present, start, seen)
    }

    /// Checks a member that only `properties` speaks of.
    #[inline]
    pub(super) fn declared_member(&mut self, at: At, member: &'static Member) -> Result<(), Reject> {
        let first = self.peek();
        if member.free.meets(Kinds::starting(first)) {
            return self.skip_leaf(first);
        }
        match member.node {
            Some(node) => self.check(at.child(node)),
            None => self.skip(),
        }
    }

    /// Checks a member that is no property, or perhaps more than one; tells whether it was spoken of.
    fn other_member(
        &mut self,
        at: At,
        object: &'static Object,
        name: &str,
        before: usize,
        declared: Option<Option<crate::program::Child>>,
    ) -> Result<bool, Reject> {
        self.peek();
        let start = self.position();
        let mut is_known = declared.is_some();
        let mut end = None;
        if let Some(Some(node)) = declared {
            self.check(at.child(node))?;
            end = Some(self.position());
        }
        for (pattern, node) in &object.patterns {
            if pattern.is_match(name, &mut self.memory).map_err(|why| Reject::new(before, why))? {
                is_known = true;
                self.rewind(start);
                // What several keywords look at is read again.
                self.memory.tries += 1;
                self.check(at.child(*node))?;
                self.memory.tries -= 1;
                end = Some(self.position());
            }
        }
        let evaluated = match object.additional {
            _ if is_known => true,
            Additional::Anything => false,
            Additional::Evaluated => true,
            Additional::Refused => return Err(Reject::new(before, Why::AdditionalProperties)),
            Additional::Checked(node) => {
                self.check(at.child(node))?;
                end = Some(self.position());
                true
            }
        };
        if end.is_none() {
            self.skip()?;
        }
        Ok(evaluated)
    }

    /// Checks the name of the member whose name and value stand between a position and the cursor.
    fn member_name(&mut self, at: At, before: usize, first: bool) -> Result<(), Reject> {
        let end = self.position();
        self.rewind(before);
        if !first {
            self.take(b',')?;
        }
        self.peek();
        let start = self.position();
        if !self.attempt(at, None)? {
            return Err(Reject::new(start, Why::PropertyNames));
        }
        self.rewind(end);
        Ok(())
    }

    /// Checks what applicators say of members, of the object between a position and the cursor.
    #[inline]
    pub(crate) fn demands(
        &mut self,
        at: At,
        object: &'static Object,
        present: &Bits,
        watched: &Watched,
        start: usize,
    ) -> Result<(), Reject> {
        if object.demands.is_empty() { Ok(()) } else { self.demand(at, object, present, watched, start) }
    }

    fn demand(
        &mut self,
        at: At,
        object: &'static Object,
        present: &Bits,
        watched: &Watched,
        start: usize,
    ) -> Result<(), Reject> {
        let end = self.position();
        // What a demand looks at is read again.
        self.memory.tries += 1;
        for (demand, why) in &object.demands {
            let holds = demand.holds(&mut |question| match question {
                Question::Has(members) => Ok(present.has_all(members)),
                Question::Member(member, node) => match watched.get(member) {
                    Some(value) if *value != 0 => {
                        self.rewind(crate::program::index(*value));
                        self.attempt(at.child(node), None)
                    }
                    Some(_) | None => Ok(true),
                },
            })?;
            if !holds {
                return Err(Reject::new(start, *why));
            }
        }
        self.memory.tries -= 1;
        self.rewind(end);
        Ok(())
    }

    /// Checks the whole object against what depends on members that are there.
    fn dependents(
        &mut self,
        at: At,
        object: &'static Object,
        present: &Bits,
        start: usize,
        mut seen: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let end = self.position();
        for (member, node) in &object.dependent_schemas {
            if present.has(usize::from(*member)) {
                self.rewind(start);
                self.memory.tries += 1;
                self.check_into(at.child(*node), seen.as_deref_mut())?;
                self.memory.tries -= 1;
            }
        }
        self.rewind(end);
        Ok(())
    }
}

impl Object {
    /// Checks what can be said when all members are known.
    #[inline]
    pub(crate) fn complete(&self, present: &Bits, count: usize) -> Result<(), Why> {
        if !present.has_all(&self.required) {
            return Err(Why::Required);
        }
        if count < self.min {
            return Err(Why::MinProperties);
        }
        if self.max.is_some_and(|max| max < count) {
            return Err(Why::MaxProperties);
        }
        let lacks = |(member, others): &(u16, Box<[u16]>)| {
            present.has(usize::from(*member)) && others.iter().any(|other| !present.has(usize::from(*other)))
        };
        if self.dependent_required.iter().any(lacks) {
            return Err(Why::DependentRequired);
        }
        Ok(())
    }
}
