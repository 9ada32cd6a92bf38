//! Internationalized host names of RFC 5890 and the addresses of RFC 6531 that use them.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::email::{has_local_part, is_domain, is_email};
use super::hostname::is_hostname;

/// Tells whether a text becomes a host name when its labels are encoded, and may be one.
///
/// Encoding sees to normal form, direction of writing and lengths; what else RFC 5892 rules is seen
/// in the encoded labels, as in any host name.
pub(super) fn is_idn_hostname(text: &str) -> bool {
    let encoded =
        Uts46::new().to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify);
    encoded.is_ok_and(|name| is_hostname(&name))
}

pub(crate) fn is_idn_email(text: &str) -> bool {
    if is_email(text) {
        return true;
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    // The library has no non-ASCII characters in quotes; where they may stand, a letter may.
    let plain: String = local.chars().map(|c| if c.is_ascii() { c } else { 'a' }).collect();
    has_local_part(&plain) && is_domain(domain, is_idn_hostname)
}
