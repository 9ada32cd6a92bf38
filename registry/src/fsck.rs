//! A check of a complete database, and the repair of derived data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evschema_model::{Coordinates, Dialects, Document, Schema, Version};
use serde_json::Value;

use crate::config::Config;
use crate::database_url::{file_of, without_password};
use crate::environment::Environment;
use crate::metrics::Metrics;
use crate::service::{Registry, latest, terms_of};
use crate::start_error::StartError;
use crate::store::{Derived, History, Indexing, Store, StoreError, SubjectQuery, VersionRecord};
use crate::{limits, store};

/// An error in the data of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place of the error: a subject, a version, or a position of the feed.
    pub place: String,
    /// The error, as one line of text.
    pub message: String,
    /// Whether the wrong data is derived from other data. If so, the check can repair the wrong data.
    pub is_derived: bool,
    /// Whether the check repaired the wrong data.
    pub is_repaired: bool,
}

/// The result of a check of a database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// The number of subjects.
    pub subjects: usize,
    /// The number of versions.
    pub versions: usize,
    /// The number of events in the feed.
    pub events: u64,
    /// The errors: first the errors of the subjects, in order of the subjects, then the errors of the feed.
    pub faults: Vec<Fault>,
}

/// Checks a complete database: digests, order of registration, latest versions, references, the feed and the search
/// terms. With `repair`, it also repairs derived data: latest versions, counts and search terms.
///
/// The check may run while a registry uses the database. A change during the check can look like an error. So if the
/// check finds errors, run it again before you trust them.
///
/// # Errors
///
/// If the database cannot be opened, or does not answer.
pub async fn examine(database: &str, dialects: &Dialects, repair: bool) -> Result<Examination, StartError> {
    let failed = |error: StoreError| StartError::database(database, &error);
    if let Some(file) = file_of(database).filter(|file| !file.is_file()) {
        let why = format!("the file `{}` does not exist", file.display());
        return Err(StartError::Database { database: without_password(database), why });
    }
    let access = if repair { store::Access::Write } else { store::Access::ReadOnly };
    let store = store::open(database, access).await.map_err(failed)?;
    let config = Config { database: database.to_owned(), dialects: dialects.clone(), ..Config::default() };
    let registry =
        Registry::new(Arc::clone(&store), &config, Environment::system(), Arc::<Metrics>::default())
            .map_err(StartError::Threads)?;
    let mut examiner = Examiner {
        store: &*store,
        registry: &registry,
        dialects,
        repair,
        found: Examination::default(),
        registered: BTreeSet::new(),
    };
    let examined = examiner.all().await;
    let found = std::mem::take(&mut examiner.found);
    registry.close().await;
    examined.map_err(failed)?;
    Ok(found)
}

struct Examiner<'s> {
    store: &'s dyn Store,
    registry: &'s Registry,
    dialects: &'s Dialects,
    repair: bool,
    found: Examination,
    /// All registered versions.
    registered: BTreeSet<(String, String)>,
}

impl Examiner<'_> {
    async fn all(&mut self) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let query = SubjectQuery { words: Vec::new(), after, limit: limits::PAGE_MAX };
            let page = self.store.subjects(&query).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.subject.to_string());
            for record in page {
                if let Some(history) = self.store.history(&record.subject).await? {
                    self.found.subjects += 1;
                    self.subject(&history).await?;
                }
            }
        }
        self.feed().await
    }

    fn fault(&mut self, place: impl ToString, message: impl Into<String>) {
        let fault = Fault {
            place: place.to_string(),
            message: message.into(),
            is_derived: false,
            is_repaired: false,
        };
        self.found.faults.push(fault);
    }

    fn derived(&mut self, place: impl ToString, message: impl Into<String>) {
        self.fault(place, message);
        if let Some(fault) = self.found.faults.last_mut() {
            fault.is_derived = true;
            fault.is_repaired = self.repair;
        }
    }

    async fn subject(&mut self, history: &History) -> Result<(), StoreError> {
        let record = &history.subject;
        let subject = &record.subject;
        self.found.versions += history.versions.len();
        let mut ordinals: Vec<u32> = history.versions.iter().map(|version| version.ordinal).collect();
        ordinals.sort_unstable();
        if !ordinals.iter().copied().eq(1..=u32::try_from(ordinals.len()).unwrap_or(u32::MAX)) {
            let message = format!(
                "the ordinals of the versions are {ordinals:?}, but should count from 1 without gaps"
            );
            self.fault(subject, message);
        }
        let states = history.versions.iter().map(|version| (&version.version, version.state));
        let correct_latest = latest(states).cloned();
        let count = u32::try_from(history.versions.len()).unwrap_or(u32::MAX);
        if correct_latest != record.latest || count != record.version_count {
            let shown =
                |version: &Option<Version>| version.as_ref().map_or("none".to_owned(), ToString::to_string);
            let message = format!(
                "the latest of {count} versions is {}, but the database records {} as the latest of {} versions",
                shown(&correct_latest),
                shown(&record.latest),
                record.version_count
            );
            self.derived(subject, message);
            if self.repair {
                let derived =
                    Derived { subject: subject.clone(), latest: correct_latest, version_count: count };
                self.store.set_derived(derived).await?;
            }
        }
        let mut latest_is_good = true;
        for version in &history.versions {
            self.registered.insert((subject.to_string(), version.version.to_string()));
            let is_good = self.version(history, version).await?;
            latest_is_good &= is_good || record.latest.as_ref() != Some(&version.version);
        }
        if latest_is_good { self.words(history).await } else { Ok(()) }
    }

    /// Checks a version, and returns whether its schema can be read.
    async fn version(&mut self, history: &History, record: &VersionRecord) -> Result<bool, StoreError> {
        let at = Coordinates { subject: history.subject.subject.clone(), version: record.version.clone() };
        let Some(content) = self.store.content(&at).await? else {
            self.fault(&at, "the schema of this version is missing");
            return Ok(false);
        };
        let digest = Document::parse(&content.bytes).map(|document| document.digest().clone());
        if digest.as_ref() != Ok(&record.digest) {
            let message = match digest {
                Ok(digest) => format!(
                    "the digest of the stored schema is {digest}, but the database records {}",
                    record.digest
                ),
                Err(_) => {
                    format!(
                        "the stored schema is not JSON; the database records the digest {}",
                        record.digest
                    )
                }
            };
            self.fault(
                &at,
                format!("{message}; restore the schema from a backup (`evschema pull` makes a backup)"),
            );
            return Ok(false);
        }
        // If the configuration no longer maps the dialect of a schema, the schema is unreadable, but not damaged.
        let Ok(schema) = Schema::read(at.clone(), &content.bytes, self.dialects) else { return Ok(true) };
        let mut referred = BTreeSet::new();
        for reference in schema.foreign_references() {
            match self.registry.targets_of(reference).await {
                Ok(targets) if targets.is_empty() => {
                    self.fault(
                        &at,
                        format!(
                            "the reference `{}` in the schema leads to no registered version",
                            reference.uri
                        ),
                    );
                }
                Ok(targets) => referred.extend(targets.into_iter().filter(|target| *target != at)),
                Err(refusal) => {
                    self.fault(&at, format!("the references in the schema cannot be resolved: {refusal}"))
                }
            }
        }
        let linked: BTreeSet<Coordinates> = self.store.links(&at).await?.references.into_iter().collect();
        for lost in linked.difference(&referred) {
            self.fault(
                &at,
                format!("the database records a reference to {lost}, but the schema has no such reference"),
            );
        }
        for lost in referred.difference(&linked) {
            self.fault(
                &at,
                format!("the schema refers to {lost}, but the database does not record this reference"),
            );
        }
        Ok(true)
    }

    /// Checks that a search finds the subject by its search terms.
    async fn words(&mut self, history: &History) -> Result<(), StoreError> {
        let record = &history.subject;
        let Ok(Some(content)) = self.registry.latest_terms(record).await else { return Ok(()) };
        let about = terms_of(record.description.as_deref());
        let mut longest: Vec<&String> = content.iter().chain(&about).collect();
        longest.sort_by_key(|word| std::cmp::Reverse(word.len()));
        longest.truncate(limits::SEARCH_WORDS_MAX);
        let words: Vec<String> = longest.into_iter().cloned().collect();
        if words.is_empty() || self.is_found(&words, record.subject.as_str()).await? {
            return Ok(());
        }
        self.derived(&record.subject, "a search for the words of this subject does not find the subject");
        if self.repair {
            self.store.forget_words(&record.subject).await?;
            let (subject, revision) = (record.subject.clone(), record.revision);
            self.store.index(Indexing { subject, revision, about, content }).await?;
        }
        Ok(())
    }

    async fn is_found(&self, words: &[String], subject: &str) -> Result<bool, StoreError> {
        let mut after = None;
        loop {
            let query = SubjectQuery { words: words.to_vec(), after, limit: limits::PAGE_MAX };
            let page = self.store.subjects(&query).await?;
            if page.iter().any(|record| record.subject.as_str() == subject) {
                return Ok(true);
            }
            let Some(last) = page.last().filter(|last| last.subject.as_str() < subject) else {
                return Ok(false);
            };
            after = Some(last.subject.to_string());
        }
    }

    async fn feed(&mut self) -> Result<(), StoreError> {
        let mut after = 0;
        let mut registrations: BTreeMap<(String, String), usize> = BTreeMap::new();
        loop {
            let page = self.store.feed(after, limits::PAGE_MAX).await?;
            if page.is_empty() {
                break;
            }
            for record in page {
                self.found.events += 1;
                if record.position != after + 1 {
                    let message =
                        format!("the previous position is {after}, but positions should have no gaps");
                    self.fault(format!("feed position {}", record.position), message);
                }
                after = record.position;
                let data: Value = match serde_json::from_str(&record.data) {
                    Ok(data) => data,
                    Err(_) => {
                        self.fault(format!("feed position {after}"), "the data of this event is not JSON");
                        continue;
                    }
                };
                if record.kind == "evschema.version.registered" {
                    let version = data["version"].as_str().unwrap_or_default().to_owned();
                    *registrations.entry((record.subject, version)).or_default() += 1;
                }
            }
        }
        for (subject, version) in std::mem::take(&mut self.registered) {
            match registrations.remove(&(subject.clone(), version.clone())) {
                Some(1) => {}
                Some(times) => {
                    self.fault(
                        format!("{subject}@{version}"),
                        format!("the feed has {times} events about the registration of this version, but should have one"),
                    );
                }
                None => self.fault(
                    format!("{subject}@{version}"),
                    "the feed has no event about the registration of this version",
                ),
            }
        }
        for (subject, version) in registrations.into_keys() {
            self.fault(
                format!("{subject}@{version}"),
                "the feed has an event about the registration of this version, but the version does not exist",
            );
        }
        Ok(())
    }
}
