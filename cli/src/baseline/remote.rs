use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use evschema_api::State;
use evschema_api::client::Client;
use evschema_codegen::read_files;
use evschema_model::{Coordinates, SubjectPolicy};

use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::project::{Project, Schemas};
use crate::registry_access::RegistryAccess;
use crate::terminal::Terminal;

/// Reads the tree's subjects as the registry has them, with all they refer to.
pub(super) fn load(
    project: &Project,
    schemas: &Schemas,
    access: &RegistryAccess,
    terminal: &mut Terminal,
) -> Result<Baseline, Failure> {
    let client = access.client()?;
    let mut found = Found { client: &client, files: Vec::new(), seen: BTreeSet::new() };
    let mut baseline = Baseline { name: format!("`{}`", client.base_url()), ..Baseline::default() };
    for subject in schemas.own_subjects() {
        terminal.progress(&format!("fetching {subject}"));
        let Some(view) = crate::registry_access::find_subject(&client, subject)? else { continue };
        let policy = SubjectPolicy { mode: view.mode, content_model: view.content_model };
        let ours = project.policy(subject)?;
        if policy != ours {
            let message = format!(
                "the registry holds `{subject}` to {} and {}, the manifest says {} and {}",
                policy.mode, policy.content_model, ours.mode, ours.content_model
            );
            terminal.warn(&message, Some("the registry's word counts; make them agree"));
        }
        baseline.policies.insert(subject.clone(), policy);
        for version in view.versions {
            let at = Coordinates { subject: subject.clone(), version: version.version };
            if version.state == State::Yanked {
                baseline.yanked.insert(at.clone());
            }
            // What the tree holds under this digest need not be fetched.
            let here = schemas.source(&at).filter(|own| own.schema.digest() == &version.digest);
            match here {
                Some(own) => found.add(at, own.schema.document().text().as_bytes().to_vec()),
                None => found.fetch(at)?,
            }
        }
    }
    found.fetch_references(project)?;
    terminal.end_progress();
    let tree = read_files(found.files, &project.manifest.dialects());
    let mut of_tree = Baseline::of_tree(baseline.name.clone(), tree, schemas, terminal)?;
    for at in of_tree.catalog.iter().map(|schema| schema.at().clone()) {
        let url = format!("{}/schemas/{}/{}.json", client.base_url(), at.subject, at.version);
        of_tree.files.insert(at, url);
    }
    Ok(Baseline { catalog: of_tree.catalog, files: of_tree.files, ..baseline })
}

/// What was fetched so far.
struct Found<'c> {
    client: &'c Client,
    files: Vec<(PathBuf, Vec<u8>)>,
    seen: BTreeSet<Coordinates>,
}

impl Found<'_> {
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

    /// Fetches what the schemas refer to, until nothing is missing; the registry knows by which
    /// version an `$id` is meant.
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

/// A subject's name is part of the path of its files.
#[cfg(test)]
mod tests {
    use evschema_model::Subject;

    use super::*;

    #[test]
    fn the_path_of_a_file_is_of_the_layout() {
        let client = Client::new("http://127.0.0.1:1", None);
        let mut found = Found { client: &client, files: Vec::new(), seen: BTreeSet::new() };
        let at = Coordinates {
            subject: Subject::parse("a.b").unwrap(),
            version: evschema_model::Version::new(1, 2, 0),
        };
        found.add(at.clone(), Vec::new());
        assert_eq!(crate::baseline::coordinates(&found.files[0].0), Some(at));
    }
}
