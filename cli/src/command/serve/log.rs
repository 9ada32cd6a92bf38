//! The log on standard error and, with the feature `otlp`, traces to a collector.

#[cfg(feature = "otlp")]
mod export;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::environment::Traces;
use crate::failure::Failure;

/// The settings of the log and of the traces.
#[derive(Debug)]
pub(super) struct Log {
    filter: EnvFilter,
    traces: Traces,
}

/// A started log.
#[derive(Debug)]
pub(super) struct StartedLog {
    #[cfg(feature = "otlp")]
    exporter: Option<export::Exporter>,
}

impl Log {
    /// Reads the filter and the settings of the traces.
    ///
    /// # Errors
    ///
    /// If the filter is not valid, or the export of traces is not supported. A program without the feature `otlp` only
    /// logs a warning at the start, because the variables may be meant for other programs.
    pub(super) fn read(filter: &str, traces: &Traces) -> Result<Self, Failure> {
        let filter = EnvFilter::try_new(filter).map_err(|error| {
            Failure::new(format!("`{filter}` is not a log filter: {error}"))
                .help("write a level such as `info` or `debug`")
        })?;
        if cfg!(feature = "otlp")
            && let Traces::Unknown(name, value) = traces
        {
            return Err(Failure::new(format!("`{name}` is `{value}`, which is not supported"))
                .help("the only supported exporter is `otlp`, with the protocol `http/protobuf`"));
        }
        Ok(Self { filter, traces: traces.clone() })
    }

    /// Starts the log and the export of traces.
    ///
    /// # Errors
    ///
    /// If the address of the collector is not valid.
    pub(super) fn start(self, is_colored: bool) -> Result<StartedLog, Failure> {
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(is_colored);
        let log = tracing_subscriber::registry().with(self.filter).with(lines);
        #[cfg(feature = "otlp")]
        {
            let is_exported = self.traces == Traces::Otlp;
            let exporter = is_exported.then(export::Exporter::start).transpose()?;
            log.with(exporter.as_ref().map(export::Exporter::layer)).init();
            Ok(StartedLog { exporter })
        }
        #[cfg(not(feature = "otlp"))]
        {
            log.init();
            if self.traces != Traces::Off {
                tracing::warn!(
                    "traces are configured, but this program was built without the feature `otlp`"
                );
            }
            Ok(StartedLog {})
        }
    }
}

impl StartedLog {
    /// Exports the remaining traces.
    pub(super) fn end(self) {
        #[cfg(feature = "otlp")]
        if let Some(exporter) = self.exporter {
            exporter.end();
        }
    }
}
