//! The standard output and standard error of the process.

pub(crate) mod escape;
mod message;

use std::io::{self, BufWriter, Write};

use annotate_snippets::{Level, Renderer};
use clap::ValueEnum;

use crate::environment::Environment;
pub(crate) use message::render_without_gutter;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// If the output is a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The amount of messages on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Only errors.
    Quiet,
    /// Errors, warnings and results.
    Normal,
    /// Details too.
    Verbose,
}

/// The two output streams of the process.
///
/// All text is escaped, so that a text from a schema or a registry cannot control the terminal. If the reader of a
/// stream closes it (`evschema list | head`), the output to this stream ends, but the command continues.
pub(crate) struct Terminal {
    stdout: BufWriter<io::Stdout>,
    stderr: io::Stderr,
    color_stdout: bool,
    color_stderr: bool,
    stdout_is_terminal: bool,
    verbosity: Verbosity,
    shows_progress: bool,
}

impl Terminal {
    /// Opens the streams.
    pub(crate) fn open(color: Color, verbosity: Verbosity, environment: &Environment) -> Self {
        let has_color = |is_terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !environment.no_color,
        };
        Self {
            stdout: BufWriter::new(io::stdout()),
            stderr: io::stderr(),
            color_stdout: has_color(environment.stdout_is_terminal),
            color_stderr: has_color(environment.stderr_is_terminal),
            stdout_is_terminal: environment.stdout_is_terminal,
            verbosity,
            shows_progress: environment.stderr_is_terminal && Verbosity::Quiet < verbosity,
        }
    }

    /// Returns whether standard error shows colours.
    #[cfg(feature = "server")]
    pub(crate) fn colors_stderr(&self) -> bool {
        self.color_stderr
    }

    /// Returns the renderer of snippets for standard output.
    pub(crate) fn renderer(&self) -> Renderer {
        message::renderer(self.color_stdout)
    }

    /// Returns the renderer of snippets for standard error.
    pub(crate) fn error_renderer(&self) -> Renderer {
        message::renderer(self.color_stderr)
    }

    /// Prints findings or data to standard output.
    pub(crate) fn print(&mut self, text: impl AsRef<str>) {
        let _closed = writeln!(self.stdout, "{}", escape::text(text.as_ref(), self.color_stdout));
    }

    /// Prints bytes to standard output without escapes.
    pub(crate) fn print_bytes(&mut self, bytes: &[u8]) {
        let _closed = self.stdout.write_all(bytes);
    }

    /// Prints a JSON document byte for byte; to a terminal, with escapes.
    pub(crate) fn print_document(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) if self.stdout_is_terminal => self.print_bytes(escape::json(text).as_bytes()),
            Ok(_) | Err(_) => self.print_bytes(bytes),
        }
    }

    /// Prints a text to standard error, even with `--quiet`.
    pub(crate) fn print_error(&mut self, text: impl AsRef<str>) {
        self.flush();
        let _closed = writeln!(self.stderr, "{}", escape::text(text.as_ref(), self.color_stderr));
    }

    /// Prints a result or a hint to standard error, unless `--quiet` is set.
    pub(crate) fn info(&mut self, text: impl AsRef<str>) {
        if Verbosity::Quiet < self.verbosity {
            self.print_error(text);
        }
    }

    /// Prints a detail to standard error, if `--verbose` is set.
    pub(crate) fn verbose(&mut self, text: impl AsRef<str>) {
        if self.verbosity == Verbosity::Verbose {
            self.print_error(text);
        }
    }

    /// Prints a warning and its help to standard error, unless `--quiet` is set.
    pub(crate) fn warn(&mut self, message: &str, help: Option<&str>) {
        if Verbosity::Quiet < self.verbosity {
            self.message(Level::WARNING, message, help);
        }
    }

    /// Prints a message with its level and its help to standard error, even with `--quiet`.
    pub(crate) fn message(&mut self, level: Level<'_>, message: &str, help: Option<&str>) {
        self.print_error(message::render(level, message, help, &self.error_renderer()));
    }

    /// Shows the progress of a long command on one line of the terminal; the next call replaces this line.
    pub(crate) fn progress(&mut self, text: &str) {
        if self.shows_progress {
            let _closed = write!(self.stderr, "\r\x1b[2K{}", escape::one_line(text));
            let _closed = self.stderr.flush();
        }
    }

    /// Removes the progress line.
    pub(crate) fn end_progress(&mut self) {
        self.progress("");
    }

    /// Returns a text in bold, if standard output shows colours.
    pub(crate) fn bold(&self, text: &str) -> String {
        self.styled(text, "\x1b[1m")
    }

    /// Returns a text in a weak colour, if standard output shows colours.
    pub(crate) fn dim(&self, text: &str) -> String {
        self.styled(text, "\x1b[2m")
    }

    /// Returns a text in green, if standard output shows colours.
    #[cfg(feature = "server")]
    pub(crate) fn green(&self, text: &str) -> String {
        self.styled(text, "\x1b[32m")
    }

    fn styled(&self, text: &str, start: &str) -> String {
        if self.color_stdout { format!("{start}{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Writes the buffer of standard output. Without this call, the texts of the two streams could appear in the wrong
    /// order.
    pub(crate) fn flush(&mut self) {
        let _closed = self.stdout.flush();
    }
}
