//! Decides whether the value at the cursor satisfies a node.
//!
//! A value is read once where that is enough, and once more for every alternative that is tried:
//! going back costs nothing, so nothing is ever copied to be looked at twice. What an alternative
//! said of a value is remembered, so that alternatives within alternatives stay cheap.

use crate::cursor::Cursor;
use crate::kinds::Kinds;
use crate::program::{At, Node, Object, Text};
use crate::reject::{Reject, Why};

mod array;
mod evaluated;
mod memory;
mod more;
mod object;
mod record;
mod scalar;
pub(crate) mod unique;

#[cfg(test)]
mod tests;

pub(crate) use evaluated::{Bits, Evaluated};
pub(crate) use memory::Memory;

impl Cursor<'_> {
    /// Checks the value at the cursor and steps over it.
    ///
    /// # Errors
    ///
    /// When the node refuses it, or it is no JSON.
    #[inline]
    pub(crate) fn check(&mut self, at: At) -> Result<(), Reject> {
        self.check_into(at, None)
    }

    /// Checks the value and notes which of its members and items were evaluated.
    #[inline]
    pub(crate) fn check_into(&mut self, at: At, seen: Option<&mut Evaluated>) -> Result<(), Reject> {
        let node = at.node();
        let first = self.peek();
        self.memory.step().or_else(|why| self.reject(why))?;
        // Nothing can be open within a text, a number or a word.
        if node.is_plain() && !matches!(first, b'{' | b'[') {
            return self.leaf(node, first);
        }
        // Most objects.
        if node.is_record
            && first == b'{'
            && seen.is_none()
            && let Some(object @ Object { record: Some(required), .. }) = node.object.as_deref()
            && !self.memory.is_slow()
        {
            self.memory.go_deeper().or_else(|why| self.reject(why))?;
            self.record(at, object, *required)?;
            self.memory.come_back();
            return Ok(());
        }
        self.check_deeper(at, first, seen)
    }

    fn check_deeper(&mut self, at: At, first: u8, seen: Option<&mut Evaluated>) -> Result<(), Reject> {
        let node = at.node();
        self.memory.go_deeper().or_else(|why| self.reject(why))?;
        let takes_long = matches!(first, b'{' | b'[') || !node.is_plain();
        let repeats = takes_long && self.memory.is_slow() && seen.is_none();
        let result = if repeats {
            self.check_once(at, node)
        } else if node.is_plain() {
            self.own(at, node, seen)
        } else {
            self.check_more(at, node, seen)
        };
        self.memory.come_back();
        result
    }

    fn check_once(&mut self, at: At, node: &'static Node) -> Result<(), Reject> {
        let key = self.memory.key(at, self.position());
        if let Some(known) = self.memory.recall(&key) {
            return known.map(|end| self.rewind(end));
        }
        let result = if node.is_plain() { self.own(at, node, None) } else { self.check_more(at, node, None) };
        self.memory.remember(key, result.map(|()| self.position()));
        result
    }

    /// Tells whether the value satisfies the node; the cursor is behind it only if it does.
    ///
    /// # Errors
    ///
    /// When it is no JSON.
    pub(crate) fn attempt(&mut self, at: At, seen: Option<&mut Evaluated>) -> Result<bool, Reject> {
        let (depth, names, state) = (self.depth(), self.names_open(), self.memory.state());
        match self.check_into(at, seen) {
            Ok(()) => Ok(true),
            Err(reject) if reject.is_syntax() => Err(reject),
            Err(_) => {
                self.recover(depth, names);
                self.memory.restore(state);
                Ok(false)
            }
        }
    }

    /// Checks what takes but one look at the value.
    pub(crate) fn own(
        &mut self,
        at: At,
        node: &'static Node,
        seen: Option<&mut Evaluated>,
    ) -> Result<(), Reject> {
        let first = self.peek();
        if !matches!(first, b'{' | b'[') {
            return self.leaf(node, first);
        }
        if !node.kinds.meets(Kinds::starting(first)) {
            return self.refused_kind(node, first);
        }
        if let Some(literals) = &node.literals {
            let start = self.position();
            self.literal(literals)?;
            self.rewind(start);
        }
        match (first, &node.object, &node.array) {
            (b'{', Some(object), _) => match object.record {
                Some(required) if seen.is_none() => self.record(at, object, required),
                Some(_) | None => self.object(at, object, seen),
            },
            (b'[', _, Some(array)) => self.array(at, array, seen),
            _ => self.skip(),
        }
    }

    /// Checks a value that is no array and no object.
    #[inline]
    fn leaf(&mut self, node: &'static Node, first: u8) -> Result<(), Reject> {
        let start = self.position();
        if !node.kinds.meets(Kinds::starting(first)) {
            return self.refused_kind(node, first);
        }
        if let Some(literals) = &node.literals
            && first != b'"'
        {
            self.literal(literals)?;
            self.rewind(start);
        }
        match first {
            b'"' => match (node.text.as_deref(), &node.literals) {
                (None, None) => self.skip_string(),
                (Some(Text { end: Some(end), .. }), None) if self.ended(*end).is_some() => Ok(()),
                (text, literals) => {
                    let value = self.string()?;
                    if let Some(literals) = literals
                        && !literals.contain_text(&value)
                    {
                        return Err(Reject::new(start, Why::Enum));
                    }
                    let Some(text) = text else { return Ok(()) };
                    text.check(&value, &mut self.memory).map_err(|why| Reject::new(start, why))
                }
            },
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ if self.small_under(node).is_some() => Ok(()),
            _ => {
                let digits = self.digits()?;
                node.check_number(&digits).map_err(|why| Reject::new(start, why))
            }
        }
    }

    #[cold]
    fn refused_kind(&self, node: &Node, first: u8) -> Result<(), Reject> {
        if Kinds::starting(first) == Kinds::NONE {
            return self.unexpected();
        }
        self.reject(if node.kinds == Kinds::NONE { Why::FalseSchema } else { Why::Type })
    }
}
