use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use evschema_api::client::Client;
use evschema_api::{State, SubjectView};
use evschema_codegen::read_files;
use evschema_model::{Coordinates, Subject};

use super::versions::Baseline;
use crate::failure::Failure;
use crate::policy_gate::PublishedPolicy;
use crate::project::{Project, Schemas};
use crate::registry_access::{RegistryAccess, find_subject};
use crate::subject_file::{SubjectFile, VersionEntry};
use crate::terminal::Terminal;

/// The subjects of the tree that the registry has.
pub(super) struct Views {
    client: Client,
    views: BTreeMap<Subject, SubjectView>,
}

/// Fetches the subjects of the tree, with their policies.
pub(super) fn open(
    project: &Project,
    access: &RegistryAccess,
    terminal: &mut Terminal,
) -> Result<(Views, PublishedPolicy), Failure> {
    let client = access.client()?;
    let mut views = BTreeMap::new();
    let mut subjects = BTreeMap::new();
    for subject in project.schemas()?.own_subjects() {
        terminal.progress(&format!("fetching {subject}"));
        let Some(view) = find_subject(&client, subject)? else { continue };
        let mut file = SubjectFile {
            mode: Some(view.mode),
            content_model: Some(view.content_model),
            ..SubjectFile::default()
        };
        for version in view.versions.iter().filter(|version| version.state == State::Yanked) {
            let entry = VersionEntry {
                state: Some(State::Yanked),
                never_used: version.never_used,
                ..VersionEntry::default()
            };
            file.versions.insert(version.version.clone(), entry);
        }
        subjects.insert(subject.clone(), file);
        views.insert(subject.clone(), view);
    }
    let name = format!("`{}`", client.base_url());
    let policy = PublishedPolicy { name, subjects, is_registry: true, ..PublishedPolicy::default() };
    Ok((Views { client, views }, policy))
}

/// Reads the versions, and all versions that they refer to.
pub(super) fn load(
    Views { client, views }: &Views,
    project: &Project,
    schemas: &Schemas,
    terminal: &mut Terminal,
) -> Result<Baseline, Failure> {
    let mut fetched = Fetched { client, files: Vec::new(), seen: BTreeSet::new() };
    for (subject, view) in views {
        terminal.progress(&format!("fetching {subject}"));
        for version in &view.versions {
            let at = Coordinates { subject: subject.clone(), version: version.version.clone() };
            // If the tree has a file with this digest, the download is not necessary.
            let here = schemas.source(&at).filter(|own| own.schema.digest() == &version.digest);
            match here {
                Some(own) => fetched.add(at, own.schema.document().text().as_bytes().to_vec()),
                None => fetched.fetch(at)?,
            }
        }
    }
    fetched.fetch_references(project)?;
    terminal.end_progress();
    let tree = read_files(fetched.files, &project.manifest.dialects());
    let mut baseline = Baseline::from_tree(format!("`{}`", client.base_url()), tree, schemas, terminal)?;
    for at in baseline.catalog.iter().map(|schema| schema.at().clone()) {
        let url = format!("{}/schemas/{}/{}.json", client.base_url(), at.subject, at.version);
        baseline.files.insert(at, url);
    }
    Ok(baseline)
}

/// The versions that were fetched so far.
struct Fetched<'c> {
    client: &'c Client,
    files: Vec<(PathBuf, Vec<u8>)>,
    seen: BTreeSet<Coordinates>,
}

impl Fetched<'_> {
    fn fetch(&mut self, at: Coordinates) -> Result<(), Failure> {
        let bytes = self.client.schema(&at.subject, &at.version)?;
        self.add(at, bytes);
        Ok(())
    }

    fn add(&mut self, at: Coordinates, bytes: Vec<u8>) {
        let path = PathBuf::from(at.subject.as_str()).join(format!("{}.json", at.version));
        self.files.push((path, bytes));
        self.seen.insert(at);
    }

    /// Fetches the versions that the schemas refer to, until no reference is missing. The registry returns the
    /// references of a version, because only the registry knows the version of an `$id`.
    fn fetch_references(&mut self, project: &Project) -> Result<(), Failure> {
        loop {
            let tree = read_files(self.files.clone(), &project.manifest.dialects());
            let mut missing: BTreeSet<Coordinates> = BTreeSet::new();
            for schema in tree.catalog.iter().map(Arc::as_ref) {
                if schema.foreign_references().any(|reference| tree.catalog.find(reference).is_none()) {
                    let at = schema.at();
                    let view = self.client.version(&at.subject, &at.version)?;
                    missing.extend(view.references.into_iter().filter(|at| !self.seen.contains(at)));
                }
            }
            if missing.is_empty() {
                return Ok(());
            }
            for at in missing {
                self.fetch(at)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use evschema_model::Subject;

    use super::*;

    #[test]
    fn the_path_of_a_fetched_file_names_its_version() {
        let client = Client::new("http://127.0.0.1:1", None);
        let mut fetched = Fetched { client: &client, files: Vec::new(), seen: BTreeSet::new() };
        let at = Coordinates {
            subject: Subject::parse("a.b").unwrap(),
            version: evschema_model::Version::new(1, 2, 0),
        };
        fetched.add(at.clone(), Vec::new());
        assert_eq!(crate::paths::coordinates(&fetched.files[0].0), Some(at));
    }
}
