//! Reads the files of the suite.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evschema_codegen::Options;
use evschema_model::{
    Catalog, Coordinates, Dialect, Dialects, Draft, Formats, Schema, Subject, Version, Vocabulary,
};
use serde::Deserialize;
use serde_json::Value;

use crate::compiled_corpus::Batch;

/// The beginning of the URIs of the remote documents.
const SERVER: &str = "http://localhost:1234/";

/// The schemas and cases of one draft. All of them treat `format` in the same way.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) draft: Draft,
    pub(super) groups: Vec<Group>,
    formats: Formats,
    catalog: Catalog,
}

/// A schema with its cases.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) file: String,
    pub(super) description: String,
    /// The coordinates of the schema in the catalog, or `None` if it is no schema.
    pub(super) at: Option<Coordinates>,
    pub(super) refused: Option<String>,
    pub(super) cases: Vec<Case>,
    /// The answers of the `jsonschema` crate to the cases.
    pub(super) library: Vec<bool>,
    pub(super) is_optional: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub(super) description: String,
    pub(super) data: Value,
    pub(super) valid: bool,
}

#[derive(Debug, Deserialize)]
struct GroupText {
    description: String,
    schema: Value,
    tests: Vec<Case>,
}

type Failure = Box<dyn std::error::Error>;

impl Suite {
    /// Reads the mandatory files of a draft. If formats are assertions, reads the files of `optional/format` instead.
    pub(super) fn read(root: &Path, draft: Draft, formats: Formats, optional: bool) -> Result<Self, Failure> {
        let folder = folder(draft);
        let tests = root.join("tests").join(folder);
        let mut suite = Self { draft, groups: Vec::new(), formats, catalog: Catalog::default() };
        let remotes = remotes(&root.join("remotes"), folder)?;
        let dialects = dialects(&remotes, draft)?;
        match formats {
            Formats::Annotate => {
                suite.read_folder(&tests, "", false, &dialects)?;
                if optional {
                    suite.read_folder(&tests.join("optional"), "optional/", true, &dialects)?;
                }
            }
            Formats::Assert => {
                suite.read_folder(&tests.join("optional/format"), "optional/format/", false, &dialects)?;
            }
        }
        // Adds the remote documents last. Otherwise, a case could take one of their URIs.
        for (number, (uri, document)) in remotes.into_iter().enumerate() {
            suite.add_remote(number, &uri, document, &dialects);
        }
        suite.run_library();
        Ok(suite)
    }

    pub(super) fn batch(&self) -> Batch {
        Batch {
            catalog: self.catalog.clone(),
            options: Options { formats: self.formats, ..Options::default() },
            events: self.groups.iter().filter_map(|group| group.at.clone()).collect(),
        }
    }

    fn read_folder(
        &mut self,
        folder: &Path,
        prefix: &str,
        is_optional: bool,
        dialects: &Dialects,
    ) -> Result<(), Failure> {
        for path in json_files(folder)? {
            let groups: Vec<GroupText> = serde_json::from_slice(&fs::read(&path)?)?;
            let file = Group::file_name(&path, prefix);
            for (number, group) in groups.into_iter().enumerate() {
                let name = format!("{}.g{number}", file.replace('/', "."));
                let at = Coordinates { subject: Subject::parse(&name)?, version: Version::new(1, 0, 0) };
                let schema = with_draft(group.schema, self.draft);
                let read = Schema::read(at.clone(), schema.to_string().as_bytes(), dialects);
                let (at, refused) = match read {
                    Ok(schema) => {
                        self.catalog.replace(Arc::new(schema));
                        (Some(at), None)
                    }
                    Err(why) => (None, Some(why.first().map(ToString::to_string).unwrap_or_default())),
                };
                self.groups.push(Group {
                    file: file.clone(),
                    description: group.description,
                    at,
                    refused,
                    cases: group.tests,
                    library: Vec::new(),
                    is_optional,
                });
            }
        }
        Ok(())
    }

    /// Adds a remote document under the URI of the suite, and under its own URI.
    fn add_remote(&mut self, number: usize, uri: &str, document: Value, dialects: &Dialects) {
        let mut document = with_draft(document, self.draft);
        if let Value::Object(members) = &mut document {
            // Without its own `$id`, a document has the URI of its location.
            members.entry(self.draft.id_keyword()).or_insert_with(|| uri.into());
        }
        let Ok(subject) = Subject::parse(&format!("remote.n{number}")) else { return };
        let at = Coordinates { subject, version: Version::new(1, 0, 0) };
        // The folder also contains documents of other drafts. This draft need not accept these documents.
        if let Ok(schema) = Schema::read(at.clone(), document.to_string().as_bytes(), dialects) {
            self.catalog.replace(Arc::new(schema));
            self.catalog.know_as(uri, &at);
        }
    }

    fn run_library(&mut self) {
        for group in &mut self.groups {
            let schema = group.at.as_ref().and_then(|at| self.catalog.get(&at.subject, &at.version));
            let validator = schema
                .and_then(|schema| self.catalog.resolve(schema).ok())
                .and_then(|resolved| resolved.validator(self.formats).ok());
            if let Some(validator) = validator {
                group.library = group.cases.iter().map(|case| validator.is_valid(&case.data)).collect();
            }
        }
    }
}

fn folder(draft: Draft) -> &'static str {
    match draft {
        Draft::Draft4 => "draft4",
        Draft::Draft6 => "draft6",
        Draft::Draft7 => "draft7",
        Draft::Draft201909 => "draft2019-09",
        Draft::Draft202012 => "draft2020-12",
    }
}

/// Adds the draft to a schema without `$schema`. The folder of the schema determines its draft.
fn with_draft(mut schema: Value, draft: Draft) -> Value {
    if let Value::Object(members) = &mut schema {
        members.entry("$schema").or_insert_with(|| draft.uri().into());
    }
    schema
}

fn json_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Returns the remote documents that belong to this draft or to all drafts, with their URIs.
fn remotes(root: &Path, own: &str) -> Result<Vec<(String, Value)>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let below = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            let other_draft = (below.starts_with("draft") || below == "v1") && below != own;
            if path.is_dir() {
                if !(folder == root && other_draft) {
                    open.push(path);
                }
            } else if below.ends_with(".json") {
                found.push((format!("{SERVER}{below}"), serde_json::from_slice(&fs::read(&path)?)?));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

/// Maps the metaschemas among the remote documents to the draft.
fn dialects(remotes: &[(String, Value)], draft: Draft) -> Result<Dialects, Failure> {
    let mut dialects = Dialects::default();
    for (uri, document) in remotes {
        if document.get("$vocabulary").is_some() {
            let without = Vocabulary::left_out_by(document, draft).into_iter().collect();
            dialects.map(uri, Dialect { draft, without });
        }
    }
    Ok(dialects)
}
