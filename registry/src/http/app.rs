use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::hosts::KnownHosts;
use super::response_cache::ResponseCache;
use crate::config::{Config, Timeouts};
use crate::environment::Environment;
use crate::limits;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::service::{Client, Registry};
use crate::store::Store;

/// The state that all routes share.
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
    /// The number of open streams of each client.
    streams_by_client: Mutex<HashMap<Client, usize>>,
    full: AtomicBool,
    known_hosts: KnownHosts,
    connections: Arc<Semaphore>,
    timeouts: Timeouts,
    response_cache: ResponseCache,
    stopping: watch::Sender<bool>,
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
            streams_by_client: Mutex::default(),
            full: AtomicBool::new(false),
            known_hosts: KnownHosts::of(config),
            connections: Arc::new(Semaphore::new(config.connections_max)),
            timeouts: config.timeouts,
            response_cache: ResponseCache::new(config.cache_bytes / 4),
            stopping: watch::Sender::new(false),
        })))
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

    /// Returns a permit for one more connection, or `None` if the limit is reached.
    pub(crate) fn admit_connection(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.connections).try_acquire_owned().ok()
    }

    /// Returns how long the registry waits for clients.
    pub(crate) fn timeouts(&self) -> Timeouts {
        self.0.timeouts
    }

    /// Returns the cache of answers with schemas.
    pub(crate) fn response_cache(&self) -> &ResponseCache {
        &self.0.response_cache
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.0.read_only
    }

    /// Returns whether reads need a token.
    pub(crate) fn is_private(&self) -> bool {
        self.0.private
    }

    /// Returns whether every client may write without a token.
    pub(crate) fn allows_anonymous_writes(&self) -> bool {
        self.0.anonymous_writes
    }

    /// Returns whether other machines can reach the registry.
    pub(crate) fn is_exposed(&self) -> bool {
        self.0.exposed
    }

    /// Returns the host names of the registry.
    pub(crate) fn known_hosts(&self) -> &KnownHosts {
        &self.0.known_hosts
    }

    pub(crate) fn is_behind_proxy(&self) -> bool {
        self.0.behind_proxy
    }

    /// Returns a permit for one more stream of the feed, or `None` if the limit for all clients or for this client is
    /// reached.
    pub(crate) fn admit_stream(&self, client: Client) -> Option<StreamPermit> {
        let permit = Arc::clone(&self.0.streams).try_acquire_owned().ok()?;
        let mut clients = self.streams_by_client();
        let streams = clients.entry(client.clone()).or_default();
        if limits::STREAMS_OF_CLIENT_MAX <= *streams {
            return None;
        }
        *streams += 1;
        drop(clients);
        Some(StreamPermit { app: self.clone(), client, _permit: permit })
    }

    fn streams_by_client(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        // No code panics while it has the lock, so the lock is never poisoned.
        self.0.streams_by_client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records whether the database was full at the last write.
    pub(crate) fn set_full(&self, is_full: bool) {
        self.0.full.store(is_full, Ordering::Relaxed);
    }

    /// Returns whether the database was full at the last write.
    pub(crate) fn is_full(&self) -> bool {
        self.0.full.load(Ordering::Relaxed)
    }

    /// Returns a receiver that becomes `true` when the registry stops. Every stream must then end.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    pub(crate) fn next_request_id(&self) -> String {
        self.0.environment.request_ids.next()
    }
}

/// The permit for a stream of the feed. When this permit is dropped, another stream may open.
pub(crate) struct StreamPermit {
    app: App,
    client: Client,
    _permit: OwnedSemaphorePermit,
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut clients = self.app.streams_by_client();
        if let Some(streams) = clients.get_mut(&self.client) {
            *streams -= 1;
            if *streams == 0 {
                clients.remove(&self.client);
            }
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("registry", &self.registry).finish_non_exhaustive()
    }
}
