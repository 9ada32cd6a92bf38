//! The schemas of several documents, each once, whatever the way to it.
//!
//! A [`super::SchemaGraph`] starts at one schema and reads a subschema once for each dynamic scope. Code that is
//! generated for many documents needs the opposite: each place once, also places that no reference leads to. Both read
//! keywords with the same code, `graph/normalize.rs`.

mod lookup;
mod resources;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt as _};
use referencing::Uri;
use serde_json::Value;

use super::keyword::Keyword;
use super::keyword_list::Keywords;
use super::node::address;
use crate::catalog::Catalog;
use crate::coordinates::Coordinates;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::dialect::Draft;
use crate::formats::Formats;
use crate::pointer::Pointer;
use crate::reference::{REFERENCES, Target};
use crate::resolved::Resolved;
use crate::schema::Schema;

/// The number of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(usize);

/// The number of a value in a document. The value is usually a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(usize);

/// Documents and all documents that they refer to, with a number for each place in them.
#[derive(Debug)]
pub struct Documents<'c> {
    catalog: &'c Catalog,
    formats: Formats,
    documents: Vec<Document<'c>>,
    by_coordinates: BTreeMap<Coordinates, DocumentId>,
    texts: Vec<Text<'c>>,
    values: Vec<Written<'c>>,
    /// The places of values, by address and by the copy of the metaschema; documents are not copied. An address does not
    /// change while the catalog is borrowed.
    by_address: HashMap<(Option<usize>, usize), Place>,
    /// The targets of references, by the place of the schema and the keyword.
    targets: HashMap<(Place, &'static str), Place>,
    has_dynamic_references: bool,
}

#[derive(Debug)]
struct Document<'c> {
    schema: &'c Schema,
    resolved: Resolved,
    /// The texts of the metaschemas that the document refers to, by URI. Each document has its own copy of their
    /// places, because a metaschema is no document of the catalog.
    metaschemas: BTreeMap<String, usize>,
}

/// A text that contains schemas: a document, or the copy of a metaschema.
#[derive(Debug)]
struct Text<'c> {
    document: DocumentId,
    root: &'c Value,
    draft: Draft,
    /// The number of the copy, if it is a metaschema.
    copy: Option<usize>,
}

/// A value of a text.
#[derive(Debug)]
struct Written<'c> {
    text: usize,
    pointer: Pointer,
    value: &'c Value,
    keywords: OnceCell<Keywords<'c, Place, Reference<'c>>>,
}

/// A reference of a schema.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Reference<'c> {
    /// `$ref`, `$dynamicRef` or `$recursiveRef`.
    pub keyword: &'static str,
    /// The target; `None` if the reference leads nowhere. A dynamic reference leads there if no resource around it has
    /// its anchor.
    pub target: Option<Place>,
    /// The name of the anchor, if the target depends on the way to the reference. The name of `$recursiveAnchor` is
    /// empty.
    pub dynamic_anchor: Option<&'c str>,
}

impl Reference<'_> {
    /// Returns whether the reference is a `$ref`.
    pub fn is_plain(&self) -> bool {
        self.keyword == "$ref"
    }
}

impl<'c> Keywords<'c, Place, Reference<'c>> {
    /// Returns the references.
    pub fn references(&self) -> impl Iterator<Item = &Reference<'c>> {
        self.iter().filter_map(|keyword| {
            if let Keyword::Reference(reference) = keyword { Some(reference) } else { None }
        })
    }

    /// Returns the `$ref`.
    pub fn plain_reference(&self) -> Option<&Reference<'c>> {
        self.references().find(|reference| reference.is_plain())
    }

    /// Returns whether the schema has a `$dynamicRef` or `$recursiveRef`.
    pub fn has_other_reference(&self) -> bool {
        self.references().any(|reference| !reference.is_plain())
    }
}

impl<'c> Documents<'c> {
    /// Returns a set without documents.
    pub fn new(catalog: &'c Catalog, formats: Formats) -> Self {
        Self {
            catalog,
            formats,
            documents: Vec::new(),
            by_coordinates: BTreeMap::new(),
            texts: Vec::new(),
            values: Vec::new(),
            by_address: HashMap::new(),
            targets: HashMap::new(),
            has_dynamic_references: false,
        }
    }

    /// Loads a document and all documents that it refers to, directly or indirectly.
    ///
    /// # Errors
    ///
    /// If the document does not exist, or if a reference does not resolve.
    pub fn open(&mut self, at: &Coordinates) -> Result<DocumentId, Diagnostics> {
        if let Some(known) = self.by_coordinates.get(at) {
            return Ok(*known);
        }
        let Some(schema) = self.catalog.get(&at.subject, &at.version) else {
            let message = format!("`{at}` does not exist");
            return Err(vec![
                Diagnostic::new(Code::MissingReference, message)
                    .help("add it to the tree, or remove it from the selection"),
            ]);
        };
        let resolved = self.catalog.resolve(schema)?;
        let id = DocumentId(self.documents.len());
        self.by_coordinates.insert(at.clone(), id);
        self.add_text(Text { document: id, root: schema.value(), draft: schema.draft(), copy: None });
        let others: Vec<Coordinates> =
            resolved.documents().iter().map(|schema| schema.at().clone()).collect();
        self.documents.push(Document { schema, resolved, metaschemas: BTreeMap::new() });
        for other in others {
            self.open(&other)?;
        }
        self.follow(id)?;
        Ok(id)
    }

    fn add_text(&mut self, text: Text<'c>) -> usize {
        let number = self.texts.len();
        let (root, copy) = (text.root, text.copy);
        self.texts.push(text);
        self.add_values((number, copy), Pointer::root(), root);
        number
    }

    fn add_values(&mut self, home: (usize, Option<usize>), pointer: Pointer, value: &'c Value) {
        let (text, copy) = home;
        self.by_address.insert((copy, address(value)), Place(self.values.len()));
        self.values.push(Written { text, pointer: pointer.clone(), value, keywords: OnceCell::new() });
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| self.add_values(home, pointer.child(name), member));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items.for_each(|(at, item)| self.add_values(home, pointer.child(at), item));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Finds the targets of a document's references.
    fn follow(&mut self, id: DocumentId) -> Result<(), Diagnostics> {
        let Document { schema, ref resolved, .. } = self.documents[id.0];
        let registry = resolved.registry()?;
        let mut targets = Vec::new();
        let mut metaschemas = Vec::new();
        for reference in schema.references() {
            let mut holder = reference.pointer.clone();
            holder.pop();
            let is_last = |known: &&str| reference.pointer.as_str().ends_with(&format!("/{known}"));
            let keyword = REFERENCES.into_iter().find(is_last);
            let holder = holder.find(schema.value()).and_then(|value| self.place_of(value));
            let (Some(keyword), Some(holder)) = (keyword, holder) else { continue };
            let fragment = reference.written.find('#').map_or("", |at| &reference.written[at..]);
            if reference.target == Target::Metaschema {
                metaschemas.push((holder, keyword, reference.uri.clone(), fragment.to_owned()));
                continue;
            }
            let base = Uri::parse(reference.uri.clone()).ok();
            let found = base.and_then(|base| registry.resolver(base).lookup(fragment).ok());
            let target = found.and_then(|found| self.place_of(found.contents()));
            targets.extend(target.map(|target| ((holder, keyword), target)));
        }
        drop(registry);
        let is_dynamic = |keyword: &str| keyword != "$ref";
        self.has_dynamic_references |= targets.iter().any(|((_, keyword), _)| is_dynamic(keyword))
            || metaschemas.iter().any(|(_, keyword, ..)| is_dynamic(keyword));
        self.targets.extend(targets);
        for (holder, keyword, uri, fragment) in metaschemas {
            let target = self.in_metaschema(id, &uri, &fragment);
            self.targets.extend(target.map(|target| ((holder, keyword), target)));
        }
        Ok(())
    }
}
