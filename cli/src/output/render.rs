use serde_json::Value;

use super::format::Format;
use crate::terminal::{Terminal, escape};

/// The result of a command, in every output format.
pub(crate) trait Render {
    /// Prints the result for people.
    fn print_text(&self, terminal: &mut Terminal);

    /// Prints one line for each item; by default the same as [`Render::print_text`].
    fn print_short(&self, terminal: &mut Terminal) {
        self.print_text(terminal);
    }

    /// Returns the result for programs. Later versions of the command may add members to this JSON. docs/cli.md
    /// describes the members.
    fn json(&self) -> Value;
}

/// Prints a result in the given format.
pub(crate) fn write(result: &impl Render, format: Format, terminal: &mut Terminal) {
    match format {
        Format::Text => result.print_text(terminal),
        Format::Short => result.print_short(terminal),
        // The JSON is indented, because people read it too.
        Format::Json => terminal.print(escape::json(&format!("{:#}", result.json()))),
    }
}
