//! Internationalized host names of RFC 5890, and email addresses of RFC 6531, which use them.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::email::{has_local_part, is_domain, is_email};
use super::hostname::is_hostname;

/// Returns whether a string becomes a valid host name when its labels are encoded.
///
/// The encoding checks the normal form, the writing direction and the lengths. The check of the encoded labels covers
/// the other rules of RFC 5892.
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
    // The library rejects non-ASCII characters in quotes. They are allowed wherever a letter is.
    let plain: String = local.chars().map(|c| if c.is_ascii() { c } else { 'a' }).collect();
    has_local_part(&plain) && is_domain(domain, is_idn_hostname)
}
