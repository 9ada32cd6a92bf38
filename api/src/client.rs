//! A blocking HTTP client of the registry.

mod answer;
mod error;
mod url;

use std::time::Duration;

use evschema_model::{Subject, Version};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::access::AccessView;
use crate::event::FeedPage;
use crate::media_types::{NDJSON_MEDIA_TYPE, SCHEMA_MEDIA_TYPE};
use crate::percent::percent_encode;
use crate::subject::{SubjectPage, SubjectPatch, SubjectView};
use crate::token::{TokenCreated, TokenList, TokenRequest, TokenView};
use crate::validation::Validation;
use crate::version::{Registration, StateChange, VersionView};
use crate::waiver::{WaiverList, WaiverRequest, WaiverView};
use answer::Answer;
pub use error::ClientError;
use url::Query;

/// Returns whether a URL uses `http` and its host is this machine. A client may send a token to such a URL without TLS.
pub fn is_on_this_machine(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // The part before `@` is a login, even if it looks like a host.
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The maximum time to open a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum time to send a request, and the maximum time to wait for its answer. This time is longer than the
/// registry's own limit, so the client receives the registry's error first.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(90);

/// A client of the registry at one base URL.
#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    base_url: String,
    token: Option<String>,
}

/// The result of a registration.
#[derive(Debug, Clone, PartialEq)]
pub enum Registered {
    /// The version is new.
    Created(Registration),
    /// The version already existed with the same schema.
    Unchanged(Registration),
}

/// The author and the message of a registration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// The author.
    pub author: Option<String>,
    /// The message: what changed.
    pub message: Option<String>,
}

impl Client {
    /// Returns a client of the registry at this URL. The client does not open a connection yet.
    pub fn new(base_url: impl Into<String>, token: Option<String>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // For a range, the registry answers with a redirect. `resolve` reads the version from this redirect.
            .max_redirects(0)
            // Each step has its own limit. With one limit for all steps, every request would start a thread to look up
            // the host name, even if a connection is already open.
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_send_request(Some(REQUEST_TIMEOUT))
            .timeout_send_body(Some(REQUEST_TIMEOUT))
            .timeout_recv_response(Some(REQUEST_TIMEOUT))
            .timeout_recv_body(Some(REQUEST_TIMEOUT))
            .user_agent(concat!("evschema/", env!("CARGO_PKG_VERSION")));
        let base_url: String = base_url.into();
        // A proxy could read the token, so requests to this machine do not use one.
        let agent = if is_on_this_machine(&base_url) { agent.proxy(None) } else { agent };
        let agent = agent.build().new_agent();
        Self { agent, base_url: base_url.trim_end_matches('/').to_owned(), token }
    }

    /// Returns the registry's URL, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Registers a schema as this version.
    ///
    /// # Errors
    ///
    /// [`ClientError::Problem`] if the registry rejects the schema; the `report` of the problem shows what breaks.
    pub fn register(
        &self,
        subject: &Subject,
        version: &Version,
        schema: &[u8],
    ) -> Result<Registered, ClientError> {
        self.register_with(subject, Some(version), schema, &Note::default())
    }

    /// Registers a schema as the next version in the newest line of versions. The registry chooses the version, and
    /// never begins a new major version.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Client::register`].
    pub fn register_next(
        &self,
        subject: &Subject,
        schema: &[u8],
    ) -> Result<(Version, Registered), ClientError> {
        let registered = self.register_with(subject, None, schema, &Note::default())?;
        Ok((registered.registration().version.clone(), registered))
    }

    /// Registers a schema as the next version. If the change breaks the newest line of versions, the registry begins a
    /// new major version.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Client::register`].
    pub fn register_next_or_major(
        &self,
        subject: &Subject,
        schema: &[u8],
    ) -> Result<(Version, Registered), ClientError> {
        let url = self.url(&format!("/schemas/{subject}"), &Query::new().with("allow", Some("major")));
        let registered = Registered::of(self.send(self.agent.post(url), SCHEMA_MEDIA_TYPE, schema)?)?;
        Ok((registered.registration().version.clone(), registered))
    }

    /// Registers a schema with an author and a message.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Client::register`].
    pub fn register_with(
        &self,
        subject: &Subject,
        version: Option<&Version>,
        schema: &[u8],
        note: &Note,
    ) -> Result<Registered, ClientError> {
        let query =
            Query::new().with("author", note.author.as_deref()).with("message", note.message.as_deref());
        let answer = match version {
            Some(version) => {
                let url = self.url(&format!("/schemas/{subject}/{version}.json"), &query);
                self.send(self.agent.put(url), SCHEMA_MEDIA_TYPE, schema)?
            }
            None => {
                let url = self.url(&format!("/schemas/{subject}"), &query);
                self.send(self.agent.post(url), SCHEMA_MEDIA_TYPE, schema)?
            }
        };
        Registered::of(answer)
    }

    /// Returns the report of a dry run; the registry stores nothing. Without a version, the report is about the version
    /// that the registry would choose.
    ///
    /// # Errors
    ///
    /// If the bytes are not a schema, or the schema refers to a document that is not registered.
    pub fn check(
        &self,
        subject: &Subject,
        version: Option<&Version>,
        schema: &[u8],
    ) -> Result<Value, ClientError> {
        let version = version.map(ToString::to_string);
        let query = Query::new().with("version", version.as_deref());
        let url = self.url(&format!("/schemas/{subject}/check"), &query);
        self.send(self.agent.post(url), SCHEMA_MEDIA_TYPE, schema)?.json()
    }

    /// Returns a page of subjects. With `search`, the page has only subjects that match by name, description or
    /// property.
    ///
    /// # Errors
    ///
    /// If the registry cannot be reached, or rejects the request.
    pub fn subjects(
        &self,
        search: Option<&str>,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<SubjectPage, ClientError> {
        let limit = limit.map(|limit| limit.to_string());
        let query = Query::new().with("search", search).with("after", after).with("limit", limit.as_deref());
        self.get("/schemas", &query)
    }

    /// Returns a subject with the list of its versions.
    ///
    /// # Errors
    ///
    /// If the subject does not exist.
    pub fn subject(&self, subject: &Subject) -> Result<SubjectView, ClientError> {
        self.get(&format!("/schemas/{subject}"), &Query::new())
    }

    /// Creates a subject, or changes the settings that the patch contains. With a revision, the registry changes the
    /// subject only if it still has this revision. A new policy for an existing subject needs the revision and the
    /// scope `admin`.
    ///
    /// # Errors
    ///
    /// If the subject no longer has the revision, or the token does not allow the change.
    pub fn put_subject(
        &self,
        subject: &Subject,
        patch: &SubjectPatch,
        revision: Option<u64>,
    ) -> Result<SubjectView, ClientError> {
        let mut request = self.agent.put(self.url(&format!("/schemas/{subject}"), &Query::new()));
        if let Some(revision) = revision {
            request = request.header("if-match", format!("\"{revision}\""));
        }
        self.send(request, "application/merge-patch+json", &json(patch))?.json()
    }

    /// Returns the schema of a version, byte for byte as it was registered.
    ///
    /// # Errors
    ///
    /// If the version does not exist.
    pub fn schema(&self, subject: &Subject, version: &Version) -> Result<Vec<u8>, ClientError> {
        let url = self.url(&format!("/schemas/{subject}/{version}.json"), &Query::new());
        Ok(self.call(self.agent.get(url).header("accept", SCHEMA_MEDIA_TYPE))?.body)
    }

    /// Returns a version without its schema.
    ///
    /// # Errors
    ///
    /// If the version does not exist.
    pub fn version(&self, subject: &Subject, version: &Version) -> Result<VersionView, ClientError> {
        self.get(&format!("/schemas/{subject}/{version}"), &Query::new())
    }

    /// Returns the highest version that `latest` or a range such as `^1.2` means now.
    ///
    /// # Errors
    ///
    /// If no version matches, or the range is not valid.
    pub fn resolve(&self, subject: &Subject, range: &str) -> Result<Version, ClientError> {
        let path = format!("/schemas/{subject}/{}", percent_encode(range));
        let request = self.agent.get(self.url(&path, &Query::new())).header("accept", "application/json");
        let answer = self.call(request)?;
        match &answer.location {
            Some(location) => {
                let last = location.rsplit('/').next().unwrap_or(location);
                Version::parse(last).map_err(|error| answer.unexpected(error.to_string()))
            }
            // For an exact version, the registry answers with the version itself, not with a redirect.
            None => Ok(answer.json::<VersionView>()?.version),
        }
    }

    /// Deprecates, yanks or restores a version.
    ///
    /// # Errors
    ///
    /// If the version does not exist.
    pub fn set_state(
        &self,
        subject: &Subject,
        version: &Version,
        change: &StateChange,
    ) -> Result<VersionView, ClientError> {
        let url = self.url(&format!("/schemas/{subject}/{version}"), &Query::new());
        self.send(self.agent.patch(url), "application/json", &json(change))?.json()
    }

    /// Compares two versions in both directions.
    ///
    /// # Errors
    ///
    /// If one of the versions does not exist.
    pub fn diff(&self, subject: &Subject, from: &Version, to: &Version) -> Result<Value, ClientError> {
        self.get(&format!("/schemas/{subject}/diff/{from}...{to}"), &Query::new())
    }

    /// Validates events, one JSON text on each line.
    ///
    /// # Errors
    ///
    /// If the version does not exist.
    pub fn validate(
        &self,
        subject: &Subject,
        version: &Version,
        events: &[u8],
    ) -> Result<Validation, ClientError> {
        let url = self.url(&format!("/schemas/{subject}/{version}/validate"), &Query::new());
        self.send(self.agent.post(url), NDJSON_MEDIA_TYPE, events)?.json()
    }

    /// Returns the changes after a position of the feed, oldest first.
    ///
    /// # Errors
    ///
    /// If the registry cannot be reached, or rejects the request.
    pub fn feed(&self, after: u64, limit: Option<u32>) -> Result<FeedPage, ClientError> {
        let (after, limit) = (after.to_string(), limit.map(|limit| limit.to_string()));
        self.get("/feed", &Query::new().with("after", Some(&after)).with("limit", limit.as_deref()))
    }

    /// Returns the waivers of a subject.
    ///
    /// # Errors
    ///
    /// If the subject does not exist.
    pub fn waivers(&self, subject: &Subject) -> Result<WaiverList, ClientError> {
        self.get(&format!("/schemas/{subject}/waivers"), &Query::new())
    }

    /// Accepts a finding in a subject; needs the scope `waive`.
    ///
    /// # Errors
    ///
    /// If the subject does not exist, or the token does not allow the request.
    pub fn put_waiver(
        &self,
        subject: &Subject,
        fingerprint: &str,
        waiver: &WaiverRequest,
    ) -> Result<WaiverView, ClientError> {
        let path = format!("/schemas/{subject}/waivers/{}", percent_encode(fingerprint));
        self.send(self.agent.put(self.url(&path, &Query::new())), "application/json", &json(waiver))?.json()
    }

    /// Returns what this client's token allows.
    ///
    /// # Errors
    ///
    /// If the token is not valid, or the registry is private and the request has no token.
    pub fn access(&self) -> Result<AccessView, ClientError> {
        self.get("/access", &Query::new())
    }

    /// Creates a token; needs the scope `admin`. Only this answer contains the secret.
    ///
    /// # Errors
    ///
    /// If the client's own token does not allow the request.
    pub fn create_token(&self, request: &TokenRequest) -> Result<TokenCreated, ClientError> {
        self.send(self.agent.post(self.url("/tokens", &Query::new())), "application/json", &json(request))?
            .json()
    }

    /// Returns all tokens, including expired and revoked ones; needs the scope `admin`.
    ///
    /// # Errors
    ///
    /// If the client's own token does not allow the request.
    pub fn tokens(&self) -> Result<TokenList, ClientError> {
        self.get("/tokens", &Query::new())
    }

    /// Revokes a token by its id; needs the scope `admin`. From now on, the registry rejects the token.
    ///
    /// # Errors
    ///
    /// If the token does not exist, or the client's own token does not allow the request.
    pub fn revoke_token(&self, id: &str) -> Result<TokenView, ClientError> {
        let url = self.url(&format!("/tokens/{}", percent_encode(id)), &Query::new());
        self.call(self.agent.delete(url))?.json()
    }

    fn url(&self, path: &str, query: &Query) -> String {
        format!("{}{path}{query}", self.base_url)
    }

    fn get<T: DeserializeOwned>(&self, path: &str, query: &Query) -> Result<T, ClientError> {
        let request = self.agent.get(self.url(path, query));
        self.call(request.header("accept", "application/json"))?.json()
    }

    fn call(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithoutBody>,
    ) -> Result<Answer, ClientError> {
        let request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        Answer::read(&self.base_url, request.call())
    }

    fn send(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        media_type: &str,
        body: &[u8],
    ) -> Result<Answer, ClientError> {
        let request = request.header("accept", "application/json").header("content-type", media_type);
        let request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        Answer::read(&self.base_url, request.send(body))
    }
}

impl Registered {
    fn of(answer: Answer) -> Result<Self, ClientError> {
        let registration = answer.json()?;
        Ok(if answer.status == 201 { Self::Created(registration) } else { Self::Unchanged(registration) })
    }

    /// Returns the registration, both for a new version and for a version that already existed.
    pub fn registration(&self) -> &Registration {
        match self {
            Self::Created(registration) | Self::Unchanged(registration) => registration,
        }
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    // The wire types contain only strings and numbers, which always have a JSON form.
    serde_json::to_vec(value).unwrap_or_default()
}
