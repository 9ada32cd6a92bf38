//! `evschema gen --explain`: how generated code reads each schema.

use evschema_codegen::{Explained, Options, Templates, explain};
use serde_json::{Value, json};

use super::{refused, selected};
use crate::Outcome;
use crate::arguments::Format;
use crate::command::Context;
use crate::failure::Failure;
use crate::output::json::pretty;
use crate::project::{Project, Schemas};

/// Prints a row for every schema that generated code meets, document by document.
pub(super) fn print(
    project: &Project,
    schemas: &Schemas,
    options: &Options,
    context: &mut Context<'_>,
) -> Result<Outcome, Failure> {
    let selected = selected(project, schemas)?;
    let rows = explain(&schemas.catalog, &selected, options)
        .map_err(|problems| refused(problems, schemas, &Templates::default()))?;
    match context.global.format {
        Format::Json => {
            let rows: Vec<Value> = rows.iter().map(|row| as_json(row, &file(row, schemas))).collect();
            context.terminal.print(pretty(&json!({ "schemas": rows })));
        }
        Format::Text | Format::Short => {
            for row in &rows {
                context.terminal.print(as_line(row, &file(row, schemas)));
            }
        }
    }
    Ok(Outcome::Clean)
}

fn file(row: &Explained, schemas: &Schemas) -> String {
    schemas.source(&row.at).map_or_else(|| row.at.to_string(), |source| source.file.to_owned())
}

fn as_line(row: &Explained, file: &str) -> String {
    let place = row.position.map(|position| format!(":{position}")).unwrap_or_default();
    let pointer = if row.pointer.as_str().is_empty() { "(root)" } else { row.pointer.as_str() };
    let of = row.rust_type.as_ref().map(|of| format!(" `{of}`")).unwrap_or_default();
    format!("{file}{place}: {pointer}: {}{of}: {}", row.class, row.why)
}

fn as_json(row: &Explained, file: &str) -> Value {
    json!({
        "subject": row.at.subject,
        "version": row.at.version,
        "file": file,
        "line": row.position.map(|position| position.line),
        "column": row.position.map(|position| position.column),
        "pointer": row.pointer.as_str(),
        "class": row.class.to_string(),
        "type": row.rust_type,
        "why": row.why,
    })
}
