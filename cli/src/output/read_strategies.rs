use evschema_codegen::Explained;
use serde_json::{Value, json};

use super::render::Render;
use crate::terminal::Terminal;

/// The list of `evschema generate --explain`. Each row explains how the generated code parses the events of a schema,
/// and why. The string is the file of the schema.
pub(crate) struct ReadStrategies(pub(crate) Vec<(Explained, String)>);

impl Render for ReadStrategies {
    fn print_text(&self, terminal: &mut Terminal) {
        for (row, file) in &self.0 {
            let position = row.position.map(|position| format!(":{position}")).unwrap_or_default();
            let pointer = if row.pointer.as_str().is_empty() { "(root)" } else { row.pointer.as_str() };
            let rust_type = row.rust_type.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
            terminal.print(format!("{file}{position}: {pointer}: {}{rust_type}: {}", row.class, row.why));
        }
    }

    fn json(&self) -> Value {
        let rows = self.0.iter().map(|(row, file)| {
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
        });
        json!({ "schemas": rows.collect::<Vec<_>>() })
    }
}
