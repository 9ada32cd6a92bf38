//! Compares the engine under a content model with the oracle, on corpora and real histories.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use evschema_compat::{Settings, Waivers, check};
use evschema_model::{Catalog, ContentModel, Coordinates, Dialects, Formats, Resolved, Schema};
use evschema_tests::{ContentSettings, read_alone, try_content};
use serde_json::{Value, json};

use crate::corpus::{Corpus, Source};
use crate::fuzz::content::{ContentFigures, print_faults};
use crate::task_result::TaskResult;

/// The settings of a run.
pub(super) struct Run<'r> {
    pub(super) model: ContentModel,
    pub(super) formats: Formats,
    pub(super) sample: usize,
    pub(super) dialects: &'r Dialects,
    /// The options `URI=DRAFT`, for the schemas of the histories.
    pub(super) dialect: &'r [String],
}

/// Compares the pairs of a file and the steps of histories, and prints a row for each corpus.
#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
pub(super) fn run(run: &Run<'_>, pairs: Option<&Path>, histories: &[PathBuf]) -> TaskResult {
    let mut rows: BTreeMap<String, ContentFigures> = BTreeMap::new();
    if let Some(pairs) = pairs {
        run.try_pairs(pairs, &mut rows)?;
    }
    for history in histories {
        run.try_history(history, &mut rows)?;
    }
    println!(
        "| corpus | pairs | compatible | refuted | incompatible | witnesses | bad | unknown | undecided | events | beyond |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (corpus, row) in &rows {
        println!(
            "| {corpus} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row.pairs,
            row.compatible,
            row.refuted,
            row.incompatible,
            row.witnesses,
            row.bad_witnesses,
            row.unknown_witnesses,
            row.undecided,
            row.events,
            row.beyond,
        );
    }
    let is_clean = rows.values().all(ContentFigures::is_clean);
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::from(100) })
}

impl Run<'_> {
    fn try_pairs(
        &self,
        path: &Path,
        rows: &mut BTreeMap<String, ContentFigures>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let file =
            std::fs::File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        for line in BufReader::new(file).lines() {
            let pair: Value = serde_json::from_str(&line?)?;
            let read = |side: &str| read_alone(side, &pair[side].to_string(), self.dialects);
            let (Ok(old), Ok(new)) = (read("old"), read("new")) else { continue };
            let alone = Catalog::default();
            let unmasked = (self.without_version(&old, &alone), self.without_version(&new, &alone));
            let (Some(old), Some(new)) = unmasked else { continue };
            let row = rows.entry(pair["corpus"].as_str().unwrap_or("?").to_owned()).or_default();
            self.try_one(&old, &new, &pair["id"], row);
        }
        Ok(())
    }

    fn try_history(
        &self,
        folder: &Path,
        rows: &mut BTreeMap<String, ContentFigures>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let corpus = Corpus::read(&Source {
            events: folder.to_owned(),
            dialect: self.dialect.to_vec(),
            formats: Formats::Annotate,
            stub_missing: true,
        })?;
        let mut versions: Vec<&Coordinates> = corpus.versions.iter().collect();
        versions.sort();
        let name = folder.file_name().map_or_else(|| "?".into(), |name| name.to_string_lossy().into_owned());
        let row = rows.entry(name).or_default();
        for step in versions.windows(2) {
            let [from, to] = step else { continue };
            if from.subject != to.subject {
                continue;
            }
            let resolve = |at: &Coordinates| {
                let schema = corpus.catalog.get(&at.subject, &at.version)?;
                let resolved = corpus.catalog.resolve(schema).ok()?;
                self.without_version(&resolved, &corpus.catalog)
            };
            let (Some(old), Some(new)) = (resolve(from), resolve(to)) else { continue };
            self.try_one(
                &old,
                &new,
                &json!(format!("{} {} {}", from.subject, from.version, to.version)),
                row,
            );
        }
        Ok(())
    }

    fn try_one(&self, old: &Resolved, new: &Resolved, id: &Value, row: &mut ContentFigures) {
        let how = ContentSettings { model: self.model, formats: self.formats, events: self.sample, seed: 1 };
        let trials = try_content(old, new, how);
        row.pairs += 1;
        trials.iter().for_each(|trial| row.add(trial));
        print_faults(&json!({"model": self.model.to_string(), "id": id}), &trials);
    }

    /// Returns the schema without the constants that repeat its own version.
    ///
    /// The engine ignores these constants, but the oracle would reject all events of the other version.
    fn without_version(&self, resolved: &Resolved, catalog: &Catalog) -> Option<Resolved> {
        let masked = check(resolved, &[], &Settings::default(), &Waivers::default()).masked;
        if masked.is_empty() {
            return Some(resolved.clone());
        }
        let schema = resolved.schema();
        let mut value = schema.document().value().clone();
        for pointer in masked {
            let members = value.pointer_mut(pointer.as_str()).and_then(Value::as_object_mut)?;
            members.shift_remove("const");
            members.shift_remove("enum");
        }
        let read = Schema::read(schema.at().clone(), value.to_string().as_bytes(), self.dialects).ok()?;
        catalog.resolve(&Arc::new(read)).ok()
    }
}
