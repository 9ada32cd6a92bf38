use std::future::Future;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::config::Config;
use crate::environment::Environment;
use crate::http::{App, serve};
use crate::start_error::StartError;
use crate::{limits, routes, store};

/// A registry that is bound to its address and has opened its database.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: App,
}

impl Server {
    /// Opens the database, updates its tables, and binds the address.
    ///
    /// # Errors
    ///
    /// If the registry cannot use the address or the database, or if every client that reaches it could write.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        Self::bind_in(config, Environment::system()).await
    }

    /// Like [`Server::bind`], with the caller's clock, request ids and random bytes.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Server::bind`].
    pub async fn bind_in(config: Config, environment: Environment) -> Result<Self, StartError> {
        config.check()?;
        let listen = config.listen;
        let access = if config.read_only { store::Access::ReadOnly } else { store::Access::Write };
        let store = store::open(&config.database, access)
            .await
            .map_err(|error| StartError::database(&config.database, &error))?;
        if config.check_without_tokens().is_err() {
            // If the database has a token, writes need a token, and the registry may start.
            let has_tokens = store.has_tokens().await;
            if !has_tokens.map_err(|error| StartError::database(&config.database, &error))? {
                config.check_without_tokens()?;
            }
        }
        let failed = |cause| StartError::Listen { listen, cause };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let app = App::new(store, &config, environment).map_err(StartError::Threads)?;
        Ok(Self { listener, address, app })
    }

    /// Returns the address that the registry listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves requests until `shutdown` resolves. Then waits for the running requests, up to a time limit.
    ///
    /// # Errors
    ///
    /// If the listening socket fails.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), StartError> {
        let app = self.app.clone();
        let indexing = tokio::spawn(keep_indexed(self.app.clone()));
        let shutdown = async move {
            shutdown.await;
            app.stop();
        };
        let served = serve(self.listener, &self.app, routes::router(&self.app), shutdown).await;
        indexing.abort();
        self.app.registry().close().await;
        served.map_err(|cause| StartError::Listen { listen: self.address, cause })
    }
}

/// Adds the missing search terms of subjects from time to time, until the registry stops.
async fn keep_indexed(app: App) {
    while !app.is_read_only() {
        match app.registry().index_subjects().await {
            Ok(0) => {}
            Ok(subjects) => tracing::debug!(subjects, "indexed subjects for the search"),
            Err(refusal) => tracing::debug!(%refusal, "cannot index subjects for the search"),
        }
        tokio::time::sleep(limits::INDEX_INTERVAL).await;
    }
}
