//! Reports as JSON, which docs/cli.md describes.

use serde_json::{Map, Value, json};

use super::report::Report;
use crate::finding::{Finding, Place};
use crate::outcome::Outcome;

/// The version number of this JSON format. The number increases if a member changes its meaning, but not if the format
/// gets a new member.
const SHAPE: u32 = 1;

/// Returns a report as one JSON document.
pub(super) fn document(report: &Report) -> Value {
    let status = match report.outcome() {
        Outcome::Clean => "clean",
        Outcome::Findings => "findings",
    };
    let mut document = json!({
        "shape": SHAPE,
        "command": report.command,
        "status": status,
        "looked_at": report.looked_at,
        "findings": report.findings.iter().map(finding_row).collect::<Vec<_>>(),
    });
    for (name, value) in &report.details {
        document[*name] = value.clone();
    }
    document
}

/// Members of a JSON object. A member without a value is missing, never null.
#[derive(Default)]
struct Row(Map<String, Value>);

impl Row {
    fn put(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
    }

    fn put_place(&mut self, place: &Place) {
        self.put("schema", place.at.as_deref());
        self.put("file", Some(place.file.as_str()));
        self.put("pointer", Some(place.pointer.as_str()));
        self.put("line", place.position.map(|p| p.line));
        self.put("column", place.position.map(|p| p.column));
    }
}

fn finding_row(finding: &Finding) -> Value {
    let mut row = Row::default();
    row.put("rule", Some(finding.rule.as_str()));
    row.put("severity", Some(finding.severity.as_str()));
    row.put("message", Some(finding.message.as_str()));
    row.put_place(&finding.place);
    if let Some(breakage) = &finding.breakage {
        row.put("direction", Some(breakage.direction.as_str()));
        row.put("baseline", Some(breakage.baseline.to_string()));
        row.put("baseline_place", breakage.baseline_place.as_ref().map(place_row));
        if let Some(witness) = &breakage.witness {
            let (writer, reader) = breakage.writer_and_reader();
            row.put("witness", Some(witness.clone()));
            row.put("written_by", Some(writer.to_string()));
            row.put("refused_by", Some(reader.to_string()));
        }
        row.put("refusal", breakage.refusal.as_deref());
    }
    if let Some(required) = &finding.required {
        row.put("required_bump", Some(required.bump.as_str()));
        row.put("required_version", Some(required.version.to_string()));
    }
    row.put("notes", (!finding.notes.is_empty()).then(|| finding.notes.clone()));
    row.put("help", finding.help.as_deref());
    row.put("fingerprint", finding.fingerprint.as_deref());
    row.put("waived", finding.waived.as_deref());
    row.put("waived_by", finding.waived_by.as_deref());
    Value::Object(row.0)
}

fn place_row(place: &Place) -> Value {
    let mut row = Row::default();
    row.put_place(place);
    Value::Object(row.0)
}
