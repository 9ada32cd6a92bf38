use std::io::IsTerminal;

use time::{Date, OffsetDateTime};

/// The clock, variables and terminal of the process. `main` reads them once.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// The time of the start, in UTC; it decides whether tokens and waivers have expired.
    pub(crate) now: OffsetDateTime,
    /// Whether `NO_COLOR` has a value (no-color.org).
    pub(crate) no_color: bool,
    /// Whether standard output is a terminal.
    pub(crate) stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub(crate) stderr_is_terminal: bool,
    /// The database of `EVSCHEMA_DB`.
    #[cfg(feature = "server")]
    pub(crate) database: Option<String>,
    /// The token for the registry. It comes only from `EVSCHEMA_TOKEN`, because process lists show arguments.
    pub(crate) token: Option<String>,
    /// Whether the variables of OpenTelemetry enable traces. The exporter itself reads the other variables.
    #[cfg(feature = "server")]
    pub(crate) traces: Traces,
}

/// The export of traces, from the variables of OpenTelemetry.
#[cfg(feature = "server")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Traces {
    /// No export.
    Off,
    /// Export by OTLP, as protobuf over HTTP.
    Otlp,
    /// An unsupported export: the variable and its value.
    Unknown(&'static str, String),
}

#[cfg(feature = "server")]
impl Traces {
    /// Reads the variables (OpenTelemetry, "Environment Variable Specification" and "OTLP Exporter"). Without an
    /// endpoint, traces are off; the specification would use a collector on this machine.
    fn read(set: impl Fn(&str) -> Option<String>) -> Self {
        const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
        let exporter = set(EXPORTER);
        let is_disabled = set("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let has_endpoint = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]
            .into_iter()
            .any(|name| set(name).is_some());
        match exporter.as_deref() {
            _ if is_disabled => Self::Off,
            Some("none") => Self::Off,
            None if !has_endpoint => Self::Off,
            None | Some("otlp") => ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]
                .into_iter()
                .find_map(|name| set(name).map(|value| (name, value)))
                .filter(|(_, protocol)| protocol != "http/protobuf")
                .map_or(Self::Otlp, |(name, protocol)| Self::Unknown(name, protocol)),
            Some(other) => Self::Unknown(EXPORTER, other.to_owned()),
        }
    }
}

impl Environment {
    /// Returns the current day, in UTC.
    pub(crate) fn today(&self) -> Date {
        self.now.date()
    }

    /// Reads the clock, the variables and the terminal.
    pub(crate) fn read() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            now: OffsetDateTime::now_utc(),
            no_color: set("NO_COLOR").is_some(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            #[cfg(feature = "server")]
            database: set("EVSCHEMA_DB"),
            // Files and secrets of CI often end with a line break.
            token: set("EVSCHEMA_TOKEN")
                .map(|token| token.trim().to_owned())
                .filter(|token| !token.is_empty()),
            #[cfg(feature = "server")]
            traces: Traces::read(set),
        }
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    #[test]
    fn traces_need_an_endpoint_or_an_exporter() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        let unknown = |name, value: &str| Traces::Unknown(name, value.to_owned());
        for (variables, traces) in [
            (&[][..], Traces::Off),
            (&[endpoint], Traces::Otlp),
            (&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://a/v1/traces")], Traces::Otlp),
            (&[("OTEL_TRACES_EXPORTER", "otlp")], Traces::Otlp),
            (&[endpoint, ("OTEL_TRACES_EXPORTER", "none")], Traces::Off),
            (&[endpoint, ("OTEL_SDK_DISABLED", "True")], Traces::Off),
            (&[endpoint, ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")], Traces::Otlp),
            (
                &[endpoint, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
                unknown("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ),
            (&[("OTEL_TRACES_EXPORTER", "zipkin")], unknown("OTEL_TRACES_EXPORTER", "zipkin")),
        ] {
            let set = |name: &str| {
                variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Traces::read(set), traces, "{variables:?}");
        }
    }
}
