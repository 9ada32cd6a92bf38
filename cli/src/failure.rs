use std::fmt;
use std::path::Path;

use crate::finding::Finding;

/// Why a command could not complete: what, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    /// A lowercase fragment.
    pub(crate) message: String,
    /// The next action.
    pub(crate) help: Option<String>,
    /// The places that are to blame, where there are any.
    pub(crate) places: Vec<Finding>,
}

impl Failure {
    /// Returns a failure without help; add it with [`Failure::help`] wherever there is any.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, places: Vec::new() }
    }

    /// Adds the next action.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the places that are to blame.
    #[must_use]
    pub(crate) fn places(mut self, places: Vec<Finding>) -> Self {
        self.places = places;
        self
    }

    /// Returns the failure to do something with a file: `cannot read `x`: no such file`.
    pub(crate) fn file(verb: &str, path: &Path, error: &std::io::Error) -> Self {
        let failure = Self::new(format!("cannot {verb} `{}`: {}", path.display(), plain(error)));
        let help = if error.kind() == std::io::ErrorKind::NotFound {
            Some("check the path and the current folder")
        } else if error.kind() == std::io::ErrorKind::PermissionDenied {
            Some("check the permissions of the path")
        } else {
            // The system's words for the others say what to do.
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

/// Returns what the system said in our style: lowercase, without the error's number.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
