//! Runs the command with hostile checkouts, registries and schemas. The tests use symbolic links, tokens, escape
//! sequences and git.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::Receiver;

use evschema_tests::evschema;

use super::registry_round_trip::Registry;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    evschema().args(arguments).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// Creates a folder that contains a tree with one schema. A secret file is beside the tree.
fn tree() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    std::fs::create_dir_all(project.join("schemas/a.b")).unwrap();
    std::fs::write(project.join("schemas/a.b/1.0.0.json"), r#"{"type":"object"}"#).unwrap();
    std::fs::write(folder.path().join("secret.json"), r#"{"auth":"s3cr3t"}"#).unwrap();
    (folder, project)
}

#[test]
fn a_link_out_of_the_tree_is_not_read() {
    let (folder, project) = tree();
    std::fs::create_dir(project.join("schemas/leak")).unwrap();
    symlink(folder.path().join("secret.json"), project.join("schemas/leak/1.0.0.json")).unwrap();
    let registry = Registry::start(&[]);
    for arguments in [&["lint"][..], &["check"], &["push", "--registry", &registry.url()], &["gen"]] {
        let output = run(&project, arguments);
        let said = said(&output);
        assert_ne!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert!(said.contains("leads out of") && !said.contains("s3cr3t"), "{arguments:?}: {said}");
    }
    let there = run(&project, &["show", "leak@1.0.0", "--registry", &registry.url()]);
    assert!(!said(&there).contains("s3cr3t"), "{}", said(&there));
    // A folder or a `subject.toml` that is a symbolic link is rejected too.
    std::fs::remove_dir_all(project.join("schemas/leak")).unwrap();
    std::fs::create_dir(folder.path().join("elsewhere")).unwrap();
    std::fs::write(folder.path().join("elsewhere/1.0.0.json"), r#"{"auth":"s3cr3t"}"#).unwrap();
    symlink(folder.path().join("elsewhere"), project.join("schemas/leak")).unwrap();
    assert!(said(&run(&project, &["lint"])).contains("leads out of"));
    std::fs::remove_file(project.join("schemas/leak")).unwrap();
    std::fs::write(folder.path().join("secret.toml"), "owner = \"s3cr3t\"").unwrap();
    symlink(folder.path().join("secret.toml"), project.join("schemas/a.b/subject.toml")).unwrap();
    let output = run(&project, &["push", "--registry", &registry.url()]);
    assert!(output.status.code() != Some(0) && !said(&output).contains("s3cr3t"), "{}", said(&output));
}

#[test]
fn a_link_inside_the_tree_is_followed() {
    let (_folder, project) = tree();
    symlink("1.0.0.json", project.join("schemas/a.b/1.0.1.json")).unwrap();
    let output = run(&project, &["lint"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[test]
fn nothing_is_written_through_a_link_out_of_the_tree() {
    let (folder, project) = tree();
    let registry = Registry::start(&[]);
    assert_eq!(run(&project, &["push", "--registry", &registry.url()]).status.code(), Some(0));
    let precious = folder.path().join("precious");
    std::fs::write(&precious, "precious").unwrap();
    for place in ["subject.toml", "1.0.0.json"] {
        let other = folder.path().join("other");
        std::fs::create_dir_all(other.join("schemas/a.b")).unwrap();
        symlink(&precious, other.join("schemas/a.b").join(place)).unwrap();
        let output = run(&other, &["pull", "--registry", &registry.url()]);
        assert_ne!(output.status.code(), Some(0), "{place}: {}", said(&output));
        assert_eq!(std::fs::read_to_string(&precious).unwrap(), "precious", "{place}");
        std::fs::remove_dir_all(other).unwrap();
    }
    let other = folder.path().join("other");
    std::fs::create_dir_all(other.join("schemas")).unwrap();
    std::fs::create_dir(folder.path().join("linked")).unwrap();
    symlink(folder.path().join("linked"), other.join("schemas/a.b")).unwrap();
    run(&other, &["pull", "--registry", &registry.url()]);
    assert_eq!(std::fs::read_dir(folder.path().join("linked")).unwrap().count(), 0);
    // The generated code stays in the project, unless the command line names another folder.
    std::fs::write(project.join("evschema.toml"), "[gen]\nout = \"../generated\"\n").unwrap();
    let refused = run(&project, &["gen"]);
    assert!(
        refused.status.code() == Some(101) && said(&refused).contains("leads out of the project"),
        "{}",
        said(&refused)
    );
    assert!(!folder.path().join("generated").exists());
    assert_eq!(run(&project, &["gen", "--out", "../generated"]).status.code(), Some(0));
}

#[test]
fn gen_removes_no_file_behind_a_link_or_in_a_copy() {
    let (folder, project) = tree();
    assert_eq!(run(&project, &["gen", "--out", "../elsewhere"]).status.code(), Some(0));
    assert_eq!(run(&project, &["gen", "--out", "events"]).status.code(), Some(0));
    let (theirs, ours) = (folder.path().join("elsewhere"), project.join("events"));
    let file = |folder: &Path| folder.join("v1.glue.rs");
    // A folder and a file of another project, and a copy whose name only begins like the name of a generated file.
    std::fs::write(ours.join("c_d.rs"), "// Generated by evschema\n").unwrap();
    symlink(theirs.join("a_b"), ours.join("c_d")).unwrap();
    symlink(theirs.join("a_b.rs"), ours.join("e_f.rs")).unwrap();
    std::fs::create_dir(ours.join("a_b.bak")).unwrap();
    std::fs::copy(file(&ours.join("a_b")), file(&ours.join("a_b.bak"))).unwrap();
    let output = run(&project, &["gen", "--out", "events"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(!ours.join("c_d.rs").exists(), "a stale file is removed");
    assert!(file(&theirs.join("a_b")).is_file() && theirs.join("a_b.rs").is_file());
    assert!(ours.join("e_f.rs").is_symlink() && file(&ours.join("a_b.bak")).is_file());
}

#[test]
fn a_file_that_is_too_large_or_none_is_not_read() {
    let (_folder, project) = tree();
    let large = std::fs::File::create(project.join("schemas/a.b/1.0.1.json")).unwrap();
    large.set_len(3 << 30).unwrap();
    // Compiles the program, because the first call does this.
    drop(evschema());
    let started = std::time::Instant::now();
    let output = run(&project, &["lint"]);
    assert!(said(&output).contains("longer than 1048576 bytes"), "{}", said(&output));
    assert!(started.elapsed() < std::time::Duration::from_secs(10), "{:?}", started.elapsed());
}

/// Starts a server that sends the response of `answer` to each request target. Returns the URL of the server, and the
/// heads of the requests.
fn server(answer: impl Fn(&str) -> String + Send + 'static) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, requests) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut head = [0; 4_096];
            let bytes = stream.read(&mut head).unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..bytes]).into_owned();
            let body = answer(head.split(' ').nth(1).unwrap_or_default());
            let _ = send.send(head);
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    (url, requests)
}

#[test]
fn a_list_that_does_not_end_is_given_up() {
    let page = |subjects: std::ops::Range<usize>, next: &str| {
        let subjects: Vec<serde_json::Value> = subjects
            .map(|n| {
                let name = format!("s{n:09}");
                serde_json::json!({"subject": name, "versions": 0, "updated_at": "2026-01-31T12:00:00Z"})
            })
            .collect();
        serde_json::json!({"subjects": subjects, "next": next}).to_string()
    };
    let (same, asked) = server(move |_| page(0..1, "s000000001"));
    let (longer, _) = server(move |target| {
        let after = target.split("after=s").nth(1).and_then(|rest| rest.split('&').next());
        let first = after.map_or(0, |number| number.parse::<usize>().unwrap() + 1);
        page(first..first + 5_000, &format!("s{:09}", first + 4_999))
    });
    let (_folder, project) = tree();
    for command in ["list", "pull"] {
        for url in [&same, &longer] {
            let output = run(&project, &[command, "--registry", url]);
            assert_eq!(output.status.code(), Some(101), "{command}");
            assert!(said(&output).contains("does not end"), "{command}: {}", said(&output));
        }
    }
    assert_eq!(asked.try_iter().count(), 4, "a page that leads back to itself is asked for twice");
}

#[test]
fn a_token_is_sent_only_where_its_owner_said() {
    let (url, requests) = server(|_| "{}".to_owned());
    let (proxy, passed_on) = server(|_| "{}".to_owned());
    let (_folder, project) = tree();
    std::fs::write(project.join("evschema.toml"), format!("[registry]\nurl = \"{url}\"\n")).unwrap();
    let list = |token: &str, named: Option<&str>| {
        let mut command = evschema();
        command.args(["list"]).current_dir(&project).env("EVSCHEMA_TOKEN", token);
        for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env(variable, &proxy);
        }
        if let Some(named) = named {
            command.env("EVSCHEMA_REGISTRY", named);
        }
        said(&command.output().unwrap())
    };
    assert!(list("evs_secret", None).contains("only the manifest names"));
    assert!(requests.try_recv().is_err(), "nothing is sent at all");
    list("evs_secret\n", Some(&url));
    let head = requests.recv().unwrap().to_ascii_lowercase();
    assert!(head.contains("authorization: bearer evs_secret\r\n"), "{head}");
    assert!(passed_on.try_recv().is_err(), "a proxy reads no token for a registry on this machine");
    let refused = list("evs_secret", Some("http://registry.example"));
    assert!(refused.contains("plain http does not protect") && !refused.contains("evs_secret"), "{refused}");
    assert!(list("evs secret", Some(&url)).contains("EVSCHEMA_TOKEN is not a token"));
}

#[test]
fn texts_of_a_registry_cannot_control_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "\u{9b}31m \u{85}\u{2028}::error::x\u{202e}\u{e0041} ##[error]y \u{1b}[2J";
    std::fs::create_dir_all(folder.path().join("schemas/a.b")).unwrap();
    let schema = serde_json::json!({"title": hostile, "description": hostile, "properties": {hostile: {"type": "string"}}});
    std::fs::write(folder.path().join("schemas/a.b/1.0.0.json"), schema.to_string()).unwrap();
    let narrower = serde_json::json!({"title": hostile, "properties": {hostile: {"type": "integer"}}});
    std::fs::write(folder.path().join("schemas/a.b/1.1.0.json"), narrower.to_string()).unwrap();
    std::fs::write(
        folder.path().join("schemas/a.b/subject.toml"),
        toml::to_string(&std::collections::BTreeMap::from([("owner", hostile), ("description", hostile)]))
            .unwrap(),
    )
    .unwrap();
    let registry = Registry::start(&[]);
    let mut looked_at = 0;
    for arguments in [
        &["check"][..],
        &["check", "--format", "short"],
        &["check", "--format", "json"],
        &["diff", "a.b@1.0.0", "a.b@1.1.0"],
        &["lint"],
        &["push", "--registry", &registry.url()],
        &["list", "--registry", &registry.url()],
        &["search", "error", "--registry", &registry.url()],
        &["show", "a.b", "--registry", &registry.url()],
        &["show", "a.b@1.0.0", "--registry", &registry.url()],
    ] {
        let said = said(&run(folder.path(), arguments));
        looked_at += said.len();
        for steering in ['\u{9b}', '\u{85}', '\u{2028}', '\u{202e}', '\u{e0041}', '\u{1b}'] {
            assert!(!said.contains(steering), "{arguments:?}: {said:?}");
        }
        assert!(!said.contains("##["), "{arguments:?}: {said:?}");
        let is_command =
            |line: &str| line.trim_start().strip_prefix("::").is_some_and(|rest| rest.contains("::"));
        assert!(!said.lines().any(is_command), "{arguments:?}: {said:?}");
    }
    assert!(2_000 < looked_at);
}

#[test]
fn the_message_of_git_explains_an_unsafe_repository() {
    let (_folder, project) = tree();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(&project).env("GIT_CONFIG_GLOBAL", "/dev/null");
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "a"]);
    let check = |owner: &str| {
        let mut command = evschema();
        command.args(["check", "--against", "git:HEAD"]).current_dir(&project);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TEST_ASSUME_DIFFERENT_OWNER", owner);
        command.output().unwrap()
    };
    assert_eq!(check("0").status.code(), Some(0), "{}", said(&check("0")));
    let refused = check("1");
    let words = said(&refused);
    assert!(
        refused.status.code() == Some(101)
            && words.contains("dubious ownership")
            && words.contains("safe.directory"),
        "{words}"
    );
}

#[test]
fn a_checkout_does_not_choose_a_schemas_folder_elsewhere_to_write_to() {
    let (folder, project) = tree();
    std::fs::create_dir(folder.path().join("out")).unwrap();
    std::fs::write(project.join("evschema.toml"), "schemas = \"../out\"\n").unwrap();
    let refused = run(&project, &["new", "x.y"]);
    assert!(
        refused.status.code() == Some(101) && said(&refused).contains("leads out of the project"),
        "{}",
        said(&refused)
    );
    std::fs::remove_file(project.join("evschema.toml")).unwrap();
    std::fs::remove_dir_all(project.join("schemas")).unwrap();
    symlink(folder.path().join("out"), project.join("schemas")).unwrap();
    assert_eq!(run(&project, &["new", "x.y"]).status.code(), Some(101));
    assert_eq!(std::fs::read_dir(folder.path().join("out")).unwrap().count(), 0);
}

#[test]
fn a_pull_keeps_existing_files() {
    let (_folder, project) = tree();
    let registry = Registry::start(&[]);
    assert_eq!(run(&project, &["push", "--registry", &registry.url()]).status.code(), Some(0));
    let pull = || run(&project, &["pull", "--registry", &registry.url()]);
    assert_eq!(pull().status.code(), Some(0), "{}", said(&pull()));
    let file = project.join("schemas/a.b/subject.toml");
    std::fs::write(&file, "owner = \"me\"\n").unwrap();
    let output = pull();
    assert!(
        output.status.code() == Some(100) && said(&output).contains("subject-file-differs"),
        "{}",
        said(&output)
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "owner = \"me\"\n");
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    let (_folder, project) = tree();
    let made = Command::new("mkfifo").arg(project.join("schemas/a.b/subject.toml")).status().unwrap();
    assert!(made.success());
    drop(evschema());
    let started = std::time::Instant::now();
    let output = run(&project, &["check"]);
    assert!(output.status.code() == Some(101) && said(&output).contains("not a file"), "{}", said(&output));
    assert!(started.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn a_database_that_is_not_there_is_not_consistent() {
    let (_folder, project) = tree();
    let output = run(&project, &["fsck", "--db", "sqlite:nowhere.db"]);
    assert!(
        output.status.code() == Some(101) && said(&output).contains("does not exist"),
        "{}",
        said(&output)
    );
    assert!(!project.join("nowhere.db").exists());
}

#[test]
fn a_login_in_a_url_is_not_repeated() {
    let (_folder, project) = tree();
    for arguments in [
        ["serve", "--check-config", "--public-url", "https://u:s3cr3t@r.example"],
        [
            "serve",
            "--check-config",
            "--publisher",
            r#"{name="a",issuer="https://u:s3cr3t@r.example",audience="x",claims={a="b"},scopes=["read"]}"#,
        ],
    ] {
        let output = run(&project, &arguments);
        assert!(output.status.code() == Some(101) && !said(&output).contains("s3cr3t"), "{}", said(&output));
    }
}
