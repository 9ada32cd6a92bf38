use axum::extract::State;
use axum::response::Response;
use evschema_api::Registration;
use evschema_model::Coordinates;

use super::parameters::{Note, exact};
use super::registration::register;
use crate::http::{App, Document, DocumentPath, Failure, Params};
use crate::service::{Actor, VersionChoice};

/// Registers a schema under the version in the path.
///
/// If the version already has this schema, the answer is 200 and nothing changes. So a client can safely send the
/// request again.
#[utoipa::path(
    put,
    path = "/schemas/{subject}/{version}.json",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("version" = String, Path, description = "The version", example = "1.2.0"),
        Note,
    ),
    request_body(content = Object, content_type = "application/schema+json", description = "The schema"),
    responses(
        (status = 200, description = "The version already has this schema", body = Registration),
        (status = 201, description = "The version was registered", body = Registration),
        (status = 409, description = "The version already has a different schema, or the registry rejects the change. After a failed compatibility check, `report` shows what breaks", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 413, description = "The schema is too long", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body is not a valid schema, or the registry cannot resolve a reference in it", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    actor: Actor,
    DocumentPath(path): DocumentPath,
    Params(note): Params<Note>,
    Document(bytes): Document,
) -> Result<Response, Failure> {
    let Coordinates { subject, version } = exact(path)?;
    register(&app, &actor, subject, VersionChoice::Exact(version), note, bytes).await
}
