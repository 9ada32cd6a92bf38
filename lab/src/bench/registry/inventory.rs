//! Creates subjects and versions for a benchmark from real schemas.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version, fields};
use serde::Deserialize;
use serde_json::{Value, json};

/// The maximum size of a real schema, in bytes. The benchmark omits larger schemas.
const BYTES_MAX: usize = 16 << 10;

/// Subjects that are made from real schemas.
///
/// Each subject has the name and the schema of a real event. Each version adds an optional property with a real name,
/// so every version is compatible with the previous one.
#[derive(Debug)]
pub(super) struct Inventory {
    bases: Vec<Base>,
    /// The names of properties in real schemas.
    pub(super) names: Vec<String>,
}

#[derive(Debug)]
struct Base {
    subject: String,
    schema: Value,
}

/// A version that a client registers.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) subject: Subject,
    pub(super) version: Version,
    pub(super) bytes: Vec<u8>,
}

#[derive(Debug, Deserialize)]
struct Line {
    subject: String,
    schema: Value,
}

impl Inventory {
    /// Reads the real schemas in the subfolders of a folder.
    pub(super) fn read(events: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let mut files: Vec<_> = fs::read_dir(events)
            .map_err(|error| format!("{}: {error}; `--events` names another folder", events.display()))?
            .flatten()
            .map(|entry| entry.path().join("schemas.jsonl"))
            .filter(|file| file.is_file())
            .collect();
        files.sort();
        let mut bases = Vec::new();
        let mut names = BTreeSet::new();
        for file in files {
            for line in fs::read_to_string(&file)?.lines() {
                let line: Line = serde_json::from_str(line)?;
                if let Some((base, found)) = usable(line) {
                    names.extend(found);
                    bases.push(base);
                }
            }
        }
        if bases.is_empty() {
            return Err(format!("no usable schema below {}", events.display()).into());
        }
        Ok(Self { bases, names: names.into_iter().collect() })
    }

    /// Returns the name of the subject with this number.
    pub(super) fn subject(&self, number: usize) -> Result<Subject, Box<dyn std::error::Error>> {
        let base = &self.bases[number % self.bases.len()];
        let mut name = format!("team{:03}.{}", number % 997, base.subject);
        name.truncate(Subject::BYTES_MAX - 8);
        Ok(Subject::parse(&format!("{name}.n{number}"))?)
    }

    /// Returns a version. Both numbers begin with zero.
    pub(super) fn item(&self, number: usize, version: usize) -> Result<Item, Box<dyn std::error::Error>> {
        let mut schema = self.bases[number % self.bases.len()].schema.clone();
        let mut random = fastrand::Rng::with_seed(number as u64);
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            for step in 0..=version {
                let name = random.choice(&self.names).map_or("more", String::as_str);
                properties.insert(format!("{name}_{step}"), json!({"type": "string", "maxLength": 100}));
            }
        }
        let version = Version::parse(&format!("1.{version}.0"))?;
        Ok(Item { subject: self.subject(number)?, version, bytes: serde_json::to_vec(&schema)? })
    }

    /// Returns a version of a line in which all schemas have about the same size. Each version of this line only raises
    /// a length limit.
    pub(super) fn step(&self, number: usize, version: usize) -> Result<Item, Box<dyn std::error::Error>> {
        let mut schema = self.bases[number % self.bases.len()].schema.clone();
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("more".to_owned(), json!({"type": "string", "maxLength": 1_000 + version}));
        }
        let version = Version::parse(&format!("1.{version}.0"))?;
        Ok(Item { subject: self.subject(number)?, version, bytes: serde_json::to_vec(&schema)? })
    }
}

/// Returns a schema without its identifiers, and the names of its properties. Returns `None` if the schema has no
/// properties, or refers to other documents.
fn usable(line: Line) -> Option<(Base, Vec<String>)> {
    let Line { subject, mut schema } = line;
    let members = schema.as_object_mut()?;
    for name in ["$id", "id", "self"] {
        members.remove(name);
    }
    members.get("properties")?.as_object()?;
    let text = schema.to_string();
    let at = Coordinates { subject: Subject::parse(&subject).ok()?, version: Version::new(1, 0, 0) };
    let read = Arc::new(Schema::read(at, text.as_bytes(), &Dialects::default()).ok()?);
    // Some real schemas contain references to missing targets.
    let stands_alone = Catalog::default().resolve(&read).is_ok() && text.len() <= BYTES_MAX;
    let names = fields(&read).into_iter().map(|field| field.name).collect();
    stands_alone.then_some((Base { subject, schema }, names))
}
