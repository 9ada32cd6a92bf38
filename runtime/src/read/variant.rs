//! Reads the variants of generated enums that are not a value of another type.

use super::{PropertyReader, Read, read, read_checked};
use crate::check::Checker;
use crate::program::NodeRef;
use crate::reject::Reject;

/// Reads an object that has only the property with the one name in `name`. Returns the value of this property.
///
/// # Errors
///
/// If the node rejects the object, if the type cannot hold the value, or if the text is not JSON.
pub fn read_only_property<'a, T: Read<'a>>(
    checker: &mut Checker<'a>,
    node: Option<NodeRef>,
    name: &'static [&'static str; 1],
) -> Result<T, Reject> {
    read_checked(checker, node, |checker, node| {
        let mut properties = PropertyReader::open(checker, node, name)?;
        let mut value = None;
        while let Some(found) = properties.next_known(checker)? {
            match found {
                0 => value = Some(read(checker, properties.child())?),
                _ => properties.skip(checker)?,
            }
        }
        properties.close(checker)?;
        value.ok_or_else(|| properties.missing())
    })
}

/// Reads a string that must be equal to `text`.
///
/// # Errors
///
/// If the node rejects the string, if the value is another one, or if the text is not JSON.
pub fn read_text<'a>(checker: &mut Checker<'a>, node: Option<NodeRef>, text: &str) -> Result<(), Reject> {
    read_checked(checker, node, |checker, node| {
        let is_equal = checker.enum_string(node)? == text;
        if is_equal { Ok(()) } else { Err(checker.unknown_variant()) }
    })
}
