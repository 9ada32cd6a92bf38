//! The documents of a schema, and the targets of their references.

use std::collections::HashMap;

use evschema_model::{Draft, Place, Pointer, Resolved, Schema, Target, for_each_subschema};
use serde_json::{Map, Value};

/// A schema in one of the documents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'d> {
    pub(super) value: &'d Value,
    document: usize,
}

/// The documents that a schema refers to, directly or through other documents.
#[derive(Debug)]
pub(super) struct Documents<'d> {
    list: Vec<Document<'d>>,
}

#[derive(Debug)]
struct Document<'d> {
    value: &'d Value,
    draft: Draft,
    /// Subschemas by their anchor, without `#`.
    anchors: HashMap<&'d str, &'d Value>,
    /// The number of the target document, for each reference to another document.
    foreign: HashMap<&'d str, usize>,
}

impl<'d> Documents<'d> {
    /// Returns the documents, or `None` if they use a keyword that the oracle does not support.
    pub(super) fn of(resolved: &'d Resolved) -> Option<Self> {
        let mut schemas: Vec<&'d Schema> = vec![resolved.schema()];
        let mut by_uri: HashMap<&str, usize> = HashMap::new();
        for (uri, schema) in resolved.resources() {
            let known = schemas.iter().position(|known| known.at() == schema.at());
            let at = known.unwrap_or_else(|| {
                schemas.push(schema);
                schemas.len() - 1
            });
            by_uri.insert(uri, at);
        }
        let list = schemas.iter().map(|schema| Document::of(schema, &by_uri)).collect::<Option<_>>()?;
        Some(Self { list })
    }

    pub(super) fn root(&self) -> Node<'d> {
        Node { value: self.list[0].value, document: 0 }
    }

    pub(super) fn draft(&self, node: Node<'d>) -> Draft {
        self.list[node.document].draft
    }

    /// Returns the target of a reference.
    pub(super) fn follow(&self, node: Node<'d>, reference: &str) -> Option<Node<'d>> {
        let from = &self.list[node.document];
        let document = from.foreign.get(reference).copied().unwrap_or(node.document);
        let fragment = reference.split_once('#').map_or("", |(_, fragment)| fragment);
        let target = &self.list[document];
        let value = if fragment.is_empty() {
            Some(target.value)
        } else if fragment.starts_with('/') {
            target.value.pointer(&decoded(fragment)?)
        } else {
            target.anchors.get(fragment).copied()
        };
        Some(Node { value: value?, document })
    }
}

impl<'d> Node<'d> {
    /// Returns a subschema of this schema.
    pub(super) fn child(self, value: &'d Value) -> Self {
        Self { value, document: self.document }
    }

    pub(super) fn members(self) -> Option<&'d Map<String, Value>> {
        self.value.as_object()
    }

    /// Returns the address of the schema, which identifies this node.
    pub(super) fn address(self) -> usize {
        std::ptr::from_ref(self.value) as usize
    }
}

impl<'d> Document<'d> {
    fn of(schema: &'d Schema, by_uri: &HashMap<&str, usize>) -> Option<Self> {
        let mut is_followed = true;
        let mut anchors = HashMap::new();
        let root = Place { pointer: Pointer::root(), schema: schema.value() };
        for_each_subschema(root, schema.draft(), &mut |place| {
            let Value::Object(members) = place.schema else { return };
            let is_root = std::ptr::eq(place.schema, schema.value());
            is_followed &= !["$dynamicRef", "$recursiveRef"].iter().any(|name| members.contains_key(*name));
            for keyword in ["$id", "id"] {
                match members.get(keyword).and_then(Value::as_str) {
                    Some(id) if id.starts_with('#') => drop(anchors.insert(&id[1..], place.schema)),
                    Some(_) => is_followed &= is_root,
                    None => {}
                }
            }
            if let Some(anchor) = members.get("$anchor").and_then(Value::as_str) {
                anchors.insert(anchor, place.schema);
            }
            is_followed &= is_root || !members.contains_key("$schema");
        });
        let mut foreign = HashMap::new();
        for reference in schema.references() {
            match &reference.target {
                Target::Here => {}
                Target::Metaschema => is_followed = false,
                Target::Named(_) | Target::Identified(_) => {
                    foreign.insert(reference.written.as_str(), *by_uri.get(reference.uri.as_str())?);
                }
            }
        }
        let value = schema.value();
        is_followed.then_some(Self { value, draft: schema.draft(), anchors, foreign })
    }
}

/// Decodes the percent encoding of a fragment.
fn decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let (high, low) =
                (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
