//! Runs a registry in a separate process with a memory limit, and measures the costs of requests.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::attack::{Attack, AttackRequest};

/// A registry with a memory limit.
#[derive(Debug)]
pub struct Guarded {
    child: Child,
    address: String,
    subjects: usize,
    _folder: tempfile::TempDir,
}

/// The cost of a request.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// The status of the response; `None` without a response.
    pub status: Option<u16>,
    /// The processor time of the registry.
    pub cpu: Duration,
    /// The time until the response.
    pub elapsed: Duration,
    /// The peak of memory during the request, in MiB.
    pub peak_mib: u64,
    /// The memory before the request, in MiB.
    pub before_mib: u64,
}

impl Guarded {
    /// Starts a registry with a limit on its address space, in MiB.
    ///
    /// # Panics
    ///
    /// If the registry does not start.
    #[expect(clippy::expect_used, reason = "in a test, a server that does not start is a failure to report")]
    pub fn start(program: &Path, limit_mib: u64) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("ulimit -v {}; exec \"$0\" \"$@\"", limit_mib << 10));
        command.arg(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--db", "sqlite:evschema.db", "--log", "error"]);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("EVSCHEMA_") {
                command.env_remove(name);
            }
        }
        command.env("NO_COLOR", "1").current_dir(folder.path()).stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("`sh` runs");
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(
                said.read_line(&mut line).expect("it says where it is"),
                0,
                "the registry does not start"
            );
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split('/').next().unwrap_or_default().to_owned();
            }
        };
        // The later output of the registry may explain why it ended.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::stderr()));
        Self { child, address, subjects: 0, _folder: folder }
    }

    /// Returns whether the registry is running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Runs an attack with a new subject. Returns the cost of each registration and of the request.
    pub fn attack(&mut self, attack: &Attack) -> (Vec<Cost>, Cost) {
        self.subjects += 1;
        let subject = format!("s{}", self.subjects);
        let mut registered = Vec::new();
        for (at, document) in attack.registered.iter().enumerate() {
            registered.push(self.send(
                "PUT",
                &format!("/schemas/{subject}/1.{at}.0.json"),
                "application/json",
                document,
            ));
        }
        let version = format!("/schemas/{subject}/1.0.0");
        let cost = match &attack.request {
            AttackRequest::Check(body) => {
                self.send("POST", &format!("/schemas/{subject}/check"), "application/json", body)
            }
            AttackRequest::Validate(body) => {
                self.send("POST", &format!("{version}/validate"), "application/json", body)
            }
            AttackRequest::ValidateLines(body) => {
                self.send("POST", &format!("{version}/validate"), "application/x-ndjson", body)
            }
            AttackRequest::Diff => {
                self.send("GET", &format!("/schemas/{subject}/diff/1.0.0...1.1.0"), "application/json", "")
            }
        };
        (registered, cost)
    }

    /// Sends a request and returns its cost.
    pub fn send(&mut self, method: &str, path: &str, media_type: &str, body: &str) -> Cost {
        let process = format!("/proc/{}", self.child.id());
        // Resets the peak of memory.
        let _ = std::fs::write(format!("{process}/clear_refs"), "5");
        let before_mib = memory(&process, "VmRSS:");
        let (cpu, since) = (cpu_time(&process), Instant::now());
        let status = exchange(&self.address, method, path, media_type, body);
        Cost {
            status,
            cpu: cpu_time(&process).saturating_sub(cpu),
            elapsed: since.elapsed(),
            peak_mib: memory(&process, "VmHWM:"),
            before_mib,
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Sends a request, and reads the whole response. Returns the status of the response.
fn exchange(address: &str, method: &str, path: &str, media_type: &str, body: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(100))).ok()?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {media_type}\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    // Ignores an error, because the response may arrive before the whole request is sent.
    let _sent = stream.write_all(body.as_bytes());
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

fn cpu_time(process: &str) -> Duration {
    /// The ticks of the processor clock in a second; this number is the same on every Linux.
    const TICKS: u64 = 100;
    let stat = std::fs::read_to_string(format!("{process}/stat")).unwrap_or_default();
    // The name of the process is in parentheses, and may contain spaces.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: u64 = [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1_000 / TICKS)
}

fn memory(process: &str, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) >> 10
}
