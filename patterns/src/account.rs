use std::fmt::Display;

use crate::failure::Attempt;

/// The account of one pattern: measured figures, and checks of them. Each line appears immediately.
///
/// A check compares a figure with its expected value. If a check fails, [`Account::finish`] returns an error, so the
/// command fails.
#[derive(Debug)]
pub(crate) struct Account {
    pattern: &'static str,
    failed: Vec<String>,
}

impl Account {
    /// Begins an account with a title.
    pub(crate) fn begin(pattern: &'static str, title: &str) -> Self {
        print(&format!("\n{pattern}: {title}"));
        Self { pattern, failed: Vec::new() }
    }

    /// Begins a section.
    pub(crate) fn section(&self, title: &str) {
        print(&format!("\n {title}"));
    }

    /// Prints a line of text.
    pub(crate) fn line(&self, text: impl Display) {
        print(&format!("  {text}"));
    }

    /// Prints a figure.
    pub(crate) fn figure(&self, name: &str, value: impl Display) {
        print(&format!("  {name:<46} {value}"));
    }

    /// Prints a figure, and records a failure if it differs from the expected value.
    pub(crate) fn check<T: Display + PartialEq>(&mut self, name: &str, found: T, expected: T) {
        if found == expected {
            self.figure(name, found);
        } else {
            self.figure(name, format_args!("{found} (WRONG: expected {expected})"));
            self.failed.push(format!("{name} is {found}, not {expected}"));
        }
    }

    /// Ends the account.
    ///
    /// # Errors
    ///
    /// If a check has failed.
    pub(crate) fn finish(self) -> Attempt {
        if self.failed.is_empty() {
            print(&format!("\n {}: all checks passed", self.pattern));
            return Ok(());
        }
        Err(format!("{}: {}", self.pattern, self.failed.join("; ")).into())
    }
}

#[expect(clippy::print_stdout, reason = "the account is the output of the command")]
fn print(line: &str) {
    println!("{line}");
}

/// Prints the error that stops the command.
#[expect(clippy::print_stderr, reason = "the only place that prints an error")]
pub(crate) fn print_error(error: &dyn std::error::Error) {
    eprintln!("error: {error}");
}
