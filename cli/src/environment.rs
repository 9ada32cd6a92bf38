use std::io::IsTerminal;

use time::{Date, OffsetDateTime};

/// What the process was given besides its arguments, read once in `main`.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// Today, in UTC: waivers expire by it.
    pub(crate) today: Date,
    /// Whether `NO_COLOR` is set to anything (no-color.org).
    pub(crate) no_color: bool,
    /// Whether standard output is a terminal.
    pub(crate) stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub(crate) stderr_is_terminal: bool,
    /// The registry's token, from `EVSCHEMA_TOKEN` only: arguments show up in process lists.
    pub(crate) token: Option<String>,
}

impl Environment {
    /// Reads the clock, the variables and the terminal.
    pub(crate) fn read() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            today: OffsetDateTime::now_utc().date(),
            no_color: set("NO_COLOR").is_some(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            token: set("EVSCHEMA_TOKEN"),
        }
    }
}
