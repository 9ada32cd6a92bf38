use std::collections::BTreeMap;
use std::sync::Arc;

use referencing::{Registry, Retrieve, Uri};
use serde_json::Value;

use crate::ambiguity::ambiguous_ids;
use crate::validation_cost::ValidationCost;
use crate::validator::Made;
use crate::{Code, Diagnostic, Diagnostics, Formats, Reference, Schema, Target, Validator, limits, patterns};

/// A schema together with every document it reaches: all that is needed to validate by it.
#[derive(Debug, Clone)]
pub struct Resolved {
    root: Arc<Schema>,
    /// What each foreign reference resolves to, by resolved URI. One document may stand under
    /// several URIs.
    resources: BTreeMap<String, Arc<Schema>>,
    made: Arc<Made>,
}

impl Resolved {
    /// Returns the schema with these resources, having checked that each of its references
    /// leads to a place that exists.
    pub(crate) fn new(
        root: Arc<Schema>,
        resources: BTreeMap<String, Arc<Schema>>,
    ) -> Result<Self, Diagnostics> {
        let resolved = Self { root, resources, made: Arc::default() };
        let mut wrong = resolved.dangling();
        if wrong.is_empty() {
            wrong.extend(resolved.too_long_a_way());
            let others = resolved.documents();
            let all = others.into_iter().chain([&resolved.root]).map(|document| &**document);
            wrong.extend(patterns::too_large(all));
        }
        if wrong.is_empty() { Ok(resolved) } else { Err(wrong) }
    }

    /// Returns the schema itself.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.root
    }

    /// Returns the other documents that are reached, each under every URI that leads to it.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Arc<Schema>)> {
        self.resources.iter().map(|(uri, schema)| (uri.as_str(), schema))
    }

    /// Returns the document that a URI leads to.
    pub(crate) fn resource(&self, uri: &str) -> Option<&Schema> {
        self.resources.get(uri).map(|schema| &**schema)
    }

    /// Returns the other documents that are reached, each once, in order.
    pub fn documents(&self) -> Vec<&Arc<Schema>> {
        let mut by_place = BTreeMap::new();
        for schema in self.resources.values() {
            by_place.insert(schema.at(), schema);
        }
        by_place.remove(self.root.at());
        by_place.into_values().collect()
    }

    /// Returns a registry of every document, in which all references resolve offline.
    ///
    /// # Errors
    ///
    /// When an embedded resource has an unusable identity.
    pub fn registry(&self) -> Result<Registry<'_>, Diagnostics> {
        self.registry_of(&Schema::value)
    }

    /// Returns the same registry, of these values of the documents.
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
            .retriever(Nothing)
            .extend(resources)
            .and_then(|builder| builder.prepare())
            .map_err(|error| {
                vec![
                    Diagnostic::new(Code::DanglingReference, error.to_string())
                        .help("every `$ref` and `$id` must resolve inside the tree"),
                ]
            })
    }

    /// Returns the validator. It is compiled once for all copies, which keep it.
    ///
    /// # Errors
    ///
    /// When a pattern is not a regular expression, or an embedded schema is not valid.
    pub fn validator(&self, formats: Formats) -> Result<Validator, Diagnostics> {
        Validator::of(self, formats)
    }

    /// Tells whether a validator has been compiled and is kept.
    pub fn keeps_validator(&self) -> bool {
        self.made.keeps_validator()
    }

    /// Makes sure that [`Resolved::validator`] will have one, without keeping it: where many are asked for this and
    /// few for more.
    ///
    /// # Errors
    ///
    /// As [`Resolved::validator`].
    pub fn try_validator(&self, formats: Formats) -> Result<(), Diagnostics> {
        Validator::try_of(self, formats)
    }

    /// Returns the memory that the patterns of the schema, and of all it reaches, take when compiled, in bytes, roughly.
    pub fn pattern_bytes(&self) -> u64 {
        let others = self.documents();
        patterns::bytes_in(others.into_iter().chain([&self.root]).map(|document| &**document))
    }

    /// Tells whether there are events that a validator, the generated one too, would look at more often than anybody has
    /// time for. Such an event is then undecided.
    pub fn can_multiply(&self) -> bool {
        ValidationCost::of(self).is_some_and(|steps| steps.multiply())
    }

    pub(crate) fn made(&self) -> &Made {
        &self.made
    }

    fn dangling(&self) -> Diagnostics {
        if self.root.is_plain() {
            let is_lost = |reference: &&Reference| self.root.follow(&reference.written).is_none();
            return self
                .root
                .references()
                .iter()
                .filter(is_lost)
                .map(|lost| self.is_not_there(lost))
                .collect();
        }
        let registry = match self.registry() {
            Ok(registry) => registry,
            Err(diagnostics) => return diagnostics,
        };
        let ambiguous = ambiguous_ids(self, &registry);
        if !ambiguous.is_empty() {
            return ambiguous;
        }
        let is_lost = |reference: &&Reference| {
            let Ok(base) = Uri::parse(reference.uri.clone()) else { return false };
            let fragment = reference.written.find('#').map_or("", |at| &reference.written[at..]);
            reference.target != Target::Metaschema && registry.resolver(base).lookup(fragment).is_err()
        };
        self.root.references().iter().filter(is_lost).map(|lost| self.is_not_there(lost)).collect()
    }

    /// Says that references lead on and on, where they do.
    fn too_long_a_way(&self) -> Option<Diagnostic> {
        let mut documents = self.documents();
        documents.push(&self.root);
        let nodes: usize = documents.iter().map(|document| document.nodes()).sum();
        let references: usize = documents.iter().map(|document| document.references().len()).sum();
        // No way is longer than these allow, and to find that out costs less than to look.
        let at_most = nodes.min((1 + references).saturating_mul(limits::NESTING_MAX));
        if at_most <= limits::SCHEMA_WAY_MAX {
            return None;
        }
        let longest = ValidationCost::of(self)?.longest();
        let message = format!(
            "a chain of references leads through {longest} subschemas; at most {} are allowed",
            limits::SCHEMA_WAY_MAX
        );
        (limits::SCHEMA_WAY_MAX < longest).then(|| {
            Diagnostic::new(Code::TooDeep, message)
                .help("shorten the chain: refer directly to the schema at its end")
        })
    }

    fn is_not_there(&self, reference: &Reference) -> Diagnostic {
        Diagnostic::new(
            Code::DanglingReference,
            format!("`$ref` `{}` names a part that the target document does not have", reference.written),
        )
        .at(reference.pointer.clone())
        .position(self.root.document().closest_position(&reference.pointer))
        .help("correct the fragment after `#`, or add the missing definition")
    }
}

/// Refuses to fetch: nothing outside the tree is ever looked up.
#[derive(Debug)]
struct Nothing;

impl Retrieve for Nothing {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("`{uri}` is not in the tree").into())
    }
}
