//! A registry in this process, with an empty database.

use std::thread::JoinHandle;

use evschema_registry::{Config, Server};
use evschema_tests::Postgres;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Database {
    /// A file in a temporary folder.
    Sqlite,
    /// A temporary server.
    Postgres,
}

impl Database {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// An empty temporary database. `Drop` removes it.
pub(crate) struct Storage {
    pub(crate) url: String,
    _postgres: Option<Postgres>,
    _folder: TempDir,
}

impl Storage {
    /// Creates a database.
    pub(crate) fn new(database: Database) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let (url, postgres) = match database {
            Database::Sqlite => (format!("sqlite:{}", folder.path().join("registry.db").display()), None),
            Database::Postgres => {
                let server = Postgres::try_start().map_err(|error| error.to_string())?;
                (server.url(), Some(server))
            }
        };
        Ok(Self { url, _postgres: postgres, _folder: folder })
    }
}

/// A registry in this process. `Drop` stops it.
pub(crate) struct Running {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    // This is the last field, because Rust drops fields in order. The registry still writes to the database while it
    // stops.
    _storage: Option<Storage>,
}

impl Running {
    /// Starts a registry with this configuration on an empty database.
    pub(crate) fn start(database: Database, config: Config) -> Result<Self, String> {
        let storage = Storage::new(database)?;
        let mut running = Self::on(Config { database: storage.url.clone(), ..config })?;
        running._storage = Some(storage);
        Ok(running)
    }

    /// Starts a registry on the database of the configuration, and on a free port.
    pub(crate) fn on(config: Config) -> Result<Self, String> {
        let listen = "127.0.0.1:0".parse().map_err(|error| format!("{error}"))?;
        let config = Config { listen, ..config };
        let (stop, stopped) = oneshot::channel::<()>();
        let (started, start) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(started.send(Err(error.to_string()))),
            };
            runtime.block_on(async {
                match Server::bind(config).await {
                    Ok(server) => {
                        let _ = started.send(Ok(server.local_addr()));
                        let _ = server.run(async { drop(stopped.await) }).await;
                    }
                    Err(error) => drop(started.send(Err(error.to_string()))),
                }
            });
        });
        let address = start.recv().map_err(|_| "the registry did not start".to_owned())??;
        Ok(Self { url: format!("http://{address}"), stop: Some(stop), thread: Some(thread), _storage: None })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Ignores a panic of the registry. The panic is visible in the rows, because responses of the registry are
            // missing.
            let _ = thread.join();
        }
    }
}
