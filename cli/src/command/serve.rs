mod log;

use std::net::SocketAddr;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use evschema_api::ScopeError;
use evschema_model::PublisherEntry;
use evschema_registry::{Config, Publisher, Server, StartError, Tokens, limits};
use tokio::runtime::Runtime;

use log::Log;

use super::Context;
use crate::Outcome;
use crate::failure::{Failure, plain};
use crate::project::Project;
use crate::terminal::escape::one_line;

/// Open files that are no clients': databases, the log, connections that are being refused.
#[cfg(unix)]
const FILES_KEPT: usize = 64 + limits::REFUSALS_MAX;

/// Run the registry until Ctrl-C.
///
/// It brings its tables up to date by itself. The policy of new subjects, `formats` and `dialects`
/// come from the manifest, if there is one.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The database: `sqlite:PATH`, `sqlite::memory:`, or `postgres://user@host/name`.
    #[arg(
        long,
        env = "EVSCHEMA_DB",
        value_name = "URL",
        default_value = "sqlite:evschema.db",
        hide_env_values = true
    )]
    db: String,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, env = "EVSCHEMA_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The URL by which others reach the registry, when it is not the address.
    #[arg(long, env = "EVSCHEMA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// A further name by which others reach the registry, without a port; may be given several times. Names that
    /// another site could have are refused, because a page of that site could read the registry through them.
    #[arg(long, env = "EVSCHEMA_HOST", value_name = "NAME", value_delimiter = ',')]
    host: Vec<String>,
    /// Serve reads only.
    #[arg(long, env = "EVSCHEMA_READ_ONLY")]
    read_only: bool,
    /// Let anybody who reaches the registry write. Otherwise writing takes a token, once there is one
    /// or the registry can be reached from elsewhere (`evschema token create`).
    #[arg(long, env = "EVSCHEMA_ANONYMOUS_WRITES")]
    anonymous_writes: bool,
    /// Ask for a token for reading too.
    #[arg(long, env = "EVSCHEMA_PRIVATE")]
    private: bool,
    /// Take the client's address from `X-Forwarded-For`, as a proxy before the registry sets it.
    #[arg(long, env = "EVSCHEMA_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Trust jobs of a CI provider: a TOML table such as
    /// `{ name = "…", issuer = "https://…", audience = "…", claims = { repository = "…" }, scopes = ["…"] }`.
    /// The manifest's `[[registry.publishers]]` are trusted as well.
    #[arg(long, env = "EVSCHEMA_PUBLISHER", value_name = "TABLE")]
    publisher: Vec<String>,
    /// Most connections at once; who comes then is told to come again. No more than files may be open.
    #[arg(long, env = "EVSCHEMA_CONNECTIONS", value_name = "NUMBER", default_value_t = limits::CONNECTIONS_MAX,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    connections: usize,
    /// Memory for schemas and answers that are kept, in MiB.
    #[arg(long, env = "EVSCHEMA_CACHE", value_name = "MIB", default_value_t = 64)]
    cache: u32,
    /// Say what the registry would run with, and what is wrong with it; start nothing.
    #[arg(long)]
    check_config: bool,
    /// How much to log: `info`, `debug`, or as tracing-subscriber understands it.
    #[arg(long, env = "EVSCHEMA_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let (log, check_config) = (self.log.clone(), self.check_config);
        let publishers = publishers(&project.manifest.registry.publishers, &self.publisher)?;
        let config = Config {
            publishers,
            database: self.db,
            listen: self.listen,
            public_url: self.public_url,
            hosts: self.host,
            read_only: self.read_only,
            anonymous_writes: self.anonymous_writes,
            private: self.private,
            behind_proxy: self.behind_proxy,
            formats: project.manifest.formats,
            dialects: project.manifest.dialects(),
            default_policy: evschema_model::SubjectPolicy {
                mode: project.manifest.compatibility.mode,
                content_model: project.manifest.compatibility.content_model,
            },
            cache_bytes: u64::from(self.cache) << 20,
            connections_max: self.connections.min(open_files()),
            ..Config::default()
        };
        let writer = Log::read(&log, &context.environment.traces)?;
        if check_config {
            let tokens = runtime()?.block_on(config.rehearse())?;
            context.terminal.print(settings(&config, tokens, &log));
            return Ok(Outcome::Clean);
        }
        let log = writer.start(context.terminal.colors_stderr())?;
        let runtime = runtime()?;
        let server = runtime.block_on(Server::bind(config))?;
        context.terminal.say(format!("the registry is at http://{}/schemas", server.local_addr()));
        let end = runtime.block_on(server.run(stop_signal()));
        log.end();
        end?;
        context.terminal.say("stopped");
        Ok(Outcome::Clean)
    }
}

/// Returns the runtime that the registry runs on.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(|error| Failure::new(format!("cannot start threads: {}", plain(&error))))
}

/// Resolves when the process is asked to stop: Ctrl-C, or SIGTERM as service managers send it.
pub(super) async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _asked = interrupted.await;
}

/// Lets this process open as many files as it may, and returns how many of them can be connections.
fn open_files() -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        // What cannot be raised stays as it is.
        let _raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(FILES_KEPT).max(1)
    }
    #[cfg(not(unix))]
    usize::MAX
}

/// Returns the settings that are in force, wherever they come from: arguments, variables, manifest.
fn settings(config: &Config, tokens: Tokens, log: &str) -> String {
    let policy = &config.default_policy;
    let public_url = config.public_url.as_deref().unwrap_or("the address");
    let needs_proof = config.is_exposed() || !config.publishers.is_empty();
    let writes = match (config.read_only, config.anonymous_writes, needs_proof) {
        (true, _, _) => "nobody",
        (false, true, _) => "anybody who reaches it",
        (false, false, true) => "whoever has a token",
        (false, false, false) => "whoever has a token; programs on this machine while there is none",
    };
    let has_tokens = match tokens {
        Tokens::Some => "there are some",
        Tokens::None => "none yet",
        // One that needs a token does not start without one.
        Tokens::Unknown if config.is_exposed() => "not looked for; `evschema token list --db URL` does",
        Tokens::Unknown => "not looked for",
    };
    let reads = if config.private { "whoever has a token" } else { "anybody who reaches it" };
    let trusted: String = config
        .publishers
        .iter()
        .map(|publisher| format!("publisher   {} of {}\n", one_line(&publisher.name), publisher.issuer))
        .collect();
    let (cache, connections) = (config.cache_bytes >> 20, config.connections_max);
    format!(
        "db          {}\nlisten      {}\npublic url  {public_url}\nreads       {reads}\nwrites      {writes}\n\
         tokens      {has_tokens}\n{trusted}new subjects: mode {}, content model {}\nconnections {connections}\ncache       {cache} MiB\nlog         \
         {log}",
        config.database_shown(),
        config.listen,
        policy.mode,
        policy.content_model,
    )
}

/// Returns the publishers of the manifest and of the arguments.
fn publishers(entries: &[PublisherEntry], tables: &[String]) -> Result<Vec<Publisher>, Failure> {
    #[derive(serde::Deserialize)]
    struct Wrapped {
        publisher: PublisherEntry,
    }
    let mut all = entries.to_vec();
    for table in tables {
        let wrapped = toml::from_str::<Wrapped>(&format!("publisher = {table}"));
        all.push(wrapped.map_err(|error| bad_publisher(table, error.message()))?.publisher);
    }
    all.into_iter()
        .map(|entry| {
            let PublisherEntry { name, issuer, audience, claims, scopes } = entry;
            let scopes = scopes.iter().map(|scope| scope.parse()).collect::<Result<_, ScopeError>>();
            let scopes = scopes.map_err(|error| bad_publisher(&name, &error.to_string()))?;
            Ok(Publisher { name, issuer, audience, claims, scopes })
        })
        .collect()
}

fn bad_publisher(which: &str, why: &str) -> Failure {
    Failure::new(format!("`{}` is not a publisher: {}", one_line(which), one_line(why)))
        .help("name, issuer, audience, claims and scopes are as docs/operations.md shows them")
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            StartError::AnonymousWrites { .. } => failure.help(
                "make a token first: `evschema token create NAME --scope admin --db URL`; \
                 or serve reads only (`--read-only`), or allow it with `--anonymous-writes`",
            ),
            StartError::PublicUrl { .. } => {
                failure.help("write it with `http://` or `https://`, and without a login or a query")
            }
            StartError::Publisher { .. } => failure.help("mend it in the manifest, or in `--publisher`"),
            StartError::Listen { .. } => {
                failure.help("something else may be listening there: take another `--listen`, or port 0")
            }
            StartError::Threads(_) => {
                failure.help("raise the limit of processes or of memory that it runs under")
            }
            StartError::Database { .. } => failure.help("check `--db` and that the database can be reached"),
        }
    }
}
