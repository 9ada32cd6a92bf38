use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use evschema_api::SubjectPatch;
use evschema_api::client::{Client, Registered};
use evschema_codegen::{Options, generate};
use evschema_compat::Report;
use evschema_model::{Coordinates, Dialects, Schema, Subject, Version};
use evschema_registry::{Config, Server, StartError};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::serve::{runtime, stop_signal};
use crate::context::Context;
use crate::dependency_order::in_dependency_order;
use crate::failure::Failure;
use crate::finding::Source;
use crate::outcome::Outcome;
use crate::output::{counted, render_finding};
use crate::project::Schemas;
use crate::terminal::Terminal;
use crate::{examples, findings_from_report};

/// Show the main features with an example: a registry, a rejected change, generated Rust code and web pages.
///
/// The registry runs on SQLite in a temporary folder. The demo removes the folder at the end, and writes no other
/// files.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Exit after the last step, instead of running the registry until Ctrl-C.
    #[arg(long)]
    once: bool,
}

/// The subject of the demo's breaking change and of its generated code.
const SUBJECT: &str = "commerce.order.placed";
/// The first line of the generated struct.
const STRUCT: &str = "pub struct OrderPlaced {";
/// An example that uses the struct.
const USAGE: &str = "
let order = OrderPlaced::from_slice(bytes)?; // fails if the schema rejects the event
let bytes = order.to_vec()?;                 // also fails, so you never send an invalid event";
/// The breaking change, and the version number of the changed schema.
const BREAK: (&str, &str) = ("changes `total` from an integer to a string", "1.3.0");
/// The changed schema.
const BROKEN: &str = include_str!("../examples/broken.json");

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let folder = TemporaryFolder::create()?;
        let runtime = runtime()?;
        // The demo watches for a stop signal from the beginning, so that it always removes its folder.
        let stopped = runtime.spawn(stop_signal());
        let registry = Registry::start(&runtime, &folder)?;
        let shown = Demo { client: Client::new(&registry.url, None), schemas: examples::schemas() }
            .show(&registry.url, context.terminal);
        if stopped.is_finished() {
            registry.stop(&runtime)?;
            return Ok(Outcome::Clean);
        }
        shown?;
        if !self.once {
            context.terminal.print("\nServing until Ctrl-C.");
            context.terminal.flush();
            let _stopped = runtime.block_on(stopped);
        }
        registry.stop(&runtime)?;
        Ok(Outcome::Clean)
    }
}

/// The steps of the demo, with the client of its registry.
struct Demo {
    client: Client,
    schemas: Schemas,
}

impl Demo {
    fn show(&self, url: &str, terminal: &mut Terminal) -> Result<(), Failure> {
        step(terminal, 1, "A registry on SQLite");
        self.register_examples(url, terminal)?;
        step(terminal, 2, "A breaking change is rejected");
        self.try_breaking_change(terminal)?;
        step(terminal, 3, "Rust is generated");
        self.show_rust(terminal)?;
        step(terminal, 4, "Every subject has a page");
        terminal.print(format!("   {url}/schemas"));
        terminal.print(format!("   {url}/schemas/{SUBJECT}"));
        terminal.flush();
        Ok(())
    }

    fn register_examples(&self, url: &str, terminal: &mut Terminal) -> Result<(), Failure> {
        let begun = Instant::now();
        let order = in_dependency_order(&self.schemas);
        for (subject, named) in examples::manifest()?.compatibility.subjects {
            let patch = SubjectPatch {
                mode: named.mode.into(),
                content_model: named.content_model.into(),
                ..SubjectPatch::default()
            };
            self.client.put_subject(&subject, &patch, None)?;
        }
        for own in &order {
            let at = own.schema.at();
            terminal.progress(&format!("   registering {at}"));
            let registered =
                self.client.register(&at.subject, &at.version, own.schema.document().text().as_bytes())?;
            if !matches!(registered, Registered::Created(_)) {
                return Err(Failure::new(format!("{at} already existed before the demo")));
            }
        }
        terminal.end_progress();
        terminal.print(format!(
            "   {} of {} registered at {url} in {:.1} s,\n   each compared with its older versions.",
            counted(order.len(), "version"),
            counted(self.schemas.own_subjects().len(), "event type"),
            begun.elapsed().as_secs_f64(),
        ));
        terminal.flush();
        Ok(())
    }

    /// Tries to register the changed schema, and shows the rejection of the registry.
    fn try_breaking_change(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let version = Version::parse(BREAK.1).map_err(|error| Failure::new(error.to_string()))?;
        let at = Coordinates { subject: subject()?, version };
        terminal.print(format!("   Somebody {} and registers the schema as {}:\n", BREAK.0, at.version));
        let rejection = match self.client.register(&at.subject, &at.version, BROKEN.as_bytes()) {
            Ok(_) => {
                return Err(Failure::new(format!(
                    "the registry accepted {at}, although {at} is not compatible"
                )));
            }
            Err(error) => error,
        };
        let report = rejection.problem().and_then(|problem| problem.report.clone());
        let report: Report = match report.map(serde_json::from_value) {
            Some(Ok(report)) => report,
            Some(Err(_)) | None => return Err(rejection.into()),
        };
        let edited = Schema::read(at.clone(), BROKEN.as_bytes(), &Dialects::default())
            .map_err(|_| Failure::new("the changed schema of the demo is not valid"))?;
        let file = format!("schemas/{}/{}.json", at.subject, at.version);
        let candidate = Source { schema: &edited, file: &file };
        let found = findings_from_report::findings(&report, &candidate, &|version| {
            self.schemas.source(&Coordinates { subject: at.subject.clone(), version: version.clone() })
        });
        let Some(finding) = found.iter().find(|f| f.breakage.as_ref().is_some_and(|b| b.witness.is_some()))
        else {
            return Err(Failure::new(format!("the registry rejected {at} without an event that breaks")));
        };
        terminal.print(indented(&render_finding(finding, &terminal.renderer())));
        self.show_accepted_version(&report.required_version, terminal)
    }

    /// Shows that the registry would accept the change with the required version.
    fn show_accepted_version(&self, version: &Version, terminal: &mut Terminal) -> Result<(), Failure> {
        let subject = subject()?;
        let report = self.client.check(&subject, Some(version), BROKEN.as_bytes())?;
        if report.get("verdict") != Some(&json!("compatible")) {
            return Err(Failure::new(format!("the registry also rejected {subject}@{version}: {report}")));
        }
        terminal.print(format!(
            "\n   {} The registry would accept this change as version {version}.",
            terminal.green("✓")
        ));
        terminal.flush();
        Ok(())
    }

    fn show_rust(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let newest = self.newest()?;
        let files = generate(&self.schemas.catalog, &[newest.at().clone()], &Options::default()).map_err(
            |error| {
                let messages: Vec<String> = error.problems.iter().map(|p| p.diagnostic.to_string()).collect();
                Failure::new(format!("{} cannot be generated: {}", newest.at(), messages.join("; ")))
            },
        )?;
        let excerpt = files
            .iter()
            .find_map(|file| excerpt(&file.text))
            .ok_or_else(|| Failure::new(format!("no struct was generated for {}", newest.at())))?;
        terminal
            .print(format!("   From {}, `evschema gen` or a build.rs generates this struct:\n", newest.at()));
        terminal.print(indented(&excerpt));
        terminal.print(indented(USAGE));
        terminal.flush();
        Ok(())
    }

    fn newest(&self) -> Result<Arc<Schema>, Failure> {
        let newest = self.schemas.catalog.versions(&subject()?).next_back();
        newest.cloned().ok_or_else(|| Failure::new(format!("the example `{SUBJECT}` is missing")))
    }
}

fn subject() -> Result<Subject, Failure> {
    Subject::parse(SUBJECT).map_err(|error| Failure::new(error.to_string()))
}

/// Returns the generated struct with its documentation and attributes.
fn excerpt(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.trim_start() == STRUCT)?;
    let indent = lines[at].len() - STRUCT.len();
    let end = at + lines[at..].iter().position(|line| line.trim() == "}")?;
    let begin = lines[..at].iter().rposition(|line| !line.trim_start().starts_with(['/', '#']))? + 1;
    let shown = lines[begin..=end].iter().map(|line| line.get(indent..).unwrap_or_default());
    Some(shown.collect::<Vec<_>>().join("\n"))
}

fn step(terminal: &mut Terminal, number: u8, title: &str) {
    let title = terminal.bold(&format!("{number}. {title}"));
    let gap = if number == 1 { "" } else { "\n" };
    terminal.print(format!("{gap}{title}"));
}

fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("   {line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// A registry that runs in the process of the demo.
struct Registry {
    url: String,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), StartError>>,
}

impl Registry {
    fn start(runtime: &Runtime, folder: &TemporaryFolder) -> Result<Self, Failure> {
        let default_port = Config {
            database: format!("sqlite:{}", folder.0.join("demo.db").display()),
            ..Config::default()
        };
        let any_port =
            Config { listen: SocketAddr::new(default_port.listen.ip(), 0), ..default_port.clone() };
        let server = match runtime.block_on(Server::bind(default_port)) {
            // Another program uses the default port.
            Err(StartError::Listen { .. }) => runtime.block_on(Server::bind(any_port))?,
            other => other?,
        };
        let url = format!("http://{}", server.local_addr());
        let (stop, stopped) = oneshot::channel::<()>();
        // A stop signal also ends the registry, even in the middle of a step.
        let running = runtime.spawn(server.run(async {
            tokio::select! {
                _ = stopped => {}
                () = stop_signal() => {}
            }
        }));
        Ok(Self { url, stop, running })
    }

    fn stop(self, runtime: &Runtime) -> Result<(), Failure> {
        let _already_gone = self.stop.send(());
        match runtime.block_on(self.running) {
            Ok(ended) => ended.map_err(Failure::from),
            Err(error) => Err(Failure::new(format!("the registry ended with an error: {error}"))),
        }
    }
}

/// A folder that is removed when the demo ends.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn create() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("evschema-demo-{}", std::process::id()));
        std::fs::create_dir(&path).map_err(|error| Failure::file("create", &path, &error))?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // If the removal fails, the system cleans its temporary folder later.
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}
