use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use evschema_model::{Dialects, Formats, SubjectPolicy};

use crate::database_url::{file_of, missing_folder, without_password};
use crate::local_url::is_local_url;
use crate::publisher::Publisher;
use crate::start_error::StartError;
use crate::{limits, store};

/// The settings of a registry.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database: `sqlite:PATH`, `sqlite::memory:` or `postgres://…`.
    pub database: String,
    /// The address to listen on. With port 0, the operating system chooses a free port.
    pub listen: SocketAddr,
    /// The URL that clients use to reach this registry, without a slash at the end. In each event of the feed, `source`
    /// is this URL, and `dataschema` begins with this URL.
    pub public_url: Option<String>,
    /// More host names that clients use to reach this registry, without a port.
    pub hosts: Vec<String>,
    /// Whether the registry serves only reads.
    pub read_only: bool,
    /// Whether every client may write without a token, even if the registry has tokens. If `false`, writes without a
    /// token are possible only if the registry has no token and only this machine can reach it.
    pub anonymous_writes: bool,
    /// Whether reads need a token too. A private registry shows only its health and its OpenAPI document to everybody.
    pub private: bool,
    /// Whether a proxy sends the requests. If `true`, the registry reads the address of the client from the last entry
    /// of `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Whether the keyword `format` rejects values.
    pub formats: Formats,
    /// Additional `$schema` URIs and the drafts that they mean.
    pub dialects: Dialects,
    /// The policy of a new subject whose request names no policy.
    pub default_policy: SubjectPolicy,
    /// The maximum number of bytes in memory for the caches of schemas and of answers with schemas. A registered schema
    /// never changes, so these caches are never stale.
    pub cache_bytes: u64,
    /// The maximum number of connections that are open at the same time. The registry answers further connections with
    /// 503.
    pub connections_max: usize,
    /// The publishers whose tokens the registry accepts besides its own tokens.
    pub publishers: Vec<Publisher>,
    /// How long the registry waits for clients.
    pub timeouts: Timeouts,
}

/// How long a registry waits for a client before it ends the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// The maximum time that the registry waits for the complete head of a request. This includes the time between two
    /// requests on one connection.
    pub head: Duration,
    /// The maximum time from the head of a request to its answer. This includes the time to read the body.
    pub request: Duration,
    /// The maximum time that the registry waits until the client reads the next part of an answer.
    pub reading: Duration,
}

impl Config {
    /// Returns the file of the database, if the database is an SQLite file.
    pub fn database_file(&self) -> Option<std::path::PathBuf> {
        file_of(&self.database)
    }

    /// Returns whether other machines can reach the registry: at its address, or through a proxy. A proxy exists if
    /// [`Config::behind_proxy`] is set, or if the public URL does not name this machine.
    pub fn is_exposed(&self) -> bool {
        let is_public = self.public_url.as_deref().is_some_and(|url| !is_local_url(url));
        !self.listen.ip().is_loopback() || self.behind_proxy || is_public
    }

    /// Checks a registry that has no token: other machines must not be able to write.
    ///
    /// # Errors
    ///
    /// If other machines can reach the registry, and only a token would prevent their writes.
    pub(crate) fn check_without_tokens(&self) -> Result<(), StartError> {
        let is_guarded = self.read_only || self.anonymous_writes || !self.publishers.is_empty();
        if is_guarded || !self.is_exposed() {
            return Ok(());
        }
        let at = self.public_url.clone().unwrap_or_else(|| self.listen.to_string());
        Err(StartError::AnonymousWrites { at })
    }

    /// Returns the URL of the database without its password.
    pub fn database_shown(&self) -> String {
        without_password(&self.database)
    }

    /// Checks the settings without opening the database or the address.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL of the database has an unknown scheme, or the folder of its file is missing. Also
    /// returns an error if the public URL is not an HTTP URL, or a publisher would match no job or every job.
    pub fn check(&self) -> Result<(), StartError> {
        if !store::is_known(&self.database) {
            return Err(StartError::database(&self.database, &store::StoreError::UnknownDatabase));
        }
        if let Some(folder) = missing_folder(&self.database) {
            let why = format!("the folder `{}` does not exist", folder.display());
            return Err(StartError::Database { database: self.database_shown(), why });
        }
        for publisher in &self.publishers {
            let refused = |why| StartError::Publisher { name: publisher.name.clone(), why };
            publisher.check().map_err(refused)?;
        }
        match &self.public_url {
            Some(url)
                if !url.starts_with("http://") && !url.starts_with("https://")
                    || without_password(url) != *url =>
            {
                Err(StartError::PublicUrl { url: without_password(url) })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: "sqlite:evschema.db".to_owned(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            public_url: None,
            hosts: Vec::new(),
            read_only: false,
            anonymous_writes: false,
            private: false,
            behind_proxy: false,
            formats: Formats::default(),
            dialects: Dialects::default(),
            default_policy: SubjectPolicy::default(),
            cache_bytes: 64 << 20,
            connections_max: limits::CONNECTIONS_MAX,
            publishers: Vec::new(),
            timeouts: Timeouts::default(),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: limits::HEADER_TIMEOUT,
            request: limits::REQUEST_TIMEOUT,
            reading: limits::READING_TIMEOUT,
        }
    }
}
