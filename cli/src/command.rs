//! The commands; each command is one file.

mod check;
mod completions;
#[cfg(feature = "server")]
mod demo;
mod diff;
mod explain;
#[cfg(feature = "server")]
mod fsck;
mod generate;
mod init;
mod lint;
mod list;
mod new;
mod pull;
mod push;
mod reference;
mod search;
#[cfg(feature = "server")]
mod serve;
mod show;
mod token;
mod validate;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;

/// A command and its arguments; `--help` prints its doc comment.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[cfg(feature = "server")]
    Demo(demo::Arguments),
    #[cfg(feature = "server")]
    Serve(serve::Arguments),
    #[cfg(feature = "server")]
    Fsck(fsck::Arguments),
    Init(init::Arguments),
    New(new::Arguments),
    Lint(lint::Arguments),
    Check(check::Arguments),
    Diff(diff::Arguments),
    Explain(explain::Arguments),
    Push(push::Arguments),
    Pull(pull::Arguments),
    #[command(name = "gen")]
    Generate(generate::Arguments),
    Validate(validate::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Search(search::Arguments),
    Token(token::Arguments),
    Completions(completions::Arguments),
    #[command(hide = true)]
    Reference(reference::Arguments),
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        match self {
            #[cfg(feature = "server")]
            Self::Demo(arguments) => arguments.run(context),
            #[cfg(feature = "server")]
            Self::Serve(arguments) => arguments.run(context),
            #[cfg(feature = "server")]
            Self::Fsck(arguments) => arguments.run(context),
            Self::Init(arguments) => arguments.run(context),
            Self::New(arguments) => arguments.run(context),
            Self::Lint(arguments) => arguments.run(context),
            Self::Check(arguments) => arguments.run(context),
            Self::Diff(arguments) => arguments.run(context),
            Self::Explain(arguments) => arguments.run(context),
            Self::Push(arguments) => arguments.run(context),
            Self::Pull(arguments) => arguments.run(context),
            Self::Generate(arguments) => arguments.run(context),
            Self::Validate(arguments) => arguments.run(context),
            Self::List(arguments) => arguments.run(context),
            Self::Show(arguments) => arguments.run(context),
            Self::Search(arguments) => arguments.run(context),
            Self::Token(arguments) => arguments.run(context),
            Self::Completions(arguments) => arguments.run(context),
            Self::Reference(arguments) => arguments.run(context),
        }
    }
}
