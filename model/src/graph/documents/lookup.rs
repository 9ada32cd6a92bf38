//! Looks up places, values and keywords in documents.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{DocumentId, Documents, Place, Reference, Text, Written, address};
use crate::dialect::Draft;
use crate::graph::keyword::{Keyword, Unsupported};
use crate::graph::keyword_list::Keywords;
use crate::graph::normalize::{Links, keywords_of};
use crate::keywords::{DEFINITIONS, keyword, only_describes};
use crate::pointer::Pointer;
use crate::schema::Schema;
use crate::walk::children;

/// Keywords with conditions that depend on a property, in all drafts.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dependentRequired", "dependentSchemas"];

/// Keywords that give a schema an identity, on which references depend.
const IDENTITIES: [&str; 2] = ["$id", "$recursiveAnchor"];

impl<'c> Documents<'c> {
    /// Returns whether any document has a reference whose target may depend on the path by which a validator reaches
    /// the reference.
    pub fn has_dynamic_references(&self) -> bool {
        self.has_dynamic_references
    }

    /// Returns the schema of a document.
    pub fn schema(&self, id: DocumentId) -> &'c Schema {
        self.documents[id.0].schema
    }

    /// Returns the documents that a document refers to, directly or indirectly. The list has one entry for each URI of
    /// each document.
    pub fn resources(&self, id: DocumentId) -> Vec<(String, DocumentId)> {
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
    pub fn root(&self, id: DocumentId) -> Place {
        self.by_address[&(None, address(self.schema(id).value()))]
    }

    /// Returns the place of a value of a document.
    pub fn place_of(&self, value: &Value) -> Option<Place> {
        self.by_address.get(&(None, address(value))).copied()
    }

    /// Returns the key of a definition; `None` if the place is no definition.
    pub fn definition_key(&self, place: Place) -> Option<String> {
        let tokens: Vec<String> = self.pointer(place).tokens().collect();
        match tokens.as_slice() {
            [.., folder, key] if DEFINITIONS.contains(&folder.as_str()) => Some(key.clone()),
            _ => None,
        }
    }

    /// Returns the places of the definitions in some documents, in the order of the documents.
    pub fn definitions(&self, documents: &BTreeSet<DocumentId>) -> Vec<Place> {
        let all = (0..self.values.len()).map(Place);
        all.filter(|place| !self.is_in_metaschema(*place) && documents.contains(&self.document(*place)))
            .filter(|place| self.definition_key(*place).is_some())
            .collect()
    }

    /// Returns the value at a place.
    pub fn value(&self, place: Place) -> &'c Value {
        self.written(place).value
    }

    /// Returns the value of a keyword as it was written. Use this for annotations; [`Documents::keywords`] has the
    /// other keywords.
    pub fn annotation(&self, place: Place, keyword: &str) -> Option<&'c Value> {
        self.value(place).as_object()?.get(keyword)
    }

    /// Returns the document of a place. If the place is in a metaschema, the document refers to this metaschema.
    pub fn document(&self, place: Place) -> DocumentId {
        self.text(place).document
    }

    /// Returns whether a place is in a metaschema of the specifications.
    pub fn is_in_metaschema(&self, place: Place) -> bool {
        self.text(place).copy.is_some()
    }

    /// Returns the pointer from the root of the text to a place.
    pub fn pointer(&self, place: Place) -> &Pointer {
        &self.written(place).pointer
    }

    /// Returns the draft of the schemas around a place.
    pub fn draft(&self, place: Place) -> Draft {
        self.text(place).draft
    }

    /// Returns the keywords of the schema at a place.
    pub fn keywords(&self, place: Place) -> &Keywords<'c, Place, Reference<'c>> {
        let written = self.written(place);
        let read = || {
            let draft = self.draft(place);
            Keywords::new(keywords_of(written.value, draft, self.formats, &mut At { documents: self, place }))
        };
        written.keywords.get_or_init(read)
    }

    /// Returns the target of the `$ref` of a schema. The inner option is `None` if the target is missing or in a
    /// metaschema.
    pub fn target(&self, place: Place) -> Option<Option<Place>> {
        let reference = self.keywords(place).plain_reference()?;
        Some(reference.target.filter(|target| !self.is_in_metaschema(*target)))
    }

    /// Returns the target of a schema's `$ref`, if the schema has no other effect, and no identity of its own.
    pub fn alias_target(&self, place: Place) -> Option<Place> {
        let reference = self.keywords(place).plain_reference()?;
        let is_alone = self.effective(place).all(|(name, _)| name == "$ref");
        let has_identity = IDENTITIES.iter().any(|name| self.annotation(place, name).is_some());
        reference.target.filter(|_| is_alone && (self.hides_siblings(place) || !has_identity))
    }

    /// Returns the keywords of a schema as they were written, without those that never reject a value in any draft, and
    /// without those that a `$ref` hides. Unknown keywords are among them.
    pub fn effective(&self, place: Place) -> impl Iterator<Item = (&'c str, &'c Value)> {
        let members = self.value(place).as_object().into_iter().flatten();
        let is_hidden = self.hides_siblings(place);
        members
            .map(|(name, value)| (name.as_str(), value))
            .filter(move |(name, _)| if is_hidden { *name == "$ref" } else { !only_describes(name) })
    }

    /// Returns the names of keywords that are no keywords of 2020-12 in [`Documents::keywords`]. Such a keyword is
    /// unknown, has no effect in its draft, or has another name in 2020-12.
    pub fn other_names(&self, place: Place) -> impl Iterator<Item = &'c str> {
        let keywords = self.keywords(place);
        let is_known = |name: &str| keywords.iter().any(|keyword| keyword.names().contains(&name));
        self.effective(place).map(|(name, _)| name).filter(move |name| !is_known(name))
    }

    /// Returns the names of the properties on which other conditions depend, in the order of the document.
    pub fn dependency_names(&self, place: Place) -> impl Iterator<Item = &'c str> {
        let draft = self.draft(place);
        let all = DEPENDENCIES.into_iter().filter(move |name| keyword(name, draft).is_some());
        let values = all.filter_map(move |name| self.effective(place).find(|(known, _)| *known == name));
        values.filter_map(|(_, value)| value.as_object()).flat_map(|names| names.keys()).map(String::as_str)
    }

    /// Returns whether a schema object has only annotations, definitions and identities.
    pub fn only_describes(&self, place: Place) -> bool {
        self.value(place).is_object() && self.effective(place).next().is_none()
    }

    /// Returns the places of the direct subschemas, in the order of the document.
    pub fn subschemas(&self, place: Place) -> Vec<Place> {
        let mut found = Vec::new();
        children(self.value(place), self.draft(place), &mut |_, schema| {
            found.push(self.beside(place, schema))
        });
        found
    }

    /// Returns the places of the definitions directly in a schema.
    pub fn own_definitions(&self, place: Place) -> Vec<Place> {
        let folders =
            DEFINITIONS.into_iter().filter_map(|keyword| self.annotation(place, keyword)?.as_object());
        folders.flat_map(|folder| folder.values()).map(|schema| self.beside(place, schema)).collect()
    }

    fn hides_siblings(&self, place: Place) -> bool {
        self.draft(place).ref_hides_siblings() && self.annotation(place, "$ref").is_some()
    }

    fn written(&self, place: Place) -> &Written<'c> {
        &self.values[place.0]
    }

    pub(super) fn text(&self, place: Place) -> &Text<'c> {
        &self.texts[self.written(place).text]
    }

    /// Returns the place of a value in the same text.
    pub(super) fn beside(&self, place: Place, value: &Value) -> Place {
        self.by_address.get(&(self.text(place).copy, address(value))).copied().unwrap_or(place)
    }
}

/// The links of the schema at a place.
struct At<'d, 'c> {
    documents: &'d Documents<'c>,
    place: Place,
}

impl<'c> Links<'c> for At<'_, 'c> {
    type Schema = Place;
    type Target = Reference<'c>;

    fn subschema(&mut self, schema: &'c Value) -> Place {
        self.documents.beside(self.place, schema)
    }

    fn reference(
        &mut self,
        keyword: &'static str,
        written: &'c Value,
        keywords: &mut Vec<Keyword<'c, Place, Reference<'c>>>,
    ) {
        let Value::String(written) = written else {
            keywords.push(Keyword::Unsupported(Unsupported::NotAReference { keyword }));
            return;
        };
        let target = self.documents.targets.get(&(self.place, keyword)).copied();
        let anchor = written.split_once('#').map_or("", |(_, fragment)| fragment);
        let has = |name: &str, value: &Value| {
            target.and_then(|target| self.documents.annotation(target, name)) == Some(value)
        };
        let is_dynamic = match keyword {
            "$dynamicRef" => has("$dynamicAnchor", &Value::from(anchor)),
            "$recursiveRef" => has("$recursiveAnchor", &Value::Bool(true)),
            _ => false,
        };
        let dynamic_anchor = is_dynamic.then_some(anchor);
        keywords.push(Keyword::Reference(Reference { keyword, target, dynamic_anchor }));
    }
}
