//! The atlas of documents: loads documents from a catalog, gives each value in them a number (its place), and finds the
//! target of every reference.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use evschema_model::{Catalog, Coordinates, Diagnostics, Draft, Pointer, Resolved, Schema, Target};
use referencing::Uri;
use serde_json::Value;

/// The number of a document in the atlas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DocumentId(usize);

/// The number of a value in a document of the atlas. The value is usually a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place(usize);

/// The loaded documents and all documents that they refer to, with the targets of their references.
#[derive(Debug)]
pub(crate) struct Atlas<'c> {
    catalog: &'c Catalog,
    documents: Vec<Entry<'c>>,
    by_coordinates: BTreeMap<Coordinates, DocumentId>,
    places: Vec<(DocumentId, Pointer, &'c Value)>,
    /// The places by the address of their values. An address does not change while the catalog is borrowed.
    by_address: HashMap<usize, Place>,
}

/// The target of a reference.
#[derive(Debug, Clone)]
pub(crate) enum Lead {
    /// A schema in a document of the atlas.
    Place(Place),
    /// A schema in a metaschema.
    Specification { uri: String, fragment: String },
}

#[derive(Debug)]
struct Entry<'c> {
    schema: &'c Schema,
    /// The targets of references, by the address of the value that contains the reference, and by keyword.
    leads: HashMap<(usize, &'static str), Lead>,
    resolved: Resolved,
}

impl<'c> Atlas<'c> {
    pub(crate) fn new(catalog: &'c Catalog) -> Self {
        Self {
            catalog,
            documents: Vec::new(),
            by_coordinates: BTreeMap::new(),
            places: Vec::new(),
            by_address: HashMap::new(),
        }
    }

    /// Loads a document and all documents that it refers to, directly or indirectly.
    ///
    /// # Errors
    ///
    /// If the document does not exist, or if a reference does not resolve.
    pub(crate) fn open(&mut self, at: &Coordinates) -> Result<DocumentId, Diagnostics> {
        if let Some(known) = self.by_coordinates.get(at) {
            return Ok(*known);
        }
        let Some(schema) = self.catalog.get(&at.subject, &at.version) else {
            let message = format!("`{at}` does not exist");
            return Err(vec![
                evschema_model::Diagnostic::new(evschema_model::Code::MissingReference, message)
                    .help("add it to the tree, or remove it from the selection"),
            ]);
        };
        let resolved = self.catalog.resolve(schema)?;
        let id = DocumentId(self.documents.len());
        self.by_coordinates.insert(at.clone(), id);
        self.index(id, Pointer::root(), schema.value());
        self.documents.push(Entry { schema, leads: HashMap::new(), resolved });
        let others: Vec<Coordinates> =
            self.documents[id.0].resolved.documents().iter().map(|schema| schema.at().clone()).collect();
        for other in others {
            self.open(&other)?;
        }
        self.follow(id)?;
        Ok(id)
    }

    fn index(&mut self, id: DocumentId, pointer: Pointer, value: &'c Value) {
        let place = Place(self.places.len());
        self.by_address.insert(address(value), place);
        match value {
            Value::Object(members) => {
                self.places.push((id, pointer.clone(), value));
                for (name, member) in members {
                    self.index(id, pointer.child(name), member);
                }
            }
            Value::Array(items) => {
                self.places.push((id, pointer.clone(), value));
                for (at, item) in items.iter().enumerate() {
                    self.index(id, pointer.child(at), item);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.places.push((id, pointer, value));
            }
        }
    }

    fn follow(&mut self, id: DocumentId) -> Result<(), Diagnostics> {
        let entry = &self.documents[id.0];
        let registry = entry.resolved.registry()?;
        let mut leads = HashMap::new();
        for reference in entry.schema.references() {
            let mut holder = reference.pointer.clone();
            holder.pop();
            let keyword = ["$ref", "$dynamicRef", "$recursiveRef"]
                .into_iter()
                .find(|known| reference.pointer.as_str().ends_with(&format!("/{known}")));
            let (Some(keyword), Some(value)) = (keyword, holder.find(entry.schema.value())) else { continue };
            let fragment = reference.written.find('#').map_or("", |at| &reference.written[at..]);
            let lead = if reference.target == Target::Metaschema {
                Some(Lead::Specification { uri: reference.uri.clone(), fragment: fragment.to_owned() })
            } else {
                let base = Uri::parse(reference.uri.clone()).ok();
                let found = base.and_then(|base| registry.resolver(base).lookup(fragment).ok());
                found
                    .and_then(|found| self.by_address.get(&address(found.contents())).copied())
                    .map(Lead::Place)
            };
            if let Some(lead) = lead {
                leads.insert((address(value), keyword), lead);
            }
        }
        drop(registry);
        self.documents[id.0].leads = leads;
        Ok(())
    }

    /// Returns whether any document has a reference whose target may depend on the path by which a validator reaches
    /// the reference.
    pub(crate) fn has_dynamic_references(&self) -> bool {
        self.documents.iter().any(|entry| entry.leads.keys().any(|(_, keyword)| *keyword != "$ref"))
    }

    /// Returns the schema of a document.
    pub(crate) fn schema(&self, id: DocumentId) -> &'c Schema {
        self.documents[id.0].schema
    }

    /// Returns the documents that a document refers to, directly or indirectly. The list has one entry for each URI of
    /// each document.
    pub(crate) fn resources(&self, id: DocumentId) -> Vec<(String, DocumentId)> {
        let mut resources = BTreeMap::new();
        for (uri, schema) in self.documents[id.0].resolved.resources() {
            if let Some(other) = self.by_coordinates.get(schema.at()) {
                resources.insert(uri.to_owned(), *other);
                resources.insert(schema.retrieval_uri(), *other);
            }
        }
        resources.remove(&*self.schema(id).base_uri());
        resources.into_iter().collect()
    }

    /// Returns the place of a document's root.
    pub(crate) fn root(&self, id: DocumentId) -> Place {
        self.by_address[&address(self.schema(id).value())]
    }

    pub(crate) fn value(&self, place: Place) -> &'c Value {
        self.places[place.0].2
    }

    pub(crate) fn document(&self, place: Place) -> DocumentId {
        self.places[place.0].0
    }

    pub(crate) fn pointer(&self, place: Place) -> &Pointer {
        &self.places[place.0].1
    }

    pub(crate) fn draft(&self, place: Place) -> Draft {
        self.schema(self.document(place)).draft()
    }

    /// Returns the places of the definitions in some documents.
    pub(crate) fn definitions(&self, documents: &BTreeSet<DocumentId>) -> Vec<Place> {
        let is_definition = |pointer: &Pointer| {
            let tokens: Vec<String> = pointer.tokens().collect();
            matches!(tokens.as_slice(), [.., folder, _] if folder == "$defs" || folder == "definitions")
        };
        let all = self.places.iter().enumerate();
        all.filter(|(_, (document, pointer, _))| documents.contains(document) && is_definition(pointer))
            .map(|(at, _)| Place(at))
            .collect()
    }

    /// Returns the value of a keyword in the schema at a place.
    pub(crate) fn keyword(&self, place: Place, keyword: &str) -> Option<&'c Value> {
        self.value(place).as_object()?.get(keyword)
    }

    /// Returns the place of a value inside the value of `place`.
    pub(crate) fn at(&self, place: Place, value: &'c Value) -> Place {
        self.by_address.get(&address(value)).copied().unwrap_or(place)
    }

    /// Returns the place of the subschema under a keyword.
    pub(crate) fn child(&self, place: Place, keyword: &str) -> Option<Place> {
        self.keyword(place, keyword).map(|value| self.at(place, value))
    }

    /// Returns the places of the subschemas in a keyword's list.
    pub(crate) fn list(&self, place: Place, keyword: &str) -> Vec<Place> {
        let items = self.keyword(place, keyword).and_then(Value::as_array);
        items.into_iter().flatten().map(|item| self.at(place, item)).collect()
    }

    /// Returns the names and places of the subschemas in a keyword's map.
    pub(crate) fn map(&self, place: Place, keyword: &str) -> Vec<(&'c str, Place)> {
        let members = self.keyword(place, keyword).and_then(Value::as_object);
        members.into_iter().flatten().map(|(name, value)| (name.as_str(), self.at(place, value))).collect()
    }

    /// Returns the target of the `$ref` at a place. The inner option is `None` if the target is not in a document of
    /// the atlas.
    pub(crate) fn target(&self, place: Place) -> Option<Option<Place>> {
        self.keyword(place, "$ref")?.as_str()?;
        Some(match self.lead(self.document(place), self.value(place), "$ref") {
            Some(Lead::Place(place)) => Some(*place),
            Some(Lead::Specification { .. }) | None => None,
        })
    }

    /// Returns the target of the reference in this keyword of a value. The value is in `document`.
    pub(crate) fn lead(&self, document: DocumentId, value: &Value, keyword: &str) -> Option<&Lead> {
        let keyword = ["$ref", "$dynamicRef", "$recursiveRef"].into_iter().find(|known| *known == keyword)?;
        self.documents[document.0].leads.get(&(address(value), keyword))
    }

    /// Returns the place of a value.
    pub(crate) fn place_of(&self, value: &Value) -> Option<Place> {
        self.by_address.get(&address(value)).copied()
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value) as usize
}
