use evschema_codegen::{Explained, ExplainedStep, MissingPart};
use serde_json::{Value, json};

use super::render::Render;
use crate::terminal::Terminal;

/// The lists of `evschema generate --explain`.
pub(crate) struct ReadStrategies {
    /// Each row explains how the generated code parses the events of a schema, and why. The string is the file of the
    /// schema.
    pub(crate) schemas: Vec<(Explained, String)>,
    /// Each row explains how the generated code converts the events of a version to the next generated version.
    pub(crate) steps: Vec<ExplainedStep>,
}

impl Render for ReadStrategies {
    fn print_text(&self, terminal: &mut Terminal) {
        for (row, file) in &self.schemas {
            let position = row.position.map(|position| format!(":{position}")).unwrap_or_default();
            let pointer = if row.pointer.as_str().is_empty() { "(root)" } else { row.pointer.as_str() };
            let rust_type = row.rust_type.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
            terminal.print(format!("{file}{position}: {pointer}: {}{rust_type}: {}", row.class, row.why));
        }
        for step in &self.steps {
            let versions = format!("{} from {} to {}", step.from.subject, step.from.version, step.to.version);
            if step.missing.is_empty() {
                terminal.print(format!("{versions}: derived"));
            }
            for part in &step.missing {
                terminal.print(format!("{versions}: {} is not derived: {}", part_name(part), part.why));
            }
        }
    }

    fn json(&self) -> Value {
        let rows = self.schemas.iter().map(|(row, file)| {
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
        let steps = self.steps.iter().map(|step| {
            let missing = step.missing.iter();
            json!({
                "subject": step.from.subject,
                "from": step.from.version,
                "to": step.to.version,
                "derived": step.missing.is_empty(),
                "missing": missing
                    .map(|part| json!({ "type": part.rust_type, "property": part.property, "why": part.why }))
                    .collect::<Vec<_>>(),
            })
        });
        json!({ "schemas": rows.collect::<Vec<_>>(), "steps": steps.collect::<Vec<_>>() })
    }
}

fn part_name(part: &MissingPart) -> String {
    match (&part.rust_type, &part.property) {
        (Some(of), Some(property)) => format!("`{property}` of `{of}`"),
        (Some(of), None) => format!("the undeclared properties of `{of}`"),
        (None, _) => "the whole event".to_owned(),
    }
}
