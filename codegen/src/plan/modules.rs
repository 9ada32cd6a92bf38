//! Chooses the module of each document's types: one file per subject, and one module per version.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::graph::{DocumentId, Documents};
use evschema_model::{Line, Subject, Version};

use crate::names::{Style, distinct};

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
/// The whole subject is the name of its module. The newest selected version of a line has a name such as `v1`. Any other
/// version has a name such as `v1_0_2`, also if other documents refer to it. So a new version of a shared type never
/// changes the meaning of a path.
pub(crate) fn modules(
    documents: &Documents<'_>,
    ids: &BTreeSet<DocumentId>,
    selected: &BTreeSet<DocumentId>,
) -> BTreeMap<DocumentId, Module> {
    let mut subjects: BTreeMap<&Subject, BTreeMap<&Version, DocumentId>> = BTreeMap::new();
    for id in ids {
        let at = documents.schema(*id).at();
        subjects.entry(&at.subject).or_default().insert(&at.version, *id);
    }
    let names = subject_names(&subjects.keys().copied().collect::<Vec<_>>());
    let mut modules = BTreeMap::new();
    for ((_, versions), subject) in subjects.into_iter().zip(names) {
        let mut newest: BTreeMap<Line, &Version> = BTreeMap::new();
        let lines = versions.iter().filter(|(version, id)| selected.contains(id) && !version.is_prerelease());
        for (version, _) in lines {
            newest.insert(version.line(), version);
        }
        let exact: Vec<String> = versions.keys().map(|version| exact_name(version)).collect();
        let exact = distinct(Style::Field, &exact.iter().map(String::as_str).collect::<Vec<_>>());
        for ((version, id), exact) in versions.into_iter().zip(exact) {
            let is_newest = newest.get(&version.line()) == Some(&version);
            let version = if is_newest { line_name(version.line()) } else { exact };
            modules.insert(id, Module { subject: subject.clone(), version });
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

/// Returns the name of each subject's module, in the order of the subjects.
fn subject_names(subjects: &[&Subject]) -> Vec<String> {
    let texts: Vec<&str> = subjects.iter().map(|subject| subject.as_str()).collect();
    let names = distinct(Style::Field, &texts).into_iter();
    // A module is also a file, so its name must not begin with `r#`. `events` and `mod` are files of the index.
    let file = |name: String| match name.strip_prefix("r#") {
        Some(bare) => format!("{bare}_"),
        None if name == "events" => "events_".to_owned(),
        None => name,
    };
    names.map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_subject_is_the_name_of_its_module() {
        let subjects: Vec<Subject> =
            ["commerce.order.placed", "a.user.added", "b.user.added", "x-y", "x_y", "type"]
                .iter()
                .map(|name| Subject::parse(name).unwrap())
                .collect();
        let names = subject_names(&subjects.iter().collect::<Vec<_>>());
        assert_eq!(
            names,
            [
                "commerce_order_placed",
                "a_user_added",
                "b_user_added",
                "x_hyphen_y",
                "x_underscore_y",
                "type_"
            ]
        );
    }
}
