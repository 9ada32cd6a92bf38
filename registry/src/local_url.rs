//! Recognizes URLs and host names that always mean the local machine.

use std::net::IpAddr;

/// Returns whether the URL names the machine that uses it.
pub(crate) fn is_local_url(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next();
    authority.is_some_and(is_local_authority)
}

/// Returns whether `host` or `host:port` names the machine that uses it: a loopback address or `localhost` (RFC 6761,
/// section 6.3). No other machine can own such a name.
pub(crate) fn is_local_authority(authority: &str) -> bool {
    let name = without_port(authority).trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns `host` of `host` or `host:port`.
pub(crate) fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) | None => authority,
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
