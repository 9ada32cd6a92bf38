use axum::extract::State;
use axum::response::Response;
use evschema_api::Registration;
use serde::Deserialize;

use super::parameters::{Allow, Note};
use super::registration::register;
use crate::http::{App, Document, Failure, Params, SubjectPath};
use crate::service::{Actor, VersionChoice};

/// The parameters of a registration for which the registry chooses the version.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Next {
    /// The author of the change. If absent, the registry records the name of the token; without a token, `anonymous`.
    #[param(max_length = 128, min_length = 1)]
    author: Option<String>,
    /// A message about the version, for example what changed.
    #[param(max_length = 1000)]
    message: Option<String>,
    /// Whether the next version may be a new major version.
    #[param(inline)]
    allow: Option<Allow>,
}

/// Registers a schema as the next version; the registry chooses the version number.
///
/// A line of versions is all versions with the same major number (for 0.x, with the same minor number). The registry
/// continues the newest line, which is the line of `latest`, with the smallest version number that the change allows.
/// The first version of a subject is 1.0.0. If the change breaks the newest line, the registry rejects the schema, and
/// the report shows what breaks. With `allow=major`, the registry registers this schema as a new major version.
///
/// If a version of the subject already has this schema, the registry registers nothing and returns that version. If
/// several versions have this schema, the registry prefers, in this order: a version that is not yanked, a release, the
/// highest version. To register the same schema under a second version, use `PUT /schemas/{subject}/{version}.json`.
/// For example, 2.0.0 can have the schema of the pre-release 2.0.0-rc.1.
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
        (status = 200, description = "A version already has this schema; `state` shows whether this version is deprecated or yanked", body = Registration),
        (status = 201, description = "The version was registered; `Location` is the path of the schema", body = Registration),
        (status = 409, description = "The change breaks the newest line of versions, and the request has no `allow=major`; `report` shows what breaks", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body is not a valid schema, or the registry cannot resolve a reference in it", body = evschema_api::Problem, content_type = "application/problem+json"),
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
    let version = VersionChoice::Next { major: allow == Some(Allow::Major) };
    register(&app, &actor, subject, version, Note { author, message }, bytes).await
}
