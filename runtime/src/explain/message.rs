//! The wording of violations, which is the same as in the registry.

use std::io::{self, Write};

use super::shorten;
use crate::error::Violation;
use crate::json::Json;

/// Returns the JSON of a value of the schema. A long text is incomplete, but longer than a message can be.
pub(super) fn brief(value: &Json) -> String {
    let mut bounded = Bounded(Vec::new());
    // An error means that the text is complete enough.
    let _ = serde_json::to_writer(&mut bounded, value);
    String::from_utf8_lossy(&bounded.0).into_owned()
}

/// Keeps the first bytes of a text.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = (4 * Violation::MESSAGE_CHARS_MAX).saturating_sub(self.0.len());
        let kept = bytes.get(..left).unwrap_or(bytes);
        self.0.extend_from_slice(kept);
        if kept.len() < bytes.len() { Err(io::ErrorKind::WriteZero.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns a count with its unit.
pub(super) fn plural(count: &Json, one: &str, many: &str) -> String {
    let natural = match count {
        Json::Number(number) => usize::try_from(number).ok(),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    };
    // A schema can spell the count 1.0.
    let count = natural.map_or_else(|| brief(count), |count| count.to_string());
    let unit = if count == "1" { one } else { many };
    format!("{count} {unit}")
}

/// Returns the message for a value whose type is not in `type`.
pub(super) fn type_message(value: &str, types: &Json) -> String {
    let names = types.as_array().unwrap_or(std::slice::from_ref(types));
    match names {
        [name] => format!("{value} is not of type {}", brief(name)),
        names => {
            let names: Vec<String> = names.iter().map(brief).collect();
            format!("{value} is not of types {}", names.join(", "))
        }
    }
}

/// Returns the message for a value that is not in `enum`.
pub(super) fn enum_message(value: &str, values: &Json) -> String {
    /// Maximum number of values in the message.
    const SHOWN_MAX: usize = 3;
    let values = values.as_array().unwrap_or_default();
    let shown = if values.len() <= SHOWN_MAX { values.len() } else { SHOWN_MAX - 1 };
    let mut shown: Vec<String> = values.iter().take(shown).map(brief).collect();
    let last = if values.len() <= SHOWN_MAX {
        if 1 < shown.len() { shown.pop() } else { None }
    } else {
        Some(format!("{} other candidates", values.len() - shown.len()))
    };
    let last = last.map_or_else(String::new, |last| format!(" or {last}"));
    format!("{value} is not one of {}{last}", shown.join(", "))
}

/// The properties or items that a keyword does not allow. The message quotes only the first ones.
#[derive(Debug, Default)]
pub(super) struct Unexpected {
    shown: Vec<String>,
    count: usize,
}

impl Unexpected {
    const SHOWN_MAX: usize = 100;

    /// Adds a name or the excerpt of an item.
    pub(super) fn push(&mut self, text: &str) {
        self.count += 1;
        if self.shown.len() < Self::SHOWN_MAX {
            self.shown.push(shorten(text, Violation::EXCERPT_CHARS_MAX));
        }
    }

    /// Puts the names and items added so far into quotes.
    pub(super) fn quote(&mut self) {
        self.shown.iter_mut().for_each(|text| *text = format!("'{text}'"));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns a message such as `Additional properties are not allowed ('a' was unexpected)`.
    pub(super) fn message(&self, what: &str) -> String {
        let verb = if self.count == 1 { "was" } else { "were" };
        format!("{what} are not allowed ({} {verb} unexpected)", self.shown.join(", "))
    }
}
