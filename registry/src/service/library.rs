use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use evschema_model::{
    Catalog, Coordinates, Diagnostics, Dialects, Document, Reference, Resolved, Schema, Target, limits,
};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Refusal;
use super::workers::Workers;
use crate::Config;
use crate::store::{Content, Store};

/// What a parsed schema takes in memory for each byte of its text, roughly: a JSON value is a tree of maps and strings;
/// and what its validator does, if it is compiled.
const PARSED_BYTES_PER_BYTE: u64 = 14;
const COMPILED_BYTES_PER_BYTE: u64 = 16;
/// What anything kept in memory takes beside its text, roughly.
const OVERHEAD_BYTES: u64 = 512;

/// Registered schemas, read, resolved and kept in memory.
///
/// INVARIANT: only what never changes is kept: a version's content, and what its references lead to. So nothing here
/// ever goes stale, whatever other processes write, and it can be served while the database is away.
#[derive(Debug)]
pub(super) struct Library {
    store: Arc<dyn Store>,
    workers: Workers,
    dialects: Arc<Dialects>,
    contents: Cache<Coordinates, Arc<Content>, ByBytes>,
    resolved: Cache<Coordinates, Kept, ByBytes>,
}

/// What a reference leads to among what is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing else than the document itself or a metaschema, or nothing that is registered.
    Nothing,
    /// This version, if it is registered.
    Version(Coordinates),
    /// An `$id` that these versions share.
    Shared(Vec<Coordinates>),
}

impl Library {
    pub(super) fn new(store: Arc<dyn Store>, workers: Workers, config: &Config) -> Self {
        // Half for the values that are computed with, a quarter for the bytes, and one for answers that lie
        // ready, which share their bytes with these while both are kept.
        let budget = config.cache_bytes / 2;
        Self {
            store,
            workers,
            dialects: Arc::new(config.dialects.clone()),
            contents: Cache::with_weighter(1_000, budget / 2, ByBytes),
            resolved: Cache::with_weighter(1_000, budget, ByBytes),
        }
    }

    /// Returns the content of a registered version.
    pub(super) async fn content(&self, at: &Coordinates) -> Result<Option<Arc<Content>>, Refusal> {
        if let Some(content) = self.contents.get(at) {
            return Ok(Some(content));
        }
        let Some(content) = self.store.content(at).await? else { return Ok(None) };
        let content = Arc::new(content);
        let loaded = Arc::clone(&content);
        let is_whole =
            move || Document::parse(&loaded.bytes).is_ok_and(|document| *document.digest() == loaded.digest);
        if !self.workers.run(is_whole).await? {
            return Err(Refusal::Bug(format!(
                "the stored schema of `{at}` is damaged: at registration, the digest of the schema was {}; `evschema \
                 fsck` checks the whole database",
                content.digest
            )));
        }
        self.contents.insert(at.clone(), Arc::clone(&content));
        Ok(Some(content))
    }

    /// Reads bytes as a schema.
    pub(super) async fn read(&self, at: Coordinates, bytes: Arc<[u8]>) -> Result<Arc<Schema>, Refusal> {
        let read = self.workers.run(self.reader(at, bytes)).await?;
        read.map(Arc::new).map_err(Refusal::Document)
    }

    /// Returns the work of reading bytes as a schema.
    pub(super) fn reader(
        &self,
        at: Coordinates,
        bytes: Arc<[u8]>,
    ) -> impl FnOnce() -> Result<Schema, Diagnostics> + Send + use<> {
        let dialects = Arc::clone(&self.dialects);
        move || Schema::read(at, &bytes, &dialects)
    }

    /// Returns a registered version with everything it reaches.
    pub(super) async fn registered(&self, at: &Coordinates) -> Result<Arc<Resolved>, Refusal> {
        if let Some(kept) = self.resolved.get(at) {
            // It has got a validator since, which counts.
            if kept.weight != weight_of(&kept.resolved) {
                self.keep(Arc::clone(&kept.resolved));
            }
            return Ok(kept.resolved);
        }
        let schema = self.registered_schema(at).await?;
        let resolved =
            Arc::new(self.resolve(&schema).await?.map_err(|diagnostics| unreadable(at, &diagnostics))?);
        self.keep(Arc::clone(&resolved));
        Ok(resolved)
    }

    /// Keeps a registered version, with everything it reaches.
    pub(super) fn keep(&self, registered: Arc<Resolved>) {
        let weight = weight_of(&registered);
        self.resolved.insert(registered.schema().at().clone(), Kept { resolved: registered, weight });
    }

    /// Finds everything a schema reaches among what is registered.
    pub(super) async fn resolve(
        &self,
        schema: &Arc<Schema>,
    ) -> Result<Result<Resolved, Diagnostics>, Refusal> {
        let mut catalog = Catalog::default();
        let mut seen: BTreeSet<Coordinates> = BTreeSet::new();
        let mut open = VecDeque::from([Arc::clone(schema)]);
        // One more than the limit, so that `Catalog::resolve` is the one to say so.
        while let Some(referrer) = open.pop_front()
            && seen.len() <= limits::REACHABLE_DOCUMENTS_MAX
        {
            for reference in referrer.foreign_references() {
                let target = match self.target(reference).await? {
                    Meaning::Nothing => continue,
                    Meaning::Shared(versions) => {
                        catalog.know_shared(&reference.uri, versions);
                        continue;
                    }
                    Meaning::Version(target) => target,
                };
                if target != *schema.at() && seen.insert(target.clone()) {
                    let found = match self.resolved.get(&target) {
                        Some(kept) => Arc::clone(kept.resolved.schema()),
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

    /// Returns what a reference leads to, if that is registered.
    pub(super) async fn target(&self, reference: &Reference) -> Result<Meaning, Refusal> {
        match &reference.target {
            Target::Here | Target::Metaschema => Ok(Meaning::Nothing),
            Target::Named(at) => Ok(Meaning::Version(at.clone())),
            Target::Identified(id) => {
                let mut owners = self.store.owners_of_id(id).await?;
                Ok(match owners.len() {
                    0 | 1 => owners.pop().map_or(Meaning::Nothing, Meaning::Version),
                    _ => Meaning::Shared(owners),
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

/// What was registered has been read before; that it cannot be read now is nobody's mistake but
/// ours, or the configuration's: a dialect may no longer be mapped.
pub(super) fn unreadable(at: &Coordinates, diagnostics: &Diagnostics) -> Refusal {
    let first = diagnostics.first().map_or_else(String::new, ToString::to_string);
    Refusal::Bug(format!("the registered version `{at}` cannot be read: {first}"))
}

/// Weighs what is kept by the memory it takes.
#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Coordinates, Arc<Content>> for ByBytes {
    fn weight(&self, _: &Coordinates, content: &Arc<Content>) -> u64 {
        content.bytes.len() as u64 + OVERHEAD_BYTES
    }
}

/// A version that is kept, with what it weighed then: the cache relies on a weight that stays.
#[derive(Debug, Clone)]
struct Kept {
    resolved: Arc<Resolved>,
    weight: u64,
}

impl Weighter<Coordinates, Kept> for ByBytes {
    fn weight(&self, _: &Coordinates, kept: &Kept) -> u64 {
        kept.weight
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
