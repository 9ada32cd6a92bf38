//! Generates types for the same schemas with typify.

use std::fs;
use std::process::Command;

use evschema_tests::repository;
use serde::Deserialize;
use serde_json::Value;

use super::{BUILD, Failure};
use crate::scratch::Scratch;

/// The dependencies of the types of typify, except serde.
pub(super) const NEEDS: &str = "chrono = { version = \"0.4\", default-features = false, features = [\"serde\", \"std\"] }\n\
     regress = \"0.10\"\nuuid = { version = \"1\", features = [\"serde\"] }\n";

/// The result of typify for one schema.
#[derive(Debug, Deserialize)]
pub(super) struct Typified {
    pub(super) number: usize,
    /// The name of the type for the root of the schema.
    #[serde(default)]
    pub(super) root: Option<String>,
    /// The formatted code, or `None` if typify rejects the schema or panics.
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) micros: f64,
}

/// Runs typify on the `schema` of each row.
pub(super) fn generated<'a>(rows: impl Iterator<Item = &'a Value>) -> Result<Vec<Typified>, Failure> {
    let mut scratch = Scratch::new("typify")?;
    scratch.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"program\"]\n")?;
    scratch.write(
        "program/Cargo.toml",
        "[package]\nname = \"bench-typify\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n\
         typify = { version = \"=0.8.0\", default-features = false }\nschemars = \"0.8\"\nserde_json = \"1\"\n\
         syn = \"2\"\nprettyplease = \"0.2\"\n",
    )?;
    scratch.write("program/src/main.rs", include_str!("program/typify.rs"))?;
    scratch.lock()?;
    scratch.sweep()?;
    let program = scratch.build("bench-typify", BUILD)?.map_err(|errors| {
        format!("typify does not build: {}", errors.first().map(|e| e.message.clone()).unwrap_or_default())
    })?;
    let input = repository().join("target/scratch/bench-typify.jsonl");
    fs::write(&input, rows.map(|row| format!("{row}\n")).collect::<String>())?;
    let output = Command::new(program).arg(&input).output()?;
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(|line| serde_json::from_str(line).map_err(Into::into)).collect()
}
