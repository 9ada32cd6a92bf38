//! Starts a registry for each test. Its clock always shows the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use evschema_api::client::Client;
use evschema_model::{Subject, Version};
use evschema_registry::{Clock, Config, Environment, RequestIds, Server, StartError};
use tokio::sync::oneshot;

/// The time of the clock: 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045_000_000;

/// A running registry. It stops when the value is dropped.
pub(crate) struct World {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
}

/// A response, in a form that tests can compare.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

#[derive(Debug)]
struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> i64 {
        NOW
    }
}

#[derive(Debug)]
struct Counted(AtomicU64);

impl RequestIds for Counted {
    fn next(&self) -> String {
        format!("request-{}", self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Returns an empty database of each kind, with the name of the kind.
pub(crate) fn databases() -> [(&'static str, String); 2] {
    [("sqlite", "sqlite::memory:".to_owned()), ("postgres", evschema_tests::Postgres::fresh_database())]
}

impl World {
    /// Starts a registry with a database in memory.
    pub(crate) fn start() -> Self {
        Self::on("sqlite::memory:")
    }

    /// Starts a registry with a database.
    pub(crate) fn on(database: &str) -> Self {
        Self::with(Config { database: database.to_owned(), ..Config::default() })
    }

    /// Starts a registry with this configuration, but on a free port of the loopback interface.
    pub(crate) fn with(config: Config) -> Self {
        Self::try_with(config).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Like [`World::with`], but returns the error if the registry does not start.
    pub(crate) fn try_with(config: Config) -> Result<Self, StartError> {
        let environment = Environment {
            clock: Arc::new(StandingClock),
            request_ids: Arc::new(Counted(AtomicU64::new(0))),
            ..Environment::system()
        };
        Self::run(config, environment)
    }

    /// Like [`World::with`], with the system clock.
    pub(crate) fn with_system_clock(config: Config) -> Self {
        Self::run(config, Environment::system()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Like [`World::with`], with another clock.
    pub(crate) fn with_clock(config: Config, clock: Arc<dyn Clock>) -> Self {
        let environment = Environment { clock, ..Environment::system() };
        Self::run(config, environment).unwrap_or_else(|error| panic!("{error}"))
    }

    fn run(config: Config, environment: Environment) -> Result<Self, StartError> {
        let config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..config };
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let running = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                match Server::bind_in(config, environment).await {
                    Ok(server) => {
                        tell.send(Ok(server.local_addr())).unwrap();
                        server.run(async { drop(stopped.await) }).await.unwrap();
                    }
                    Err(error) => tell.send(Err(error)).unwrap(),
                }
            });
        });
        let address = told.recv().expect("the registry starts, or says why not")?;
        Ok(Self { url: format!("http://{address}"), stop: Some(stop), running: Some(running) })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// Sends a request with a body; `-` means no body.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            b"" => agent.run(request.body(()).unwrap()),
            body => agent.run(request.body(body.to_vec()).unwrap()),
        }
        .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers =
            response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let body = response.body_mut().read_to_string().unwrap();
        Reply { status: response.status().as_u16(), headers, body }
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    /// Registers a schema, and returns the response.
    pub(crate) fn put(&self, at: &str, schema: &str) -> Reply {
        let (subject, version) = at.split_once('@').unwrap();
        let path = format!("/schemas/{subject}/{version}.json");
        self.send("PUT", &path, &[("content-type", "application/schema+json")], schema.as_bytes())
    }

    /// Registers a schema, and asserts that the registry accepts it.
    pub(crate) fn given(&self, at: &str, schema: &str) {
        let reply = self.put(at, schema);
        assert!(reply.status < 300, "{at}: {reply}");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            let ended = running.join();
            if !std::thread::panicking() {
                ended.expect("the registry ends cleanly");
            }
        }
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl std::fmt::Display for Reply {
    /// Prints status, media type and body; JSON is indented.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} {}", self.status, self.header("content-type").unwrap_or("-"))?;
        match serde_json::from_str::<serde_json::Value>(&self.body) {
            Ok(value) if value.is_object() => write!(f, "{value:#}"),
            _ => f.write_str(&self.body),
        }
    }
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::parse(name).unwrap()
}

pub(crate) fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}
