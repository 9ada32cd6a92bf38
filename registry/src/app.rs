use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::MatchedPath;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use evschema_api::ProblemCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;

use crate::config::Patience;
use crate::http::{Failure, KnownHosts, Shelf, finish, guard, observe};
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::service::{Client, Registry};
use crate::store::Store;
use crate::{Config, Environment, limits, routes};

/// What the routes share.
#[derive(Debug, Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    registry: Registry,
    pages: Pages,
    metrics: Arc<Metrics>,
    environment: Environment,
    read_only: bool,
    private: bool,
    anonymous_writes: bool,
    exposed: bool,
    behind_proxy: bool,
    streams: Arc<Semaphore>,
    /// How many streams each client has.
    streaming: Mutex<HashMap<Client, usize>>,
    full: AtomicBool,
    known_hosts: KnownHosts,
    connections: Arc<Semaphore>,
    patience: Patience,
    shelf: Shelf,
    stopping: watch::Sender<bool>,
    openapi: String,
}

impl App {
    pub(crate) fn new(store: Arc<dyn Store>, config: &Config, environment: Environment) -> io::Result<Self> {
        let metrics = Arc::new(Metrics::default());
        Ok(Self(Arc::new(Shared {
            registry: Registry::new(store, config, environment.clone(), Arc::clone(&metrics))?,
            pages: Pages::new(),
            metrics,
            environment,
            read_only: config.read_only,
            private: config.private,
            anonymous_writes: config.anonymous_writes,
            exposed: config.is_exposed(),
            behind_proxy: config.behind_proxy,
            streams: Arc::new(Semaphore::new(limits::STREAMS_MAX)),
            streaming: Mutex::default(),
            full: AtomicBool::new(false),
            known_hosts: KnownHosts::of(config),
            connections: Arc::new(Semaphore::new(config.connections_max)),
            patience: config.patience,
            shelf: Shelf::new(config.cache_bytes / 4),
            stopping: watch::Sender::new(false),
            openapi: routes::openapi_text(),
        })))
    }

    /// Returns the routes with everything around them, outermost last.
    pub(crate) fn router(&self) -> Router {
        let (routes, _) = routes::all().split_for_parts();
        routes
            .fallback(async || {
                Failure::new(
                    ProblemCode::RouteNotFound,
                    "this path does not exist",
                    "see /openapi.json for the paths of the registry",
                )
            })
            .method_not_allowed_fallback(method_not_allowed)
            .layer(from_fn_with_state(self.clone(), guard))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(self.clone(), finish))
            .layer(from_fn_with_state(self.clone(), observe))
            .with_state(self.clone())
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.0.registry
    }

    pub(crate) fn pages(&self) -> &Pages {
        &self.0.pages
    }

    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.0.metrics
    }

    /// Admits one more connection, unless there are as many as there may be.
    pub(crate) fn admit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.connections).try_acquire_owned().ok()
    }

    /// Returns how long clients are waited for.
    pub(crate) fn patience(&self) -> Patience {
        self.0.patience
    }

    /// Returns the answers that lie ready.
    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.0.read_only
    }

    /// Tells whether reading takes a token.
    pub(crate) fn is_private(&self) -> bool {
        self.0.private
    }

    /// Tells whether anybody may write, from wherever they come.
    pub(crate) fn anybody_may_write(&self) -> bool {
        self.0.anonymous_writes
    }

    /// Tells whether others than this machine's own programs reach the registry.
    pub(crate) fn is_exposed(&self) -> bool {
        self.0.exposed
    }

    /// Returns the hosts by whose names the registry is reached.
    pub(crate) fn known_hosts(&self) -> &KnownHosts {
        &self.0.known_hosts
    }

    pub(crate) fn is_behind_proxy(&self) -> bool {
        self.0.behind_proxy
    }

    /// Admits one more stream of the feed, if there is room for it and for one more of this client.
    pub(crate) fn admit_stream(&self, client: Client) -> Option<Admitted> {
        let permit = Arc::clone(&self.0.streams).try_acquire_owned().ok()?;
        let mut clients = self.streaming();
        let streams = clients.entry(client.clone()).or_default();
        if limits::STREAMS_OF_CLIENT_MAX <= *streams {
            return None;
        }
        *streams += 1;
        drop(clients);
        Some(Admitted { app: self.clone(), client, _permit: permit })
    }

    fn streaming(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        // Nobody panics while holding it.
        self.0.streaming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers whether the database had room the last time something was written.
    pub(crate) fn set_full(&self, is_full: bool) {
        self.0.full.store(is_full, Ordering::Relaxed);
    }

    /// Tells whether the database had no room the last time something was written.
    pub(crate) fn is_full(&self) -> bool {
        self.0.full.load(Ordering::Relaxed)
    }

    /// Tells, from now on, whether the registry is about to stop: what has no end must end then.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    pub(crate) fn openapi(&self) -> &str {
        &self.0.openapi
    }

    pub(crate) fn next_request_id(&self) -> String {
        self.0.environment.request_ids.next()
    }
}

/// A stream of the feed that was admitted; its end makes room for another.
pub(crate) struct Admitted {
    app: App,
    client: Client,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut clients = self.app.streaming();
        if let Some(streams) = clients.get_mut(&self.client) {
            *streams -= 1;
            if *streams == 0 {
                clients.remove(&self.client);
            }
        }
    }
}

/// The router knows which methods a route takes, but for one: `{version}.json` and `{version}` are
/// the same to it.
async fn method_not_allowed(route: MatchedPath, uri: Uri) -> Failure {
    let failure = Failure::new(
        ProblemCode::MethodNotAllowed,
        "this path does not support this method",
        "use one of the methods that the header `Allow` lists",
    );
    match route.as_str() {
        "/schemas/{subject}/{version}" if uri.path().ends_with(".json") => failure.allow("GET, HEAD, PUT"),
        "/schemas/{subject}/{version}" => failure.allow("GET, HEAD, PATCH"),
        _ => failure,
    }
}

/// A bug: the client gets an id, the log the rest.
fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let message =
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message");
    tracing::error!(message, "a handler panicked");
    Failure::new(
        ProblemCode::Internal,
        "the registry has an internal error",
        "this is a bug: report it with the request id; to find the cause, search the registry's log for this id",
    )
    .into_response()
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("registry", &self.registry).finish_non_exhaustive()
    }
}
