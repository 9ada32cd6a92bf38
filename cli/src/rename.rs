//! Gives new versions another number: in the name of the file, in the document, and in the references to the version.

mod edit;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use evschema_model::{Bump, Coordinates, Version};

use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::project::{OwnSchema, Schemas};
use crate::terminal::Terminal;
pub(crate) use edit::with_version;

/// A new version that needs another number.
#[derive(Debug, Clone)]
pub(crate) struct Renumber {
    /// The version with its current number.
    pub(crate) at: Coordinates,
    /// The number that it needs.
    pub(crate) to: Version,
}

/// Gives new versions another version number, and returns how many versions the function renamed. Published files keep
/// their names and contents.
///
/// The new versions of a subject keep their order. If the new number of a version would be at least as high as the
/// number of a newer version, the newer version gets a higher number too.
pub(crate) fn renumber(
    wrong: &[Renumber],
    schemas: &Schemas,
    baseline: &Baseline,
    terminal: &mut Terminal,
) -> Result<usize, Failure> {
    let plan = plan(wrong, schemas, baseline);
    let mut renumbered = 0;
    let mut with_new_references = Vec::new();
    // The loop goes from the highest version to the lowest, because then no other file has the new name any more.
    for own in schemas.own.iter().rev().filter(|own| is_new(own, baseline)) {
        let at = own.schema.at();
        let to = plan.get(at);
        let text = edit::with_references(own, to.unwrap_or(&at.version), &plan, &schemas.catalog);
        let Some(to) = to else {
            if text != own.schema.document().text() {
                write(&own.path, &text)?;
                with_new_references.push(own.path.clone());
            }
            continue;
        };
        let path = own.path.with_file_name(format!("{to}.json"));
        if path.exists() {
            let message =
                format!("`{}` exists already, so `{}` keeps its number", path.display(), own.path.display());
            terminal.warn(&message, Some("merge the two files, or give one of them a higher number"));
            continue;
        }
        std::fs::rename(&own.path, &path).map_err(|error| Failure::file("rename", &own.path, &error))?;
        terminal.info(format!("renamed {} to {}", own.path.display(), path.display()));
        renumbered += 1;
        if text != own.schema.document().text() {
            write(&path, &text)?;
            let own_version = with_version(&own.schema, to) != own.schema.document().text();
            if own_version {
                terminal.info("  updated the version in its `$id` and constants");
            }
            if !own_version || refers(own, &plan, schemas) {
                with_new_references.push(path);
            }
        }
    }
    for path in with_new_references.iter().rev() {
        terminal.info(format!("  updated the references in {}", path.display()));
    }
    Ok(renumbered)
}

/// Returns the new number of each version that gets one.
fn plan(wrong: &[Renumber], schemas: &Schemas, baseline: &Baseline) -> BTreeMap<Coordinates, Version> {
    let mut plan: BTreeMap<Coordinates, Version> = BTreeMap::new();
    let mut done = BTreeSet::new();
    let mut wrong: Vec<&Renumber> = wrong.iter().filter(|wrong| wrong.at.version < wrong.to).collect();
    wrong.sort_by(|a, b| a.at.cmp(&b.at));
    for Renumber { at, to } in wrong {
        // The plan starts at the lowest wrong version of each subject. The next check finds the other wrong versions of
        // the subject again.
        if !done.insert(&at.subject) {
            continue;
        }
        plan.insert(at.clone(), to.clone());
        let mut before = (&at.version, to.clone());
        let later = schemas.own.iter().filter(|own| is_new(own, baseline)).map(|own| own.schema.at());
        let mut later: Vec<&Coordinates> =
            later.filter(|other| other.subject == at.subject && at.version < other.version).collect();
        later.sort();
        for other in later {
            if before.1 < other.version {
                break;
            }
            let step = other.version.step_from(before.0);
            let mut next = before.1.next(step).tagged_like(&other.version);
            while baseline.catalog.get(&at.subject, &next).is_some() {
                next = next.next(Bump::Patch).tagged_like(&other.version);
            }
            plan.insert(other.clone(), next.clone());
            before = (&other.version, next);
        }
    }
    plan
}

/// Returns whether a file is not published: the baseline lacks its version, or has a different version with this
/// number.
fn is_new(own: &OwnSchema, baseline: &Baseline) -> bool {
    let at = own.schema.at();
    baseline.find(at).is_none() || baseline.taken.contains(at)
}

/// Returns whether a schema refers to a renumbered version.
fn refers(own: &OwnSchema, plan: &BTreeMap<Coordinates, Version>, schemas: &Schemas) -> bool {
    own.schema
        .foreign_references()
        .any(|reference| schemas.catalog.find(reference).is_some_and(|target| plan.contains_key(target.at())))
}

fn write(path: &PathBuf, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::file("write", path, &error))
}
