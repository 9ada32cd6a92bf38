use serde::de::DeserializeOwned;

use super::error::ClientError;
use crate::media_types::PROBLEM_MEDIA_TYPE;
use crate::problem::Problem;

/// The maximum length of an answer, in bytes. The longest answers are pages of the feed, and reports with their
/// witnesses.
const ANSWER_BYTES_MAX: u64 = 64 << 20;
/// If an answer is unexpected, the error shows at most this number of characters of the answer.
const EXCERPT_CHARS_MAX: usize = 200;

/// A successful answer of the registry, or a redirect.
#[derive(Debug)]
pub(super) struct Answer {
    url: String,
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn read(
        url: &str,
        result: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Self, ClientError> {
        let unreachable =
            |error: ureq::Error| ClientError::Unreachable { url: url.to_owned(), why: error.to_string() };
        let mut response = result.map_err(unreachable)?;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let (location, media_type) = (header("location"), header("content-type"));
        let status = response.status().as_u16();
        let body =
            response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(unreachable)?;
        let answer = Self { url: url.to_owned(), status, location, body };
        match status {
            200..400 => Ok(answer),
            _ if media_type.is_some_and(|media_type| media_type.starts_with(PROBLEM_MEDIA_TYPE)) => {
                Err(ClientError::Problem(Box::new(answer.json::<Problem>()?)))
            }
            _ => Err(answer.unexpected("an evschema registry does not answer like this".to_owned())),
        }
    }

    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(|error| self.unexpected(error.to_string()))
    }

    pub(super) fn unexpected(&self, why: String) -> ClientError {
        let text = String::from_utf8_lossy(&self.body);
        ClientError::Unexpected {
            url: self.url.clone(),
            status: self.status,
            why,
            excerpt: text.chars().take(EXCERPT_CHARS_MAX).collect(),
        }
    }
}
