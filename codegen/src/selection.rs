use std::collections::BTreeMap;

use evschema_model::{Catalog, Coordinates, Line, Manifest, Subject};

/// Returns the versions a manifest asks to generate: of the subjects in `gen.subjects` (all of
/// them when empty) those that `dependencies` takes, and without an entry there the newest
/// version of each line.
///
/// A pre-release stands for its line only while there is no release.
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
