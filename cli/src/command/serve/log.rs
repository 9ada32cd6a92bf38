//! The log on standard error and, with the feature `otlp`, traces to a collector.

#[cfg(feature = "otlp")]
mod export;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::environment::Traces;
use crate::failure::Failure;

/// What is to be logged and exported.
#[derive(Debug)]
pub(super) struct Log {
    filter: EnvFilter,
    #[cfg(feature = "otlp")]
    is_exported: bool,
}

/// A log that is being written.
#[derive(Debug)]
pub(super) struct Started {
    #[cfg(feature = "otlp")]
    exporter: Option<export::Exporter>,
}

impl Log {
    /// Reads what the command and the environment ask for.
    ///
    /// # Errors
    ///
    /// When it is not understood, or traces are asked for of a program that was built without them.
    pub(super) fn read(filter: &str, traces: &Traces) -> Result<Self, Failure> {
        let filter = EnvFilter::try_new(filter).map_err(|error| {
            Failure::new(format!("`{filter}` is not a log filter: {error}")).help("write `info` or `debug`")
        })?;
        match traces {
            Traces::Unknown(name, value) => {
                Err(Failure::new(format!("`{name}` is `{value}`, which is not known here"))
                    .help("traces are exported by OTLP as protobuf over HTTP: `otlp`, `http/protobuf`"))
            }
            #[cfg(not(feature = "otlp"))]
            Traces::Otlp => {
                Err(Failure::new("traces are asked for, and this program was built without them")
                    .help("build it with `--features otlp`, or set `OTEL_TRACES_EXPORTER=none`"))
            }
            #[cfg(not(feature = "otlp"))]
            Traces::Off => Ok(Self { filter }),
            #[cfg(feature = "otlp")]
            Traces::Otlp | Traces::Off => Ok(Self { filter, is_exported: *traces == Traces::Otlp }),
        }
    }

    /// Begins to log and to export.
    ///
    /// # Errors
    ///
    /// When the collector's address is not understood.
    pub(super) fn start(self, is_colored: bool) -> Result<Started, Failure> {
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(is_colored);
        let log = tracing_subscriber::registry().with(self.filter).with(lines);
        #[cfg(feature = "otlp")]
        {
            let exporter = self.is_exported.then(export::Exporter::start).transpose()?;
            log.with(exporter.as_ref().map(export::Exporter::layer)).init();
            Ok(Started { exporter })
        }
        #[cfg(not(feature = "otlp"))]
        {
            log.init();
            Ok(Started {})
        }
    }
}

impl Started {
    /// Sends what has not been sent.
    pub(super) fn end(self) {
        #[cfg(feature = "otlp")]
        if let Some(exporter) = self.exporter {
            exporter.end();
        }
    }
}
