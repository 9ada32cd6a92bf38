//! The result of a task.

use std::process::ExitCode;

/// The result of a task: an exit code, or the error that stopped the task.
pub(crate) type TaskResult = Result<ExitCode, Box<dyn std::error::Error>>;
