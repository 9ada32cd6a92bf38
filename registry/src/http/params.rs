use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use evschema_api::ProblemCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// The query of a request. An unknown, repeated or malformed parameter is an error.
///
/// INVARIANT: `T` has the attribute `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub(crate) struct Params<T>(pub(crate) T);

/// The query of a request without parameters.
pub(crate) type NoParams = Params<Nothing>;

/// A struct without fields, for a query without parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let refused = |why: String| {
            let detail = format!("the query is not valid: {why}");
            Failure::new(
                ProblemCode::InvalidQuery,
                detail,
                "see /openapi.json for the query parameters of this path",
            )
        };
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(refused("the query contains the character U+0000".to_owned()));
        }
        Query::<T>::try_from_uri(&parts.uri).map(|Query(params)| Self(params)).map_err(|rejection| {
            refused(rejection.body_text().replace("Failed to deserialize query string: ", ""))
        })
    }
}
