use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::app::App;
use crate::http::serve;
use crate::{Config, Environment, limits, store};

/// A registry that is bound to its address and has its database ready.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: App,
}

/// Why a registry does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Anybody could write, from anywhere.
    #[error("the registry has no token, so anybody who can reach `{at}` could register schemas")]
    AnonymousWrites {
        /// The address, or the public URL.
        at: String,
    },
    /// The URL by which others reach the registry is none.
    #[error(
        "the public URL `{url}` is not a URL with `http://` or `https://`, or it contains a password or a query"
    )]
    PublicUrl {
        /// The text.
        url: String,
    },
    /// A publisher would let in nobody, or anybody.
    #[error("the publisher `{name}` is not valid: {why}")]
    Publisher {
        /// The publisher.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on `{listen}`: {cause}")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// The system gives no thread to check with.
    #[error("cannot start the worker threads: {0}")]
    Threads(io::Error),
    /// The database cannot be used.
    #[error("cannot use the database `{database}`: {why}")]
    Database {
        /// The database, without a password.
        database: String,
        /// What it said.
        why: String,
    },
}

impl Server {
    /// Opens the database, brings its tables up to date, and binds the address.
    ///
    /// # Errors
    ///
    /// When the address or the database cannot be used, or anybody could write from anywhere.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        Self::bind_in(config, Environment::system()).await
    }

    /// As [`Server::bind`], with a clock and request ids of the caller's.
    ///
    /// # Errors
    ///
    /// As [`Server::bind`].
    pub async fn bind_in(config: Config, environment: Environment) -> Result<Self, StartError> {
        config.check()?;
        let listen = config.listen;
        let access = if config.read_only { store::Access::ReadOnly } else { store::Access::Write };
        let store = store::open(&config.database, access)
            .await
            .map_err(|error| StartError::database(&config.database, &error))?;
        if config.check_without_tokens().is_err() {
            // With a token, writing is for those who have one.
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

    /// Returns the address that is listened on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` resolves, then lets running requests finish.
    ///
    /// # Errors
    ///
    /// When the listening socket fails.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), StartError> {
        let app = self.app.clone();
        let indexing = tokio::spawn(keep_indexed(self.app.clone()));
        let shutdown = async move {
            shutdown.await;
            app.stop();
        };
        let served = serve(self.listener, &self.app, shutdown).await;
        indexing.abort();
        self.app.registry().close().await;
        served.map_err(|cause| StartError::Listen { listen: self.address, cause })
    }
}

/// Sees to it that a search finds what was registered without words, until the registry stops.
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

impl StartError {
    pub(crate) fn database(url: &str, error: &store::StoreError) -> Self {
        Self::Database { database: without_password(url), why: error.to_string() }
    }
}

/// Returns a database's URL without what may be secret: the password before the host, and every parameter of the query
/// but those that are known to be harmless.
pub(crate) fn without_password(url: &str) -> String {
    /// Parameters that are shown.
    const SHOWN: [&str; 12] = [
        "sslmode",
        "ssl-mode",
        "sslrootcert",
        "ssl-root-cert",
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "application_name",
        "mode",
        "cache",
    ];
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => {
            url.split_once(':').map_or((String::new(), url), |(scheme, rest)| (format!("{scheme}:"), rest))
        }
    };
    // A password may have any character of its own, so what stands before the last `@` is shown up to the first one.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((login, rest)) => {
            let user = login.split([':', '/', '?', '&', '=']).next().unwrap_or_default();
            (format!("{user}@"), rest)
        }
        None => (String::new(), rest),
    };
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    let shown = format!("{scheme}{user}{place}");
    let Some(query) = query else { return shown };
    let parameters: Vec<String> = query
        .split('&')
        .map(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let is_shown = SHOWN.contains(&name);
            format!("{name}={}", if is_shown { value } else { "***" })
        })
        .collect();
    format!("{shown}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_repeated() {
        for (url, shown) in [
            ("postgres://me:secret@db/x", "postgres://me@db/x"),
            ("postgres://me:se@cret@db/x", "postgres://me@db/x"),
            ("postgres://db/x", "postgres://db/x"),
            ("sqlite:a.db", "sqlite:a.db"),
            ("sqlite:a.db?mode=ro", "sqlite:a.db?mode=ro"),
            ("postgres://me@db/x?password=secret", "postgres://me@db/x?password=***"),
            (
                "postgres://db/x?sslmode=require&sslkey=k&PASSWORD=s",
                "postgres://db/x?sslmode=require&sslkey=***&PASSWORD=***",
            ),
            ("postgres://me:se?cret@db/x", "postgres://me@db/x"),
            ("postgres:me:secret@db/x", "postgres:me@db/x"),
            ("postgres://db/x?password=s@e", "postgres://db@e"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
