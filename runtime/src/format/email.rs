//! Email addresses of RFC 5321.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use email_address::EmailAddress;

use super::hostname::is_hostname;

pub(crate) fn is_email(text: &str) -> bool {
    // The library rejects an empty quoted local part, which the RFC allows.
    if let Some(domain) = text.strip_prefix("\"\"@") {
        return is_email(&format!("\"a\"@{domain}"));
    }
    // The library accepts a name before an address in angle brackets, which the RFC does not allow.
    if text.trim_end().ends_with('>') {
        return false;
    }
    let Ok(address) = EmailAddress::from_str(text) else { return false };
    address.local_part().is_ascii() && is_domain(address.domain(), is_hostname)
}

/// Returns whether a string is a valid local part: the part before the `@`.
#[cfg(feature = "idn")]
pub(super) fn has_local_part(local: &str) -> bool {
    is_email(&format!("{local}@a.a"))
}

/// Returns whether a string is a valid domain: an IP address in brackets, or a host name.
pub(super) fn is_domain(domain: &str, is_hostname: fn(&str) -> bool) -> bool {
    let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return is_hostname(domain);
    };
    match literal.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => address.parse::<Ipv6Addr>().is_ok(),
        Some(_) | None => literal.parse::<Ipv4Addr>().is_ok(),
    }
}
