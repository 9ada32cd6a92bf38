//! What the registry decides: whether a version may join, what a range means, what a search finds.
//!
//! Services know nothing of HTTP; they answer with wire types, or with a [`Refusal`] that names
//! the rule. They read and write through [`crate::store::Store`] only.

mod actor;
mod choice;
mod compare;
mod feed;
mod follow;
mod identity;
mod keyring;
mod library;
mod publishers;
mod refusal;
mod register;
mod search;
mod selection;
mod state;
mod subjects;
mod validate;
mod versions;
mod visit;
mod waivers;
mod workers;

use std::io;
use std::sync::Arc;

use evschema_compat as compat;
use evschema_model::{Coordinates, Formats, Reference, SubjectPolicy};

use crate::metrics::Metrics;
use crate::store::Store;
use crate::{Config, Environment};
pub(crate) use actor::{Actor, Identity, Right, Signature};
pub(crate) use choice::Choice;
use follow::Followers;
pub(crate) use keyring::Keyring;
use library::{Library, Meaning};
use publishers::Publishers;
pub(crate) use refusal::{Refusal, SEND_AGAIN};
pub(crate) use register::{Outcome, Request};
pub(crate) use search::words_of;
pub(crate) use selection::Selection;
pub(crate) use state::latest;
pub(crate) use subjects::Precondition;
pub(crate) use validate::{Framing, Lines};
pub(crate) use workers::Client;
use workers::Workers;

/// The registry without its HTTP.
#[derive(Debug)]
pub(crate) struct Registry {
    store: Arc<dyn Store>,
    library: Library,
    workers: Workers,
    environment: Environment,
    formats: Formats,
    default_policy: SubjectPolicy,
    public_url: Option<String>,
    metrics: Arc<Metrics>,
    keyring: Keyring,
    publishers: Publishers,
    followers: Arc<Followers>,
}

impl Registry {
    /// Returns a registry over a store.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        config: &Config,
        environment: Environment,
        metrics: Arc<Metrics>,
    ) -> io::Result<Self> {
        let workers = Workers::start(Arc::clone(&metrics))?;
        Ok(Self {
            followers: Followers::new(Arc::clone(&store)),
            keyring: Keyring::new(Arc::clone(&store), environment.clone()),
            publishers: Publishers::new(config.publishers.clone(), environment.clone()),
            library: Library::new(Arc::clone(&store), workers.clone(), config),
            workers,
            store,
            environment,
            formats: config.formats,
            default_policy: config.default_policy,
            public_url: config.public_url.clone(),
            metrics,
        })
    }

    /// Returns when the database answers.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub(crate) async fn ready(&self) -> Result<(), Refusal> {
        Ok(self.store.ping().await?)
    }

    /// Returns when the database has written something.
    ///
    /// # Errors
    ///
    /// When it cannot.
    pub(crate) async fn probe_write(&self) -> Result<(), Refusal> {
        Ok(self.store.probe_write().await?)
    }

    /// Returns the registered versions that a reference may mean.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
    pub(crate) async fn meaning(&self, reference: &Reference) -> Result<Vec<Coordinates>, Refusal> {
        Ok(match self.library.target(reference).await? {
            Meaning::Nothing => Vec::new(),
            Meaning::Version(at) => {
                let is_there = self.store.version(&at).await?.is_some();
                is_there.then_some(at).into_iter().collect()
            }
            Meaning::Shared(versions) => versions,
        })
    }

    /// Closes the database.
    pub(crate) async fn close(&self) {
        if let Err(error) = self.store.close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }

    /// Returns the tokens.
    pub(crate) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Returns whose token this is: the registry's own, or one that an issuer has signed.
    ///
    /// # Errors
    ///
    /// When it is none, or no longer one, or that cannot be found out now.
    pub(crate) async fn identify(&self, token: &str) -> Result<Identity, Refusal> {
        if !self.publishers.is_empty() && Publishers::may_be_signed(token) {
            return self.publishers.identify(token).await;
        }
        self.keyring.identify(token).await
    }

    /// Tells whether there is or was anybody who can prove who they are: then nobody writes without that.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
    pub(crate) async fn knows_anybody(&self) -> Result<bool, Refusal> {
        Ok(!self.publishers.is_empty() || self.keyring.ever_had_tokens().await?)
    }

    fn settings(&self, policy: SubjectPolicy) -> compat::Settings {
        compat::Settings { policy, formats: self.formats, ..compat::Settings::default() }
    }
}
