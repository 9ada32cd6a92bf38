use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::Config;

/// A registry that is bound to its address and has its database ready.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

/// Why a registry does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Anybody could write, from anywhere.
    #[error("`{listen}` is not a loopback address, and anybody who reaches it could register schemas")]
    AnonymousWrites {
        /// The address.
        listen: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on `{listen}`: {cause}")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
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
        let listen = config.listen;
        let exposed = !listen.ip().is_loopback() && !config.read_only;
        if exposed && !config.anonymous_writes {
            return Err(StartError::AnonymousWrites { listen });
        }
        let failed = |cause| StartError::Listen { listen, cause };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
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
        shutdown.await;
        drop(self.listener);
        Ok(())
    }
}
