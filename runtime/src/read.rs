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

/// A type that reads itself from the text of an event. Equal JSON values are read as equal ones.
pub trait Read<'a>: Sized + PartialEq {
    /// Reads the value at the cursor; checks that it satisfies the node, if there is one.
    ///
    /// # Errors
    ///
    /// When the node refuses the value, the type does not hold it, or it is no JSON.
    fn read(cursor: &mut Cursor<'a>, at: Option<At>) -> Result<Self, Reject>;
}

/// Reads a value under a node, whichever way is exact: in one pass where the type checks all that
/// the node says; the type first where it checks what the node itself says, and what else it says
/// afterwards; else the check first and the type afterwards.
///
/// # Errors
///
/// When the node refuses the value, the type does not hold it, or it is no JSON.
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
