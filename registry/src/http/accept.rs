use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use evschema_api::ProblemCode;

use super::failure::Failure;

/// The media ranges of a request's `Accept` header (RFC 9110, section 12.5.1).
#[derive(Debug, Clone, Default)]
pub(crate) struct Accept(Vec<Range>);

#[derive(Debug, Clone)]
struct Range {
    kind: String,
    subtype: String,
    /// The quality of the range (the parameter `q`), in thousandths.
    quality: u16,
}

/// The form of the answer that a client prefers, on a route that answers with JSON or with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// JSON, for programs.
    Json,
    /// A page, for people.
    Page,
}

impl Accept {
    /// Parses the header. A range that is not valid accepts nothing.
    pub(crate) fn parse(header: &str) -> Self {
        Self(header.split(',').filter_map(Range::parse).collect())
    }

    pub(crate) fn of(parts: &Parts) -> Self {
        let mut ranges = Vec::new();
        for header in parts.headers.get_all(ACCEPT) {
            ranges.extend(Self::parse(header.to_str().unwrap_or_default()).0);
        }
        Self(ranges)
    }

    /// Returns the offered media type with the highest quality. If several have this quality, returns the first of
    /// them.
    pub(crate) fn best<'o>(&self, offered: &[&'o str]) -> Option<&'o str> {
        if self.0.is_empty() {
            return offered.first().copied();
        }
        let mut best = None;
        for offer in offered {
            let quality = self.quality(offer);
            if 0 < quality && best.is_none_or(|(_, highest)| highest < quality) {
                best = Some((*offer, quality));
            }
        }
        best.map(|(offer, _)| offer)
    }

    /// Like [`best`](Self::best), but returns an error if the client accepts none of the media types.
    pub(crate) fn require<'o>(&self, offered: &[&'o str]) -> Result<&'o str, Failure> {
        self.best(offered).ok_or_else(|| {
            Failure::new(
                ProblemCode::NotAcceptable,
                format!(
                    "the header `Accept` allows none of the possible media types of the answer: {}",
                    offered.join(", ")
                ),
                "send one of these media types in `Accept`, or leave out the header",
            )
        })
    }

    /// Returns the quality of the most specific range that matches.
    fn quality(&self, offer: &str) -> u16 {
        let (kind, subtype) = offer.split_once('/').unwrap_or((offer, ""));
        let matching = self.0.iter().filter_map(|range| {
            let specific = match (range.kind.as_str(), range.subtype.as_str()) {
                (k, s) if k == kind && s == subtype => 2,
                (k, "*") if k == kind => 1,
                ("*", "*") => 0,
                _ => return None,
            };
            Some((specific, range.quality))
        });
        matching.max().map_or(0, |(_, quality)| quality)
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let quality = match quality {
            None => 1000,
            Some(text) => text.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).map(thousandths)?,
        };
        Some(Self { kind: kind.to_ascii_lowercase(), subtype: subtype.to_ascii_lowercase(), quality })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the quality is between zero and one"
)]
fn thousandths(quality: f32) -> u16 {
    (quality * 1000.0).round() as u16
}

impl<S: Sync> FromRequestParts<S> for Accept {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let best = Accept::of(parts).require(&["application/json", "text/html"])?;
        Ok(if best == "text/html" { Self::Page } else { Self::Json })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_offer() {
        let both = ["application/json", "text/html"];
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (header, best) in [
            (browser, Some("text/html")),
            ("*/*", Some("application/json")),
            ("application/json", Some("application/json")),
            ("text/*", Some("text/html")),
            ("text/html;q=0.5, application/json;q=0.6", Some("application/json")),
            ("application/*;q=0, */*", Some("text/html")),
            ("text/html;level=1", Some("text/html")),
            ("image/png", None),
            ("application/json;q=0", None),
            ("nonsense", Some("application/json")),
            ("application/json;q=7", Some("application/json")),
        ] {
            assert_eq!(Accept::parse(header).best(&both), best, "{header}");
        }
    }
}
