//! Messages of the validator library, with shortened values.

use std::fmt::{self, Write};

use crate::violation::Violation;

/// Returns the validator's message with shortened values, so that it does not repeat a whole event.
pub(crate) fn short(error: &jsonschema::ValidationError<'_>) -> String {
    let mut start = LimitedText { text: String::new(), left: Violation::EXCERPT_CHARS_MAX };
    // An event of a megabyte may have thousands of violations, so the function does not write the whole event for each
    // of them.
    let is_whole = write!(start, "{}", error.instance()).is_ok();
    let mut message = LimitedText { text: String::new(), left: Violation::MESSAGE_CHARS_MAX };
    let written = if is_whole {
        write!(message, "{error}")
    } else {
        write!(message, "{}", error.masked_with(format!("{}…", start.text)))
    };
    if written.is_err() {
        message.text.push('…');
    }
    message.text.replace('\n', " ")
}

/// The first characters of the written text. More characters cause an error, which ends the writing.
struct LimitedText {
    text: String,
    left: usize,
}

impl Write for LimitedText {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let end = more.char_indices().nth(self.left).map_or(more.len(), |(end, _)| end);
        let (fits, rest) = more.split_at(end);
        self.text.push_str(fits);
        self.left -= fits.chars().count();
        if rest.is_empty() { Ok(()) } else { Err(fmt::Error) }
    }
}
