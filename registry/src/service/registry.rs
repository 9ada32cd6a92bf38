use std::io;
use std::sync::Arc;

use evschema_compat as compat;
use evschema_model::{Coordinates, Formats, Reference, SubjectPolicy};
use tokio::sync::watch;

use super::actor::{Actor, Identity};
use super::feed_watch::FeedWatch;
use super::publishers::Publishers;
use super::refusal::Refusal;
use super::schema_cache::{ReferenceTarget, SchemaCache};
use super::tokens::TokenService;
use super::workers::Workers;
use crate::config::Config;
use crate::environment::Environment;
use crate::metrics::Metrics;
use crate::store::Store;

/// The registry without HTTP.
#[derive(Debug)]
pub(crate) struct Registry {
    pub(super) store: Arc<dyn Store>,
    pub(super) schemas: SchemaCache,
    pub(super) workers: Workers,
    pub(super) environment: Environment,
    pub(super) formats: Formats,
    pub(super) default_policy: SubjectPolicy,
    pub(super) public_url: Option<String>,
    pub(super) metrics: Arc<Metrics>,
    tokens: TokenService,
    publishers: Publishers,
    feed_watch: Arc<FeedWatch>,
}

impl Registry {
    /// Returns a registry that uses this store.
    ///
    /// # Errors
    ///
    /// If the operating system does not start a worker thread.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        config: &Config,
        environment: Environment,
        metrics: Arc<Metrics>,
    ) -> io::Result<Self> {
        let workers = Workers::start(Arc::clone(&metrics))?;
        Ok(Self {
            feed_watch: FeedWatch::new(Arc::clone(&store)),
            tokens: TokenService::new(Arc::clone(&store), environment.clone()),
            publishers: Publishers::new(config.publishers.clone(), environment.clone()),
            schemas: SchemaCache::new(Arc::clone(&store), workers.clone(), config),
            workers,
            store,
            environment,
            formats: config.formats,
            default_policy: config.default_policy,
            public_url: config.public_url.clone(),
            metrics,
        })
    }

    /// Returns as soon as the database answers.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub(crate) async fn ready(&self) -> Result<(), Refusal> {
        Ok(self.store.ping().await?)
    }

    /// Returns as soon as the database has written something.
    ///
    /// # Errors
    ///
    /// If the database cannot write.
    pub(crate) async fn probe_write(&self) -> Result<(), Refusal> {
        Ok(self.store.probe_write().await?)
    }

    /// Returns the registered versions that a reference may mean.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn targets_of(&self, reference: &Reference) -> Result<Vec<Coordinates>, Refusal> {
        Ok(match self.schemas.target(reference).await? {
            ReferenceTarget::None => Vec::new(),
            ReferenceTarget::Version(at) => {
                let exists = self.store.version(&at).await?.is_some();
                exists.then_some(at).into_iter().collect()
            }
            ReferenceTarget::Shared(versions) => versions,
        })
    }

    /// Closes the database.
    pub(crate) async fn close(&self) {
        if let Err(error) = self.store.close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }

    /// Returns the service for the tokens of the registry.
    pub(crate) fn tokens(&self) -> &TokenService {
        &self.tokens
    }

    /// Returns the identity that a token proves: a token of the registry, or a token that an issuer signed.
    ///
    /// # Errors
    ///
    /// If the token is not valid, or the registry cannot find out whether it is valid.
    pub(crate) async fn identify(&self, token: &str) -> Result<Identity, Refusal> {
        if !self.publishers.is_empty() && Publishers::may_be_signed(token) {
            return self.publishers.identify(token).await;
        }
        self.tokens.identify(token).await
    }

    /// Returns whether every write needs a token. This is so if the configuration has a publisher, or if a token of the
    /// registry exists or existed.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn needs_token_to_write(&self) -> Result<bool, Refusal> {
        Ok(!self.publishers.is_empty() || self.tokens.ever_had_tokens().await?)
    }

    /// Returns a receiver for the highest position of the feed.
    pub(crate) fn watch_feed(&self) -> watch::Receiver<u64> {
        self.feed_watch.subscribe()
    }

    /// Returns whether the token of a client is still valid. The token may have expired, or somebody may have revoked
    /// it.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn is_still_valid(&self, actor: &Actor) -> Result<bool, Refusal> {
        match &actor.identity {
            Identity::Token(token) => self.tokens.is_valid(&token.id).await,
            Identity::Publisher { ends_at, .. } => Ok(self.publishers.is_before(*ends_at)),
            Identity::Anonymous { .. } | Identity::Local => Ok(true),
        }
    }

    pub(super) fn settings(&self, policy: SubjectPolicy) -> compat::Settings {
        compat::Settings::new(policy).with_formats(self.formats)
    }
}
