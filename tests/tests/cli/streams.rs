//! The output stream of each message, and the exit code of the command.

use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use evschema_tests::{evschema, repository};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    evschema().args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Creates a folder with one subject that has one valid version.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let subject = folder.path().join("schemas/a.b");
    std::fs::create_dir_all(&subject).unwrap();
    std::fs::write(subject.join("1.0.0.json"), r#"{"type":"object","properties":{"x":{"type":"integer"}}}"#)
        .unwrap();
    folder
}

#[test]
fn findings_are_on_standard_output_and_the_rest_on_standard_error() {
    let folder = tree();
    std::fs::write(folder.path().join("schemas/a.b/1.1.0.json"), "{").unwrap();
    let output = run(folder.path(), &["lint", "--format", "short"]);
    assert_eq!(output.status.code(), Some(100));
    assert!(text(&output.stdout).starts_with("schemas/a.b/1.1.0.json:1:"), "{output:?}");
    assert!(!text(&output.stderr).contains("1.1.0"), "{output:?}");
    let quiet = run(folder.path(), &["lint", "--format", "short", "--quiet"]);
    assert_eq!(quiet.stdout, output.stdout);
    assert_eq!(text(&quiet.stderr), "");
}

#[test]
fn a_failed_command_prints_nothing_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["lint"] as &[&str],
        &["lint", "nowhere.json"],
        &["check"],
        &["check", "--against", "dir:nowhere"],
        &["diff", "a.b@1.0.0", "a.b@1.1.0"],
        &["diff", "a.json", "b.json"],
        &["gen"],
        &["validate", "a.b@1.0.0"],
        &["list"],
        &["show", "a.b"],
        &["push", "--registry", "http://127.0.0.1:1"],
        &["pull", "--registry", "http://127.0.0.1:1"],
        &["pull", "--registry", "nonsense"],
        &["pull"],
        &["search", "x"],
        &["lint", "--manifest", "nowhere.toml"],
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(101), "{arguments:?} {output:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(text(&output.stderr).starts_with("error: "), "{arguments:?} {output:?}");
        assert!(text(&output.stderr).contains("\nhelp: "), "{arguments:?} {output:?}");
    }
}

#[test]
fn misuse_is_exit_code_2() {
    let folder = tree();
    for arguments in [
        &["nonsense"] as &[&str],
        &["check", "--against", "nonsense"],
        &["check", "--against", "git:"],
        &["validate", "a/b@1.0.0"],
        &["validate", "a.b@one"],
        &["new", "../../etc"],
        &["lint", "--format", "nonsense"],
        &["lint", "--quiet", "--verbose"],
        &["serve", "--listen", "nonsense"],
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {output:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[test]
fn a_tree_that_fails_to_load_is_never_called_compatible() {
    let folder = tree();
    let bad: [(&str, &[u8]); 4] = [
        ("1.1.0.json", b"{\"type\":\"objet\"}"),
        ("1.2.0.json", b"\xff\xfe"),
        ("nonsense.json", b"{}"),
        ("1.3.0.json", b"{\"$ref\":\"../gone/1.0.0.json\"}"),
    ];
    for (name, content) in bad {
        let path = folder.path().join("schemas/a.b").join(name);
        std::fs::write(&path, content).unwrap();
        for arguments in [&["check"] as &[&str], &["check", "--format", "json"], &["lint"]] {
            let output = run(folder.path(), arguments);
            assert_eq!(output.status.code(), Some(100), "{name} {arguments:?} {output:?}");
            assert!(!text(&output.stderr).contains("compatible"), "{name} {output:?}");
        }
        for arguments in [&["gen"] as &[&str], &["push", "--registry", "http://127.0.0.1:1"]] {
            let output = run(folder.path(), arguments);
            assert_eq!(output.status.code(), Some(101), "{name} {arguments:?} {output:?}");
        }
        std::fs::remove_file(path).unwrap();
    }
    assert_eq!(run(folder.path(), &["check"]).status.code(), Some(0));
}

#[test]
fn json_is_always_one_document() {
    let folder = tree();
    for (content, status) in [("{\"type\":\"objet\"}", "findings"), ("{\"type\":\"object\"}", "clean")] {
        std::fs::write(folder.path().join("schemas/a.b/2.0.0.json"), content).unwrap();
        let output = run(folder.path(), &["lint", "--format", "json"]);
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(said["status"], status);
        assert_eq!(said["command"], "lint");
        assert_eq!(said["shape"], 1);
    }
}

#[test]
fn a_schema_cannot_steer_the_terminal() {
    let folder = tree();
    let path = folder.path().join("schemas/a.b/1.1.0.json");
    std::fs::write(path, "{\"type\":\"\\u001b[2J\u{1b}[31m\"}").unwrap();
    for arguments in [&["lint"] as &[&str], &["lint", "--format", "short"]] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(100));
        assert!(!output.stdout.contains(&0x1b), "{output:?}");
    }
}

#[test]
fn colours_are_a_matter_of_the_arguments_and_the_environment() {
    let folder = tree();
    std::fs::write(folder.path().join("schemas/a.b/1.1.0.json"), "{").unwrap();
    let colored = |arguments: &[&str]| run(folder.path(), arguments).stdout.contains(&0x1b);
    assert!(!colored(&["lint"]), "a pipe is no terminal");
    assert!(colored(&["lint", "--color", "always"]));
    assert!(!colored(&["lint", "--color", "never"]));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = evschema()
        .args(["show", "commerce.order.placed", "--schema"])
        .current_dir(repository())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn events_come_from_standard_input_too() {
    let folder = tree();
    for (events, code, count) in [
        ("{\"x\":1}", 0, 1),
        ("{\n  \"x\": 1\n}\n", 0, 1),
        ("{\"x\":1}\n{\"x\":2}\n\n", 0, 2),
        ("{\"x\":1}\n{\"x\":\"2\"}\n", 100, 2),
        ("{\"x\":1}\n{\"x\":\n", 100, 2),
        ("{\"x\":1,\"x\":2}", 100, 1),
        ("\u{feff}{\"x\":1}", 0, 1),
    ] {
        let mut child = evschema()
            .args(["validate", "a.b@1.0.0", "-", "--format", "json"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(events.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{events} {output:?}");
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(said["events"], count, "{events}");
    }
    assert_eq!(run(folder.path(), &["validate", "a.b@1.0.0"]).status.code(), Some(101), "no event at all");
}
