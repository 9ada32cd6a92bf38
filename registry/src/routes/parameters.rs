use evschema_api::ProblemCode;
use evschema_model::{Coordinates, Subject};
use serde::Deserialize;

use crate::http::{App, Failure, VersionPath};
use crate::limits::{PAGE_DEFAULT, PAGE_MAX};
use crate::service::Selection;

/// The parameters of a registration: author and message.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Note {
    /// The author of the change. If absent, the registry records the name of the token; without a token, `anonymous`.
    #[param(max_length = 128, min_length = 1)]
    pub(crate) author: Option<String>,
    /// A message about the version, for example what changed.
    #[param(max_length = 1000)]
    pub(crate) message: Option<String>,
}

/// The parameter of every other change: the author.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Author {
    /// The author of the change. If absent, the registry records the name of the token; without a token, `anonymous`.
    #[param(max_length = 128, min_length = 1)]
    pub(crate) author: Option<String>,
}

/// `major`: if the change breaks the newest line of versions, the registry begins a new line with the next major
/// version (for 0.x, the next minor version).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Allow {
    /// Begin a new line of versions if the change breaks the newest line.
    Major,
}

/// Returns the version in the path, for a request that accepts only exact versions.
pub(super) fn exact(path: VersionPath) -> Result<Coordinates, Failure> {
    match path.selection {
        Selection::Exact(version) => Ok(Coordinates { subject: path.subject, version }),
        Selection::Latest | Selection::Range(_) => Err(Failure::new(
            ProblemCode::InvalidVersion,
            format!("`{}` does not name one exact version", path.selection),
            "use an exact version like `1.2.0`; a request that changes something cannot use `latest` or a range",
        )),
    }
}

/// Returns the version that the path selects.
pub(super) async fn selected(
    app: &App,
    subject: Subject,
    selection: Selection,
) -> Result<Coordinates, Failure> {
    let version = match selection {
        Selection::Exact(version) => version,
        other @ (Selection::Latest | Selection::Range(_)) => app.registry().select(&subject, &other).await?,
    };
    Ok(Coordinates { subject, version })
}

/// Returns the maximum number of entries on a page.
pub(super) fn page_limit(requested: Option<u32>) -> Result<u32, Failure> {
    match requested {
        None => Ok(PAGE_DEFAULT),
        Some(limit) if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
        Some(limit) => Err(Failure::new(
            ProblemCode::InvalidQuery,
            format!("`limit` is {limit}, but must be from 1 to {PAGE_MAX}"),
            "correct `limit`; to get the next page, send the `next` of the answer as `after`",
        )),
    }
}
