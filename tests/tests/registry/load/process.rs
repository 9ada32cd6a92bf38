use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use evschema_tests::evschema;

/// Maximum time until a registry is ready. A debug build on a busy machine needs more time.
const READY_MAX: Duration = Duration::from_secs(60);

/// A registry in a separate process, which a test can kill.
#[derive(Debug)]
pub(in crate::registry) struct Process {
    database: String,
    port: u16,
    /// A shell command that runs before the registry, for example to limit resources.
    before: Option<String>,
    child: Option<Child>,
}

impl Process {
    pub(in crate::registry) fn start(database: &str) -> Self {
        Self::start_after(database, None)
    }

    /// Starts a registry after this shell command.
    pub(in crate::registry) fn start_after(database: &str, before: Option<&str>) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let before = before.map(str::to_owned);
        let mut process = Self { database: database.to_owned(), port, before, child: None };
        process.run();
        process.wait_until_ready();
        process
    }

    pub(in crate::registry) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends the process like a crash.
    pub(in crate::registry) fn crash(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Starts the registry again with the same address.
    pub(in crate::registry) fn run(&mut self) {
        let mut command = evschema();
        if let Some(before) = &self.before {
            let program = command.get_program().to_owned();
            command = std::process::Command::new("sh");
            command.args(["-c", &format!("{before}; exec \"$0\" \"$@\"")]).arg(program);
        }
        command.args(["serve", "--log", "off", "--db", &self.database]);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        command.current_dir(std::env::temp_dir()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
    }

    pub(in crate::registry) fn wait_until_ready(&mut self) {
        let started = Instant::now();
        while ureq::get(format!("{}/readyz", self.url())).call().is_err() {
            assert!(started.elapsed() < READY_MAX, "the registry is not ready after {READY_MAX:?}");
            // If the registry could not start because its database was down, the test starts it again, as a service
            // manager would.
            if let Some(child) = &mut self.child
                && child.try_wait().unwrap().is_some()
            {
                self.run();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.crash();
    }
}
