//! Conditional requests (RFC 9110, section 13).

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use evschema_api::ProblemCode;

use super::encode;
use super::failure::Failure;
use crate::service::Precondition;

/// Returns a strong entity tag.
pub(crate) fn etag(tag: impl std::fmt::Display) -> HeaderValue {
    // Digests and numbers contain only visible ASCII characters.
    HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Returns whether the client already has the answer with this tag, by weak comparison.
pub(crate) fn is_unchanged(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let etag = opaque(etag.to_str().unwrap_or_default());
    tags(headers, &IF_NONE_MATCH)
        .any(|tag| tag == "*" || opaque(tag.strip_prefix("W/").unwrap_or(tag)) == etag)
}

/// Parses the condition for a subject from `If-Match` and `If-None-Match`. The tag of a subject is its revision.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Precondition, Failure> {
    let none: Vec<_> = tags(headers, &IF_NONE_MATCH).collect();
    let some: Vec<_> = tags(headers, &IF_MATCH).collect();
    match (some.as_slice(), none.as_slice()) {
        ([], []) => Ok(Precondition::None),
        ([], ["*"]) => Ok(Precondition::Absent),
        (["*"], []) => Ok(Precondition::Exists),
        // The comparison is strong, so a weak tag matches nothing. A tag that is not a revision matches nothing either.
        ([tag], []) => Ok(revision(tag).map_or(Precondition::Never, Precondition::Revision)),
        // The request requires that the subject has a certain tag, and also that the subject does not exist. No subject
        // satisfies both conditions.
        ([_], ["*"]) => Ok(Precondition::Never),
        _ => Err(Failure::new(
            ProblemCode::InvalidHeader,
            "the registry does not support this combination of `If-Match` and `If-None-Match`",
            "send one `If-Match` with the subject's ETag, or `If-None-Match: *` to create the subject",
        )),
    }
}

fn revision(tag: &str) -> Option<u64> {
    // The tag of a compressed answer ends in a suffix, but it names the same revision.
    opaque(tag)?.parse().ok()
}

/// Returns the text of a tag, without the suffix of compressed answers.
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
    fn tags_of_unchanged_answers() {
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
