//! Types from text, checked on the way.
//!
//! A type reads itself from the cursor; the node it is read under says what else to check. Without
//! a node nothing is checked: that is how a value is typed that was checked as a whole before.

mod choose;
mod leaves;
mod members;

pub use choose::choose;
pub use members::Members;

use crate::cursor::Cursor;
use crate::kinds::Kinds;
use crate::program::{At, Node, Streamed};
use crate::reject::{Reject, Why};

/// A type that can be parsed from the text of an event. Equal JSON values give equal Rust values.
pub trait Read<'a>: Sized + PartialEq {
    /// Parses the value at the cursor. If a node is given, also checks that the value satisfies the node.
    ///
    /// # Errors
    ///
    /// If the node rejects the value, if the type cannot hold the value, or if the text is not JSON.
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject>;
}

/// Parses and checks a value, in one of three ways. If the type checks all conditions of the node, one pass is enough.
/// If the type checks only the conditions of its own properties, a check of the other conditions follows. Otherwise
/// the check comes first, and the type is parsed afterwards.
///
/// # Errors
///
/// If the node rejects the value, if the type cannot hold the value, or if the text is not JSON.
#[inline]
pub fn read<'a, T: Read<'a>>(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<T, Reject> {
    let Some(node) = at else { return T::read(cursor, None) };
    match node.node().streamed {
        Streamed::All => T::read(cursor, at),
        Streamed::Own => {
            cursor.peek();
            let start = cursor.position();
            let value = T::read(cursor, at)?;
            cursor.check_afterwards(node, start)?;
            Ok(value)
        }
        Streamed::Nothing => {
            let start = cursor.position();
            cursor.check(node)?;
            cursor.rewind(start);
            T::read(cursor, None)
        }
    }
}

impl Cursor<'_> {
    /// Makes sure that a value of one of these kinds follows, and that the node takes it.
    #[inline]
    fn expect(&mut self, kinds: Kinds, at: Option<At>) -> Result<Option<&'static Node>, Reject> {
        let starting = Kinds::starting(self.peek());
        let node = at.map(At::node);
        let accepted = node.is_none_or(|node| node.kinds.meets(starting));
        if starting.meets(kinds) && accepted {
            return Ok(node);
        }
        self.mismatch(starting, accepted)
    }

    #[cold]
    fn mismatch<T>(&self, starting: Kinds, accepted: bool) -> Result<T, Reject> {
        if starting == Kinds::NONE {
            return self.unexpected();
        }
        self.reject(if accepted { Why::Untypable } else { Why::Type })
    }
}
