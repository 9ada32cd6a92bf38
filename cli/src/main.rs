//! The `evschema` command: everything the project can do, from a terminal or a pipeline.
//!
//! `main` is the only place that reads the clock, the environment and the terminal; everything
//! below is given what it needs. Exit codes: 0 clean, 100 findings, 101 could not complete, 2
//! usage. Findings and asked-for data go to standard output, all else to standard error.

mod arguments;
mod baseline;
mod command;
mod compare;
mod environment;
#[cfg(feature = "server")]
mod examples;
mod failure;
mod finding;
mod gate;
mod gitignore;
mod order;
mod output;
mod project;
mod registry_access;
mod rename;
mod report;
mod rules;
mod subject_file;
mod target;
mod terminal;
mod verdict;
mod waivers;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::environment::Environment;
use crate::terminal::Terminal;

/// The allocator. Documents consist of many small allocations that live for a moment: with the C library's allocator,
/// reading and comparing them takes a third longer. The libraries set no allocator, because each program chooses its
/// own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a command that completed says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing is wrong.
    Clean,
    /// Something was found, or could not be decided.
    Findings,
}

/// Exit code of a command that found something.
const EXIT_FINDINGS: u8 = 100;
/// Exit code of a command that could not complete.
const EXIT_INCOMPLETE: u8 = 101;

fn main() -> ExitCode {
    say_when_it_is_a_bug();
    let arguments = Arguments::parse();
    let environment = Environment::read();
    let mut terminal = Terminal::open(&arguments.global, &environment);
    let result = arguments.command.run(&arguments.global, &environment, &mut terminal);
    let code = match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(EXIT_FINDINGS),
        Err(failure) => {
            terminal.failure(&failure);
            ExitCode::from(EXIT_INCOMPLETE)
        }
    };
    terminal.close();
    code
}

/// Replaces the panic message of Rust by one for people; the process still exits with 101, which
/// is also the code that Rust gives a panic.
fn say_when_it_is_a_bug() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        #[expect(clippy::print_stderr, reason = "the terminal may be what broke")]
        {
            eprintln!(
                "\nerror: this is a bug in evschema {}, not a mistake in your input\n\
                 help: report the bug, with the lines above and your command, at {}/issues",
                env!("CARGO_PKG_VERSION"),
                env!("CARGO_PKG_REPOSITORY"),
            );
        }
    }));
}
