use clap::Args;
use clap_complete::Shell;

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;

/// Print the completion script of a shell.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut (context.command_line)(), "evschema", &mut script);
        context.terminal.print_bytes(&script);
        Ok(Outcome::Clean)
    }
}
