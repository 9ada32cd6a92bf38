use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Context;
use crate::Outcome;
use crate::failure::Failure;

/// Print the completion script of a shell.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut crate::arguments::Arguments::command(),
            "evschema",
            &mut script,
        );
        context.terminal.print_bytes(&script);
        Ok(Outcome::Clean)
    }
}
