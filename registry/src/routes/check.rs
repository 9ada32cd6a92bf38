use axum::extract::State;
use axum::response::Response;
use evschema_api::ProblemCode;
use evschema_model::Version;
use serde::Deserialize;

use super::parameters::Allow;
use super::responses::json;
use crate::feed::Signature;
use crate::http::{App, Document, Failure, Params, SubjectPath};
use crate::service::{Request, VersionChoice};

/// The parameters of a dry run.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Check {
    /// The version to check. If absent, the registry chooses the version as `POST /schemas/{subject}` does.
    #[param(example = "1.3.0")]
    version: Option<String>,
    /// Whether the next version may be a new major version. If `version` is set, `allow` has no effect.
    #[param(inline)]
    allow: Option<Allow>,
}

/// Checks a schema as a registration does, but stores nothing.
///
/// The answer is the report of the compatibility check, also if the schema is not compatible. Without `version`, the
/// registry chooses the version as `POST /schemas/{subject}` does. If a version of the subject already has this schema,
/// the registry chooses that version, and compares it with no other version.
#[utoipa::path(
    post,
    path = "/schemas/{subject}/check",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject, which does not have to exist", example = "commerce.order.placed"),
        Check,
    ),
    request_body(content = Object, content_type = "application/schema+json", description = "The schema"),
    responses(
        (status = 200, description = "The report", body = Object),
        (status = 409, description = "The version already exists with a different schema", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body is not a valid schema, or the registry cannot resolve a reference in it", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    SubjectPath(subject): SubjectPath,
    Params(check): Params<Check>,
    Document(bytes): Document,
) -> Result<Response, Failure> {
    let version = match check.version.as_deref().map(Version::parse) {
        None => VersionChoice::Next { major: check.allow == Some(Allow::Major) },
        Some(Ok(version)) => VersionChoice::Exact(version),
        Some(Err(error)) => {
            let help = "use an exact version like `1.2.0`, or leave out `version`";
            return Err(Failure::new(ProblemCode::InvalidQuery, error.to_string(), help));
        }
    };
    let request = Request { subject, version, bytes, signature: Signature::default(), message: None };
    Ok(json(&app.registry().check(request).await?))
}
