//! Runs the `console` blocks of a Markdown file and compares their output.
//!
//! A line that begins with `$ ` is a command for bash. A line that begins with `$> ` continues the command. The next
//! lines are the expected standard output and standard error. In these lines, `[..]` matches any text in a line, and a
//! line `...` matches any number of lines. If a command fails, the output ends with `[exit 101]`. The commands of a
//! file run one after the other in the same new folder. Each file has its own registry: the test replaces the address
//! `127.0.0.1:8080` by the address of this registry. It also replaces `<repository>` by the path of this repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use evschema_tests::{evschema, repository};

use super::registry_round_trip::Registry;

/// The address of the registry in a transcript.
const REGISTRY: &str = "127.0.0.1:8080";

/// A command and its expected output.
struct Step {
    command: String,
    expected: Vec<String>,
    /// The lines of the file with the expected output.
    lines: std::ops::Range<usize>,
}

/// Runs the commands of a file. Panics if the output differs from the expected output in the file.
pub(super) fn run(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let steps = steps(&text);
    assert!(!steps.is_empty(), "{} has no command", path.display());
    let folder = tempfile::tempdir().unwrap();
    let registry = text.contains(REGISTRY).then(|| Registry::start(&[]));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut wrong = Vec::new();
    // Replaces the output of the last step first. So the line numbers of earlier steps do not change.
    let shown: Vec<Vec<String>> =
        steps.iter().map(|step| show(&step.command, folder.path(), registry.as_ref())).collect();
    for (step, shown) in steps.iter().zip(&shown).rev() {
        if !matches(&step.expected, shown) {
            wrong.push(format!(
                "$ {}\n--- expected\n{}\n--- shown\n{}\n",
                step.command,
                step.expected.join("\n"),
                shown.join("\n")
            ));
            lines.splice(step.lines.clone(), shown.iter().cloned());
        }
    }
    if wrong.is_empty() {
        return;
    }
    if std::env::var_os("EVSCHEMA_UPDATE").is_some() {
        std::fs::write(path, lines.join("\n") + "\n").unwrap();
        return;
    }
    wrong.reverse();
    panic!("{}\n{}\nEVSCHEMA_UPDATE=1 writes what is shown into the file", path.display(), wrong.join("\n"));
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    let mut continued = false;
    for (at, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
            continued = false;
        } else if inside && let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), expected: Vec::new(), lines: at + 1..at + 1 });
            continued = true;
        } else if inside && let Some(step) = steps.last_mut() {
            match line.strip_prefix("$> ") {
                Some(more) if continued => {
                    step.command = format!("{}\n{more}", step.command);
                    step.lines = at + 1..at + 1;
                }
                Some(_) | None => {
                    continued = false;
                    step.expected.push(line.to_owned());
                    step.lines.end = at + 1;
                }
            }
        }
    }
    // A blank line before the next command is not part of the output.
    for step in &mut steps {
        while step.expected.last().is_some_and(String::is_empty) {
            step.expected.pop();
            step.lines.end -= 1;
        }
    }
    steps
}

fn show(command: &str, folder: &Path, registry: Option<&Registry>) -> Vec<String> {
    let repository = repository();
    let program = PathBuf::from(evschema().get_program());
    let programs = program.parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = command.replace("<repository>", &repository.display().to_string());
    if let Some(registry) = registry {
        command = command.replace(REGISTRY, &registry.address);
    }
    let mut bash = Command::new("bash");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("EVSCHEMA_") || name.starts_with("GIT_") {
            bash.env_remove(name);
        }
    }
    let output = bash
        .arg("-c")
        .arg(format!("exec 2>&1\n{command}"))
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("NO_COLOR", "1")
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(["AUTHOR", "COMMITTER"].map(|role| (format!("GIT_{role}_NAME"), "Ada")))
        .envs(["AUTHOR", "COMMITTER"].map(|role| (format!("GIT_{role}_EMAIL"), "ada@example.com")))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text = text.replace(&repository.display().to_string(), "<repository>");
    if let Some(registry) = registry {
        text = text.replace(&registry.address, REGISTRY);
    }
    let mut shown: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    while shown.last().is_some_and(String::is_empty) {
        shown.pop();
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => shown.push(format!("[exit {code}]")),
        None => shown.push(format!("[{}]", output.status)),
    }
    shown
}

fn matches(expected: &[String], shown: &[String]) -> bool {
    match (expected.split_first(), shown.split_first()) {
        (None, None) => true,
        (Some((any, rest)), _) if any == "..." => {
            matches(rest, shown) || shown.split_first().is_some_and(|(_, more)| matches(expected, more))
        }
        (Some((wanted, expected)), Some((line, shown))) => {
            line_matches(wanted, line) && matches(expected, shown)
        }
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn line_matches(wanted: &str, line: &str) -> bool {
    let mut parts = wanted.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn patterns_and_their_near_misses() {
    let lines = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
    for (expected, shown, result) in [
        ("a|b", "a|b", true),
        ("a|b", "a", false),
        ("a", "a|b", false),
        ("a[..]c", "abc", true),
        ("a[..]c", "abcd", false),
        ("[..]b[..]", "abc", true),
        ("[..]x[..]", "abc", false),
        ("a|...|d", "a|b|c|d", true),
        ("a|...|d", "a|d", true),
        ("a|...|d", "a|b|c", false),
    ] {
        assert_eq!(matches(&lines(expected), &lines(shown)), result, "{expected} {shown}");
    }
}
