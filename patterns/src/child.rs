//! Child processes of this program. They can be killed without an effect on this process.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use clap::ValueEnum;
use tokio::sync::oneshot;

use crate::failure::Attempt;

/// The role of a child process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// The worker of the pattern `orders`.
    OrdersWorker,
    /// The Lambda function of the pattern `orders`.
    OrdersFunction,
    /// The Lambda function of the pattern `files`.
    FilesFunction,
}

/// The variables of a child process with the URLs of the servers.
pub(crate) const NATS: &str = "EVSCHEMA_PATTERNS_NATS";
/// The variable of a child process with the URL of the database.
pub(crate) const DATABASE: &str = "EVSCHEMA_PATTERNS_DATABASE";

/// A child process. It ends when the value is dropped, or when this process ends for any reason.
#[derive(Debug)]
pub(crate) struct Child(std::process::Child);

impl Child {
    /// Starts a child process.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub(crate) fn start(role: Role, variables: &[(&str, String)]) -> Attempt<Self> {
        let value = role.to_possible_value().ok_or("the role has no name")?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--role", value.get_name()]).envs(variables.iter().map(|(name, value)| (name, value)));
        // Ctrl-C must reach only this program. The end of this program closes the pipe, and the child process ends.
        command.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
        Ok(Self(command.spawn()?))
    }

    /// Kills the process with SIGKILL, and returns after its end.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub(crate) fn kill(&mut self) -> Attempt {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // The process ends even if this wait fails.
        let _ended = self.0.wait();
    }
}

/// Returns a future that is ready when the parent process is gone. Some seconds later, the process ends in any case.
pub(crate) fn parent_gone() -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        // The parent writes nothing, so the end of the input is the end of the parent.
        let _end = std::io::stdin().read_to_end(&mut Vec::new());
        let _ended = sender.send(());
        std::thread::sleep(std::time::Duration::from_secs(2));
        std::process::exit(0);
    });
    receiver
}

/// Returns a variable of a child process.
///
/// # Errors
///
/// If the variable is missing.
pub(crate) fn variable(name: &str) -> Attempt<String> {
    Ok(std::env::var(name).map_err(|_| format!("the variable {name} is missing"))?)
}
