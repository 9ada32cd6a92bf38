use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::program::{HarnessError, Missing, find_program, tail_of};

/// A headless Chromium, which shows pages as people see them.
#[derive(Debug, Clone)]
pub struct Browser {
    program: PathBuf,
}

/// The possible names of the program. The name in Debian is the first.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome-headless-shell"];

/// Maximum time for one page. A cold start of the browser takes a few seconds.
const PAGE_MAX: Duration = Duration::from_secs(60);

/// The arguments of the browser. They turn off the sandbox, because it needs rights that root in a container lacks.
/// This is safe, because the pages are our own. Other arguments prevent requests to other servers.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

impl Browser {
    /// Finds the browser.
    ///
    /// # Errors
    ///
    /// If the browser is not installed.
    pub fn find() -> Result<Self, Missing> {
        let program = NAMES.iter().find_map(|name| find_program(name, &[]));
        program.map(|program| Self { program }).ok_or(Missing { program: "chromium", package: "chromium" })
    }

    /// Waits until a page has loaded, and returns its document as HTML.
    ///
    /// # Errors
    ///
    /// If the browser fails or takes too long.
    pub fn dom(&self, url: &str) -> Result<String, HarnessError> {
        self.run(&["--dump-dom", url])
    }

    /// Writes a picture of a page, 1200 by 1600 pixels, as PNG.
    ///
    /// # Errors
    ///
    /// If the browser fails or takes too long.
    pub fn screenshot(&self, url: &str, picture: &Path) -> Result<(), HarnessError> {
        let to = format!("--screenshot={}", picture.display());
        self.run(&[&to, "--window-size=1200,1600", "--hide-scrollbars", url]).map(drop)
    }

    fn run(&self, arguments: &[&str]) -> Result<String, HarnessError> {
        let program = self.program.display().to_string();
        let failed = |cause| HarnessError::Run { program: program.clone(), cause };
        let folder = tempfile::Builder::new().prefix("evschema-browser-").tempdir().map_err(failed)?;
        let (page, log) = (folder.path().join("page"), folder.path().join("log"));
        let mut child = Command::new(&self.program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .args(arguments)
            .stdin(Stdio::null())
            // The browser writes to files, because a full pipe would stop it.
            .stdout(File::create(&page).map_err(failed)?)
            .stderr(File::create(&log).map_err(failed)?)
            .spawn()
            .map_err(failed)?;
        let start = Instant::now();
        let how = loop {
            if let Some(status) = child.try_wait().map_err(failed)? {
                if status.success() {
                    return std::fs::read_to_string(&page).map_err(failed);
                }
                break format!("ended with {status}");
            }
            if PAGE_MAX < start.elapsed() {
                let _ = child.kill();
                let _ = child.wait();
                break "took more than a minute".to_owned();
            }
            sleep(Duration::from_millis(20));
        };
        Err(HarnessError::Failed { program: program.clone(), how, output: tail_of(&log) })
    }
}
