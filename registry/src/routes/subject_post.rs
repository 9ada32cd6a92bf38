use axum::extract::State;
use axum::response::Response;
use evschema_api::Registration;
use serde::Deserialize;

use super::Allow;
use super::document_put::answer;
use crate::app::App;
use crate::http::{Document, Failure, Params, SubjectPath};
use crate::service::{Actor, Choice, Request};

/// Parameters of a registration whose version the registry chooses.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Next {
    /// The author of the change; if absent, the name of the token, or `anonymous`.
    #[param(max_length = 128, min_length = 1)]
    author: Option<String>,
    /// A message about the version.
    #[param(max_length = 1000)]
    message: Option<String>,
    /// Whether the next version may be a new major version.
    #[param(inline)]
    allow: Option<Allow>,
}

/// Registers a schema as the next version of the newest line, with the bump that the change requires.
///
/// The first version of a subject is 1.0.0. The newest line is the line of `latest`. If a change breaks this line, the
/// registry rejects it, and the report shows what breaks. With `allow=major`, the registry registers it as a new major
/// version instead.
///
/// If a version of the subject already has this schema, the registry registers nothing and returns that version. If
/// several versions have it, the registry prefers a version that is not yanked, then a release, then the highest one.
/// To register such a schema again, for example a pre-release as its release, name the version with `PUT`.
#[utoipa::path(
    post,
    path = "/schemas/{subject}",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        Next,
    ),
    request_body(content = Object, content_type = "application/schema+json", description = "The schema"),
    responses(
        (status = 200, description = "A version already has this schema; `state` shows if it is deprecated or yanked", body = Registration),
        (status = 201, description = "Registered; `Location` is the path of the schema", body = Registration),
        (status = 409, description = "The change breaks the newest line, and `allow=major` is missing; `report` shows what breaks", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not a valid schema, or an unresolved reference", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    actor: Actor,
    SubjectPath(subject): SubjectPath,
    Params(next): Params<Next>,
    Document(bytes): Document,
) -> Result<Response, Failure> {
    let Next { author, message, allow } = next;
    let version = Choice::Next { major: allow == Some(Allow::Major) };
    let request = Request { subject, version, bytes, signature: actor.sign(author), message };
    answer(&app, app.registry().register(request).await)
}
