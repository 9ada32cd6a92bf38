//! Tests the registry against its OpenAPI document with Schemathesis.
//!
//! The registry must accept every request that the document allows, and reject every other request. Each response must
//! match the document. The task installs Schemathesis from PyPI into a virtual environment in `target/`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::Args as ClapArgs;
use evschema_api::client::Client;
use evschema_api::{Scope, TokenRequest};
use evschema_model::{Subject, Version};
use evschema_registry::{Administration, Config, Server};
use evschema_tests::{find_program, repository};
use tokio::sync::oneshot;

use crate::task_result::TaskResult;

/// The pinned version. Another version can have other checks.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Further arguments of `schemathesis run`, such as `--seed 7` or `--max-examples 500`.
    #[arg(last = true)]
    further: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    Ok(if call(&args.further)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs Schemathesis with a fixed seed, as in continuous integration.
pub(crate) fn check() -> Result<(), String> {
    match call(&["--seed".to_owned(), "1".to_owned()]) {
        Ok(true) => Ok(()),
        Ok(false) => Err("the registry does not do what its OpenAPI document says; see above".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Runs Schemathesis, and returns `true` if no check failed. If Schemathesis cannot be installed, prints the reason and
/// returns `true`.
#[expect(clippy::print_stdout, reason = "a developer must see that the checks were left out")]
fn call(further: &[String]) -> Result<bool, Box<dyn std::error::Error>> {
    let program = match install() {
        Ok(program) => program,
        Err(why) => {
            println!("left out: Schemathesis cannot be installed here: {why}");
            return Ok(true);
        }
    };
    let folder = tempfile::tempdir()?;
    let database = format!("sqlite:{}", folder.path().join("registry.db").display());
    let config = Config { database: database.clone(), listen: "127.0.0.1:0".parse()?, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let request =
        TokenRequest { name: "schemathesis".to_owned(), scopes: vec![Scope::Admin], expires_at: None };
    let token = runtime
        .block_on(async {
            Administration::open(&database).await?.create(request, None).await.map_err(Into::into)
        })
        .map_err(|error: Box<dyn std::error::Error>| error)?
        .token;
    let server = runtime.block_on(Server::bind(config))?;
    let url = format!("http://{}", server.local_addr());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = runtime.spawn(server.run(async { drop(stopped.await) }));
    // The examples of the document refer to these versions.
    let client = Client::new(url.as_str(), Some(token.clone()));
    let subject = Subject::parse("commerce.order.placed")?;
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        let schema = format!(r#"{{"description":"{version}","properties":{{"id":{{"type":"string"}}}}}}"#);
        client.register(&subject, &Version::parse(version)?, schema.as_bytes())?;
    }
    let status = Command::new(program)
        .arg("--config-file")
        .arg(repository().join("tests/schemathesis.toml"))
        .args(["run", &format!("{url}/openapi.json"), "--checks", "all", "--workers", "1", "--no-color"])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(further)
        .current_dir(folder.path())
        .status()?;
    drop(stop);
    runtime.block_on(serving)??;
    Ok(status.success())
}

/// Installs the program if it is missing, and returns its path.
fn install() -> Result<PathBuf, String> {
    let folder = repository().join("target").join(SCHEMATHESIS.replace("==", "-"));
    let program = folder.join("bin/schemathesis");
    if program.is_file() {
        return Ok(program);
    }
    let python = find_program("python3", &[]).ok_or("`python3` is not installed")?;
    finish(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS];
    let installed = finish(Command::new(folder.join("bin/python")).args(pip));
    if installed.is_err() {
        // The installation failed. The next run must not use the incomplete environment.
        remove(&folder);
    }
    installed.map(|()| program)
}

fn remove(folder: &Path) {
    // If a file of the folder remains, the program is still missing, so the next run installs the program again.
    let _removed = std::fs::remove_dir_all(folder);
}

fn finish(command: &mut Command) -> Result<(), String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("`{shown}`: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr);
    let last = printed.trim().lines().last().unwrap_or_default().to_owned();
    Err(format!("`{shown}` ended with {}: {last}", output.status))
}
