use std::thread::JoinHandle;

use evschema_model::Dialects;
use evschema_registry::{Config, Server};
use evschema_tests::Postgres;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::Database;

/// A registry in this process, on a database of its own; dropped, all of it goes away.
pub(super) struct Running {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    // After the registry, which still writes to them while it stops.
    _postgres: Option<Postgres>,
    _folder: TempDir,
}

impl Running {
    pub(super) fn start(database: Database, dialects: &Dialects) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let (url, postgres) = match database {
            Database::Sqlite => (format!("sqlite:{}", folder.path().join("registry.db").display()), None),
            Database::Postgres => {
                let server = Postgres::try_start().map_err(|error| error.to_string())?;
                (server.url(), Some(server))
            }
        };
        let config = Config {
            database: url,
            listen: "127.0.0.1:0".parse().map_err(|error| format!("{error}"))?,
            dialects: dialects.clone(),
            ..Config::default()
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(tell.send(Err(error.to_string()))),
            };
            runtime.block_on(async {
                match Server::bind(config).await {
                    Ok(server) => {
                        let _ = tell.send(Ok(server.local_addr()));
                        let _ = server.run(async { drop(stopped.await) }).await;
                    }
                    Err(error) => drop(tell.send(Err(error.to_string()))),
                }
            });
        });
        let address = told.recv().map_err(|_| "the registry did not start".to_owned())??;
        Ok(Self {
            url: format!("http://{address}"),
            stop: Some(stop),
            thread: Some(thread),
            _postgres: postgres,
            _folder: folder,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A registry that has panicked answered nothing, which the rows show.
            let _ = thread.join();
        }
    }
}
