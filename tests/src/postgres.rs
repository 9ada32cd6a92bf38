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

use crate::program::{tail, tail_of};
use crate::{HarnessError, Missing, find_program};

/// A throw-away Postgres server on a free port of the loopback interface.
///
/// It runs from the system's binaries in a temporary folder, and is stopped and removed when the
/// value is dropped or the process ends, however it ends: a small shell waits for the pipe that
/// this process holds to close, then cleans up.
#[derive(Debug)]
pub struct Postgres {
    /// The shell that watches over the server; its standard input is the pipe.
    keeper: Child,
    programs: Programs,
    port: u16,
    databases: AtomicU32,
    /// Where the server keeps its state.
    data: PathBuf,
    /// Removed by the keeper too; held so that an early error removes it.
    _folder: TempDir,
}

/// Where the server's programs are, and who may run them.
#[derive(Debug, Clone)]
struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
    createdb: PathBuf,
    /// Postgres refuses to run as root, so root runs it as this user and group.
    run_as: Option<(u32, u32)>,
}

/// What of the acknowledged a server keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// What it likes.
    Nothing,
    /// All, when its processes are killed.
    WhatItTold,
    /// All, when the power fails too.
    Everything,
}

const USER: &str = "evschema";
const MISSING: Missing = Missing { program: "postgres", package: "postgresql" };

/// Longest time a server may take to start; a slow disk needs a few seconds.
const START_MAX: Duration = Duration::from_secs(60);

/// Another process may take the free port first; three in a row are no accident.
const ATTEMPTS_MAX: u32 = 3;

/// Runs the server until standard input closes, then stops it at once and removes its folder.
/// Meanwhile it takes orders, one a line: to kill every process of the server as a crash does, and
/// to start it again on what is on the disk.
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
    /// When no server can be started here; the message says what to install.
    #[expect(clippy::panic, reason = "in a test, a machine without Postgres is a failure to report")]
    pub fn start() -> Self {
        Self::try_start().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts a server that loses nothing it has acknowledged when its processes are killed, and is
    /// slower for it; see [`Postgres::crash`].
    ///
    /// # Panics
    ///
    /// As [`Postgres::start`].
    #[expect(clippy::panic, reason = "in a test, a machine without Postgres is a failure to report")]
    pub fn start_durable() -> Self {
        Self::try_start_durable().unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`Postgres::start_durable`].
    ///
    /// # Errors
    ///
    /// When the binaries are missing, or the server does not come up.
    pub fn try_start_durable() -> Result<Self, HarnessError> {
        Self::start_once(&Programs::find()?, Keeps::WhatItTold)
    }

    /// Starts a server as people run one: what it has acknowledged is on the disk.
    ///
    /// # Errors
    ///
    /// When the binaries are missing, or the server does not come up.
    pub fn try_start_safe() -> Result<Self, HarnessError> {
        Self::start_once(&Programs::find()?, Keeps::Everything)
    }

    /// Returns the file that the server logs to.
    pub fn log(&self) -> PathBuf {
        self.data.with_file_name("log")
    }

    /// Returns where distributions put the server's programs, newest version first.
    pub fn version_folders() -> Vec<PathBuf> {
        version_folders()
    }

    /// Kills every process of the server, and returns when they are gone.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub fn crash(&mut self) {
        self.order("crash");
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
            assert!(start.elapsed() < START_MAX, "the server is killed and answers");
            sleep(Duration::from_millis(5));
        }
        // What the dead one wrote there would be taken for the word of the next.
        let _gone_already = fs::remove_file(self.data.join("postmaster.pid"));
    }

    /// Starts a server again that has crashed, on what is on the disk.
    ///
    /// # Panics
    ///
    /// When it does not come up.
    #[expect(clippy::panic, reason = "in a test, a server that does not start is a failure to report")]
    pub fn restart(&mut self) {
        self.order("start");
        self.wait_until_ready().unwrap_or_else(|error| panic!("{error}"));
    }

    /// Runs SQL in a database of this server.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    #[expect(clippy::panic, reason = "in a test, a server that refuses is a failure to report")]
    pub fn run_sql(url: &str, sql: &str) {
        let Some(psql) = find_program("psql", &version_folders()) else { panic!("{MISSING}") };
        let mut command = Command::new(psql);
        command.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", sql, url]);
        run(&mut command).unwrap_or_else(|error| panic!("{error}"));
    }

    fn order(&mut self, order: &str) {
        // A keeper that is gone is noticed by whoever waits for what was ordered.
        if let Some(keeper) = self.keeper.stdin.as_mut() {
            let _written = writeln!(keeper, "{order}");
        }
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// When the binaries are missing, or the server does not come up.
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

    /// Returns what has to be installed before a server can start, if anything.
    pub fn find_missing() -> Option<Missing> {
        Programs::find().err()
    }

    /// Makes an empty database on a server that the whole process shares, and returns its URL:
    /// a test of its own at the price of milliseconds.
    ///
    /// # Panics
    ///
    /// When no server can be started here; the message says what to install.
    pub fn fresh_database() -> String {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start).create_database()
    }

    /// Makes an empty database on this server and returns its URL.
    ///
    /// # Panics
    ///
    /// When the server refuses.
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

    /// Returns the URL of the database that every server begins with.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    fn start_once(programs: &Programs, keeps: Keeps) -> Result<Self, HarnessError> {
        let folder = tempfile::Builder::new().prefix("evschema-postgres-").tempdir();
        let folder = folder.map_err(|cause| HarnessError::Run { program: "mkdtemp".to_owned(), cause })?;
        let data = folder.path().join("data");
        if let Some((user, group)) = programs.run_as {
            chown(folder.path(), Some(user), Some(group))
                .map_err(|cause| HarnessError::Run { program: "chown".to_owned(), cause })?;
        }
        run(programs
            .command(&programs.initdb, folder.path())
            .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"])
            .arg("--pgdata")
            .arg(&data))?;
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
            // Ctrl-C reaches the test alone; its end then stops the server.
            .process_group(0)
            .spawn()
            .map_err(|cause| HarnessError::Run { program: "sh".to_owned(), cause })?;
        let databases = AtomicU32::new(0);
        let server = Self { keeper, programs: programs.clone(), port, databases, data, _folder: folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Waits for the word `ready` where the server keeps its state, as `pg_ctl` does.
    fn wait_until_ready(&self) -> Result<(), HarnessError> {
        const STATUS_LINE: usize = 7;
        let (data, log) = (&self.data, self.data.with_file_name("log"));
        let start = Instant::now();
        loop {
            let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            if state.lines().nth(STATUS_LINE).is_some_and(|status| status.trim() == "ready") {
                return Ok(());
            }
            let printed = tail_of(&log);
            let failed = |how: &str| HarnessError::Failed {
                program: "postgres".to_owned(),
                how: how.to_owned(),
                output: printed.clone(),
            };
            // Clients that come too early are told that it is still starting, which is not a failure.
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
        // The keeper stops the server whether or not anybody waits for it.
        let _ = self.keeper.wait();
    }
}

impl Programs {
    fn find() -> Result<Self, Missing> {
        let further = version_folders();
        let find = |name| find_program(name, &further).ok_or(MISSING);
        // Debian links some of the programs into the PATH, and the rest stand beside the targets.
        let (initdb, postgres, createdb) = (find("initdb")?, find("postgres")?, find("createdb")?);
        let run_as = if number(&["-u"]) == Some(0) { Some(unprivileged()?) } else { None };
        Ok(Self { initdb, postgres, createdb, run_as })
    }

    /// Returns a command that runs as the right user, in a folder that this user may enter.
    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Some((user, group)) = self.run_as {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Returns where distributions put the server's programs, newest version first.
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

/// Returns the number in `/usr/lib/postgresql/15/bin` or `/opt/homebrew/opt/postgresql@17/bin`.
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
