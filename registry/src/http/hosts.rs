//! The host names of a registry.
//!
//! Another site can make its own host name resolve to the address of the registry (DNS rebinding). A browser then
//! treats a page of that site and the registry as the same site. But each request of the page still names the host of
//! that site, so the registry rejects unknown host names.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, Uri, Version};
use evschema_api::ProblemCode;

use super::failure::Failure;
use crate::config::Config;
use crate::local_url::{is_local_authority, without_port};

/// The endings of host names that nobody can own in the public DNS (RFC 6761, RFC 6762, RFC 8375, and `internal`, which
/// ICANN reserved).
const PRIVATE: [&str; 6] = [".local", ".localhost", ".internal", ".test", ".home.arpa", ".cluster.local"];

/// The host names of a registry.
#[derive(Debug)]
pub(crate) struct KnownHosts(Vec<String>);

impl KnownHosts {
    pub(crate) fn of(config: &Config) -> Self {
        let public = config.public_url.iter().filter_map(|url| {
            let authority = url.split_once("://")?.1.split('/').next()?;
            Some(without_port(authority).to_ascii_lowercase())
        });
        Self(config.hosts.iter().map(|host| host.to_ascii_lowercase()).chain(public).collect())
    }

    /// Returns whether the host name cannot belong to another site: it is an address, a name that nobody can own, or a
    /// name in the configuration.
    fn contains(&self, authority: &str) -> bool {
        let host = without_port(authority).trim_end_matches('.').to_ascii_lowercase();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        is_local_authority(authority)
            || address.parse::<IpAddr>().is_ok()
            || (!host.is_empty() && !host.contains('.'))
            || PRIVATE.iter().any(|end| host.ends_with(end))
            || self.0.contains(&host)
    }

    /// Rejects a request that names another host, or names no host.
    pub(crate) fn check(&self, version: Version, uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
        let host = single(headers, &HOST)?;
        if host.is_none() && version == Version::HTTP_11 {
            return Err(bad_header("the header `Host` is missing, but HTTP/1.1 requires it"));
        }
        if let Some(unknown) =
            host.into_iter().chain(uri.authority().map(|own| own.as_str())).find(|own| !self.contains(own))
        {
            return Err(Failure::new(
                ProblemCode::UnknownHost,
                format!("`{unknown}` is not a host name that this registry knows"),
                "use the registry's address; to allow this name, start the registry with `--host` or `--public-url`",
            ));
        }
        Ok(())
    }
}

/// Rejects a request if two programs, such as a proxy and the registry, could disagree about the end of its body (RFC
/// 9112, section 6.1).
pub(crate) fn check_framing(version: Version, headers: &HeaderMap) -> Result<(), Failure> {
    let Some(coding) = single(headers, &TRANSFER_ENCODING)? else { return Ok(()) };
    if version < Version::HTTP_11 {
        return Err(bad_header("an HTTP/1.0 request must not have the header `Transfer-Encoding`"));
    }
    if !coding.eq_ignore_ascii_case("chunked") {
        return Err(bad_header("the only valid value of `Transfer-Encoding` is `chunked`"));
    }
    Ok(())
}

/// Returns the value of a header that may occur only once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Failure> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad_header(format!("the request has several `{name}` headers")));
    }
    value
        .to_str()
        .map(Some)
        .map_err(|_| bad_header(format!("the header `{name}` has characters that are not ASCII")))
}

/// Returns the value of `Origin` without its scheme. If the value has no scheme, such as `null`, returns the empty
/// string.
pub(super) fn origin(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let origin = single(headers, &ORIGIN)?;
    Ok(origin.map(|origin| origin.split_once("://").map_or("", |(_, authority)| authority)))
}

fn bad_header(detail: impl Into<String>) -> Failure {
    Failure::new(
        ProblemCode::InvalidHeader,
        detail,
        "send each of `Host`, `Origin` and `Transfer-Encoding` at most once, with a valid value",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_another_site_can_own_is_unknown() {
        let config = Config {
            public_url: Some("https://schemas.example.com:8443/x".to_owned()),
            hosts: vec!["Registry.example.com".to_owned()],
            ..Config::default()
        };
        let known = KnownHosts::of(&config);
        for (host, is_known) in [
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("10.1.2.3", true),
            ("[2001:db8::1]:8080", true),
            ("registry:8080", true),
            ("registry.default.svc.cluster.local", true),
            ("build.internal", true),
            ("schemas.example.com", true),
            ("SCHEMAS.example.com.:8443", true),
            ("registry.example.com", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("schemas.example.com.evil.example", false),
            ("", false),
        ] {
            assert_eq!(known.contains(host), is_known, "{host}");
        }
    }
}
