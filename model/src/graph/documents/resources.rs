//! The resources of documents, and the metaschemas that documents refer to.

use referencing::Uri;
use referencing::uri::resolve_against;
use serde_json::Value;

use super::{DocumentId, Documents, Place, Text, address};
use crate::dialect::Draft;
use crate::graph::scope::in_metaschema;
use crate::reference::REFERENCES;

/// Keywords whose values are values of events, and contain no schemas.
const VALUES: [&str; 4] = ["enum", "const", "default", "examples"];

impl<'c> Documents<'c> {
    /// Returns the place in a document's copy of a metaschema, after adding the copy.
    pub(super) fn in_metaschema(&mut self, id: DocumentId, uri: &str, fragment: &str) -> Option<Place> {
        let uri = uri.trim_end_matches('#');
        let text = match self.documents[id.0].metaschemas.get(uri) {
            Some(text) => *text,
            None => self.add_metaschema(id, uri)?,
        };
        let found = in_metaschema(&format!("{uri}{fragment}"))?;
        self.by_address.get(&(self.texts[text].copy, address(found.contents()))).copied()
    }

    fn add_metaschema(&mut self, id: DocumentId, uri: &str) -> Option<usize> {
        let (root, _, draft) = in_metaschema(uri)?.into_inner();
        let draft = Draft::ALL.into_iter().find(|own| own.to_library() == draft)?;
        let first = self.values.len();
        let copy = Some(self.texts.len());
        let text = self.add_text(Text { document: id, root, draft, copy });
        self.documents[id.0].metaschemas.insert(uri.to_owned(), text);
        let base = root.get(draft.id_keyword()).and_then(Value::as_str).unwrap_or(uri);
        let base = Uri::parse(base.trim_end_matches('#').to_owned()).ok()?;
        for at in first..self.values.len() {
            let value = self.values[at].value;
            for keyword in REFERENCES {
                let Some(written) = value.get(keyword).and_then(Value::as_str) else { continue };
                let Ok(target) = resolve_against(&base.borrow(), written) else { continue };
                let fragment = &written[written.find('#').unwrap_or(written.len())..];
                let target = self.in_metaschema(id, target.strip_fragment().as_str(), fragment);
                self.targets.extend(target.map(|target| ((Place(at), keyword), target)));
            }
        }
        Some(text)
    }

    /// Returns the root of the resource that contains a schema.
    pub fn resource_root(&self, place: Place) -> Place {
        let text = self.text(place);
        let mut found = text.root;
        let mut at = text.root;
        for token in self.pointer(place).tokens() {
            let next = match at {
                Value::Object(members) => members.get(&token),
                Value::Array(items) => token.parse().ok().and_then(|at: usize| items.get(at)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            };
            let Some(next) = next else { break };
            at = next;
            if is_resource(at, text.draft) {
                found = at;
            }
        }
        self.beside(place, found)
    }

    /// Returns the dynamic anchors of the resource with this root, by name. The name of a `$recursiveAnchor` is empty.
    pub fn dynamic_anchors(&self, root: Place) -> Vec<(String, Place)> {
        let (value, draft) = (self.value(root), self.draft(root));
        let mut found = Vec::new();
        if value.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
            found.push((String::new(), root));
        }
        let mut open = vec![value];
        while let Some(next) = open.pop() {
            if !std::ptr::eq(next, value) && is_resource(next, draft) {
                continue;
            }
            if let Some(name) = next.get("$dynamicAnchor").and_then(Value::as_str) {
                found.push((name.to_owned(), self.beside(root, next)));
            }
            match next {
                Value::Object(members) => {
                    let schemas = members.iter().filter(|(name, _)| !VALUES.contains(&name.as_str()));
                    open.extend(schemas.map(|(_, value)| value));
                }
                Value::Array(items) => open.extend(items),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        found
    }
}

/// Returns whether a schema has an identity of its own.
fn is_resource(value: &Value, draft: Draft) -> bool {
    let is_hidden = draft.ref_hides_siblings() && value.get("$ref").is_some();
    let id = value.get(draft.id_keyword()).and_then(Value::as_str);
    id.is_some_and(|id| !id.is_empty() && !id.starts_with('#')) && !is_hidden
}
