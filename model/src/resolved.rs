use std::collections::BTreeMap;
use std::sync::Arc;

use referencing::{Registry, Retrieve, Uri};
use serde_json::Value;

use crate::computed::Computed;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::patterns;
use crate::schema::Schema;

/// A schema with all documents that it reaches. Validation needs no other documents.
#[derive(Debug, Clone)]
pub struct Resolved {
    root: Arc<Schema>,
    /// The targets of the foreign references, by resolved URI. One document may have several URIs.
    resources: BTreeMap<String, Arc<Schema>>,
    computed: Arc<Computed>,
}

impl Resolved {
    /// Returns a schema with these resources.
    pub(crate) fn new(root: Arc<Schema>, resources: BTreeMap<String, Arc<Schema>>) -> Self {
        Self { root, resources, computed: Arc::default() }
    }

    /// Returns the schema itself.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.root
    }

    /// Returns the other documents that the schema reaches, each with every URI that leads to it.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Arc<Schema>)> {
        self.resources.iter().map(|(uri, schema)| (uri.as_str(), schema))
    }

    /// Returns the document that a URI leads to.
    pub(crate) fn resource(&self, uri: &str) -> Option<&Schema> {
        self.resources.get(uri).map(|schema| &**schema)
    }

    /// Returns the other documents that the schema reaches, each once, in order.
    pub fn documents(&self) -> Vec<&Arc<Schema>> {
        let mut by_place = BTreeMap::new();
        for schema in self.resources.values() {
            by_place.insert(schema.at(), schema);
        }
        by_place.remove(self.root.at());
        by_place.into_values().collect()
    }

    /// Returns a registry of all documents, which resolves all references offline.
    ///
    /// # Errors
    ///
    /// If an embedded resource has an unusable identity.
    pub fn registry(&self) -> Result<Registry<'_>, Diagnostics> {
        self.registry_of(&Schema::value)
    }

    /// Returns the same registry with other values of the documents.
    pub(crate) fn registry_of<'v>(
        &'v self,
        value_of: &dyn Fn(&'v Schema) -> &'v Value,
    ) -> Result<Registry<'v>, Diagnostics> {
        let root = &self.root;
        let mut entries: Vec<(String, &Schema)> =
            vec![(root.retrieval_uri(), root), (root.base_uri().into_owned(), root)];
        entries.dedup_by(|a, b| a.0 == b.0);
        for (uri, schema) in &self.resources {
            entries.push((uri.clone(), schema));
            entries.push((schema.retrieval_uri(), schema));
        }
        let resources = entries.into_iter().map(|(uri, schema)| {
            let resource = referencing::ResourceRef::new(value_of(schema), schema.draft().to_library());
            (uri, resource)
        });
        Registry::new()
            .retrieve_known_draft_meta_schemas(false)
            .retriever(NoRetriever)
            .extend(resources)
            .and_then(|builder| builder.prepare())
            .map_err(|error| {
                vec![
                    Diagnostic::new(Code::DanglingReference, error.to_string())
                        .help("every `$ref` and `$id` must resolve inside the tree"),
                ]
            })
    }

    /// Returns an estimate of the memory of all compiled patterns, in bytes: those of the schema, and those of the
    /// documents that it reaches.
    pub fn pattern_bytes(&self) -> u64 {
        let others = self.documents();
        patterns::bytes_in(others.into_iter().chain([&self.root]).map(|document| &**document))
    }

    pub(crate) fn computed(&self) -> &Computed {
        &self.computed
    }
}

/// Rejects every request, because evschema never fetches documents.
#[derive(Debug)]
struct NoRetriever;

impl Retrieve for NoRetriever {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("`{uri}` is not in the tree").into())
    }
}
