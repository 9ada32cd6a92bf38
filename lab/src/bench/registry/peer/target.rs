use std::error::Error;
use std::time::Duration;

use serde_json::{Value, json};

/// A registry that is measured: where it is, and how it is asked.
#[derive(Debug, Clone)]
pub(super) struct Target {
    url: String,
    is_own: bool,
}

/// A client with a connection of its own; the same one for every registry, so that it costs the same.
#[derive(Debug)]
pub(super) struct Client {
    target: Target,
    agent: ureq::Agent,
}

impl Target {
    /// Ours.
    pub(super) fn own(url: &str) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), is_own: true }
    }

    /// One that speaks Confluent's API.
    pub(super) fn peer(url: &str) -> Self {
        Self { is_own: false, ..Self::own(url) }
    }

    pub(super) fn client(&self) -> Client {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let config = config.timeout_global(Some(Duration::from_secs(60)));
        Client { target: self.clone(), agent: config.build().into() }
    }
}

impl Client {
    /// Registers the first version of a subject, and returns the URL that it is read at by its id.
    pub(super) fn register(&self, subject: &str, document: &str) -> Result<String, Box<dyn Error>> {
        let Target { url, is_own } = &self.target;
        if *is_own {
            let at = format!("{url}/schemas/{subject}/1.0.0.json");
            let request = self.agent.put(&at).content_type("application/schema+json");
            answer(&at, request.send(document)).map(|_| at)
        } else {
            let at = format!("{url}/subjects/{subject}/versions");
            let request = self.agent.post(&at).content_type("application/vnd.schemaregistry.v1+json");
            let body = json!({ "schemaType": "JSON", "schema": document }).to_string();
            let text = answer(&at, request.send(body))?;
            let answer: Value = serde_json::from_str(&text)?;
            let id =
                answer.get("id").and_then(Value::as_u64).ok_or_else(|| format!("{at}: no id in {text}"))?;
            Ok(format!("{url}/schemas/ids/{id}"))
        }
    }
}

fn answer(
    at: &str,
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<String, Box<dyn Error>> {
    let mut response = response.map_err(|error| format!("{at}: {error}"))?;
    let text = response.body_mut().read_to_string()?;
    if response.status().is_success() { Ok(text) } else { Err(format!("{at}: {text}").into()) }
}
