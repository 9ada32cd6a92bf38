use axum::extract::State;
use evschema_api::ProblemCode;

use crate::app::App;
use crate::http::{Failure, NoParams};
use crate::limits;

/// Tells whether the registry can serve: whether its database answers.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "It can", body = String),
        (status = 503, description = "The database does not answer", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get(State(app): State<App>, _: NoParams) -> Result<&'static str, Failure> {
    match tokio::time::timeout(limits::READY_TIMEOUT, app.registry().ready()).await {
        Ok(answered) => answered.map(|()| "ready\n").map_err(Failure::from),
        Err(_) => Err(Failure::new(
            ProblemCode::StoreUnavailable,
            format!("the database did not answer within {} seconds", limits::READY_TIMEOUT.as_secs()),
            "look after the database; reads of cached versions go on meanwhile",
        )),
    }
}
