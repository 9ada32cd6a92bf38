use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version, fields};
use serde::Deserialize;
use serde_json::{Value, json};

/// Longest schema that the inventory is made from, in bytes.
const BYTES_MAX: usize = 16 << 10;

/// Schemas made from real ones: each subject has the name and the content of a real event, and each version
/// adds an optional field with the name of a real one, so that every registration is a compatible step.
#[derive(Debug)]
pub(super) struct Inventory {
    bases: Vec<Base>,
    /// The names of fields in real schemas.
    pub(super) names: Vec<String>,
}

#[derive(Debug)]
struct Base {
    subject: String,
    schema: Value,
}

/// One version to be registered.
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
    /// Reads the real schemas in the folders of a folder.
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

    /// Returns the name of a subject by its number.
    pub(super) fn subject(&self, number: usize) -> Result<Subject, Box<dyn std::error::Error>> {
        let base = &self.bases[number % self.bases.len()];
        let mut name = format!("team{:03}.{}", number % 997, base.subject);
        name.truncate(Subject::BYTES_MAX - 8);
        Ok(Subject::parse(&format!("{name}.n{number}"))?)
    }

    /// Returns a version of a subject by both numbers, from zero.
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
}

impl Inventory {
    /// Returns a version of a line whose schemas are all of one size: each lets a field be longer.
    pub(super) fn step(&self, number: usize, version: usize) -> Result<Item, Box<dyn std::error::Error>> {
        let mut schema = self.bases[number % self.bases.len()].schema.clone();
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("more".to_owned(), json!({"type": "string", "maxLength": 1_000 + version}));
        }
        let version = Version::parse(&format!("1.{version}.0"))?;
        Ok(Item { subject: self.subject(number)?, version, bytes: serde_json::to_vec(&schema)? })
    }
}

/// Returns a schema without what names itself, if it stands alone and is an object's.
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
    // Real ones refer to what is not there, in others and in themselves.
    let stands_alone = Catalog::default().resolve(&read).is_ok() && text.len() <= BYTES_MAX;
    let names = fields(&read).into_iter().map(|field| field.name).collect();
    stands_alone.then_some((Base { subject, schema }, names))
}
