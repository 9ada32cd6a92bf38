//! The answer to a validation of many events. The registry sends the answer while it validates. So if the client
//! disconnects, the registry notices this and stops the validation.

use std::convert::Infallible;
use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;

use crate::service::Lines;

/// The state of an answer.
struct Answer {
    lines: Lines,
    checked: u32,
    refused: u32,
    listed: u32,
    unchecked_from: Option<u32>,
    is_begun: bool,
    is_ended: bool,
}

/// Answers with a [`Validation`](evschema_api::Validation). Its first field is `refused`, because the other fields are
/// unknown until the validation ends.
pub(crate) fn stream_validation(lines: Lines) -> Response {
    let answer = Answer {
        lines,
        checked: 0,
        refused: 0,
        listed: 0,
        unchecked_from: None,
        is_begun: false,
        is_ended: false,
    };
    let pieces = unfold(answer, async |mut answer| {
        let piece = answer.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(piece)), answer))
    });
    ([(CONTENT_TYPE, "application/json")], Body::from_stream(pieces)).into_response()
}

impl Answer {
    async fn next(&mut self) -> Option<String> {
        if self.is_ended {
            return None;
        }
        let mut piece = String::new();
        if !std::mem::replace(&mut self.is_begun, true) {
            piece.push_str("{\"refused\":[");
        }
        let slice = match self.lines.next_slice().await {
            Ok(slice) => slice,
            Err(refusal) => {
                tracing::warn!(%refusal, "the registry stopped the validation of a request before the last event");
                self.unchecked_from = Some(self.lines.number());
                None
            }
        };
        if let Some(slice) = slice {
            for verdict in &slice.listed {
                if 0 < self.listed {
                    piece.push(',');
                }
                self.listed += 1;
                // A verdict contains only strings and numbers, which always have a JSON form.
                piece.push_str(&serde_json::to_string(verdict).unwrap_or_default());
            }
            self.checked = self.checked.saturating_add(slice.checked);
            self.refused = self.refused.saturating_add(slice.refused);
            self.unchecked_from = self.unchecked_from.or(slice.unchecked_from);
            return Some(piece);
        }
        self.is_ended = true;
        let is_valid = self.refused == 0 && self.unchecked_from.is_none();
        let _ = write!(piece, "],\"checked\":{},\"valid\":{is_valid}", self.checked);
        if let Some(line) = self.unchecked_from {
            let _ = write!(piece, ",\"unchecked_from\":{line}");
        }
        piece.push('}');
        Some(piece)
    }
}
