use std::fmt;
use std::path::Path;

use crate::finding::Finding;

/// The reason why a command could not complete, and the next step.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The reason, as a lowercase fragment.
    pub(crate) message: String,
    /// The next step.
    pub(crate) help: Option<String>,
    /// The places that cause the failure.
    pub(crate) places: Vec<Finding>,
}

impl Failure {
    /// Returns a failure without help; [`Failure::help`] adds the help.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, places: Vec::new() }
    }

    /// Adds the next step.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the places that cause the failure.
    #[must_use]
    pub(crate) fn places(mut self, places: Vec<Finding>) -> Self {
        self.places = places;
        self
    }

    /// Returns the failure of an operation on a file, such as ``cannot read `x`: no such file``.
    pub(crate) fn file(verb: &str, path: &Path, error: &std::io::Error) -> Self {
        let failure = Self::new(format!("cannot {verb} `{}`: {}", path.display(), system_message(error)));
        let help = if error.kind() == std::io::ErrorKind::NotFound {
            Some("check the path and the current folder")
        } else if error.kind() == std::io::ErrorKind::PermissionDenied {
            Some("check the permissions of the path")
        } else {
            // For other errors, the message of the operating system already shows what to do.
            None
        };
        Self { help: help.map(str::to_owned), ..failure }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Returns the message of the operating system in the style of our messages: lowercase, without the error number.
pub(crate) fn system_message(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
