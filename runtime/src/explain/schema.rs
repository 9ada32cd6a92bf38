//! The schemas of a node, in the embedded documents. They give a violation its location and the value of its keyword.

use crate::document::Document;
use crate::json::Json;
use crate::program::NodeRef;

/// A schema in an embedded document.
#[derive(Debug, Clone, Default)]
pub(super) struct Schema {
    /// The location in the document, a JSON Pointer.
    pub(super) location: String,
    /// `None` if the document has no value at the location. Only hand-written programs and metaschemas cause this.
    pub(super) value: Option<&'static Json>,
}

impl Schema {
    /// Returns the value of a keyword.
    pub(super) fn keyword(&self, keyword: &str) -> Option<&'static Json> {
        self.value?.get(keyword)
    }

    /// Returns the schema at a path inside this schema.
    pub(super) fn child(&self, path: &[&str]) -> Self {
        Self { location: self.location_of(path), value: self.value.and_then(|value| find(value, path)) }
    }

    /// Returns the location of a path inside this schema.
    pub(super) fn location_of(&self, path: &[&str]) -> String {
        let mut location = self.location.clone();
        path.iter().for_each(|token| push(&mut location, token));
        location
    }
}

/// Appends a name or an index to a JSON Pointer.
pub(super) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}

fn find(value: &'static Json, path: &[&str]) -> Option<&'static Json> {
    path.iter().try_fold(value, |value, token| match value {
        Json::Object(properties) => properties.get(*token),
        Json::Array(items) => items.get(token.parse::<usize>().ok()?),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    })
}

/// The schemas whose keywords a node has.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) own: Schema,
    /// The schemas that the generator merged into the node. If the list is empty, the node has only its own schema.
    parts: Vec<Schema>,
}

impl Source {
    /// Returns the schemas. Each schema can have any keyword of the node.
    pub(super) fn schemas(&self) -> &[Schema] {
        if self.parts.is_empty() { std::slice::from_ref(&self.own) } else { &self.parts }
    }
}

/// The embedded documents, each with the address of its program.
#[derive(Debug)]
pub(super) struct Documents(Vec<(usize, &'static Document)>);

impl Documents {
    /// Returns a document and all documents that it refers to.
    pub(super) fn of(document: &'static Document) -> Self {
        let references = document.references.iter().map(|(_, other)| *other);
        let all = std::iter::once(document).chain(references);
        Self(all.map(|document| (document.root().program_address(), document)).collect())
    }

    /// Returns the schemas of a node. `derived` is the schema at the path through which the caller reached the node. It
    /// counts for a node without a location.
    pub(super) fn source(&self, node_ref: NodeRef, derived: impl FnOnce() -> Schema) -> Source {
        let own = match node_ref.location() {
            Some(location) => self.schema(node_ref.program_address(), location),
            None => derived(),
        };
        let parts = node_ref.parts().map(|(program, location)| self.schema(program, location)).collect();
        Source { own, parts }
    }

    fn schema(&self, program: usize, location: &str) -> Schema {
        let document = self.0.iter().find(|(address, _)| *address == program);
        let root = document.and_then(|(_, document)| document.value());
        let tokens = location.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
        let tokens: Vec<String> = tokens.collect();
        let path: Vec<&str> = tokens.iter().map(String::as_str).collect();
        Schema { location: location.to_owned(), value: root.and_then(|root| find(root, &path)) }
    }
}
