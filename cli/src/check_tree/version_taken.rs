use std::sync::Arc;

use evschema_compat as compat;
use evschema_model::{Bump, Coordinates, Schema, Version};

use super::history::history;
use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::finding::Finding;
use crate::project::{OwnSchema, Project, Schemas};
use crate::rename::{Renumber, with_version};

/// Returns the finding for a new version whose number the baseline has already given to a different version, and the
/// next number for the new version.
pub(super) fn check(
    project: &Project,
    own: &OwnSchema,
    schemas: &Schemas,
    baseline: &Baseline,
    waivers: &compat::Waivers,
) -> Result<(Finding, Renumber), Failure> {
    let at = own.schema.at();
    let next = next_free(at, schemas, baseline);
    let to = required_version(&next, project, own, schemas, baseline, waivers)?.unwrap_or(next.version);
    let message = format!("{at} is new in this tree, but {} already has a different {at}", baseline.name);
    let finding = Finding::error("version-taken", message, own.source().whole())
        .help(format!("run this check again with `--fix`, to rename the new version to {to}"));
    Ok((finding, Renumber { at: at.clone(), to }))
}

/// Returns the number that the version requires after the versions of the baseline; `None` if a necessary file is not
/// valid.
fn required_version(
    next: &Coordinates,
    project: &Project,
    own: &OwnSchema,
    schemas: &Schemas,
    baseline: &Baseline,
    waivers: &compat::Waivers,
) -> Result<Option<Version>, Failure> {
    let text = with_version(&own.schema, &next.version);
    let Ok(schema) = Schema::read(next.clone(), text.as_bytes(), &project.manifest.dialects()) else {
        return Ok(None);
    };
    let Ok(candidate) = schemas.catalog.resolve(&Arc::new(schema)) else { return Ok(None) };
    let Some(history) = history(project, next, schemas, Some(baseline))? else { return Ok(None) };
    let settings = project.settings(&next.subject)?;
    Ok(Some(compat::check(&candidate, &history, &settings, waivers).required_version))
}

/// Returns the next version that neither the tree nor the baseline has.
fn next_free(at: &Coordinates, schemas: &Schemas, baseline: &Baseline) -> Coordinates {
    let mut numbers = at.version.next(Bump::Patch);
    loop {
        let next = Coordinates { subject: at.subject.clone(), version: numbers.tagged_like(&at.version) };
        let is_taken = next == *at || schemas.source(&next).is_some() || baseline.find(&next).is_some();
        if !is_taken {
            return next;
        }
        // If the number is a pre-release, the next number is its release. After a release, the patch number increases.
        numbers = numbers.next(Bump::Patch);
    }
}
