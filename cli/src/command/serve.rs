mod log;

use std::net::SocketAddr;
use std::path::Path;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use evschema_api::ScopeError;
use evschema_model::PublisherEntry;
use evschema_registry::{Config, Publisher, Server, StartError, Tokens, limits};
use tokio::runtime::Runtime;

use log::Log;

use crate::context::Context;
use crate::failure::{Failure, system_message};
use crate::gitignore;
use crate::outcome::Outcome;
use crate::project::Project;
use crate::terminal::escape::one_line;

/// The number of open files that the registry needs besides those for its clients: databases, the log, and connections
/// that get status 503.
#[cfg(unix)]
const FILES_KEPT: usize = 64 + limits::OVERLOAD_ANSWERS_MAX;

/// Run the registry until Ctrl-C.
///
/// The registry migrates its tables at the start. If a manifest exists, the registry takes `formats`, `dialects` and
/// the policy of new subjects from the manifest.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The database: `sqlite:PATH`, `sqlite::memory:`, or `postgres://user@host/name`. Postgres may have several hosts,
    /// such as `postgres://user@one,two/name`; the registry then follows the primary server.
    #[arg(
        long,
        env = "EVSCHEMA_DB",
        value_name = "URL",
        default_value = "sqlite:evschema.db",
        hide_env_values = true
    )]
    db: String,
    /// The address to listen on; port 0 selects a free port.
    #[arg(long, env = "EVSCHEMA_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The URL by which other machines reach the registry, if it differs from the listen address.
    #[arg(long, env = "EVSCHEMA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// An additional host name of the registry, without a port; may be repeated. The registry rejects requests with
    /// unknown host names, because a page of another site could read the registry through such a name (DNS rebinding).
    #[arg(long, env = "EVSCHEMA_HOST", value_name = "NAME", value_delimiter = ',')]
    host: Vec<String>,
    /// Serve reads only; reject every write.
    #[arg(long, env = "EVSCHEMA_READ_ONLY")]
    read_only: bool,
    /// Let every client write without a token. Without this flag, a write needs a token if a token exists, or if other
    /// machines can reach the registry. `evschema token create` creates a token.
    #[arg(long, env = "EVSCHEMA_ANONYMOUS_WRITES")]
    anonymous_writes: bool,
    /// Require a token for reads too.
    #[arg(long, env = "EVSCHEMA_PRIVATE")]
    private: bool,
    /// Take the address of the client from the header `X-Forwarded-For`; use this only if a proxy in front of the
    /// registry sets the header.
    #[arg(long, env = "EVSCHEMA_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Trust jobs of a CI provider. The value is a TOML table such as
    /// `{ name = "…", issuer = "https://…", audience = "…", claims = { repository = "…" }, scopes = ["…"] }`.
    /// The registry also trusts `[[registry.publishers]]` in the manifest.
    #[arg(long, env = "EVSCHEMA_PUBLISHER", value_name = "TABLE")]
    publisher: Vec<String>,
    /// Maximum number of connections; further clients get status 503. A low limit of open files lowers this number.
    #[arg(long, env = "EVSCHEMA_CONNECTIONS", value_name = "NUMBER", default_value_t = limits::CONNECTIONS_MAX,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    connections: usize,
    /// Memory for cached schemas and responses, in MiB.
    #[arg(long, env = "EVSCHEMA_CACHE", value_name = "MIB", default_value_t = 64)]
    cache: u32,
    /// Print the settings or their errors, without starting the registry.
    #[arg(long)]
    check_config: bool,
    /// The log filter: `info`, `debug`, or another filter in the syntax of the crate tracing-subscriber.
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
            connections_max: self.connections.min(connections_possible()),
            ..Config::default()
        };
        let writer = Log::read(&log, &context.environment.traces)?;
        if check_config {
            let tokens = runtime()?.block_on(config.preflight())?;
            context.terminal.print(settings(&config, tokens, &log));
            return Ok(Outcome::Clean);
        }
        let log = writer.start(context.terminal.colors_stderr())?;
        let runtime = runtime()?;
        if let Err(failure) = ignore_new_database(&config) {
            context.terminal.warn(&failure.message, failure.help.as_deref());
        }
        let server = runtime.block_on(Server::bind(config))?;
        context.terminal.info(format!("the registry is at http://{}/schemas", server.local_addr()));
        let end = runtime.block_on(server.run(stop_signal()));
        log.end();
        end?;
        context.terminal.info("stopped");
        Ok(Outcome::Clean)
    }
}

/// Returns the runtime that the registry runs on.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(|error| Failure::new(format!("cannot start threads: {}", system_message(&error))))
}

/// Resolves if the user presses Ctrl-C, or if a service manager sends SIGTERM.
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
    let _interrupted = interrupted.await;
}

/// If the start creates a database inside a git work tree, adds this database to `.gitignore`.
fn ignore_new_database(config: &Config) -> Result<(), Failure> {
    let Some(file) = config.database_file().filter(|file| !config.read_only && !file.exists()) else {
        return Ok(());
    };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Some(name) = file.file_name().and_then(|name| name.to_str())
        && gitignore::is_in_git(folder)
    {
        gitignore::ignore_database(folder, name)?;
    }
    Ok(())
}

/// Raises the limit of open files to its maximum, and returns the number of connections that this limit permits.
fn connections_possible() -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        // If this fails, the old limit remains.
        let _raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(FILES_KEPT).max(1)
    }
    #[cfg(not(unix))]
    usize::MAX
}

/// Returns the effective settings from the arguments, variables and manifest.
fn settings(config: &Config, tokens: Tokens, log: &str) -> String {
    let policy = &config.default_policy;
    let public_url = config.public_url.as_deref().unwrap_or("the listen address");
    let needs_proof = config.is_exposed() || !config.publishers.is_empty();
    let writes = match (config.read_only, config.anonymous_writes, needs_proof) {
        (true, _, _) => "nobody",
        (false, true, _) => "everybody",
        (false, false, true) => "clients with a token",
        (false, false, false) => "clients with a token; until a token exists, programs on this machine",
    };
    let has_tokens = match tokens {
        Tokens::Some => "some exist",
        Tokens::None => "none yet",
        // An exposed registry does not start without a token.
        Tokens::Unknown if config.is_exposed() => "not checked; `evschema token list --db URL` lists them",
        Tokens::Unknown => "not checked",
    };
    let reads = if config.private { "clients with a token" } else { "everybody" };
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

/// Returns the trusted publishers of the manifest and of the arguments.
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
    Failure::new(format!("`{}` is not a valid publisher: {}", one_line(which), one_line(why)))
        .help("docs/operations.md shows a publisher with its name, issuer, audience, claims and scopes")
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            StartError::AnonymousWrites { .. } => failure.help(
                "create a token first with `evschema token create NAME --scope admin --db URL`; or reject \
                 all writes with `--read-only`; or let everybody write with `--anonymous-writes`",
            ),
            StartError::PublicUrl { .. } => failure.help(
                "the URL must begin with `http://` or `https://`, and must not have a user name or a query",
            ),
            StartError::Publisher { .. } => {
                failure.help("correct the publisher in the manifest or in `--publisher`")
            }
            StartError::Listen { .. } => failure.help(
                "another program may use this address; choose another address with `--listen`, or port 0",
            ),
            StartError::Threads(_) => failure.help("raise the limit of processes or memory of the system"),
            StartError::Database { .. } => {
                failure.help("check the URL in `--db`, and check that this machine can reach the database")
            }
        }
    }
}
