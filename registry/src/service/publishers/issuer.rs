use std::fmt;
use std::ops::RangeInclusive;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::signed::{Key, PublishedKey};
use crate::publisher::is_safe_url;

/// How long an issuer's keys are taken for its keys, in microseconds; then they are asked for again.
const FRESH_FOR: i64 = 3_600_000_000;
/// How long they are when the issuer does not answer, in microseconds.
const USABLE_FOR: i64 = 24 * FRESH_FOR;
/// Least time between two questions to an issuer, in microseconds, whatever tokens say of their keys.
const PAUSE: i64 = 10_000_000;
/// How long an issuer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer of an issuer in bytes; the big ones have a few thousand.
const ANSWER_BYTES_MAX: u64 = 256 << 10;
/// Most keys of an issuer that are kept.
const KEYS_MAX: usize = 100;

/// An issuer, and its keys as they were when it was last asked.
pub(super) struct Issuer {
    url: String,
    agent: ureq::Agent,
    known: RwLock<Arc<Known>>,
    /// When it was last asked; whoever asks holds it.
    asked_at: Mutex<Option<i64>>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Vec<Key>,
    /// When they were read.
    at: Option<i64>,
}

/// Why an issuer's keys are not known.
#[derive(Debug)]
pub(super) struct Away;

/// What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// The keys of an issuer (RFC 7517, section 5).
#[derive(Debug, Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl Issuer {
    pub(super) fn new(url: String) -> Self {
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build().into();
        Self { url, agent, known: RwLock::default(), asked_at: Mutex::default() }
    }

    /// Returns the issuer's key of this id; `None` when it has no such key.
    ///
    /// A key that is not known may be new, so the issuer is asked, though not more often than once in
    /// [`PAUSE`]: nobody can have this registry flood an issuer by making ids up.
    ///
    /// # Errors
    ///
    /// When the keys are not known and the issuer does not tell them.
    pub(super) async fn key(&self, id: &str, now: i64) -> Result<Option<Key>, Away> {
        // What was read in the future was read before the clock was set back: nobody knows how long ago.
        let fresh = now - FRESH_FOR..=now;
        if let Some(key) = self.known().find(id, &fresh) {
            return Ok(Some(key));
        }
        let mut asked_at = self.asked_at.lock().await;
        // Somebody else may have asked while this one waited.
        let rests = asked_at.is_some_and(|asked| (asked..asked + PAUSE).contains(&now));
        if !rests && self.known().find(id, &fresh).is_none() {
            *asked_at = Some(now);
            self.ask(now).await;
        }
        drop(asked_at);
        let known = self.known();
        match known.at {
            Some(at) if now <= at + USABLE_FOR => Ok(known.find(id, &(at..=at))),
            Some(_) | None => Err(Away),
        }
    }

    async fn ask(&self, now: i64) {
        let (agent, url) = (self.agent.clone(), self.url.clone());
        let read = tokio::task::spawn_blocking(move || read_keys(&agent, &url)).await;
        match read.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(keys) => {
                tracing::info!(issuer = self.url, keys = keys.len(), "loaded the keys of an issuer");
                let known = Arc::new(Known { keys, at: Some(now) });
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
            }
            Err(why) => tracing::warn!(issuer = self.url, why, "cannot load the keys of an issuer"),
        }
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    /// Returns the key of this id, if the keys were read then.
    fn find(&self, id: &str, then: &RangeInclusive<i64>) -> Option<Key> {
        let are_recent = self.at.is_some_and(|at| then.contains(&at));
        self.keys.iter().find(|key| are_recent && key.id == id).cloned()
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Asks an issuer for its keys.
fn read_keys(agent: &ureq::Agent, issuer: &str) -> Result<Vec<Key>, String> {
    let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let discovery: Discovery = get(agent, &place)?;
    if discovery.issuer != issuer {
        return Err(format!("{place} names a different issuer: `{}`", discovery.issuer));
    }
    if !is_safe_url(&discovery.jwks_uri) {
        return Err(format!(
            "the URL of the issuer's keys is `{}`, but must begin with `https://`",
            discovery.jwks_uri
        ));
    }
    let set: KeySet = get(agent, &discovery.jwks_uri)?;
    // A key of a kind that is not known does not spoil the others.
    let published = set.keys.into_iter().filter_map(|key| serde_json::from_value::<PublishedKey>(key).ok());
    Ok(published.filter_map(Key::read).take(KEYS_MAX).collect())
}

fn get<T: DeserializeOwned>(agent: &ureq::Agent, url: &str) -> Result<T, String> {
    let told = |error: ureq::Error| format!("{url}: {error}");
    let mut response = agent.get(url).header("accept", "application/json").call().map_err(told)?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("{url}: {status}"));
    }
    response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_json().map_err(told)
}
