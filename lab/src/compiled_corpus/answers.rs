//! Validates events with the compiled program.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

/// The time limit for one event. If the program does not answer in this time, it counts as hanging.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// The answer of the program for one event.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Answer {
    /// Whether the type accepts the event.
    pub(crate) typed: bool,
    /// Whether the check without a type accepts the event.
    pub(crate) checked: bool,
    /// Whether the program panicked, crashed or did not answer.
    pub(crate) panicked: bool,
    /// Another error, for example in the event that the type writes back.
    pub(crate) wrong: Option<String>,
    /// Members that are missing in the event that the type writes back.
    pub(crate) dropped: Vec<String>,
    /// The reason why the type rejects the event.
    pub(crate) why: Option<String>,
}

/// Validates events, each with the type of its number, and returns the answers in the same order.
///
/// If an event ends the process, or gets no answer within a minute, its answer is `panicked`. A new process then
/// validates the remaining events.
///
/// # Errors
///
/// If the program cannot be started.
pub(crate) fn check_events(
    program: &Path,
    events: &[(usize, &Value)],
) -> Result<Vec<Answer>, Box<dyn std::error::Error>> {
    let mut answers = Vec::new();
    while answers.len() < events.len() {
        let before = answers.len();
        let complete = check_from(program, &events[before..], &mut answers)?;
        if !complete {
            answers.push(Answer { panicked: true, ..Answer::default() });
        }
    }
    Ok(answers)
}

/// Validates events with one process. Returns whether the process answered all of them.
fn check_from(
    program: &Path,
    events: &[(usize, &Value)],
    answers: &mut Vec<Answer>,
) -> Result<bool, Box<dyn std::error::Error>> {
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the program has no standard streams".into());
    };
    let text: String = events.iter().map(|(number, event)| format!("{number} {event}\n")).collect();
    // If the process has ended, the write fails, and answers are missing.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).ok());
    let (sender, lines) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let end = answers.len() + events.len();
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
