//! Reads a corpus: a folder with real schemas (`schemas.jsonl`), and optionally events (`instances.jsonl`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args as ClapArgs;
use evschema_codegen::Options;
use evschema_model::{Catalog, Coordinates, Dialect, Dialects, Draft, Formats, Schema, Subject, Version};
use evschema_tests::corpora;
use serde::Deserialize;
use serde_json::Value;

/// The options that select a corpus and the meaning of its schemas.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Source {
    /// The folder of the corpus, with `schemas.jsonl` and optionally `instances.jsonl`.
    #[arg(long)]
    pub(crate) events: PathBuf,
    /// `URI=DRAFT`: the draft of an unknown `$schema` URI. You can repeat this option.
    #[arg(long)]
    pub(crate) dialect: Vec<String>,
    /// Whether `format` rejects values: `assert` or `annotate`. The labels of the corpora apply to `annotate`.
    #[arg(long, default_value = "annotate", value_parser = formats)]
    pub(crate) formats: Formats,
    /// Adds a document that accepts every value for each missing target of a reference.
    #[arg(long)]
    pub(crate) stub_missing: bool,
}

/// The schemas and events of a corpus.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) catalog: Catalog,
    /// The versions of the corpus, without the added documents.
    pub(crate) versions: Vec<Coordinates>,
    /// The versions that are not valid schemas, with the reasons.
    pub(crate) refused: Vec<(Coordinates, String)>,
    pub(crate) events: Vec<Event>,
    pub(crate) options: Options,
}

/// An event of a corpus.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) at: Coordinates,
    /// The label of the corpus's authors: whether the event is valid.
    pub(crate) valid: Option<bool>,
    pub(crate) instance: Value,
}

#[derive(Debug, Deserialize)]
struct SchemaRow {
    subject: String,
    version: String,
    schema: Value,
}

#[derive(Debug, Deserialize)]
struct EventRow {
    subject: String,
    version: String,
    valid: Option<bool>,
    instance: Value,
}

type Failure = Box<dyn std::error::Error>;

impl Corpus {
    /// Reads a corpus.
    ///
    /// # Errors
    ///
    /// If a file is missing, or a line has the wrong form.
    pub(crate) fn read(source: &Source) -> Result<Self, Failure> {
        let dialects = dialects(&source.dialect)?;
        let mut catalog = Catalog::default();
        let mut refused = Vec::new();
        for line in lines(&source.events.join("schemas.jsonl"))? {
            let row: SchemaRow = serde_json::from_str(&line)?;
            let at = coordinates(&row.subject, &row.version)?;
            match Schema::read(at.clone(), row.schema.to_string().as_bytes(), &dialects) {
                Ok(schema) => catalog.replace(Arc::new(schema)),
                Err(why) => {
                    refused.push((at, why.first().map(ToString::to_string).unwrap_or_default()));
                }
            }
        }
        let versions = catalog.iter().map(|schema| schema.at().clone()).collect();
        if source.stub_missing {
            stub_missing(&mut catalog)?;
        }
        let events = read_events(&source.events.join("instances.jsonl"))?;
        let options = Options { formats: source.formats, ..Options::default() };
        Ok(Self { catalog, versions, refused, events, options })
    }

    /// Returns all names of properties in the schemas of the corpus.
    pub(crate) fn property_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for schema in self.catalog.iter() {
            collect_names(schema.value(), &mut names);
        }
        names
    }
}

fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "properties"
                    && let Value::Object(properties) = member
                {
                    names.extend(properties.keys().cloned());
                }
                collect_names(member, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn coordinates(subject: &str, version: &str) -> Result<Coordinates, Failure> {
    Ok(Coordinates { subject: Subject::parse(subject)?, version: Version::parse(version)? })
}

/// Returns the folders of the given corpora. If `given` is empty, returns the folders of all corpora.
///
/// # Errors
///
/// If the folder of the corpora is missing.
pub(crate) fn folders(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let root =
        corpora().ok_or("the corpora are missing; set EVSCHEMA_CORPORA, or name a folder with --events")?;
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root.join("events"))?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    folders.retain(|folder| folder.join("schemas.jsonl").exists());
    folders.sort();
    Ok(folders)
}

/// Parses the option `--formats`.
///
/// # Errors
///
/// If the text is not one of the two values.
pub(crate) fn formats(text: &str) -> Result<Formats, String> {
    match text {
        "annotate" => Ok(Formats::Annotate),
        "assert" => Ok(Formats::Assert),
        _ => Err("`annotate` or `assert`".to_owned()),
    }
}

/// Parses options of the form `URI=DRAFT`.
///
/// # Errors
///
/// If an option has another form, or the draft is unknown.
pub(crate) fn dialects(given: &[String]) -> Result<Dialects, Failure> {
    let mut dialects = Dialects::default();
    for one in given {
        let (uri, draft) =
            one.rsplit_once('=').ok_or_else(|| format!("`{one}` is not of the form `URI=DRAFT`"))?;
        dialects.map(uri, Dialect::parse(draft)?);
    }
    Ok(dialects)
}

fn lines(path: &Path) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    Ok(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())
}

fn read_events(path: &Path) -> Result<Vec<Event>, Failure> {
    let mut events = Vec::new();
    if path.exists() {
        for line in lines(path)? {
            let row: EventRow = serde_json::from_str(&line)?;
            let at = coordinates(&row.subject, &row.version)?;
            events.push(Event { at, valid: row.valid, instance: row.instance });
        }
    }
    Ok(events)
}

/// Adds a document that accepts every value for each missing target of a reference.
fn stub_missing(catalog: &mut Catalog) -> Result<(), Failure> {
    let mut missing: BTreeMap<String, (Draft, BTreeSet<String>)> = BTreeMap::new();
    for schema in catalog.iter() {
        for reference in schema.foreign_references().filter(|r| catalog.find(r).is_none()) {
            let (_, fragments) =
                missing.entry(reference.uri.clone()).or_insert_with(|| (schema.draft(), BTreeSet::new()));
            fragments.extend(reference.written.split_once('#').map(|(_, fragment)| fragment.to_owned()));
        }
    }
    for (number, (uri, (draft, fragments))) in missing.into_iter().enumerate() {
        let mut stub = serde_json::json!({ "$schema": draft.uri(), draft.id_keyword(): uri });
        for fragment in fragments.iter().filter(|fragment| fragment.starts_with('/')) {
            let mut place = &mut stub;
            for token in fragment.split('/').skip(1) {
                let members =
                    place.as_object_mut().ok_or("a fragment leads through a value that is no object")?;
                place = members.entry(token).or_insert_with(|| Value::Object(serde_json::Map::new()));
            }
        }
        let at = coordinates(&format!("stub.n{number}"), "1.0.0")?;
        if let Ok(schema) = Schema::read(at, stub.to_string().as_bytes(), &Dialects::default()) {
            catalog.replace(Arc::new(schema));
        }
    }
    Ok(())
}
