use std::sync::Arc;

use evschema_compat as compat;
use evschema_model::{Bump, Coordinates, Schema, Version};

use super::{Comparison, Renumber, find, history};
use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::finding::Finding;
use crate::project::{OwnSchema, Project, Schemas};
use crate::rename::with_version;

/// Reports a new version whose number the baseline gave to another one in the meantime, with the number that is
/// next for it.
pub(super) fn compare_taken(
    project: &Project,
    own: &OwnSchema,
    schemas: &Schemas,
    baseline: &Baseline,
    waivers: &compat::Waivers,
    comparison: &mut Comparison,
) -> Result<(), Failure> {
    let at = own.schema.at();
    let next = next_free(at, schemas, baseline);
    let to = compare_as(&next, project, own, schemas, baseline, waivers)?.unwrap_or(next.version);
    let message = format!("{at} is new in this tree, but {} already has a different {at}", baseline.name);
    comparison.findings.push(
        Finding::error("version-taken", message, own.source().whole())
            .help(format!("run this check again with `--fix`, to rename the new version to {to}")),
    );
    comparison.renumber.push(Renumber { at: at.clone(), to });
    Ok(())
}

/// Returns the number that the version needs if it comes after the baseline's.
fn compare_as(
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

/// Returns the first version after this one that neither the tree nor the baseline has.
fn next_free(at: &Coordinates, schemas: &Schemas, baseline: &Baseline) -> Coordinates {
    let mut numbers = at.version.next(Bump::Patch);
    loop {
        let next = Coordinates { subject: at.subject.clone(), version: numbers.tagged_like(&at.version) };
        let is_taken =
            next == *at || schemas.source(&next).is_some() || find(&baseline.catalog, &next).is_some();
        if !is_taken {
            return next;
        }
        // The step after a pre-release is its release; the one after that counts on.
        numbers = numbers.next(Bump::Patch);
    }
}
