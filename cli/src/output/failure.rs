use annotate_snippets::Level;

use super::finding_text::render_finding;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Writes to standard error why the command could not complete: each place that causes the failure, then the message.
pub(crate) fn write_failure(failure: &Failure, terminal: &mut Terminal) {
    for place in &failure.places {
        let text = render_finding(place, &terminal.error_renderer());
        terminal.print_error(format!("{text}\n"));
    }
    terminal.message(Level::ERROR, &failure.message, failure.help.as_deref());
}
