use std::collections::BTreeMap;

use evschema_model::{Catalog, Coordinates, Line, Manifest, Subject};

/// Returns the versions that a manifest selects for generation. `gen.subjects` selects the subjects; if it is empty,
/// all subjects are selected. If `dependencies` has an entry for a subject, the newest version of each range is
/// selected. Otherwise, the newest version of each line is selected.
///
/// A line has the versions with the same major number (for 0.x, with the same minor number). A pre-release is selected
/// only if its line has no release.
pub fn selection(catalog: &Catalog, manifest: &Manifest) -> Vec<Coordinates> {
    let asked = &manifest.generate.subjects;
    catalog
        .subjects()
        .filter(|subject| asked.is_empty() || asked.contains(subject))
        .flat_map(|subject| match manifest.dependencies.get(subject) {
            Some(lines) => lines
                .as_slice()
                .iter()
                .filter_map(|range| newest_in(catalog, subject, range))
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect(),
            None => newest_of_lines(catalog, subject),
        })
        .collect()
}

/// Returns the errors in the selection of a manifest, one sentence for each: missing subjects, ranges without a
/// version, or an empty selection.
pub fn unselectable(catalog: &Catalog, manifest: &Manifest) -> Vec<String> {
    let mut wrong = Vec::new();
    let is_there = |subject: &Subject| catalog.versions(subject).next().is_some();
    for subject in manifest.generate.subjects.iter().filter(|subject| !is_there(subject)) {
        wrong.push(format!(
            "`gen.subjects` names `{subject}`, which has no schema in the tree; correct the name"
        ));
    }
    for (subject, lines) in &manifest.dependencies {
        if !is_there(subject) {
            wrong.push(format!(
                "`dependencies` names `{subject}`, which has no schema in the tree; add its file"
            ));
            continue;
        }
        for range in lines.as_slice().iter().filter(|range| newest_in(catalog, subject, range).is_none()) {
            let versions: Vec<String> =
                catalog.versions(subject).map(|schema| schema.at().version.to_string()).collect();
            let there = versions.join("`, `");
            wrong.push(format!(
                "`{subject}` has no version in the range `{range}`, only `{there}`; correct the range"
            ));
        }
    }
    if wrong.is_empty() && selection(catalog, manifest).is_empty() {
        wrong.push("no schema is selected; add a schema, or correct `gen.subjects`".to_owned());
    }
    wrong
}

fn newest_in(catalog: &Catalog, subject: &Subject, range: &semver::VersionReq) -> Option<Coordinates> {
    let newest =
        catalog.versions(subject).rev().find(|schema| range.matches(schema.at().version.as_semver()))?;
    Some(newest.at().clone())
}

/// Returns the newest version of each line of a subject, oldest line first.
pub fn newest_of_lines(catalog: &Catalog, subject: &Subject) -> Vec<Coordinates> {
    let mut lines: BTreeMap<Line, Coordinates> = BTreeMap::new();
    for schema in catalog.versions(subject) {
        let at = schema.at();
        let line = lines.entry(at.version.line()).or_insert_with(|| at.clone());
        if !at.version.is_prerelease() || line.version.is_prerelease() {
            *line = at.clone();
        }
    }
    lines.into_values().collect()
}
