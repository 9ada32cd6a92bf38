use evschema_api::{AcceptedFinding, State};
use evschema_model::{Digest, Field, Version};
use serde_json::{Value, json};

use super::render::Render;
use crate::terminal::Terminal;
use crate::terminal::escape::one_line;

/// The description of a version.
pub(crate) struct VersionSheet {
    /// The subject and version, `commerce.order.placed@1.3.0`.
    pub(crate) at: String,
    /// The title of the schema.
    pub(crate) title: Option<String>,
    /// The description of the schema.
    pub(crate) description: Option<String>,
    /// The digest of the schema.
    pub(crate) digest: Digest,
    /// The draft of the schema.
    pub(crate) draft: String,
    /// The state and its reason, if the version is from a registry.
    pub(crate) state: Option<(State, Option<String>)>,
    /// The day, author and message of the registration, if the version is from a registry.
    pub(crate) registered: Option<String>,
    /// All versions of the subject.
    pub(crate) versions: Vec<Version>,
    /// The versions that the schema refers to.
    pub(crate) references: Vec<String>,
    /// The findings that a waiver accepted at the registration.
    pub(crate) accepted: Vec<AcceptedFinding>,
    /// The properties of an event.
    pub(crate) fields: Vec<Field>,
}

impl Render for VersionSheet {
    fn print_text(&self, terminal: &mut Terminal) {
        let title = self.title.as_deref().map(|title| format!("  {}", one_line(title))).unwrap_or_default();
        terminal.print(format!("{}{title}", terminal.bold(&self.at)));
        if let Some(description) = &self.description {
            terminal.print(one_line(description));
        }
        terminal.print("");
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                terminal.print(format!("{name:<11} {}", one_line(value)));
            }
        };
        line("digest", self.digest.as_str());
        line("draft", &self.draft);
        if let Some((state, reason)) = &self.state {
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            line("state", &format!("{state}{reason}"));
        }
        line("registered", self.registered.as_deref().unwrap_or_default());
        let versions: Vec<String> = self.versions.iter().map(ToString::to_string).collect();
        line("versions", &versions.join(", "));
        line("refers to", &self.references.join(", "));
        for finding in &self.accepted {
            let AcceptedFinding { rule, baseline, message, reason, fingerprint, .. } = finding;
            line(
                "accepted",
                &format!("{rule} against {baseline}: {message}; {reason} (waiver {fingerprint})"),
            );
        }
        print_fields(&self.fields, terminal);
    }

    fn json(&self) -> Value {
        json!({
            "schema": self.at,
            "title": self.title,
            "description": self.description,
            "digest": self.digest,
            "draft": self.draft,
            "state": self.state.as_ref().map(|(state, _)| state.as_str()),
            "state_reason": self.state.as_ref().and_then(|(_, reason)| reason.clone()),
            "versions": self.versions,
            "references": self.references,
            "accepted": self.accepted,
            "fields": self.fields,
        })
    }
}

/// Prints a table of properties: path, type and description.
fn print_fields(fields: &[Field], terminal: &mut Terminal) {
    if fields.is_empty() {
        return;
    }
    terminal.print("");
    let row = |field: &Field| {
        let optional = if field.required { "" } else { "?" };
        format!("{}{optional}", path(field))
    };
    let names: Vec<String> = fields.iter().map(row).collect();
    let name_width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let kind_width = fields.iter().map(|field| field.kind.chars().count()).max().unwrap_or_default();
    for (field, name) in fields.iter().zip(names) {
        let about = terminal.dim(&one_line(field.description.as_deref().unwrap_or_default()));
        let text = format!("{:name_width$}  {:kind_width$}  {about}", one_line(&name), one_line(&field.kind));
        terminal.print(text.trim_end());
    }
}

/// Returns the path of a field in the event, as people write it: `customer.email`, `Line.sku`.
fn path(field: &Field) -> String {
    let tokens: Vec<String> = field.pointer.tokens().collect();
    let mut names: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "properties" | "patternProperties" | "$defs" | "definitions" if at + 1 < tokens.len() => {
                names.push(&tokens[at + 1]);
                at += 2;
            }
            "items" | "contains" | "additionalItems" => {
                names.push("[]");
                at += 1;
            }
            _ => at += 1,
        }
    }
    names.join(".").replace(".[]", "[]")
}
