//! Compares every new or changed version of a tree with the published versions.

mod history;
mod version_taken;

use std::sync::Arc;

use evschema_compat as compat;
use evschema_model::{Coordinates, Pointer, Schema};
use serde_json::Value;

use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::finding::{Finding, Place, Source};
use crate::findings_from_report;
use crate::project::{OwnSchema, Project, Schemas};
use crate::rename::Renumber;
use crate::waivers::Waivers;
use history::history;

/// The result of the comparisons.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// All findings, file by file.
    pub(crate) findings: Vec<Finding>,
    /// The reports of the compatibility engine, one for each compared version.
    pub(crate) reports: Vec<compat::Report>,
    /// The new versions that need another number.
    pub(crate) renumber: Vec<Renumber>,
    /// The number of new versions that were not compared, because a necessary file is not valid.
    pub(crate) left_out: usize,
}

/// Compares the new versions of a tree with the baseline. Without a baseline, compares each version with the older
/// versions of the tree.
pub(crate) fn check_tree(
    project: &Project,
    schemas: &Schemas,
    baseline: Option<&Baseline>,
    waivers: &Waivers,
) -> Result<Comparison, Failure> {
    let mut comparison = Comparison::default();
    let waivers = &waivers.to_compat();
    for own in &schemas.own {
        let published = baseline.and_then(|b| b.find(own.schema.at()));
        match published {
            Some(published) if published.digest() == own.schema.digest() => {}
            Some(_) if baseline.is_some_and(|b| b.taken.contains(own.schema.at())) => {
                if let Some(baseline) = baseline {
                    let (finding, renumber) = version_taken::check(project, own, schemas, baseline, waivers)?;
                    comparison.findings.push(finding);
                    comparison.renumber.push(renumber);
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
    // If the candidate does not resolve, the errors in the files are already findings.
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

/// Adds the findings of a report, and the number that the version needs.
fn add_findings(
    report: &compat::Report,
    own: &OwnSchema,
    schemas: &Schemas,
    baseline: Option<&Baseline>,
    comparison: &mut Comparison,
) {
    comparison.findings.extend(findings_from_report::findings(report, &own.source(), &|version| {
        let at = Coordinates { subject: report.subject.clone(), version: version.clone() };
        compared_with(&at, schemas, baseline)
    }));
    if report.required_version != report.version {
        let (at, to) = (own.schema.at().clone(), report.required_version.clone());
        comparison.renumber.push(Renumber { at, to });
    }
}

/// Returns the finding for a published version whose content has changed.
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

/// Returns the schema and file of a version that the candidate was compared with.
fn compared_with<'a>(
    at: &Coordinates,
    schemas: &'a Schemas,
    baseline: Option<&'a Baseline>,
) -> Option<Source<'a>> {
    let published = baseline.and_then(|b| Some((b.find(at)?, b.files.get(at)?)));
    match published {
        Some((schema, file)) => Some(Source { schema, file }),
        None => schemas.source(at),
    }
}

/// Returns the first place at which two documents differ, in the order of the new document.
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
