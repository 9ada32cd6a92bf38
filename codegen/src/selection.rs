//! Decides which versions of a tree are generated, and which problems of the tree prevent that.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use evschema_model::{
    Catalog, Code, Coordinates, Diagnostic, Line, Manifest, Mode, Subject, Target, VersionStates, limits,
};

use crate::disk::{Problem, read_inside};

/// The versions that a manifest selects from a tree.
///
/// `gen.subjects` selects the subjects; if it is empty, all subjects are selected. If `dependencies` has an entry for a
/// subject, the newest version of each range is selected. Otherwise, the newest version of each line is selected. If the
/// mode of the subject does not check that new readers accept old events, every version is selected, because the newest
/// version may not read the others. A yanked version is selected only if `gen.yanked` is true.
///
/// A line has the versions with the same major number (for 0.x, with the same minor number). A pre-release is selected
/// only if its line has no release.
#[derive(Debug)]
pub struct Selection {
    /// The selected versions.
    pub versions: Vec<Coordinates>,
    /// The deprecated versions among the selected versions, each with the reason. The reason may be empty.
    pub deprecated: BTreeMap<Coordinates, String>,
    /// The errors in the settings of the manifest, one sentence for each: missing subjects, ranges without a version, or
    /// an empty selection.
    pub errors: Vec<String>,
    /// The problems of the files `subject.toml`.
    pub problems: Vec<Problem>,
    roots: Vec<PathBuf>,
    /// The selected subjects; `None` if all are selected.
    subjects: Option<BTreeSet<Subject>>,
    /// The documents that schemas of the selected subjects refer to, directly or through others.
    referenced: BTreeSet<Coordinates>,
}

/// The data from which versions are selected.
struct Choice<'c> {
    catalog: &'c Catalog,
    manifest: &'c Manifest,
    states: BTreeMap<&'c Subject, VersionStates>,
}

impl Selection {
    /// Selects versions of a tree with these roots. Reads the states of versions from the files `subject.toml`.
    pub fn of(catalog: &Catalog, roots: &[&Path], manifest: &Manifest) -> Self {
        let asked = &manifest.generate.subjects;
        let subjects = (!asked.is_empty()).then(|| asked.iter().cloned().collect::<BTreeSet<_>>());
        let is_selected =
            |subject: &Subject| subjects.as_ref().is_none_or(|subjects| subjects.contains(subject));
        let mut problems = Vec::new();
        let mut states = BTreeMap::new();
        for subject in catalog.subjects().filter(|subject| is_selected(subject)) {
            for root in roots {
                match read_states(root, subject) {
                    Ok(Some(found)) => {
                        states.entry(subject).or_insert(found);
                    }
                    Ok(None) => {}
                    Err(problem) => problems.push(problem),
                }
            }
        }
        let choice = Choice { catalog, manifest, states };
        let versions: Vec<Coordinates> = catalog
            .subjects()
            .filter(|subject| is_selected(subject))
            .flat_map(|subject| choice.versions(subject))
            .collect();
        let errors = choice.errors(&versions, &is_selected);
        let deprecated = versions.iter().filter_map(|at| {
            Some((at.clone(), choice.states.get(&at.subject)?.deprecated.get(&at.version)?.clone()))
        });
        Self {
            deprecated: deprecated.collect(),
            errors,
            problems,
            roots: roots.iter().map(|root| (*root).to_owned()).collect(),
            referenced: referenced(catalog, &is_selected),
            versions,
            subjects,
        }
    }

    /// Returns whether a file or folder of the tree can change the generated code: it belongs to a selected subject, or to
    /// a document that a schema of a selected subject refers to. Only problems of such entries prevent the generation.
    pub fn concerns(&self, path: &Path) -> bool {
        let Some(subjects) = &self.subjects else { return true };
        let inside = |root: &PathBuf| Some((root.as_os_str().len(), path.strip_prefix(root).ok()?));
        // If a root contains another root, the path belongs to the inner root.
        let Some((_, inside)) = self.roots.iter().filter_map(inside).max_by_key(|(length, _)| *length) else {
            return true;
        };
        let parts: Vec<String> =
            inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let Some(folder) = parts.first() else { return true };
        subjects.iter().any(|subject| subject.as_str() == folder)
            || self.referenced.iter().any(|at| {
                at.subject.as_str() == folder && parts.get(1) == Some(&format!("{}.json", at.version))
            })
    }

    /// Returns whether a version belongs to a selected subject, or a schema of a selected subject refers to it.
    pub fn concerns_version(&self, at: &Coordinates) -> bool {
        self.subjects.as_ref().is_none_or(|subjects| subjects.contains(&at.subject))
            || self.referenced.contains(at)
    }
}

impl Choice<'_> {
    fn versions(&self, subject: &Subject) -> Vec<Coordinates> {
        match self.manifest.dependencies.get(subject) {
            Some(lines) => {
                let newest = lines.as_slice().iter().filter_map(|range| self.newest_in(subject, range));
                newest.collect::<BTreeSet<_>>().into_iter().collect()
            }
            None if self.mode(subject).checks_backward() => newest(self.usable(subject)),
            None => {
                let is_newest: BTreeSet<Coordinates> = newest(self.usable(subject)).into_iter().collect();
                let all =
                    self.usable(subject).filter(|at| !at.version.is_prerelease() || is_newest.contains(at));
                all.cloned().collect()
            }
        }
    }

    /// Returns the mode of a subject: from the manifest, from its `subject.toml`, or the default.
    fn mode(&self, subject: &Subject) -> Mode {
        let named = self.manifest.compatibility.subjects.get(subject).and_then(|policy| policy.mode);
        let of_file = || self.states.get(subject).and_then(|states| states.mode);
        named.or_else(of_file).unwrap_or(self.manifest.compatibility.mode)
    }

    /// Returns the versions of a subject that may be selected, oldest first.
    fn usable(&self, subject: &Subject) -> impl DoubleEndedIterator<Item = &Coordinates> {
        let yanked =
            self.states.get(subject).map(|states| &states.yanked).filter(|_| !self.manifest.generate.yanked);
        let versions = self.catalog.versions(subject).map(|schema| schema.at());
        versions.filter(move |at| yanked.is_none_or(|yanked| !yanked.contains_key(&at.version)))
    }

    fn newest_in(&self, subject: &Subject, range: &semver::VersionReq) -> Option<Coordinates> {
        self.usable(subject).rev().find(|at| range.matches(at.version.as_semver())).cloned()
    }

    fn errors(&self, selected: &[Coordinates], is_selected: &dyn Fn(&Subject) -> bool) -> Vec<String> {
        let mut wrong = Vec::new();
        let is_there = |subject: &Subject| self.catalog.versions(subject).next().is_some();
        for subject in &self.manifest.generate.subjects {
            if !is_there(subject) {
                wrong.push(format!(
                    "`gen.subjects` names `{subject}`, which has no schema in the tree; correct the name"
                ));
            } else if self.usable(subject).next().is_none() {
                wrong.push(format!(
                    "every version of `{subject}` is yanked; use another subject, or set `yanked = true` under \
                     `[gen]`"
                ));
            }
        }
        for (subject, lines) in self.manifest.dependencies.iter().filter(|(subject, _)| is_selected(subject))
        {
            if !is_there(subject) {
                wrong.push(format!(
                    "`dependencies` names `{subject}`, which has no schema in the tree; add its file"
                ));
                continue;
            }
            for range in lines.as_slice().iter().filter(|range| self.newest_in(subject, range).is_none()) {
                let versions = |all: &mut dyn Iterator<Item = &Coordinates>| {
                    all.map(|at| at.version.to_string()).collect::<Vec<_>>().join("`, `")
                };
                let yanked = self
                    .catalog
                    .versions(subject)
                    .map(|schema| schema.at())
                    .filter(|at| range.matches(at.version.as_semver()));
                let yanked = versions(&mut yanked.into_iter());
                wrong.push(if yanked.is_empty() {
                    let there = versions(&mut self.usable(subject));
                    format!(
                        "`{subject}` has no version in the range `{range}`, only `{there}`; correct the range"
                    )
                } else {
                    format!(
                        "`{subject}` has only the yanked version `{yanked}` in the range `{range}`; change the \
                         range, or set `yanked = true` under `[gen]`"
                    )
                });
            }
        }
        if wrong.is_empty() && selected.is_empty() {
            wrong.push("no schema is selected; add a schema, or correct `gen.subjects`".to_owned());
        }
        wrong
    }
}

/// Reads the states of a subject's versions. Returns `None` if the root has no `subject.toml` of the subject.
fn read_states(root: &Path, subject: &Subject) -> Result<Option<VersionStates>, Problem> {
    let path = root.join(subject.as_str()).join(VersionStates::FILE_NAME);
    let wrong = |message: String| {
        Diagnostic::new(Code::Unreadable, message)
            .help("correct the file; `[versions.\"1.0.0\"]` may have `state` and `reason`")
    };
    let bytes = match read_inside(root, &path, limits::DOCUMENT_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Problem { diagnostic: wrong(format!("cannot be read: {error}")), path }),
    };
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Problem { diagnostic: wrong("the file is not UTF-8".to_owned()), path });
    };
    match VersionStates::parse(&text) {
        Ok(states) => Ok(Some(states)),
        Err(error) => Err(Problem { diagnostic: wrong(error.message).position(error.position), path }),
    }
}

/// Returns the documents that schemas of the selected subjects refer to, directly or through others. The documents may be
/// missing in the catalog.
fn referenced(catalog: &Catalog, is_selected: &dyn Fn(&Subject) -> bool) -> BTreeSet<Coordinates> {
    let mut found = BTreeSet::new();
    let mut open: Vec<_> = catalog.iter().filter(|schema| is_selected(&schema.at().subject)).collect();
    let mut seen: BTreeSet<&Coordinates> = open.iter().map(|schema| schema.at()).collect();
    while let Some(schema) = open.pop() {
        for reference in schema.foreign_references() {
            if let Target::Named(at) = &reference.target {
                found.insert(at.clone());
            }
            if let Some(target) = catalog.find(reference)
                && seen.insert(target.at())
            {
                found.insert(target.at().clone());
                open.push(target);
            }
        }
    }
    found
}

/// Returns the newest version of each line of a subject, oldest line first.
pub fn newest_of_lines(catalog: &Catalog, subject: &Subject) -> Vec<Coordinates> {
    newest(catalog.versions(subject).map(|schema| schema.at()))
}

fn newest<'c>(versions: impl Iterator<Item = &'c Coordinates>) -> Vec<Coordinates> {
    let mut lines: BTreeMap<Line, Coordinates> = BTreeMap::new();
    for at in versions {
        let line = lines.entry(at.version.line()).or_insert_with(|| at.clone());
        if !at.version.is_prerelease() || line.version.is_prerelease() {
            *line = at.clone();
        }
    }
    lines.into_values().collect()
}
