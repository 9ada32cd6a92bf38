//! Runs the steps of a task, and prints a summary with their results and times.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The steps that have ended.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    name: &'static str,
    elapsed: Duration,
    /// The error, if the step failed.
    failure: Option<String>,
}

impl Steps {
    /// Runs `cargo` with these arguments as one step. The output of `cargo` appears on the terminal.
    pub(crate) fn cargo(&mut self, name: &'static str, arguments: &[&str], variables: &[(&str, &str)]) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command.args(arguments).envs(variables.iter().copied());
        self.command(name, &mut command);
    }

    /// Runs a command as one step, in the root of the repository. The output of the command appears on the terminal.
    pub(crate) fn command(&mut self, name: &'static str, command: &mut Command) {
        let shown = shown(command);
        self.run(name, &shown, |root| match command.current_dir(root).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{shown}` ended with {status}")),
            Err(cause) => Err(format!("`{shown}` could not be run: {cause}")),
        });
    }

    /// Runs a function as one step.
    #[expect(clippy::print_stdout, reason = "a developer must see which step runs")]
    pub(crate) fn run(
        &mut self,
        name: &'static str,
        shown: &str,
        act: impl FnOnce(&Path) -> Result<(), String>,
    ) {
        println!("\n==> {name}: {shown}");
        let start = Instant::now();
        let failure = act(&evschema_tests::repository()).err();
        if let Some(failure) = &failure {
            println!("{failure}");
        }
        self.done.push(Step { name, elapsed: start.elapsed(), failure });
    }

    /// Returns whether every step passed.
    pub(crate) fn all_passed(&self) -> bool {
        self.done.iter().all(|step| step.failure.is_none())
    }

    /// Prints the time of each step, and the errors.
    #[expect(clippy::print_stdout, reason = "the summary is the result of the task")]
    pub(crate) fn print_summary(&self) {
        println!("\nsummary");
        for step in &self.done {
            let outcome = if step.failure.is_none() { "ok" } else { "FAILED" };
            println!("  {:<28} {outcome:<7} {:>7.1} s", step.name, step.elapsed.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|step| step.elapsed).sum();
        println!("  {:<28} {:<7} {:>7.1} s", "all", "", total.as_secs_f64());
        for step in &self.done {
            if let Some(failure) = &step.failure {
                println!("{}: {failure}", step.name);
            }
        }
    }
}

fn shown(command: &Command) -> String {
    let mut words = vec![Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy()));
    words.join(" ")
}
