//! Holds every new or changed version of a tree against what is published.

mod taken;

use std::sync::Arc;

use evschema_compat as compat;
use evschema_model::{Catalog, Coordinates, Pointer, Resolved, Schema, Version};
use serde_json::Value;

use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::finding::{Finding, Place, Source};
use crate::project::{OwnSchema, Project, Schemas};
use crate::verdict;
use crate::waivers::Waivers;

/// What came of comparing a tree.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Everything found, file by file.
    pub(crate) findings: Vec<Finding>,
    /// The engine's report of every version compared.
    pub(crate) reports: Vec<compat::Report>,
    /// New versions that need another number.
    pub(crate) renumber: Vec<Renumber>,
    /// New versions that were left out, because they or what they stand on cannot be read.
    pub(crate) left_out: usize,
}

/// A new version that needs another number.
#[derive(Debug, Clone)]
pub(crate) struct Renumber {
    /// The version as it is.
    pub(crate) at: Coordinates,
    /// The number that it needs.
    pub(crate) to: Version,
}

/// Compares the new versions of a tree with the baseline, or else with the tree's own older ones.
pub(crate) fn compare(
    project: &Project,
    schemas: &Schemas,
    baseline: Option<&Baseline>,
    waivers: &Waivers,
) -> Result<Comparison, Failure> {
    let mut comparison = Comparison::default();
    let waivers = &waivers.to_compat();
    for own in &schemas.own {
        let published = baseline.and_then(|b| find(&b.catalog, own.schema.at()));
        match published {
            Some(published) if published.digest() == own.schema.digest() => {}
            Some(_) if baseline.is_some_and(|b| b.taken.contains(own.schema.at())) => {
                if let Some(baseline) = baseline {
                    taken::compare_taken(project, own, schemas, baseline, waivers, &mut comparison)?;
                }
            }
            Some(published) => {
                let changed = version_changed(project, own, published, schemas, baseline)?;
                comparison.findings.push(changed);
            }
            None => compare_new(project, own, schemas, baseline, waivers, &mut comparison)?,
        }
    }
    if let Some(baseline) = baseline {
        comparison.findings.extend(baseline.removed.iter().map(|at| version_removed(baseline, at)));
    }
    Ok(comparison)
}

fn compare_new(
    project: &Project,
    own: &OwnSchema,
    schemas: &Schemas,
    baseline: Option<&Baseline>,
    waivers: &compat::Waivers,
    comparison: &mut Comparison,
) -> Result<(), Failure> {
    // What is wrong with the files themselves is a finding already.
    let Ok(candidate) = schemas.catalog.resolve(&own.schema) else {
        comparison.left_out += 1;
        return Ok(());
    };
    let Some(history) = history(project, own.schema.at(), schemas, baseline)? else {
        comparison.left_out += 1;
        return Ok(());
    };
    let settings = project.settings(&own.schema.at().subject)?;
    let mut waivers = waivers.clone();
    let versions = schemas.catalog.versions(&own.schema.at().subject);
    waivers.name_versions(versions.map(|other| other.at().version.clone()));
    let report = compat::check(&candidate, &history, &settings, &waivers);
    add_findings(&report, own, schemas, baseline, comparison);
    comparison.reports.push(report);
    Ok(())
}

/// Returns the versions that a new version is compared with; `None` if one of them cannot be read.
fn history(
    project: &Project,
    at: &Coordinates,
    schemas: &Schemas,
    baseline: Option<&Baseline>,
) -> Result<Option<Vec<compat::Baseline>>, Failure> {
    let file = project.subject_file(&at.subject)?;
    let mut history = Vec::new();
    for other in schemas.catalog.versions(&at.subject) {
        let is_new = baseline.is_none_or(|b| find(&b.catalog, other.at()).is_none());
        // Of the newer ones, those of later lines count for the number that a change requires, and
        // those of the same line are compared when it is their turn.
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

/// Adds what the engine found, and what its answer means beyond its findings.
fn add_findings(
    report: &compat::Report,
    own: &OwnSchema,
    schemas: &Schemas,
    baseline: Option<&Baseline>,
    comparison: &mut Comparison,
) {
    comparison.findings.extend(verdict::findings(report, &own.source(), &|version| {
        let at = Coordinates { subject: report.subject.clone(), version: version.clone() };
        reference(&at, schemas, baseline)
    }));
    if report.required_version != report.version {
        let (at, to) = (own.schema.at().clone(), report.required_version.clone());
        comparison.renumber.push(Renumber { at, to });
    }
}

/// Returns the finding for a published version whose content is another one now.
fn version_changed(
    project: &Project,
    own: &OwnSchema,
    published: &Arc<Schema>,
    schemas: &Schemas,
    baseline: Option<&Baseline>,
) -> Result<Finding, Failure> {
    let at = own.schema.at();
    let pointer = first_difference(published.document().value(), own.schema.document().value());
    let name = baseline.map_or("the baseline", |b| b.name.as_str());
    let message = format!("{at} is published, and a published version never changes");
    let mut finding = Finding::error("version-changed", message, own.source().place(pointer, None));
    finding.label = Some(format!("differs from {name}"));
    let settings = project.settings(&at.subject)?;
    let bump = baseline.and_then(|b| {
        let from = b.catalog.resolve(published).ok()?;
        let to = schemas.catalog.resolve(&own.schema).ok()?;
        Some(compat::required_bump(&from, &to, &settings))
    });
    let bump = bump.map_or(String::new(), |bump| format!(" --{bump}"));
    Ok(finding.help(format!(
        "restore `{}`, and publish the change as a new version: `evschema new {}{bump}`",
        own.file, at.subject
    )))
}

fn version_removed(baseline: &Baseline, at: &Coordinates) -> Finding {
    let file = baseline.files.get(at).cloned().unwrap_or_default();
    let place = Place { at: Some(at.to_string()), file: file.clone(), ..Place::default() };
    Finding::error(
        "version-removed",
        format!("{at} is published in {}, but missing in this tree", baseline.name),
        place,
    )
    .note("events of this version still exist, and readers need its schema")
    .help(format!("restore `{file}`; to withdraw the version, yank it in the registry"))
}

fn resolve_published(baseline: &Baseline, published: &Arc<Schema>) -> Result<Resolved, Failure> {
    baseline.catalog.resolve(published).map_err(|diagnostics| {
        let file = baseline.files.get(published.at()).cloned().unwrap_or_default();
        let text: Arc<str> = published.document().text().into();
        let places = diagnostics
            .into_iter()
            .map(|d| Finding::of_diagnostic(d, format!("{}: {file}", baseline.name), Some(Arc::clone(&text))))
            .collect();
        Failure::new(format!("{} of {} refers to a missing document", published.at(), baseline.name))
            .help("correct the reference in the baseline, or compare with another baseline")
            .places(places)
    })
}

/// Returns the schema and file that a candidate was held against.
fn reference<'a>(
    at: &Coordinates,
    schemas: &'a Schemas,
    baseline: Option<&'a Baseline>,
) -> Option<Source<'a>> {
    let published = baseline.and_then(|b| Some((find(&b.catalog, at)?, b.files.get(at)?)));
    match published {
        Some((schema, file)) => Some(Source { schema, file }),
        None => schemas.source(at),
    }
}

fn find<'c>(catalog: &'c Catalog, at: &Coordinates) -> Option<&'c Arc<Schema>> {
    catalog.get(&at.subject, &at.version)
}

/// Returns the first place, in the order of the new document, where two documents differ.
fn first_difference(old: &Value, new: &Value) -> Pointer {
    let mut pointer = Pointer::root();
    let (mut old, mut new) = (old, new);
    loop {
        let step = match (old, new) {
            (Value::Object(before), Value::Object(after)) => after
                .iter()
                .find(|(name, value)| before.get(name.as_str()) != Some(value))
                .map(|(name, value)| (name.clone(), before.get(name), value)),
            (Value::Array(before), Value::Array(after)) => after
                .iter()
                .enumerate()
                .find(|(at, value)| before.get(*at) != Some(value))
                .map(|(at, value)| (at.to_string(), before.get(at), value)),
            _ => None,
        };
        let Some((name, before, after)) = step else { return pointer };
        pointer.push(name);
        let Some(before) = before else { return pointer };
        (old, new) = (before, after);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn first_differences() {
        for (old, new, at) in [
            (json!({"a": 1}), json!({"a": 1}), ""),
            (json!({"a": 1}), json!({"a": 2}), "/a"),
            (json!({"a": {"b": [1, 2]}}), json!({"a": {"b": [1, 3]}}), "/a/b/1"),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), "/b"),
            (json!({"a": 1, "b": 2}), json!({"a": 1}), ""),
            (json!([1]), json!({"a": 1}), ""),
        ] {
            assert_eq!(first_difference(&old, &new).as_str(), at, "{old} {new}");
        }
    }
}
