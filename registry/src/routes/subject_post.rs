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
    /// Who asks; otherwise the name of the token, or `anonymous`.
    #[param(max_length = 128, min_length = 1)]
    author: Option<String>,
    /// What they say about the version.
    #[param(max_length = 1000)]
    message: Option<String>,
    /// Whether a new major version may be registered.
    #[param(inline)]
    allow: Option<Allow>,
}

/// Registers a schema under the next version of the newest line: the smallest step that the change requires.
///
/// The first version of a subject is 1.0.0. The newest line is that of `latest`. A change that breaks it is refused
/// with the report, unless `allow=major` asks for a new major version; the report then shows what breaks.
///
/// Content that any version of the subject has already is no change: the answer is that version. If several have it,
/// the answer is one that is not yanked before one that is, a release before a pre-release, and of those the highest.
/// To register such content once more, such as a pre-release as its release, name the version with `PUT`.
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
        (status = 200, description = "A version has this content already; `state` says if it is deprecated or yanked", body = Registration),
        (status = 201, description = "Registered; `Location` names it", body = Registration),
        (status = 409, description = "The change breaks the newest line and no new major is asked for; the report says what breaks", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not a schema, or a reference is missing", body = evschema_api::Problem, content_type = "application/problem+json"),
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
