use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use evschema_model::{Dialects, Formats, SubjectPolicy};

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
    /// Whether only reads are served.
    pub read_only: bool,
    /// Whether anybody may write although the address is not a loopback one.
    pub anonymous_writes: bool,
    /// Whether `format` refuses values.
    pub formats: Formats,
    /// Foreign `$schema` URIs and the drafts they mean.
    pub dialects: Dialects,
    /// The policy of subjects that name none.
    pub default_policy: SubjectPolicy,
    /// Most bytes of schemas kept in memory; they are immutable, so none ever goes stale.
    pub cache_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: "sqlite:evschema.db".to_owned(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            public_url: None,
            read_only: false,
            anonymous_writes: false,
            formats: Formats::default(),
            dialects: Dialects::default(),
            default_policy: SubjectPolicy::default(),
            cache_bytes: 64 << 20,
        }
    }
}
