//! How findings are written: one renderer per format, one file each.

mod event;
pub(crate) mod json;
mod short;
pub(crate) mod text;

use crate::Outcome;
use crate::arguments::Format;
use crate::report::Report;
use crate::terminal::Terminal;

/// Writes a report in the format asked for and returns how the command ends.
pub(crate) fn write(report: &Report, format: Format, terminal: &mut Terminal) -> Outcome {
    match format {
        Format::Text => {
            let renderer = terminal.renderer();
            for finding in &report.findings {
                terminal.print(text::render_finding(finding, &renderer));
                terminal.print("");
            }
            terminal.say(report.summary());
        }
        Format::Short => {
            for finding in &report.findings {
                terminal.print(short::render_finding(finding));
            }
            terminal.say(report.summary());
        }
        Format::Json => terminal.print(json::render(report)),
    }
    report.outcome()
}
