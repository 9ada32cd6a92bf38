use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use evschema_model::{
    Catalog, Coordinates, Diagnostics, Dialects, Document, Reference, Resolved, Schema, Target, limits,
};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::refusal::Refusal;
use super::workers::Workers;
use crate::config::Config;
use crate::store::{Content, Store};

/// Approximate memory of a parsed schema for each byte of its text. A JSON value is a tree of maps and strings.
const PARSED_BYTES_PER_BYTE: u64 = 14;
/// Approximate memory of a compiled validator for each byte of the schema's text.
const COMPILED_BYTES_PER_BYTE: u64 = 16;
/// Approximate memory of an entry, in addition to its text.
const OVERHEAD_BYTES: u64 = 512;

/// A cache of registered schemas, parsed and with resolved references.
///
/// INVARIANT: the cache contains only data that never changes: the schema of a version, and the targets of its
/// references. So the cache is never stale, even if other processes write, and it works while the database does not
/// answer.
#[derive(Debug)]
pub(super) struct SchemaCache {
    store: Arc<dyn Store>,
    workers: Workers,
    dialects: Arc<Dialects>,
    contents: Cache<Coordinates, Arc<Content>, ByBytes>,
    resolved: Cache<Coordinates, CachedSchema, ByBytes>,
}

/// The registered version that a reference means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReferenceTarget {
    /// No version: the reference means the document itself, a metaschema, or an unknown document.
    None,
    /// This version, if it is registered.
    Version(Coordinates),
    /// The reference names an `$id` that these versions share.
    Shared(Vec<Coordinates>),
}

impl SchemaCache {
    pub(super) fn new(store: Arc<dyn Store>, workers: Workers, config: &Config) -> Self {
        // Half of the memory is for parsed schemas, a quarter for their bytes, and a quarter for the response cache.
        // The response cache and this cache use the same copy of the bytes.
        let budget = config.cache_bytes / 2;
        Self {
            store,
            workers,
            dialects: Arc::new(config.dialects.clone()),
            contents: Cache::with_weighter(1_000, budget / 2, ByBytes),
            resolved: Cache::with_weighter(1_000, budget, ByBytes),
        }
    }

    /// Returns the schema of a registered version as bytes.
    pub(super) async fn content(&self, at: &Coordinates) -> Result<Option<Arc<Content>>, Refusal> {
        if let Some(content) = self.contents.get(at) {
            return Ok(Some(content));
        }
        let Some(content) = self.store.content(at).await? else { return Ok(None) };
        let content = Arc::new(content);
        let loaded = Arc::clone(&content);
        let is_intact =
            move || Document::parse(&loaded.bytes).is_ok_and(|document| *document.digest() == loaded.digest);
        if !self.workers.run(is_intact).await? {
            return Err(Refusal::Bug(format!(
                "the stored schema of `{at}` is damaged: at registration, the digest of the schema was {}; `evschema \
                 fsck` checks the whole database",
                content.digest
            )));
        }
        self.contents.insert(at.clone(), Arc::clone(&content));
        Ok(Some(content))
    }

    /// Parses bytes as a schema, on a worker thread.
    pub(super) async fn read(&self, at: Coordinates, bytes: Arc<[u8]>) -> Result<Arc<Schema>, Refusal> {
        let read = self.workers.run(self.reader(at, bytes)).await?;
        read.map(Arc::new).map_err(Refusal::Document)
    }

    /// Returns a function that parses bytes as a schema, for a worker thread.
    pub(super) fn reader(
        &self,
        at: Coordinates,
        bytes: Arc<[u8]>,
    ) -> impl FnOnce() -> Result<Schema, Diagnostics> + Send + use<> {
        let dialects = Arc::clone(&self.dialects);
        move || Schema::read(at, &bytes, &dialects)
    }

    /// Returns a registered version with the targets of its references.
    pub(super) async fn registered(&self, at: &Coordinates) -> Result<Arc<Resolved>, Refusal> {
        if let Some(cached) = self.resolved.get(at) {
            // If the version got a validator after its insertion, its weight has changed.
            if cached.weight != weight_of(&cached.resolved) {
                self.insert(Arc::clone(&cached.resolved));
            }
            return Ok(cached.resolved);
        }
        let schema = self.registered_schema(at).await?;
        let resolved =
            Arc::new(self.resolve(&schema).await?.map_err(|diagnostics| unreadable(at, &diagnostics))?);
        self.insert(Arc::clone(&resolved));
        Ok(resolved)
    }

    /// Adds a registered version with the targets of its references.
    pub(super) fn insert(&self, registered: Arc<Resolved>) {
        let weight = weight_of(&registered);
        self.resolved.insert(registered.schema().at().clone(), CachedSchema { resolved: registered, weight });
    }

    /// Finds the targets of all references of a schema, including indirect references, among the registered versions.
    pub(super) async fn resolve(
        &self,
        schema: &Arc<Schema>,
    ) -> Result<Result<Resolved, Diagnostics>, Refusal> {
        let mut catalog = Catalog::default();
        let mut seen: BTreeSet<Coordinates> = BTreeSet::new();
        let mut open = VecDeque::from([Arc::clone(schema)]);
        // The loop may read one document more than the limit. In this case, `Catalog::resolve` reports the error.
        while let Some(referrer) = open.pop_front()
            && seen.len() <= limits::REACHABLE_DOCUMENTS_MAX
        {
            for reference in referrer.foreign_references() {
                let target = match self.target(reference).await? {
                    ReferenceTarget::None => continue,
                    ReferenceTarget::Shared(versions) => {
                        catalog.know_shared(&reference.uri, versions);
                        continue;
                    }
                    ReferenceTarget::Version(target) => target,
                };
                if target != *schema.at() && seen.insert(target.clone()) {
                    let found = match self.resolved.get(&target) {
                        Some(cached) => Arc::clone(cached.resolved.schema()),
                        None => match self.find_schema(&target).await? {
                            Some(found) => found,
                            None => continue,
                        },
                    };
                    catalog.replace(Arc::clone(&found));
                    open.push_back(found);
                }
            }
        }
        let schema = Arc::clone(schema);
        self.workers.run(move || catalog.resolve(&schema)).await
    }

    /// Returns the registered version that a reference means.
    pub(super) async fn target(&self, reference: &Reference) -> Result<ReferenceTarget, Refusal> {
        match &reference.target {
            Target::Here | Target::Metaschema => Ok(ReferenceTarget::None),
            Target::Named(at) => Ok(ReferenceTarget::Version(at.clone())),
            Target::Identified(id) => {
                let mut owners = self.store.owners_of_id(id).await?;
                Ok(match owners.len() {
                    0 | 1 => owners.pop().map_or(ReferenceTarget::None, ReferenceTarget::Version),
                    _ => ReferenceTarget::Shared(owners),
                })
            }
        }
    }

    async fn registered_schema(&self, at: &Coordinates) -> Result<Arc<Schema>, Refusal> {
        let found = self.find_schema(at).await?;
        found.ok_or_else(|| Refusal::Bug(format!("the schema of `{at}` is missing")))
    }

    async fn find_schema(&self, at: &Coordinates) -> Result<Option<Arc<Schema>>, Refusal> {
        let Some(content) = self.content(at).await? else { return Ok(None) };
        let bytes: Arc<[u8]> = content.bytes.as_ref().into();
        match self.read(at.clone(), bytes).await {
            Ok(schema) => Ok(Some(schema)),
            Err(Refusal::Document(diagnostics)) => Err(unreadable(at, &diagnostics)),
            Err(other) => Err(other),
        }
    }
}

/// Returns the error for a registered schema that cannot be parsed any more. The client did not cause this error: the
/// registry has a bug, or its configuration no longer maps a dialect.
pub(super) fn unreadable(at: &Coordinates, diagnostics: &Diagnostics) -> Refusal {
    let first = diagnostics.first().map_or_else(String::new, ToString::to_string);
    Refusal::Bug(format!("the registered version `{at}` cannot be read: {first}"))
}

/// Weighs an entry by its memory.
#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Coordinates, Arc<Content>> for ByBytes {
    fn weight(&self, _: &Coordinates, content: &Arc<Content>) -> u64 {
        content.bytes.len() as u64 + OVERHEAD_BYTES
    }
}

/// A version with the weight that it had when it was inserted. The cache needs a weight that does not change.
#[derive(Debug, Clone)]
struct CachedSchema {
    resolved: Arc<Resolved>,
    weight: u64,
}

impl Weighter<Coordinates, CachedSchema> for ByBytes {
    fn weight(&self, _: &Coordinates, cached: &CachedSchema) -> u64 {
        cached.weight
    }
}

fn weight_of(resolved: &Resolved) -> u64 {
    let text = resolved.schema().document().text().len() as u64;
    let (compiled, patterns) = match resolved.keeps_validator() {
        true => (COMPILED_BYTES_PER_BYTE, resolved.pattern_bytes()),
        false => (0, 0),
    };
    (PARSED_BYTES_PER_BYTE + compiled) * text + patterns + OVERHEAD_BYTES
}
