//! Parses types from the text of an event, and checks the event in the same pass.
//!
//! A type reads its value from the checker. The node of the schema states the conditions to check. Without a node, the
//! type checks no conditions. This is the case if the checker has already checked the whole value.

mod choose;
mod properties;
mod standard_types;
mod variant;

pub use choose::choose;
pub use properties::PropertyReader;
pub use variant::{read_only_property, read_text};

use crate::check::Checker;
use crate::program::{ChecksWhileReading, NodeRef};
use crate::reject::Reject;

/// A type that can be parsed from the text of an event. Equal JSON values give equal Rust values.
pub trait Read<'a>: Sized + PartialEq {
    /// Parses the value at the current position. If a node is given, also checks that the value satisfies the node.
    ///
    /// # Errors
    ///
    /// If the node rejects the value, if the type cannot hold the value, or if the text is not JSON.
    fn read(checker: &mut Checker<'a>, node: Option<NodeRef>) -> Result<Self, Reject>;
}

/// Parses and checks a value, in one of three ways. If the type checks all conditions of the node, one pass is enough.
/// If the type checks only the conditions of its own properties, a check of the other conditions follows. Otherwise
/// the check comes first, and the type is parsed afterwards.
///
/// # Errors
///
/// If the node rejects the value, if the type cannot hold the value, or if the text is not JSON.
#[inline]
pub fn read<'a, T: Read<'a>>(checker: &mut Checker<'a>, node: Option<NodeRef>) -> Result<T, Reject> {
    read_checked(checker, node, T::read)
}

/// Does the same as [`read`] with a function that parses the value.
#[inline]
fn read_checked<'a, T>(
    checker: &mut Checker<'a>,
    node: Option<NodeRef>,
    parse: impl Fn(&mut Checker<'a>, Option<NodeRef>) -> Result<T, Reject>,
) -> Result<T, Reject> {
    let Some(node_ref) = node else { return parse(checker, None) };
    match node_ref.node().checks_while_reading {
        ChecksWhileReading::All => parse(checker, node),
        ChecksWhileReading::OwnKeywords => {
            checker.lexer.peek();
            let start = checker.lexer.position();
            let value = parse(checker, node)?;
            checker.check_applicators_afterwards(node_ref, start)?;
            Ok(value)
        }
        ChecksWhileReading::None => {
            let start = checker.lexer.position();
            checker.check(node_ref)?;
            checker.lexer.rewind(start);
            parse(checker, None)
        }
    }
}
