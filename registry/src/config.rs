use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use evschema_model::{Dialects, Formats, SubjectPolicy};

use crate::server::without_password;
use crate::{Publisher, StartError, limits, rehearsal, store};

/// How a registry runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database: `sqlite:PATH`, `sqlite::memory:` or `postgres://…`.
    pub database: String,
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The URL by which others reach this registry, without a slash at the end; it is the
    /// `source` of the feed's events and the base of their `dataschema`.
    pub public_url: Option<String>,
    /// Further names by which others reach this registry, without a port.
    pub hosts: Vec<String>,
    /// Whether only reads are served.
    pub read_only: bool,
    /// Whether anybody may write, from anywhere, whether or not there are tokens. Otherwise writing
    /// without a token is for a registry that has none and is reached on this machine only.
    pub anonymous_writes: bool,
    /// Whether reading takes a token too; only its health is then anybody's business.
    pub private: bool,
    /// Whether a proxy stands before the registry, whose `X-Forwarded-For` says where from.
    pub behind_proxy: bool,
    /// Whether `format` refuses values.
    pub formats: Formats,
    /// Foreign `$schema` URIs and the drafts they mean.
    pub dialects: Dialects,
    /// The policy of subjects that name none.
    pub default_policy: SubjectPolicy,
    /// Most bytes of schemas and of answers with them that are kept in memory; they never change, so none
    /// goes stale.
    pub cache_bytes: u64,
    /// Most connections at once; who comes then is told to come again.
    pub connections_max: usize,
    /// Whose tokens are taken beside the registry's own.
    pub publishers: Vec<Publisher>,
    /// How long clients are waited for.
    pub patience: Patience,
}

/// How long a registry waits for a client before it ends the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the whole head of a request, also between two requests.
    pub head: Duration,
    /// From a request's head to its answer, the reading of its body included.
    pub request: Duration,
    /// For a client to take some of what it is sent.
    pub reading: Duration,
}

impl Config {
    /// Returns the file of the database, if the database is an SQLite file.
    pub fn database_file(&self) -> Option<std::path::PathBuf> {
        crate::rehearsal::file_of(&self.database)
    }

    /// Tells whether others than this machine's own programs reach the registry: by its address, or
    /// through a proxy, which a public URL and [`Config::behind_proxy`] speak of.
    pub fn is_exposed(&self) -> bool {
        let is_public = self.public_url.as_deref().is_some_and(|url| !is_local_url(url));
        !self.listen.ip().is_loopback() || self.behind_proxy || is_public
    }
}

impl Config {
    /// Refuses to let anybody write from anywhere; for a registry that has no token.
    ///
    /// # Errors
    ///
    /// When others reach the registry, and nothing but a token would keep them from writing.
    pub(crate) fn check_without_tokens(&self) -> Result<(), StartError> {
        let is_guarded = self.read_only || self.anonymous_writes || !self.publishers.is_empty();
        if is_guarded || !self.is_exposed() {
            return Ok(());
        }
        let at = self.public_url.clone().unwrap_or_else(|| self.listen.to_string());
        Err(StartError::AnonymousWrites { at })
    }

    /// Returns the database's URL without its password.
    pub fn database_shown(&self) -> String {
        without_password(&self.database)
    }

    /// Refuses what no registry could start with, without opening the database or the address.
    ///
    /// # Errors
    ///
    /// When the database's URL is of no known kind or its file's folder is not there, the public URL is not one of
    /// HTTP, or a publisher would let in nobody or anybody.
    pub fn check(&self) -> Result<(), StartError> {
        if !store::is_known(&self.database) {
            return Err(StartError::database(&self.database, &store::StoreError::UnknownDatabase));
        }
        if let Some(folder) = rehearsal::missing_folder(&self.database) {
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

/// Tells whether a URL leads to the machine that follows it.
pub(crate) fn is_local_url(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next();
    authority.is_some_and(is_local_authority)
}

/// Tells whether `host` or `host:port` is a name for the machine that uses it, which nobody else can
/// own: a loopback address or `localhost` (RFC 6761, section 6.3).
pub(crate) fn is_local_authority(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) | None => authority,
    };
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
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
            patience: Patience::default(),
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: limits::HEADER_TIMEOUT,
            request: limits::REQUEST_TIMEOUT,
            reading: limits::READING_TIMEOUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_this_machine() {
        for (url, local) in [
            ("http://localhost:8080", true),
            ("http://LOCALHOST./x", true),
            ("http://127.0.0.1", true),
            ("http://127.8.9.1:1/", true),
            ("http://[::1]:8080", true),
            ("http://app.localhost", true),
            ("https://schemas.example.com", false),
            ("http://localhost.example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://10.0.0.1:8080", false),
            ("http://0.0.0.0:8080", false),
            ("", false),
        ] {
            assert_eq!(is_local_url(url), local, "{url}");
        }
    }
}
