use axum::extract::State;
use axum::response::Response;
use evschema_api::{ProblemCode, SubjectPage};
use serde::Deserialize;

use super::parameters::page_limit;
use super::responses::{json, page};
use crate::http::{App, Failure, Params, Wants};
use crate::limits;

/// The parameters of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct List {
    /// The words to search for. A subject matches if each search word is the beginning of a word in its name, its
    /// description, or the title, description or properties of its latest schema. For example, the search `order id`
    /// finds the property `orderId`.
    #[param(max_length = 200)]
    search: Option<String>,
    /// The name of the subject after which the page begins, such as the `next` of the previous page.
    after: Option<String>,
    /// The maximum number of subjects on a page; 100 if absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Lists subjects in order of their names.
#[utoipa::path(
    get,
    path = "/schemas",
    tag = "subjects",
    params(List),
    responses(
        (status = 200, description = "A page of subjects", body = SubjectPage),
        (status = 400, description = "An invalid parameter", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    wants: Wants,
    Params(list): Params<List>,
) -> Result<Response, Failure> {
    let limit = page_limit(list.limit)?;
    let search = list.search.unwrap_or_default();
    if limits::SEARCH_CHARS_MAX < search.chars().count() {
        return Err(Failure::new(
            ProblemCode::InvalidQuery,
            format!("`search` is longer than {} characters", limits::SEARCH_CHARS_MAX),
            "search for fewer words",
        ));
    }
    let found = app.registry().subjects(Some(&search), list.after, limit).await?;
    Ok(match wants {
        Wants::Json => json(&found),
        Wants::Page => page(app.pages().subjects(found, &search, limit)),
    })
}
