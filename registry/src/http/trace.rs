//! The trace that a request belongs to (W3C Trace Context).

use axum::http::{HeaderMap, Method, StatusCode};
use tracing::Span;

/// Returns the span of a request. The span continues the trace of the client.
#[cfg(feature = "otlp")]
pub(super) fn span(id: &str, method: &Method, path: &str, route: &str, headers: &HeaderMap) -> Span {
    use opentelemetry::propagation::TextMapPropagator as _;
    use opentelemetry_http::HeaderExtractor;
    use opentelemetry_sdk::propagation::TraceContextPropagator;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    let trace = trace_id(headers).map(tracing::field::display);
    let name = format!("{method} {route}");
    let span =
        tracing::info_span!("request", id, trace, %method, path, otel.name = name, otel.kind = "server");
    // A disabled span has no parent.
    let _set = span.set_parent(TraceContextPropagator::new().extract(&HeaderExtractor(headers)));
    span.set_attribute("http.request.method", method.as_str().to_owned());
    span.set_attribute("http.route", route.to_owned());
    span.set_attribute("url.path", path.to_owned());
    span
}

/// Returns the span of a request. The span contains the id of the client's trace, so a search for this id finds the log
/// of the request.
#[cfg(not(feature = "otlp"))]
pub(super) fn span(id: &str, method: &Method, path: &str, _route: &str, headers: &HeaderMap) -> Span {
    let trace = trace_id(headers).map(tracing::field::display);
    tracing::info_span!("request", id, trace, %method, path)
}

/// Records the status of the answer. A status of 5xx marks the span as failed.
#[cfg(feature = "otlp")]
pub(super) fn answered(span: &Span, status: StatusCode) {
    use opentelemetry::trace::Status;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_status(Status::error(status.as_u16().to_string()));
    }
}

/// Does nothing, because no exporter reads the status.
#[cfg(not(feature = "otlp"))]
pub(super) fn answered(_span: &Span, _status: StatusCode) {}

/// Returns the trace id in the header `traceparent` (W3C Trace Context, section 3.2).
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_known = version.len() == 2 && is_hexadecimal(version) && version != "ff";
    let is_one = trace.len() == 32 && is_hexadecimal(trace) && trace.bytes().any(|byte| byte != b'0');
    (is_known && is_one).then_some(trace)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn traces() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (sent, found) in [
            (format!("00-{trace}-00f067aa0ba902b7-01"), Some(trace)),
            (format!("cc-{trace}-00f067aa0ba902b7-01-what-comes"), Some(trace)),
            (format!("ff-{trace}-00f067aa0ba902b7-01"), None),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), None),
            (format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()), None),
            ("00-1-2-3".to_owned(), None),
            (String::new(), None),
        ] {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static("traceparent"),
                HeaderValue::from_str(&sent).unwrap(),
            )]);
            assert_eq!(trace_id(&headers), found, "{sent}");
        }
    }
}
