use evschema_api::{AcceptedFinding, State, VersionView};
use evschema_model::{Coordinates, Field, Pointer, Version};
use serde::Serialize;

use super::highlight::{Token, highlight};
use super::{Moment, Pages, moment};

/// The maximum number of properties in the list on a page. The schema on the same page shows all properties.
const FIELDS_MAX: usize = 500;

#[derive(Serialize)]
struct View {
    subject: String,
    version: String,
    before: Option<String>,
    is_not_active: bool,
    state: &'static str,
    state_reason: Option<String>,
    never_used: bool,
    lead: Option<String>,
    url: String,
    registered: Moment,
    author: Option<String>,
    message: Option<String>,
    draft: String,
    digest: String,
    id: u32,
    ordinal: u32,
    accepted: Vec<Accepted>,
    references: Vec<Coordinates>,
    dependents: Vec<Coordinates>,
    fields: Vec<Row>,
    fields_left_out: usize,
    tokens: Vec<Token>,
}

/// A finding that a waiver accepted.
#[derive(Serialize)]
struct Accepted {
    rule: String,
    baseline: String,
    message: String,
    witness: Option<String>,
    fingerprint: String,
    reason: String,
}

fn accepted(finding: AcceptedFinding) -> Accepted {
    Accepted {
        rule: finding.rule,
        baseline: finding.baseline,
        message: finding.message,
        witness: finding.witness.and_then(|event| serde_json::to_string_pretty(&event).ok()),
        fingerprint: finding.fingerprint,
        reason: finding.reason,
    }
}

#[derive(Serialize)]
struct Row {
    parents: String,
    name: String,
    pointer: String,
    kind: String,
    required: bool,
    description: Option<String>,
}

impl Pages {
    /// Returns the page of a version; `before` is the previous version, for the link to a comparison.
    pub(crate) fn version(&self, view: VersionView, before: Option<Version>, content: &[u8]) -> String {
        let title = format!("{} {}", view.subject, view.version);
        let lead = match (view.title, view.description) {
            (Some(title), Some(description)) => Some(format!("{title}. {description}")),
            (title, description) => title.or(description),
        };
        let view = View {
            subject: view.subject.to_string(),
            version: view.version.to_string(),
            before: before.map(|version| version.to_string()),
            is_not_active: view.state != State::Active,
            state: view.state.as_str(),
            state_reason: view.state_reason,
            never_used: view.never_used,
            lead,
            url: view.url,
            registered: moment(view.registered_at),
            author: view.author,
            message: view.message,
            draft: view.draft,
            digest: view.digest.to_string(),
            id: view.id,
            ordinal: view.ordinal,
            accepted: view.accepted.into_iter().map(accepted).collect(),
            references: view.references,
            dependents: view.dependents,
            fields_left_out: view.fields.len().saturating_sub(FIELDS_MAX),
            fields: view.fields.into_iter().take(FIELDS_MAX).map(row).collect(),
            tokens: highlight(content),
        };
        self.render("version", &title, "", &view)
    }
}

fn row(field: Field) -> Row {
    Row {
        parents: parents(&field.pointer),
        name: field.name,
        pointer: field.pointer.to_string(),
        kind: field.kind,
        required: field.required,
        description: field.description,
    }
}

/// Returns the parents of a property as people write them, such as `customer.addresses[].`.
fn parents(field: &Pointer) -> String {
    let mut tokens: Vec<String> = field.tokens().collect();
    tokens.pop();
    let mut path = String::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token.as_str() {
            "properties" | "$defs" | "definitions" | "patternProperties" => {
                if let Some(name) = tokens.next() {
                    path.push_str(&name);
                    path.push('.');
                }
            }
            "items" | "prefixItems" | "contains" => {
                path.truncate(path.trim_end_matches('.').len());
                path.push_str("[].");
            }
            // The subschemas of the other applicators describe the same object, so the path stays the same.
            _ => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_of_properties() {
        for (pointer, path) in [
            ("/properties/id", ""),
            ("/properties/lines/items/properties/sku", "lines[]."),
            ("/$defs/Money/properties/amount", "Money."),
            ("/allOf/0/properties/x", ""),
            ("/properties/a/properties/b/properties/c", "a.b."),
        ] {
            assert_eq!(parents(&Pointer::from_text(pointer)), path, "{pointer}");
        }
    }
}
