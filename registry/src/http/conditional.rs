//! Conditional requests (RFC 9110, section 13).

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use evschema_api::ProblemCode;

use super::{Failure, encode};
use crate::service::Precondition;

/// Returns a strong entity tag.
pub(crate) fn etag(tag: impl std::fmt::Display) -> HeaderValue {
    // Digests and numbers are visible ASCII.
    HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Tells whether the client has what carries this tag: the comparison is the weak one.
pub(crate) fn is_unchanged(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let etag = opaque(etag.to_str().unwrap_or_default());
    tags(headers, &IF_NONE_MATCH)
        .any(|tag| tag == "*" || opaque(tag.strip_prefix("W/").unwrap_or(tag)) == etag)
}

/// Returns what `If-Match` and `If-None-Match` demand of a subject, whose tag is its revision.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Precondition, Failure> {
    let none: Vec<_> = tags(headers, &IF_NONE_MATCH).collect();
    let some: Vec<_> = tags(headers, &IF_MATCH).collect();
    match (some.as_slice(), none.as_slice()) {
        ([], []) => Ok(Precondition::None),
        ([], ["*"]) => Ok(Precondition::Absent),
        (["*"], []) => Ok(Precondition::Exists),
        // A weak tag, or one that is no revision, matches nothing: the comparison is the strong one.
        ([tag], []) => Ok(revision(tag).map_or(Precondition::Never, Precondition::Revision)),
        // What must exist with a tag must not be absent as well.
        ([_], ["*"]) => Ok(Precondition::Never),
        _ => Err(Failure::new(
            ProblemCode::InvalidHeader,
            "the registry does not support this combination of `If-Match` and `If-None-Match`",
            "send one `If-Match` with the subject's ETag, or `If-None-Match: *` to create the subject",
        )),
    }
}

fn revision(tag: &str) -> Option<u64> {
    // Who has read a compressed answer has seen the same revision.
    opaque(tag)?.parse().ok()
}

/// Returns what a tag says, whether or not its answer was compressed.
fn opaque(tag: &str) -> Option<&str> {
    let text = tag.strip_prefix('"')?.strip_suffix('"')?;
    Some(text.strip_suffix(encode::SUFFIX).unwrap_or(text))
}

fn tags<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name).into_iter();
    values
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn preconditions() {
        for (pairs, expected) in [
            (&[][..], Some(Precondition::None)),
            (&[(IF_MATCH, "\"12\"")], Some(Precondition::Revision(12))),
            (&[(IF_MATCH, "\"12-gzip\"")], Some(Precondition::Revision(12))),
            (&[(IF_MATCH, "*")], Some(Precondition::Exists)),
            (&[(IF_MATCH, "W/\"12\"")], Some(Precondition::Never)),
            (&[(IF_MATCH, "12")], Some(Precondition::Never)),
            (&[(IF_NONE_MATCH, "*")], Some(Precondition::Absent)),
            (&[(IF_NONE_MATCH, "\"12\"")], None),
            (&[(IF_MATCH, "\"1\", \"2\"")], None),
            (&[(IF_MATCH, "*"), (IF_NONE_MATCH, "*")], Some(Precondition::Never)),
        ] {
            assert_eq!(if_match(&headers(pairs)).ok(), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_client_that_has_it() {
        let tag = etag("sha256:ab");
        for (sent, unchanged) in [
            ("\"sha256:ab\"", true),
            ("W/\"sha256:ab\"", true),
            ("\"x\", \"sha256:ab\"", true),
            ("*", true),
            ("\"sha256:ab-gzip\"", true),
            ("sha256:ab", false),
            ("\"sha256:abc\"", false),
        ] {
            assert_eq!(is_unchanged(&headers(&[(IF_NONE_MATCH, sent)]), &tag), unchanged, "{sent}");
        }
    }
}
