use std::io;
use std::net::SocketAddr;

use crate::database_url::without_password;
use crate::store::StoreError;

/// The reason why a registry does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Every client that reaches the registry could write.
    #[error("the registry has no token, so anybody who can reach `{at}` could register schemas")]
    AnonymousWrites {
        /// The address, or the public URL.
        at: String,
    },
    /// The public URL is not valid.
    #[error(
        "the public URL `{url}` is not a URL with `http://` or `https://`, or it contains a password or a query"
    )]
    PublicUrl {
        /// The public URL, without a password.
        url: String,
    },
    /// A publisher is not valid: it would match no job or every job.
    #[error("the publisher `{name}` is not valid: {why}")]
    Publisher {
        /// The name of the publisher.
        name: String,
        /// The reason.
        why: String,
    },
    /// The registry cannot listen on its address.
    #[error("cannot listen on `{listen}`: {cause}")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The operating system does not start a worker thread.
    #[error("cannot start the worker threads: {0}")]
    Threads(io::Error),
    /// The registry cannot use the database.
    #[error("cannot use the database `{database}`: {why}")]
    Database {
        /// The URL of the database, without a password.
        database: String,
        /// The reason.
        why: String,
    },
}

impl StartError {
    pub(crate) fn database(url: &str, error: &StoreError) -> Self {
        Self::Database { database: without_password(url), why: error.to_string() }
    }
}
