use clap::Args;

use super::Context;
use crate::Outcome;
use crate::failure::Failure;

/// To come.
#[derive(Debug, Args)]
pub(crate) struct Arguments {}

impl Arguments {
    pub(crate) fn run(self, _context: &mut Context<'_>) -> Result<Outcome, Failure> {
        Err(Failure::new("to come"))
    }
}
