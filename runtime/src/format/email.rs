//! Addresses of RFC 5321.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use email_address::EmailAddress;

use super::hostname::is_hostname;

pub(crate) fn is_email(text: &str) -> bool {
    // The library refuses an empty quoted local part, which the RFC allows.
    if let Some(domain) = text.strip_prefix("\"\"@") {
        return is_email(&format!("\"a\"@{domain}"));
    }
    // With a name before it, the address stands between `<` and `>`: that is no address of the RFC.
    if text.trim_end().ends_with('>') {
        return false;
    }
    let Ok(address) = EmailAddress::from_str(text) else { return false };
    address.local_part().is_ascii() && is_domain(address.domain(), is_hostname)
}

/// Tells whether a text may stand before the `@`.
#[cfg(feature = "idn")]
pub(super) fn has_local_part(local: &str) -> bool {
    is_email(&format!("{local}@a.a"))
}

/// Tells whether a text may stand behind the `@`: an address in brackets, or such a host name.
pub(super) fn is_domain(domain: &str, is_hostname: fn(&str) -> bool) -> bool {
    let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return is_hostname(domain);
    };
    match literal.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => address.parse::<Ipv6Addr>().is_ok(),
        Some(_) | None => literal.parse::<Ipv4Addr>().is_ok(),
    }
}
