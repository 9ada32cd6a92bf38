use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use opentelemetry::Key;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

use crate::failure::Failure;

/// The name of the service, if `OTEL_SERVICE_NAME` is not set.
const SERVICE: &str = "evschema";
/// The maximum time for an export. This is the default of OTLP.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// Exports traces to a collector, on a separate thread. The library reads the other settings from the variables of
/// OpenTelemetry.
#[derive(Debug)]
pub(super) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the address of the collector is not valid.
    pub(super) fn start() -> Result<Self, Failure> {
        let exporter = SpanExporter::builder().with_http().with_http_client(Client::new()).build();
        let exporter = exporter.map_err(|error| {
            Failure::new(format!("traces cannot be exported: {error}"))
                .help("`OTEL_EXPORTER_OTLP_ENDPOINT` is a URL, such as `http://127.0.0.1:4318`")
        })?;
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource());
        Ok(Self(provider.build()))
    }

    /// Returns the layer that collects the spans.
    pub(super) fn layer<S>(&self) -> OpenTelemetryLayer<S, Tracer>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer(SERVICE))
    }

    /// Exports the remaining traces. Stops after [`EXPORT_TIMEOUT`].
    pub(super) fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(EXPORT_TIMEOUT) {
            tracing::warn!(%error, "the last traces may not have been exported");
        }
    }
}

/// Returns the description of this process from the variables, with a default name.
fn resource() -> Resource {
    let detected = Resource::builder().build();
    let name = detected.get(&Key::from_static_str("service.name")).map(|name| name.to_string());
    if name.is_none_or(|name| name.starts_with("unknown_service")) {
        return Resource::builder().with_service_name(SERVICE).build();
    }
    detected
}

/// An HTTP client with `ureq`, which the program already contains.
struct Client(ureq::Agent);

impl Client {
    fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(EXPORT_TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        Self(config.into())
    }
}

impl HttpClient for Client {
    /// Blocks, because this thread only exports traces.
    fn send_bytes<'c, 'f>(
        &'c self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'c: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let (parts, mut body) = self.0.run(request.map(|bytes| bytes.to_vec()))?.into_parts();
            Ok(Response::from_parts(parts, body.read_to_vec()?.into()))
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}
