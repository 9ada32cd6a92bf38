//! The metrics of the registry, in the text format of Prometheus.

use std::time::Duration;

use axum::http::StatusCode;
use evschema_api::ProblemCode;
use evschema_compat::Verdict;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The upper bounds of the histograms, in seconds. The first bound suits an answer from the cache, and the last bound
/// suits the longest check.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// The methods that have their own label. A client can invent any number of other methods.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The required scope of a request, and the kind of its client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccessLabels {
    /// The scope without its prefix; `none` if the request needs no scope.
    pub(crate) scope: &'static str,
    /// `anonymous`, `token` or `publisher`; `unknown` if the registry rejected the request before it identified the
    /// client.
    pub(crate) client: &'static str,
}

impl AccessLabels {
    /// The labels of a request whose required scope and client are not known yet.
    pub(crate) const UNKNOWN: Self = Self { scope: "none", client: "unknown" };
}

/// The metrics of one server.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram>,
    problems: Family<ProblemLabels, Counter>,
    check_seconds: Family<VerdictLabels, Histogram>,
    check_wait_seconds: Histogram,
    registrations: Family<OutcomeLabels, Counter>,
    connections: Gauge,
    connections_refused: Counter,
    /// The counters for schemas from the response cache, with status 200 and 304. The registry counts these answers
    /// without a lookup of labels.
    documents: [Counter; 2],
    document_seconds: Histogram,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProblemLabels {
    code: &'static str,
    status: u16,
    scope: &'static str,
    client: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerdictLabels {
    verdict: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(SECONDS);
        let mut metrics = Self {
            registry: Registry::with_prefix("evschema"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(seconds),
            problems: Family::default(),
            check_seconds: Family::new_with_constructor(seconds),
            check_wait_seconds: seconds(),
            registrations: Family::default(),
            connections: Gauge::default(),
            connections_refused: Counter::default(),
            documents: [Counter::default(), Counter::default()],
            document_seconds: seconds(),
        };
        metrics.find_documents();
        let registry = &mut metrics.registry;
        registry.register(
            "http_requests",
            "HTTP requests that the registry answered",
            metrics.requests.clone(),
        );
        registry.register(
            "http_request_seconds",
            "Time from the head of a request to the head of its answer",
            metrics.request_seconds.clone(),
        );
        registry.register(
            "problems",
            "Answers with an error, by problem code, required scope and kind of client",
            metrics.problems.clone(),
        );
        registry.register(
            "check_seconds",
            "Time of compatibility checks, including the wait for a thread",
            metrics.check_seconds.clone(),
        );
        registry.register(
            "check_wait_seconds",
            "Time that checks and validations waited for a thread",
            metrics.check_wait_seconds.clone(),
        );
        registry.register("registrations", "Registrations, by outcome", metrics.registrations.clone());
        registry.register("connections", "Open connections", metrics.connections.clone());
        registry.register(
            "connections_refused",
            "Connections that the registry rejected because it had reached the limit",
            metrics.connections_refused.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// Returns all metrics, in the text format of Prometheus.
    ///
    /// # Errors
    ///
    /// Never in practice, because a write to a string does not fail.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }

    pub(crate) fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        let labels = RequestLabels { method, route: route.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        self.request_seconds
            .get_or_create(&RouteLabels { route: route.to_owned() })
            .observe(took.as_secs_f64());
    }

    /// Counts an answer of the response cache: the schema, or status 304 if the client already has the schema.
    pub(crate) fn document(&self, status: StatusCode, took: Duration) {
        self.documents[usize::from(status == StatusCode::NOT_MODIFIED)].inc();
        self.document_seconds.observe(took.as_secs_f64());
    }

    /// Looks up the counters of the schema route among those of all routes.
    fn find_documents(&mut self) {
        let route = "/schemas/{subject}/{version}".to_owned();
        self.documents = [StatusCode::OK, StatusCode::NOT_MODIFIED].map(|status| {
            let labels = RequestLabels { method: "GET", route: route.clone(), status: status.as_u16() };
            self.requests.get_or_create(&labels).clone()
        });
        self.document_seconds = self.request_seconds.get_or_create(&RouteLabels { route }).clone();
    }

    /// Counts an answer with an error. Few codes, scopes and kinds of clients exist, so few label sets exist too.
    pub(crate) fn problem(&self, code: ProblemCode, access: AccessLabels) {
        let AccessLabels { scope, client } = access;
        let labels = ProblemLabels { code: code.as_str(), status: code.status(), scope, client };
        self.problems.get_or_create(&labels).inc();
    }

    pub(crate) fn check(&self, verdict: Verdict, took: Duration) {
        let labels = VerdictLabels { verdict: verdict.as_str() };
        self.check_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Counts the time that a check or a validation waited for a thread.
    pub(crate) fn waited(&self, wait: Duration) {
        self.check_wait_seconds.observe(wait.as_secs_f64());
    }

    pub(crate) fn registration(&self, outcome: &'static str) {
        self.registrations.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn connection_opened(&self) {
        self.connections.inc();
    }

    pub(crate) fn connection_refused(&self) {
        self.connections_refused.inc();
    }

    pub(crate) fn connection_closed(&self) {
        self.connections.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_methods_share_one_label() {
        let metrics = Metrics::default();
        for method in ["GET", "BREW", "get", "TRACE"] {
            metrics.request(method, "/healthz", 405, Duration::ZERO);
        }
        let text = metrics.encode().unwrap();
        for (method, count) in [("GET", 1), ("other", 3)] {
            let line = format!(r#"{{method="{method}",route="/healthz",status="405"}} {count}"#);
            assert!(text.contains(&line), "{text}");
        }
        assert!(!text.contains("BREW"), "{text}");
    }
}
