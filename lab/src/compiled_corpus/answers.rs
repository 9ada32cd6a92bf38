//! Asks the compiled judge.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

/// The longest that one event may take before the judge is taken for hanging.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// What the judge says of one event.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Answer {
    /// Whether reading accepts it.
    pub(crate) typed: bool,
    /// Whether the check without types accepts it.
    pub(crate) checked: bool,
    /// Whether the process did not survive it.
    pub(crate) panicked: bool,
    /// What is wrong beyond the verdict.
    pub(crate) wrong: Option<String>,
    /// Members that did not come back.
    pub(crate) dropped: Vec<String>,
    /// Why reading refuses it.
    pub(crate) why: Option<String>,
}

/// Asks about events, each by the number of its type; answers are in the order of the questions.
///
/// An event that ends the process, or is not answered in a minute, counts as panicked; the
/// process is started again for those after it.
///
/// # Errors
///
/// When the program cannot be run.
pub(crate) fn check_events(
    program: &Path,
    questions: &[(usize, &Value)],
) -> Result<Vec<Answer>, Box<dyn std::error::Error>> {
    let mut answers = Vec::new();
    while answers.len() < questions.len() {
        let before = answers.len();
        let complete = check_from(program, &questions[before..], &mut answers)?;
        if !complete {
            answers.push(Answer { panicked: true, ..Answer::default() });
        }
    }
    Ok(answers)
}

/// Returns whether every question was answered.
fn check_from(
    program: &Path,
    questions: &[(usize, &Value)],
    answers: &mut Vec<Answer>,
) -> Result<bool, Box<dyn std::error::Error>> {
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(mut told), Some(said)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the judge has no standard streams".into());
    };
    let text: String = questions.iter().map(|(number, event)| format!("{number} {event}\n")).collect();
    // A judge that ended reads no more; that shows in its answers.
    let writer = std::thread::spawn(move || told.write_all(text.as_bytes()).ok());
    let (sender, lines) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let end = answers.len() + questions.len();
    while answers.len() < end {
        match lines.recv_timeout(ANSWER_MAX) {
            Ok(line) => answers.push(serde_json::from_str(&line)?),
            Err(_) => break,
        }
    }
    let complete = answers.len() == end;
    child.kill().ok();
    child.wait()?;
    drop(lines);
    reader.join().ok();
    writer.join().ok();
    Ok(complete)
}
