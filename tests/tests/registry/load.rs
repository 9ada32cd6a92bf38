//! Runs clients that load registries in separate processes, and records the history of their responses.

mod history;
mod process;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use evschema_api::ProblemCode;
use evschema_api::client::{Client, ClientError, Registered};

use super::world::{subject, version};
pub(super) use history::{Operation, Outcome, Recorded, check};
pub(super) use process::Process;

/// Number of operations on a subject before the clients continue with the next subject.
const EACH: usize = 60;
/// Number of versions of each subject that the clients try to register.
const VERSIONS: usize = 12;
/// Types that contradict each other.
const TYPES: [&str; 3] = ["string", "integer", "boolean"];
/// Number of different properties. Each version declares some of these properties.
const PROPERTIES: usize = 4;

/// The declarations of a schema: the type of each property, or `None` for an undeclared property.
///
/// Two schemas are compatible in both directions if no property has two types. A reader without a declaration accepts
/// any type, and a writer without a declaration does not send the property.
pub(super) type Declared = [Option<usize>; PROPERTIES];

pub(super) fn fit(a: &Declared, b: &Declared) -> bool {
    a.iter().zip(b).all(|pair| match pair {
        (Some(one), Some(other)) => one == other,
        _ => true,
    })
}

fn schema_of(declared: &Declared) -> String {
    // All schemas declare one common property. Without any declared property, an object would be a map.
    let id = r#""id":{"type":"string"}"#.to_owned();
    let properties = declared
        .iter()
        .enumerate()
        .filter_map(|(at, kind)| kind.map(|kind| format!(r#""p{at}":{{"type":"{}"}}"#, TYPES[kind])));
    let properties: Vec<String> = std::iter::once(id).chain(properties).collect();
    format!(r#"{{"type":"object","properties":{{{}}}}}"#, properties.join(","))
}

/// Clients that register versions, repeat registrations and read versions until a test stops them.
#[derive(Debug)]
pub(super) struct Load {
    started: Instant,
    operations: AtomicUsize,
    stopped: AtomicBool,
    history: Mutex<Vec<Recorded>>,
}

impl Load {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            operations: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            history: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn history(self) -> Vec<Recorded> {
        self.history.into_inner().unwrap()
    }

    /// Returns the number of acknowledged registrations.
    pub(super) fn created(&self) -> usize {
        let history = self.history.lock().unwrap();
        history.iter().filter(|recorded| matches!(recorded.outcome, Outcome::Created { .. })).count()
    }

    /// Sends operations to these registries until a test stops the clients.
    pub(super) fn run(&self, urls: &[String], seed: u64) {
        let clients: Vec<Client> = urls.iter().map(|url| Client::new(url.as_str(), None)).collect();
        let mut numbers = seed | 1;
        let mut below = move |bound: usize| {
            numbers = numbers.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (numbers >> 33) as usize % bound
        };
        let mut last = None;
        while !self.stopped.load(Ordering::Relaxed) {
            let number = self.operations.fetch_add(1, Ordering::Relaxed);
            let about = format!("load.s{:05}", number / EACH);
            let operation = match (below(10), &last) {
                (0 | 1, _) => Operation::Read,
                // Repeats the request, like a client that received no response.
                (2, Some((same, put))) if *same == about => Operation::clone(put),
                _ => {
                    let declared = std::array::from_fn(|_| (below(2) == 0).then(|| below(TYPES.len())));
                    Operation::Put { version: 1 + below(VERSIONS), declared }
                }
            };
            if let Operation::Put { .. } = operation {
                last = Some((about.clone(), operation.clone()));
            }
            let client = &clients[below(clients.len())];
            let invoked = self.started.elapsed();
            let outcome = send(client, &about, &operation);
            let returned = self.started.elapsed();
            if outcome == Outcome::Unknown {
                // The registry is down. The client waits, because more requests would delay the restart.
                std::thread::sleep(Duration::from_millis(20));
            }
            let recorded = Recorded { subject: about, operation, outcome, invoked, returned };
            self.history.lock().unwrap().push(recorded);
        }
    }
}

fn number_of(version: &evschema_model::Version) -> usize {
    version.to_string().split('.').nth(1).unwrap().parse().unwrap()
}

fn send(client: &Client, about: &str, operation: &Operation) -> Outcome {
    let about = subject(about);
    match operation {
        Operation::Read => match client.subject(&about) {
            Ok(view) => {
                Outcome::Versions(view.versions.iter().map(|known| number_of(&known.version)).collect())
            }
            Err(ClientError::Problem(problem)) if problem.code == ProblemCode::SubjectNotFound => {
                Outcome::Versions(Default::default())
            }
            Err(_) => Outcome::Unknown,
        },
        Operation::Put { version: number, declared } => {
            let number = version(&format!("1.{number}.0"));
            match client.register(&about, &number, schema_of(declared).as_bytes()) {
                Ok(Registered::Created(done)) => Outcome::Created { ordinal: done.ordinal as usize },
                Ok(Registered::Unchanged(_)) => Outcome::Unchanged,
                Err(ClientError::Problem(problem)) if problem.status == 409 => match problem.code.as_str() {
                    "version-exists" => Outcome::Exists,
                    "incompatible" => Outcome::Incompatible,
                    other => panic!("{other}: {problem}"),
                },
                Err(ClientError::Problem(problem)) if ![503, 507].contains(&problem.status) => {
                    panic!("{problem:?}")
                }
                Err(_) => Outcome::Unknown,
            }
        }
    }
}

/// Returns the final versions of each subject, in the order of registration.
pub(super) fn registered(client: &Client) -> BTreeMap<String, Vec<(usize, Declared)>> {
    let (mut all, mut after) = (BTreeMap::new(), None);
    loop {
        let page = client.subjects(None, after.as_deref(), Some(1_000)).unwrap();
        for summary in page.subjects {
            let view = client.subject(&summary.subject).unwrap();
            let mut versions: Vec<(u32, usize, Declared)> = view
                .versions
                .iter()
                .map(|known| {
                    let found = client.version(&view.subject, &known.version).unwrap();
                    let bytes = client.schema(&view.subject, &known.version).unwrap();
                    let schema: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                    let declared = std::array::from_fn(|at| {
                        let kind = schema["properties"][format!("p{at}")]["type"].as_str();
                        kind.map(|kind| TYPES.iter().position(|one| *one == kind).unwrap())
                    });
                    (found.ordinal, number_of(&known.version), declared)
                })
                .collect();
            versions.sort();
            let ordinals: Vec<u32> = versions.iter().map(|(ordinal, _, _)| *ordinal).collect();
            let expected: Vec<u32> = (1..).take(ordinals.len()).collect();
            assert_eq!(ordinals, expected, "{}: ordinals have no gap and no repeat", view.subject);
            let versions = versions.into_iter().map(|(_, number, declared)| (number, declared)).collect();
            all.insert(view.subject.to_string(), versions);
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}
