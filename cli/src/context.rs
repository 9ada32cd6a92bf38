use crate::environment::Environment;
use crate::failure::Failure;
use crate::global::Global;
use crate::outcome::Outcome;
use crate::output::{Render, Report, write};
use crate::terminal::Terminal;

/// The inputs and outputs that every command gets, besides its own arguments.
pub(crate) struct Context<'c> {
    /// The options that every command has.
    pub(crate) global: &'c Global,
    /// The clock, the environment variables and the terminal of the process.
    pub(crate) environment: &'c Environment,
    /// The streams to write to.
    pub(crate) terminal: &'c mut Terminal,
    /// Describes all commands and options, for the commands that print this description.
    pub(crate) command_line: fn() -> clap::Command,
}

impl Context<'_> {
    /// Prints a result in the format of `--format`.
    pub(crate) fn print(&mut self, result: &impl Render) {
        write(result, self.global.format, self.terminal);
    }

    /// Prints a report in the format of `--format`, and ends the command.
    pub(crate) fn finish(&mut self, report: &Report) -> Result<Outcome, Failure> {
        self.print(report);
        Ok(report.outcome())
    }
}
