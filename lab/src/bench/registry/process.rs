//! Runs a registry or a bare handler in a separate process. So the server shares no thread with the clients.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use evschema_registry::{Config, Server};

use super::bare;
use super::processor::Processor;

/// A response of a server.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// A server in a separate process. The process runs the program of the benchmark with a hidden option.
pub(super) struct Process {
    child: Child,
    url: String,
    agent: ureq::Agent,
}

impl Process {
    /// Starts a registry on this database, and waits until it listens.
    pub(super) fn start(database: &str) -> Result<Self, Box<dyn Error>> {
        Self::spawn(&["--serve", database], None)
    }

    /// Starts a bare handler that returns this response.
    pub(super) fn start_bare(path: &str, answer: &Answer) -> Result<Self, Box<dyn Error>> {
        Self::spawn(&["--serve-bare"], Some(&bare::request(path, answer)))
    }

    fn spawn(arguments: &[&str], input: Option<&[u8]>) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["bench", "registry"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take_if(|_| input.is_some())) {
            stdin.write_all(input)?;
        }
        let output = child.stdout.take().ok_or("a process without an output")?;
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url)?;
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        Ok(Self { child, url: url.trim().to_owned(), agent })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Sends a request. Fails if the response is an error.
    pub(super) fn get(&self, path: &str) -> Result<(), Box<dyn Error>> {
        self.answer(path).map(|_| ())
    }

    /// Sends a request and returns the response. Fails if the response is an error.
    pub(super) fn answer(&self, path: &str) -> Result<Answer, Box<dyn Error>> {
        let request = self.agent.get(format!("{}{path}", self.url)).header("accept-encoding", "identity");
        let mut response = request.call()?;
        let body = response.body_mut().read_to_vec()?;
        let status = response.status().as_u16();
        if 400 <= status {
            return Err(format!("{path}: {status}").into());
        }
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers =
            response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Ok(Answer { headers, body })
    }

    /// Returns a clock for the processor time of the registry and of its database.
    pub(super) fn processor(&self, database: &str) -> std::io::Result<Processor> {
        Processor::of(self.child.id(), database)
    }

    /// Returns the resident memory of the process, in MiB.
    pub(super) fn memory(&self) -> Result<u64, Box<dyn Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib >> 10)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A registry stops at the end of its input. The input of a bare handler has already ended, so this function
        // kills the handler.
        if self.child.stdin.take().is_none() {
            let _killed = self.child.kill();
        }
        let _ended = self.child.wait();
    }
}

/// Runs a registry until the standard input ends. [`Process::start`] uses this function.
#[expect(clippy::print_stdout, reason = "the parent process reads the address")]
pub(super) fn serve(database: &str) -> Result<(), Box<dyn Error>> {
    let config =
        Config { database: database.to_owned(), listen: "127.0.0.1:0".parse()?, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::bind(config).await?;
        println!("http://{}", server.local_addr());
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        std::thread::spawn(move || {
            let _read = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            drop(ended);
        });
        server.run(async { drop(end.await) }).await?;
        Ok(())
    })
}
