//! The `evschema` command: all functions of the project, for a terminal or a pipeline.
//!
//! [`CommandLine`] parses the arguments. Each command is one file in `command/`, and each type of result is one file
//! in `output/`. Only `main` reads the clock, the environment and the state of the terminal, and passes them to the
//! commands.
//!
//! Exit codes: 0 for no errors, 100 for errors, 101 for a command that could not complete, 2 for wrong arguments.
//! Findings and data go to standard output, all other messages to standard error.

mod baseline;
mod check_tree;
mod command;
mod command_line;
mod context;
mod dependency_order;
mod environment;
#[cfg(feature = "server")]
mod examples;
mod failure;
mod finding;
mod findings_from_report;
mod gitignore;
mod global;
mod outcome;
mod output;
mod paths;
mod policy_gate;
mod project;
mod registry_access;
mod rename;
mod rules;
mod subject_file;
mod suggestion;
mod target;
mod terminal;
mod text_file;
mod waivers;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::command_line::CommandLine;
use crate::context::Context;
use crate::environment::Environment;
use crate::outcome::Outcome;
use crate::output::write_failure;
use crate::terminal::Terminal;

/// The allocator. A document needs many small allocations that live only for a moment. With the C library's allocator,
/// the command needs a third more time to read and compare documents. The libraries set no allocator, because each
/// program chooses its own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code of a command with findings.
const EXIT_FINDINGS: u8 = 100;
/// Exit code of a command that could not complete.
const EXIT_INCOMPLETE: u8 = 101;

fn main() -> ExitCode {
    set_panic_message();
    let CommandLine { global, command } = CommandLine::parse();
    let environment = Environment::read();
    let mut terminal = Terminal::open(global.color, global.verbosity(), &environment);
    let mut context = Context {
        global: &global,
        environment: &environment,
        terminal: &mut terminal,
        command_line: CommandLine::command,
    };
    let result = command.run(&mut context);
    let code = match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(EXIT_FINDINGS),
        Err(failure) => {
            write_failure(&failure, &mut terminal);
            ExitCode::from(EXIT_INCOMPLETE)
        }
    };
    terminal.flush();
    code
}

/// Adds a message for users to the panic message of Rust. A panic ends the process with exit code 101.
fn set_panic_message() {
    let rust_message = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        rust_message(panic);
        #[expect(clippy::print_stderr, reason = "the panic may come from the terminal itself")]
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
