use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::program::{HarnessError, Missing, find_program, tail, tail_of};

/// A temporary Postgres server on a free port of the loopback interface.
///
/// The server uses the programs of the system and a temporary folder. When the value is dropped, or when the process
/// ends for any reason, the server stops and its folder is removed. A small shell does this work: it waits until the
/// pipe from this process closes.
#[derive(Debug)]
pub struct Postgres {
    /// The shell that controls the server. The standard input of the shell is the pipe.
    keeper: Child,
    programs: Programs,
    port: u16,
    databases: AtomicU32,
    /// The folder of the server's state.
    data: PathBuf,
    /// The temporary folder. Usually the shell removes the folder. After an early error, this value removes it.
    _folder: TempDir,
}

/// The server programs, and the user who may run them.
#[derive(Debug, Clone)]
struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
    createdb: PathBuf,
    pg_basebackup: PathBuf,
    /// The user and group for a process of root, because Postgres does not run as root.
    run_as: Option<(u32, u32)>,
}

/// The acknowledged writes that a server keeps after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// The server guarantees nothing.
    Nothing,
    /// The server keeps all acknowledged writes if its processes are killed.
    WhatItTold,
    /// The server keeps all acknowledged writes even if the power fails.
    Everything,
}

const USER: &str = "evschema";
const MISSING: Missing = Missing { program: "postgres", package: "postgresql" };

/// Maximum time for the start. With a slow disk, the start takes a few seconds.
const START_MAX: Duration = Duration::from_secs(60);

/// Maximum number of attempts to start. Another process may take the free port first, but probably not three times in a
/// row.
const ATTEMPTS_MAX: u32 = 3;

/// Runs the server until standard input closes, then stops it and removes its folder. Each line of standard input is a
/// command for the shell. One command kills every process of the server, like a crash. The other command starts the
/// server again with the data on the disk.
const KEEPER: &str = r#"
server=$1; folder=$2; port=$3; durable=$4; safe=$5
start() {
    rm -f "$folder/data/postmaster.pid"
    "$server" -D "$folder/data" -h 127.0.0.1 -p "$port" -k '' \
        -c fsync="$safe" -c synchronous_commit="$durable" -c full_page_writes="$durable" \
        -c max_connections=200 >"$folder/log" 2>&1 </dev/null &
    pid=$!
}
start
while read -r order; do
    case $order in
        crash)
            kill -STOP "$pid"
            children=$(pgrep -P "$pid")
            kill -KILL $children "$pid"
            wait "$pid"
            # A new server refuses to start while any of the old one's processes has its memory.
            for child in $children; do
                for _ in $(seq 200); do kill -0 "$child" 2>/dev/null && sleep 0.01; done
            done ;;
        start) start ;;
    esac
done
# A server that has only begun to start ignores the second, as all that a shell puts into the background
# does, and dies of the first; one that is there ends when its clients do by the first, at once by the second.
kill -TERM "$pid" 2>/dev/null
kill -QUIT "$pid" 2>/dev/null
wait "$pid"
rm -rf "$folder"
"#;

impl Postgres {
    /// Starts a server.
    ///
    /// # Panics
    ///
    /// If the server cannot start. The message names the package to install.
    #[expect(clippy::panic, reason = "in a test, a machine without Postgres is a failure to report")]
    pub fn start() -> Self {
        Self::try_start().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts a server that keeps all acknowledged writes if its processes are killed. This server is slower than the
    /// one of [`Postgres::start`]. Use it with [`Postgres::crash`].
    ///
    /// # Panics
    ///
    /// Like [`Postgres::start`].
    #[expect(clippy::panic, reason = "in a test, a machine without Postgres is a failure to report")]
    pub fn start_durable() -> Self {
        Self::try_start_durable().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Like [`Postgres::start_durable`], but returns an error.
    ///
    /// # Errors
    ///
    /// If the programs are missing, or the server does not start.
    pub fn try_start_durable() -> Result<Self, HarnessError> {
        Self::start_once(&Programs::find()?, Keeps::WhatItTold)
    }

    /// Starts a server with the usual settings of Postgres. With these settings, acknowledged writes are on the disk.
    ///
    /// # Errors
    ///
    /// If the programs are missing, or the server does not start.
    pub fn try_start_safe() -> Result<Self, HarnessError> {
        Self::start_once(&Programs::find()?, Keeps::Everything)
    }

    /// Returns the file that the server logs to.
    pub fn log(&self) -> PathBuf {
        self.data.with_file_name("log")
    }

    /// Returns the folders in which distributions install the server programs; the folder of the newest version is the
    /// first.
    pub fn version_folders() -> Vec<PathBuf> {
        version_folders()
    }

    /// Kills every process of the server, and waits until they have ended.
    ///
    /// # Panics
    ///
    /// If a process does not end.
    pub fn crash(&mut self) {
        self.order("crash");
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
            assert!(start.elapsed() < START_MAX, "the server is killed and answers");
            sleep(Duration::from_millis(5));
        }
        // The next start must not read the status of the killed server.
        let _gone_already = fs::remove_file(self.data.join("postmaster.pid"));
    }

    /// Starts a crashed server again, with the data on the disk.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    #[expect(clippy::panic, reason = "in a test, a server that does not start is a failure to report")]
    pub fn restart(&mut self) {
        self.order("start");
        self.wait_until_ready().unwrap_or_else(|error| panic!("{error}"));
    }

    /// Runs SQL in a database of this server.
    ///
    /// # Panics
    ///
    /// If the server returns an error.
    #[expect(clippy::panic, reason = "in a test, a server that refuses is a failure to report")]
    pub fn run_sql(url: &str, sql: &str) {
        let Some(psql) = find_program("psql", &version_folders()) else { panic!("{MISSING}") };
        let mut command = Command::new(psql);
        command.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", sql, url]);
        run(&mut command).unwrap_or_else(|error| panic!("{error}"));
    }

    fn order(&mut self, order: &str) {
        // Ignores an error. If the shell has ended, the caller notices that the command has no effect.
        if let Some(keeper) = self.keeper.stdin.as_mut() {
            let _written = writeln!(keeper, "{order}");
        }
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// If the programs are missing, or the server does not start.
    pub fn try_start() -> Result<Self, HarnessError> {
        let programs = Programs::find()?;
        let mut attempt = 1;
        loop {
            match Self::start_once(&programs, Keeps::Nothing) {
                Err(HarnessError::Failed { .. }) if attempt < ATTEMPTS_MAX => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    /// Returns the missing package that a server needs, or `None` if no package is missing.
    pub fn find_missing() -> Option<Missing> {
        Programs::find().err()
    }

    /// Creates an empty database on a server that all tests of the process share, and returns its URL. This takes only
    /// milliseconds.
    ///
    /// # Panics
    ///
    /// If the server cannot start. The message names the package to install.
    pub fn fresh_database() -> String {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start).create_database()
    }

    /// Creates an empty database on this server, and returns its URL.
    ///
    /// # Panics
    ///
    /// If the server returns an error.
    #[expect(clippy::panic, reason = "in a test, a server that refuses is a failure to report")]
    pub fn create_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut command = Command::new(&self.programs.createdb);
        command.args(["-h", "127.0.0.1", "-U", USER, "-p", &self.port.to_string(), &name]);
        if let Err(error) = run(&mut command) {
            panic!("{error}");
        }
        self.url_of(&name)
    }

    /// Returns the URL of the database that exists on every new server.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts a server with a copy of this server's data. It follows this server by synchronous replication: this
    /// server acknowledges a write only after the standby has it.
    ///
    /// # Panics
    ///
    /// If the standby does not start.
    #[expect(clippy::panic, reason = "in a test, a server that does not start is a failure to report")]
    pub fn start_standby(&self) -> Self {
        let port = self.port.to_string();
        let copy = |folder: &Path, data: &Path| {
            let mut command = self.programs.command(&self.programs.pg_basebackup, folder);
            command.args(["-h", "127.0.0.1", "-U", USER, "-p", &port, "--write-recovery-conf", "--no-sync"]);
            // Without a checkpoint on request, the copy would wait for the next regular one.
            run(command.args(["--checkpoint", "fast", "--pgdata"]).arg(data))
        };
        let standby = Self::start_with(&self.programs, Keeps::WhatItTold, copy);
        let standby = standby.unwrap_or_else(|error| panic!("{error}"));
        // After the copy, so that the standby waits for nobody when it is promoted.
        Self::run_sql(&self.url(), "ALTER SYSTEM SET synchronous_standby_names = '*'");
        Self::run_sql(&self.url(), "SELECT pg_reload_conf()");
        standby
    }

    /// Makes a standby the primary, and waits until it accepts writes.
    ///
    /// # Panics
    ///
    /// If the server returns an error.
    pub fn promote(&self) {
        Self::run_sql(&self.url(), "SELECT pg_promote(true)");
    }

    /// Returns the URL of a database on this server or on another one.
    pub fn url_with(&self, other: &Self, database_url: &str) -> String {
        let database = database_url.rsplit('/').next().unwrap_or_default();
        format!("postgres://{USER}@127.0.0.1:{},127.0.0.1:{}/{database}", self.port, other.port)
    }

    fn start_once(programs: &Programs, keeps: Keeps) -> Result<Self, HarnessError> {
        Self::start_with(programs, keeps, |folder, data| {
            run(programs
                .command(&programs.initdb, folder)
                .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"])
                .args(["--no-sync", "--pgdata"])
                .arg(data))
        })
    }

    /// Starts a server with the data that a function writes. The arguments of the function are the temporary folder and
    /// the folder for the data.
    fn start_with(
        programs: &Programs,
        keeps: Keeps,
        write_data: impl FnOnce(&Path, &Path) -> Result<(), HarnessError>,
    ) -> Result<Self, HarnessError> {
        let folder = tempfile::Builder::new().prefix("evschema-postgres-").tempdir();
        let folder = folder.map_err(|cause| HarnessError::Run { program: "mkdtemp".to_owned(), cause })?;
        let data = folder.path().join("data");
        if let Some((user, group)) = programs.run_as {
            chown(folder.path(), Some(user), Some(group))
                .map_err(|cause| HarnessError::Run { program: "chown".to_owned(), cause })?;
        }
        write_data(folder.path(), &data)?;
        let port = free_port().map_err(|cause| HarnessError::Run { program: "bind".to_owned(), cause })?;
        let keeper = programs
            .command(Path::new("sh"), folder.path())
            .args(["-c", KEEPER, "keeper"])
            .arg(&programs.postgres)
            .arg(folder.path())
            .arg(port.to_string())
            .arg(if keeps == Keeps::Nothing { "off" } else { "on" })
            .arg(if keeps == Keeps::Everything { "on" } else { "off" })
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C must reach only the test. The end of the test stops the server.
            .process_group(0)
            .spawn()
            .map_err(|cause| HarnessError::Run { program: "sh".to_owned(), cause })?;
        let databases = AtomicU32::new(0);
        let server = Self { keeper, programs: programs.clone(), port, databases, data, _folder: folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Waits for the status in the status file of the server, as `pg_ctl` does.
    fn wait_until_ready(&self) -> Result<(), HarnessError> {
        const STATUS_LINE: usize = 7;
        let (data, log) = (&self.data, self.data.with_file_name("log"));
        let start = Instant::now();
        loop {
            let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            let status = state.lines().nth(STATUS_LINE).map(str::trim);
            // A standby never has the status `ready`.
            if matches!(status, Some("ready" | "standby")) {
                return Ok(());
            }
            let printed = tail_of(&log);
            let failed = |how: &str| HarnessError::Failed {
                program: "postgres".to_owned(),
                how: how.to_owned(),
                output: printed.clone(),
            };
            // While a server starts, it rejects clients. This is not a failure.
            let is_fatal = |line: &str| line.contains("FATAL:") && !line.contains("the database system is");
            if printed.lines().any(is_fatal) {
                return Err(failed("did not start"));
            }
            if START_MAX < start.elapsed() {
                return Err(failed("is not ready after a minute"));
            }
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // The shell stops the server even if this wait fails.
        let _ = self.keeper.wait();
    }
}

impl Programs {
    fn find() -> Result<Self, Missing> {
        let further = version_folders();
        let find = |name| find_program(name, &further).ok_or(MISSING);
        // Debian links only some programs into the PATH. The other programs are in the folder of the link targets.
        let (initdb, postgres, createdb) = (find("initdb")?, find("postgres")?, find("createdb")?);
        let pg_basebackup = find("pg_basebackup")?;
        let run_as = if number(&["-u"]) == Some(0) { Some(unprivileged()?) } else { None };
        Ok(Self { initdb, postgres, createdb, pg_basebackup, run_as })
    }

    /// Returns a command that runs as the correct user, in a folder that this user may enter.
    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Some((user, group)) = self.run_as {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Returns the folders in which distributions install the server programs; the folder of the newest version is the
/// first.
fn version_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for parent in ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"] {
        let Ok(entries) = fs::read_dir(parent) else { continue };
        folders.extend(entries.flatten().map(|entry| entry.path().join("bin")));
    }
    folders.retain(|folder| folder.join("initdb").is_file());
    folders.sort_by_key(|folder| std::cmp::Reverse(major_in(folder)));
    folders
}

/// Returns the version number in `/usr/lib/postgresql/15/bin` or `/opt/homebrew/opt/postgresql@17/bin`.
fn major_in(folder: &Path) -> u32 {
    let name = folder.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0)
}

fn unprivileged() -> Result<(u32, u32), Missing> {
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|user| Some((number(&["-u", user])?, number(&["-g", user])?)))
        .ok_or(MISSING)
}

/// Returns the number that `id` prints.
fn number(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn run(command: &mut Command) -> Result<(), HarnessError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = match command.output() {
        Ok(output) => output,
        Err(cause) => return Err(HarnessError::Run { program, cause }),
    };
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(HarnessError::Failed { program, how: output.status.to_string(), output: tail(&printed) })
}
