//! By which names a registry is reached. A page of another site can have its own name lead to a registry (DNS
//! rebinding) and is then, to the browser, of the registry's site. But the name that it sends is still its own.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, Uri, Version};
use evschema_api::ProblemCode;

use super::Failure;
use crate::Config;
use crate::config::is_local_authority;

/// Ends of names that nobody can own in the public DNS (RFC 6761, RFC 6762, RFC 8375 and ICANN's reserved `internal`).
const PRIVATE: [&str; 6] = [".local", ".localhost", ".internal", ".test", ".home.arpa", ".cluster.local"];

/// The names by which a registry is reached.
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

    /// Tells whether a name cannot be that of another site: an address, a name that nobody can own, or one that the
    /// configuration gives.
    fn knows(&self, authority: &str) -> bool {
        let host = without_port(authority).trim_end_matches('.').to_ascii_lowercase();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        is_local_authority(authority)
            || address.parse::<IpAddr>().is_ok()
            || (!host.is_empty() && !host.contains('.'))
            || PRIVATE.iter().any(|end| host.ends_with(end))
            || self.0.contains(&host)
    }

    /// Refuses what names another host, or leaves open which it names.
    pub(crate) fn check(&self, version: Version, uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
        let host = only(headers, &HOST)?;
        if host.is_none() && version == Version::HTTP_11 {
            return Err(bad("the header `Host` is missing, but HTTP/1.1 requires it"));
        }
        if let Some(unknown) =
            host.into_iter().chain(uri.authority().map(|own| own.as_str())).find(|own| !self.knows(own))
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

/// Refuses bodies whose end two programs could see in two places (RFC 9112, section 6.1).
pub(crate) fn check_framing(version: Version, headers: &HeaderMap) -> Result<(), Failure> {
    let Some(coding) = only(headers, &TRANSFER_ENCODING)? else { return Ok(()) };
    if version < Version::HTTP_11 {
        return Err(bad("an HTTP/1.0 request must not have the header `Transfer-Encoding`"));
    }
    if !coding.eq_ignore_ascii_case("chunked") {
        return Err(bad("the only valid value of `Transfer-Encoding` is `chunked`"));
    }
    Ok(())
}

/// Returns the one value of a header.
pub(super) fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Failure> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad(format!("the request has several `{name}` headers")));
    }
    value
        .to_str()
        .map(Some)
        .map_err(|_| bad(format!("the header `{name}` has characters that are not ASCII")))
}

/// Returns the one `Origin`, without its scheme; the empty text for one that has none, such as `null`.
pub(super) fn origin(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let origin = only(headers, &ORIGIN)?;
    Ok(origin.map(|origin| origin.split_once("://").map_or("", |(_, authority)| authority)))
}

fn bad(detail: impl Into<String>) -> Failure {
    Failure::new(
        ProblemCode::InvalidHeader,
        detail,
        "send each of `Host`, `Origin` and `Transfer-Encoding` at most once, with a valid value",
    )
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) | None => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_another_site_could_have_are_unknown() {
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
            assert_eq!(known.knows(host), is_known, "{host}");
        }
    }
}
