//! The versions that a candidate is compared with.

use std::sync::Arc;

use evschema_compat as compat;
use evschema_model::{Coordinates, Resolved, Schema};

use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::finding::Finding;
use crate::project::{Project, Schemas};

/// Returns the versions to compare a new version with; `None` if one of them is not valid.
pub(super) fn history(
    project: &Project,
    at: &Coordinates,
    schemas: &Schemas,
    baseline: Option<&Baseline>,
) -> Result<Option<Vec<compat::Baseline>>, Failure> {
    let file = project.subject_file(&at.subject)?;
    let mut history = Vec::new();
    for other in schemas.catalog.versions(&at.subject) {
        let is_new = baseline.is_none_or(|b| b.find(other.at()).is_none());
        // The loop skips newer versions of the same line, because the check of each of them compares it with this
        // version. It keeps newer versions of later lines, because they affect the number that the change requires.
        let (theirs, ours) = (&other.at().version, &at.version);
        if !is_new || theirs == ours || (ours < theirs && theirs.line() == ours.line()) {
            continue;
        }
        let Ok(resolved) = schemas.catalog.resolve(other) else { return Ok(None) };
        history.push(compat::Baseline { resolved, standing: file.standing(&other.at().version) });
    }
    if let Some(baseline) = baseline {
        for published in baseline.catalog.versions(&at.subject) {
            let resolved = resolve_published(baseline, published)?;
            let standing = baseline.standing(published.at());
            history.push(compat::Baseline { resolved, standing });
        }
    }
    Ok(Some(history))
}

fn resolve_published(baseline: &Baseline, published: &Arc<Schema>) -> Result<Resolved, Failure> {
    baseline.catalog.resolve(published).map_err(|diagnostics| {
        let file = baseline.files.get(published.at()).cloned().unwrap_or_default();
        let text: Arc<str> = published.document().text().into();
        let places = diagnostics
            .into_iter()
            .map(|d| {
                Finding::from_diagnostic(d, format!("{}: {file}", baseline.name), Some(Arc::clone(&text)))
            })
            .collect();
        Failure::new(format!("{} of {} refers to a missing document", published.at(), baseline.name))
            .help("correct the reference in the baseline, or compare with another baseline")
            .places(places)
    })
}
