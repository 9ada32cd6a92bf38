//! Chooses the module of each document's types: one file per subject, and one module per version.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::{Line, Subject, Version};

use crate::atlas::{Atlas, DocumentId};
use crate::names::{Names, field_name};

/// The name of the module for types that several other modules share.
pub(crate) const SHARED: &str = "shared";

/// The module of a document's types.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Module {
    /// The subject's module.
    pub(crate) subject: String,
    /// The version's module inside the subject's module.
    pub(crate) version: String,
}

/// Returns the modules of documents.
///
/// The last two parts of a subject are the name of its module. If two subjects would have the same name, the names get
/// more parts. The newest version of a line has a name such as `v1`, and any other version a name such as `v1_0_2`.
pub(crate) fn modules(atlas: &Atlas<'_>, documents: &BTreeSet<DocumentId>) -> BTreeMap<DocumentId, Module> {
    let mut subjects: BTreeMap<&Subject, BTreeMap<&Version, DocumentId>> = BTreeMap::new();
    for id in documents {
        let at = atlas.schema(*id).at();
        subjects.entry(&at.subject).or_default().insert(&at.version, *id);
    }
    let names = subject_names(&subjects.keys().copied().collect::<Vec<_>>());
    let mut modules = BTreeMap::new();
    for (subject, versions) in subjects {
        let mut newest: BTreeMap<Line, &Version> = BTreeMap::new();
        for version in versions.keys().filter(|version| !version.is_prerelease()) {
            newest.insert(version.line(), version);
        }
        let mut taken = Names::default();
        for (version, id) in versions {
            let name = if newest.get(&version.line()) == Some(&version) {
                line_name(version.line())
            } else {
                exact_name(version)
            };
            let version = taken.take(&[name]);
            modules.insert(id, Module { subject: names[subject].clone(), version });
        }
    }
    modules
}

fn line_name(line: Line) -> String {
    if line.major == 0 { format!("v0_{}", line.minor) } else { format!("v{}", line.major) }
}

fn exact_name(version: &Version) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    format!("v{}", version.to_string().chars().map(plain).collect::<String>())
}

fn subject_names<'s>(subjects: &[&'s Subject]) -> BTreeMap<&'s Subject, String> {
    let name = |subject: &Subject, parts: usize| {
        let all: Vec<&str> = subject.as_str().split('.').filter(|part| !part.is_empty()).collect();
        let last = all[all.len().saturating_sub(parts)..].join("_");
        let name = field_name(&last).unwrap_or_else(|| "subject".to_owned());
        // A module is also a file, so its name must not begin with `r#`.
        name.strip_prefix("r#").map_or(name.clone(), |bare| format!("{bare}_"))
    };
    let mut parts: BTreeMap<&Subject, usize> = subjects.iter().map(|subject| (*subject, 2)).collect();
    // A subject has no more parts than bytes, so the loop tries all parts.
    for _ in 0..Subject::BYTES_MAX {
        let mut by_name: BTreeMap<String, Vec<&Subject>> = BTreeMap::new();
        for (subject, parts) in &parts {
            by_name.entry(name(subject, *parts)).or_default().push(subject);
        }
        let clashing: Vec<&Subject> =
            by_name.into_values().filter(|sharing| 1 < sharing.len()).flatten().collect();
        let longer = |subject: &&Subject| parts[*subject] < subject.as_str().split('.').count();
        let growing: Vec<&Subject> = clashing.into_iter().filter(longer).collect();
        if growing.is_empty() {
            break;
        }
        for subject in growing {
            if let Some(count) = parts.get_mut(subject) {
                *count += 1;
            }
        }
    }
    // The generator itself creates `mod`, `events` and `shared`. Names that still clash get a number.
    let mut taken = Names::default();
    taken.take(&["events".to_owned()]);
    taken.take(&[SHARED.to_owned()]);
    parts.into_iter().map(|(subject, parts)| (subject, taken.take(&[name(subject, parts)]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_get_short_names_unless_they_clash() {
        let subjects: Vec<Subject> =
            ["commerce.order.placed", "a.user.added", "b.user.added", "x-y", "x_y", "type"]
                .iter()
                .map(|name| Subject::parse(name).unwrap())
                .collect();
        let names = subject_names(&subjects.iter().collect::<Vec<_>>());
        let named: Vec<&str> = subjects.iter().map(|subject| names[subject].as_str()).collect();
        assert_eq!(named, ["order_placed", "a_user_added", "b_user_added", "x_y", "x_y_2", "type_"]);
    }
}
