use clap::Parser;
use clap::builder::styling::{AnsiColor, Styles};

use crate::command::Command;
use crate::global::Global;

/// The colours of the help, which are similar to those of cargo.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// A registry and code generator for versioned JSON events.
#[derive(Debug, Parser)]
#[command(
    name = "evschema",
    version,
    styles = STYLES,
    propagate_version = true,
    after_help = "Exit codes: 0 = no errors, 100 = at least one error, 101 = the command could not complete, 2 = wrong arguments.\n\
                  Findings and data go to standard output, everything else to standard error."
)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}
