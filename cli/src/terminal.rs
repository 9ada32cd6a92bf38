pub(crate) mod escape;

use std::io::{self, BufWriter, Write};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Level, Renderer};

use crate::arguments::{Color, Global};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::output;

/// The two streams of the process, and how to write to them.
pub(crate) struct Terminal {
    stdout: BufWriter<io::Stdout>,
    stderr: io::Stderr,
    color_stdout: bool,
    color_stderr: bool,
    stdout_is_terminal: bool,
    quiet: bool,
    verbose: bool,
    progress: bool,
}

impl Terminal {
    /// Opens the streams as the arguments and the environment ask.
    pub(crate) fn open(global: &Global, environment: &Environment) -> Self {
        let color = |is_terminal: bool| match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !environment.no_color,
        };
        Self {
            stdout: BufWriter::new(io::stdout()),
            stderr: io::stderr(),
            color_stdout: color(environment.stdout_is_terminal),
            color_stderr: color(environment.stderr_is_terminal),
            stdout_is_terminal: environment.stdout_is_terminal,
            quiet: global.quiet,
            verbose: global.verbose,
            progress: environment.stderr_is_terminal && !global.quiet,
        }
    }

    /// Tells whether standard error shows colours.
    #[cfg(feature = "server")]
    pub(crate) fn colors_stderr(&self) -> bool {
        self.color_stderr
    }

    /// Returns the renderer of snippets for standard output.
    pub(crate) fn renderer(&self) -> Renderer {
        renderer(self.color_stdout)
    }

    /// Writes findings or asked-for data to standard output.
    ///
    /// A reader that went away (`evschema list | head`) ends the output, not the command.
    pub(crate) fn print(&mut self, text: impl AsRef<str>) {
        let _gone = writeln!(self.stdout, "{}", escape::text(text.as_ref(), self.color_stdout));
    }

    /// Writes bytes to standard output as they are.
    pub(crate) fn print_bytes(&mut self, bytes: &[u8]) {
        let _gone = self.stdout.write_all(bytes);
    }

    /// Writes a JSON document to standard output: as it is, but to a terminal without anything that steers it.
    pub(crate) fn print_document(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) if self.stdout_is_terminal => self.print_bytes(escape::json(text).as_bytes()),
            Ok(_) | Err(_) => self.print_bytes(bytes),
        }
    }

    /// Says on standard error how it went; `--quiet` leaves it out.
    pub(crate) fn say(&mut self, text: impl AsRef<str>) {
        if !self.quiet {
            self.flush();
            let _gone = writeln!(self.stderr, "{}", escape::text(text.as_ref(), self.color_stderr));
        }
    }

    /// Says a detail on standard error, only under `--verbose`.
    pub(crate) fn detail(&mut self, text: impl AsRef<str>) {
        if self.verbose {
            self.say(text);
        }
    }

    /// Says on standard error what may not be as expected, though it stops nothing.
    pub(crate) fn warn(&mut self, message: &str, help: Option<&str>) {
        if self.quiet {
            return;
        }
        self.flush();
        let text = output::text::render_message(Level::WARNING, message, help, &renderer(self.color_stderr));
        let _gone = writeln!(self.stderr, "{}", escape::text(&text, self.color_stderr));
    }

    /// Says on standard error why the command could not complete.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        self.flush();
        let renderer = renderer(self.color_stderr);
        for place in &failure.places {
            let text = output::text::render_finding(place, &renderer);
            let _gone = writeln!(self.stderr, "{}\n", escape::text(&text, self.color_stderr));
        }
        let help = failure.help.as_deref();
        let text = output::text::render_message(Level::ERROR, &failure.message, help, &renderer);
        let _gone = writeln!(self.stderr, "{}", escape::text(&text, self.color_stderr));
    }

    /// Shows how far a long command is, on one line of the terminal that the next call replaces.
    pub(crate) fn progress(&mut self, text: &str) {
        if self.progress {
            let _gone = write!(self.stderr, "\r\x1b[2K{}", escape::one_line(text));
            let _gone = self.stderr.flush();
        }
    }

    /// Takes the progress line away.
    pub(crate) fn end_progress(&mut self) {
        if self.progress {
            let _gone = write!(self.stderr, "\r\x1b[2K");
            let _gone = self.stderr.flush();
        }
    }

    /// Returns a text in bold where standard output shows it.
    pub(crate) fn bold(&self, text: &str) -> String {
        self.styled(text, "\x1b[1m")
    }

    /// Returns a text in a weak colour where standard output shows it.
    pub(crate) fn dim(&self, text: &str) -> String {
        self.styled(text, "\x1b[2m")
    }

    /// Returns a text in green where standard output shows it.
    #[cfg(feature = "server")]
    pub(crate) fn green(&self, text: &str) -> String {
        self.styled(text, "\x1b[32m")
    }

    fn styled(&self, text: &str, start: &str) -> String {
        if self.color_stdout { format!("{start}{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Writes out what is buffered, so that both streams appear in order.
    pub(crate) fn flush(&mut self) {
        let _gone = self.stdout.flush();
    }

    /// Ends the output.
    pub(crate) fn close(mut self) {
        self.flush();
    }
}

fn renderer(color: bool) -> Renderer {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii)
}
