//! What takes more than one look at a value.

use super::Evaluated;
use crate::cursor::Cursor;
use crate::kinds::Kinds;
use crate::program::{At, More, Node};
use crate::reject::{Reject, Why};

impl Cursor<'_> {
    pub(super) fn check_more(
        &mut self,
        at: At,
        node: &'static Node,
        seen: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let state = self.memory.state();
        if let Some(resource) = node.more.as_ref().and_then(|more| more.resource) {
            self.memory.enter(at, resource);
        }
        match (node.unless_null, &node.more) {
            (Some(_), _) if self.peek() == b'n' => self.word("null")?,
            (Some(child), _) => self.check_into(at.child(child), seen)?,
            (None, Some(more)) => self.check_evaluating(at, node, more, seen)?,
            (None, None) => self.own(at, node, seen)?,
        }
        self.memory.restore(state);
        Ok(())
    }

    /// Checks everything, what is left unevaluated at the end.
    fn check_evaluating(
        &mut self,
        at: At,
        node: &'static Node,
        more: &'static More,
        seen: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        if more.unevaluated_members.is_none() && more.unevaluated_items.is_none() {
            return self.check_parts(at, node, more, seen);
        }
        self.peek();
        let start = self.position();
        let mut evaluated = Evaluated::default();
        self.check_parts(at, node, more, Some(&mut evaluated))?;
        let end = self.position();
        self.rewind(start);
        match (self.peek(), more.unevaluated_members, more.unevaluated_items) {
            (b'{', Some(node), _) => {
                self.unevaluated_members(at.child(node), &evaluated)?;
                evaluated.all_members = true;
            }
            (b'[', _, Some(node)) => {
                self.unevaluated_items(at.child(node), &evaluated)?;
                evaluated.all_items = true;
            }
            _ => {}
        }
        self.rewind(end);
        if let Some(seen) = seen {
            seen.extend(&evaluated);
        }
        Ok(())
    }

    fn unevaluated_members(&mut self, at: At, evaluated: &Evaluated) -> Result<(), Reject> {
        self.enter()?;
        let mut count = 0;
        loop {
            let before = self.position();
            if self.next_member(count == 0)?.is_none() {
                return Ok(());
            }
            if evaluated.has_member(count) {
                self.skip()?;
            } else if !self.attempt(at, None)? {
                return Err(Reject::new(before, Why::UnevaluatedProperties));
            }
            count += 1;
        }
    }

    fn unevaluated_items(&mut self, at: At, evaluated: &Evaluated) -> Result<(), Reject> {
        self.enter()?;
        let mut count = 0;
        while self.next_element(count == 0)? {
            self.peek();
            let start = self.position();
            if evaluated.has_item(count) {
                self.skip()?;
            } else if !self.attempt(at, None)? {
                return Err(Reject::new(start, Why::UnevaluatedItems));
            }
            count += 1;
        }
        Ok(())
    }

    fn check_parts(
        &mut self,
        at: At,
        node: &'static Node,
        more: &'static More,
        mut seen: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        self.peek();
        let start = self.position();
        let mut end = None;
        if node.says_of_itself() {
            self.own(at, node, seen.as_deref_mut())?;
            end = Some(self.position());
        }
        match self.check_applicators(at, more, start, seen)?.or(end) {
            Some(end) => self.rewind(end),
            None => {
                self.rewind(start);
                self.skip()?;
            }
        }
        Ok(())
    }

    /// Checks what a node says beside what its type has checked, of the value between a position and
    /// the cursor.
    pub(crate) fn check_afterwards(&mut self, at: At, start: usize) -> Result<(), Reject> {
        let Some(more) = &at.node().more else { return Ok(()) };
        let end = self.position();
        self.memory.go_deeper().or_else(|why| self.reject(why))?;
        self.check_applicators(at, more, start, None)?;
        self.memory.come_back();
        self.rewind(end);
        Ok(())
    }

    /// Checks the applicators of a node; tells where the value ends, if one of them found out.
    fn check_applicators(
        &mut self,
        at: At,
        more: &'static More,
        start: usize,
        mut seen: Option<&mut Evaluated>,
    ) -> Result<Option<usize>, Reject> {
        let mut end = None;
        self.memory.tries += 1;
        let dynamic = more.dynamic.as_ref().map(|(name, default)| {
            let default = at.child(*default);
            self.memory.anchor(name).unwrap_or(default)
        });
        for part in more.all.iter().map(|child| at.child(*child)).chain(dynamic) {
            self.rewind(start);
            self.check_into(part, seen.as_deref_mut())?;
            end = Some(self.position());
        }
        if !more.any.is_empty() {
            self.rewind(start);
            self.any(at, more, seen.as_deref_mut())?;
            end = Some(self.position());
        }
        if !more.one.is_empty() {
            self.rewind(start);
            self.one(at, more, seen.as_deref_mut())?;
            end = Some(self.position());
        }
        if let Some(not) = more.not {
            self.rewind(start);
            if self.attempt(at.child(not), None)? {
                return Err(Reject::new(start, Why::Not));
            }
        }
        if let Some((condition, then, otherwise)) = more.condition {
            self.rewind(start);
            let mut part = seen.is_some().then(Evaluated::default);
            let holds = self.attempt(at.child(condition), part.as_mut())?;
            if holds && let (Some(seen), Some(part)) = (seen.as_deref_mut(), part) {
                seen.extend(&part);
            }
            if let Some(branch) = if holds { then } else { otherwise } {
                self.rewind(start);
                self.check_into(at.child(branch), seen)?;
                end = Some(self.position());
            }
        }
        self.memory.tries -= 1;
        Ok(end)
    }

    fn any(&mut self, at: At, more: &'static More, mut seen: Option<&mut Evaluated>) -> Result<(), Reject> {
        let start = self.position();
        let mut end = None;
        for child in &more.any {
            self.rewind(start);
            let mut part = seen.is_some().then(Evaluated::default);
            if self.attempt(at.child(*child), part.as_mut())? {
                end = Some(self.position());
                match (seen.as_deref_mut(), part) {
                    // What others evaluate matters to whoever asks what was.
                    (Some(seen), Some(part)) => seen.extend(&part),
                    _ => break,
                }
            }
        }
        end.map(|end| self.rewind(end)).ok_or(Reject::new(start, Why::AnyOf))
    }

    fn one(&mut self, at: At, more: &'static More, seen: Option<&mut Evaluated>) -> Result<(), Reject> {
        let start = self.position();
        let mut found = None;
        for child in &more.one {
            self.rewind(start);
            let mut part = seen.is_some().then(Evaluated::default);
            if self.attempt(at.child(*child), part.as_mut())? {
                if found.is_some() {
                    return Err(Reject::new(start, Why::OneOf));
                }
                found = Some((self.position(), part));
            }
        }
        let Some((end, part)) = found else { return Err(Reject::new(start, Why::OneOf)) };
        if let (Some(seen), Some(part)) = (seen, part) {
            seen.extend(&part);
        }
        self.rewind(end);
        Ok(())
    }
}

impl Node {
    /// Tells whether one look at a value decides.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.more.is_none() && self.unless_null.is_none()
    }

    /// Returns the kinds of which every value is accepted; arrays and objects are not looked at.
    pub(crate) fn free(&self) -> Kinds {
        if !self.is_plain() || self.literals.is_some() {
            return Kinds::NONE;
        }
        let mut free = self.kinds.and(Kinds::LEAVES);
        if self.text.is_some() {
            free = free.without(Kinds::STRING);
        }
        if self.number.is_some() || !self.kinds.has(Kinds::NUMBERS) {
            free = free.without(Kinds::NUMBERS);
        }
        free
    }

    /// Tells whether the node says anything at all.
    pub(crate) fn says_something(&self) -> bool {
        self.says_of_itself() || self.more.is_some() || self.unless_null.is_some()
    }

    /// Tells whether the node says something that one look at the value decides.
    fn says_of_itself(&self) -> bool {
        self.kinds != Kinds::ALL
            || self.text.is_some()
            || self.number.is_some()
            || self.array.is_some()
            || self.object.is_some()
            || self.literals.is_some()
    }
}
