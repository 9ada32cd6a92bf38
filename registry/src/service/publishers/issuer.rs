use std::fmt;
use std::ops::RangeInclusive;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::signed_token::{Key, PublishedKey};
use crate::publisher::is_safe_url;

/// After this time, in microseconds, the registry requests the keys of an issuer again.
const FRESH_FOR: i64 = 3_600_000_000;
/// If the issuer does not answer, the registry uses the known keys of the issuer for this time after it read them, in
/// microseconds.
const USABLE_FOR: i64 = 24 * FRESH_FOR;
/// The minimum time between two requests to an issuer, in microseconds. The minimum applies even if tokens name unknown
/// keys.
const PAUSE: i64 = 10_000_000;
/// The maximum time that the registry waits for the answer of an issuer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum length of an issuer's answer, in bytes. The answers of the big providers have a few thousand bytes.
const ANSWER_BYTES_MAX: u64 = 256 << 10;
/// The maximum number of keys of one issuer. The registry ignores further keys.
const KEYS_MAX: usize = 100;

/// An issuer with its last known keys.
pub(super) struct Issuer {
    url: String,
    agent: ureq::Agent,
    known: RwLock<Arc<KnownKeys>>,
    /// The time of the last request. The mutex is locked during a request.
    requested_at: Mutex<Option<i64>>,
}

#[derive(Debug, Default)]
struct KnownKeys {
    keys: Vec<Key>,
    /// When the registry read the keys.
    at: Option<i64>,
}

/// An error: the keys of the issuer are unknown, and the issuer does not answer.
#[derive(Debug)]
pub(super) struct KeysUnavailable;

/// The configuration that an issuer publishes (OpenID Connect Discovery 1.0, section 3).
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
            ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0).build().into();
        Self { url, agent, known: RwLock::default(), requested_at: Mutex::default() }
    }

    /// Returns the key of the issuer with this id, or `None` if the issuer has no such key.
    ///
    /// An unknown key may be new, so the registry requests the keys again. But the registry requests the keys at most
    /// once in each [`PAUSE`]. Otherwise, a client with invented ids could make the registry flood the issuer.
    ///
    /// # Errors
    ///
    /// If the keys are unknown, and the issuer does not answer.
    pub(super) async fn key(&self, id: &str, now: i64) -> Result<Option<Key>, KeysUnavailable> {
        // If the keys are from the future, the clock was set back, and the age of the keys is unknown.
        let fresh = now - FRESH_FOR..=now;
        if let Some(key) = self.known().find(id, &fresh) {
            return Ok(Some(key));
        }
        let mut requested_at = self.requested_at.lock().await;
        // Another request may have updated the keys while this one waited.
        let is_pausing = requested_at.is_some_and(|at| (at..at + PAUSE).contains(&now));
        if !is_pausing && self.known().find(id, &fresh).is_none() {
            *requested_at = Some(now);
            self.update_keys(now).await;
        }
        drop(requested_at);
        let known = self.known();
        match known.at {
            Some(at) if now <= at + USABLE_FOR => Ok(known.find(id, &(at..=at))),
            Some(_) | None => Err(KeysUnavailable),
        }
    }

    async fn update_keys(&self, now: i64) {
        let (agent, url) = (self.agent.clone(), self.url.clone());
        let read = tokio::task::spawn_blocking(move || read_keys(&agent, &url)).await;
        match read.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(keys) => {
                tracing::info!(issuer = self.url, keys = keys.len(), "loaded the keys of an issuer");
                let known = Arc::new(KnownKeys { keys, at: Some(now) });
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
            }
            Err(why) => tracing::warn!(issuer = self.url, why, "cannot load the keys of an issuer"),
        }
    }

    fn known(&self) -> Arc<KnownKeys> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl KnownKeys {
    /// Returns the key with this id, if the registry read the keys in this range of time.
    fn find(&self, id: &str, range: &RangeInclusive<i64>) -> Option<Key> {
        let is_in_range = self.at.is_some_and(|at| range.contains(&at));
        self.keys.iter().find(|key| is_in_range && key.id == id).cloned()
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Requests the keys of an issuer.
fn read_keys(agent: &ureq::Agent, issuer: &str) -> Result<Vec<Key>, String> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let discovery: Discovery = get(agent, &url)?;
    if discovery.issuer != issuer {
        return Err(format!("{url} names a different issuer: `{}`", discovery.issuer));
    }
    if !is_safe_url(&discovery.jwks_uri) {
        return Err(format!(
            "the URL of the issuer's keys is `{}`, but must begin with `https://`",
            discovery.jwks_uri
        ));
    }
    let set: KeySet = get(agent, &discovery.jwks_uri)?;
    // The function skips keys of an unknown type.
    let published = set.keys.into_iter().filter_map(|key| serde_json::from_value::<PublishedKey>(key).ok());
    Ok(published.filter_map(Key::parse).take(KEYS_MAX).collect())
}

fn get<T: DeserializeOwned>(agent: &ureq::Agent, url: &str) -> Result<T, String> {
    let with_url = |error: ureq::Error| format!("{url}: {error}");
    let mut response = agent.get(url).header("accept", "application/json").call().map_err(with_url)?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("{url}: {status}"));
    }
    response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_json().map_err(with_url)
}
