use axum::extract::State;
use evschema_api::ProblemCode;

use crate::http::{App, Failure, NoParams};
use crate::limits;
use crate::service::Refusal;

/// Answers 200 if the registry can serve requests: the database answers and is not full.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "The registry is ready", body = String),
        (status = 507, description = "The database is full", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get(State(app): State<App>, _: NoParams) -> Result<&'static str, Failure> {
    let ready = async {
        app.registry().ready().await?;
        // If the database was full, only a successful write shows that it has free space again.
        if app.is_full() {
            app.registry().probe_write().await?;
            app.set_full(false);
        }
        Ok(())
    };
    match tokio::time::timeout(limits::READY_TIMEOUT, ready).await {
        Ok(answered) => answered.map(|()| "ready\n").map_err(|refusal: Refusal| Failure::from(refusal)),
        Err(_) => Err(Failure::new(
            ProblemCode::StoreUnavailable,
            format!("the database did not answer within {} seconds", limits::READY_TIMEOUT.as_secs()),
            "check the database; until it works again, the registry still serves cached versions",
        )),
    }
}
