//! Serves a registry with the command, fills the registry, and pulls its content. Fills another registry from this
//! backup.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use evschema_tests::{evschema, repository};

/// A registry in memory that the command serves. The registry stops when the value is dropped.
pub(super) struct Registry {
    process: Child,
    /// The host and port.
    pub(super) address: String,
}

impl Registry {
    /// Starts a registry on a free port, with additional arguments.
    pub(super) fn start(arguments: &[&str]) -> Self {
        let mut process = evschema()
            .args(["serve", "--log", "off"])
            .env("EVSCHEMA_DB", "sqlite::memory:")
            .env("EVSCHEMA_LISTEN", "127.0.0.1:0")
            .args(arguments)
            .current_dir(std::env::temp_dir())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|url| url.split('/').next());
        let address = address.unwrap_or_else(|| panic!("the registry says: {line}")).to_owned();
        // Another thread reads the output, because a full pipe would stop the registry.
        std::thread::spawn(move || stderr.read_to_string(&mut String::new()));
        Self { process, address }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn run(&self, folder: &Path, arguments: &[&str]) -> Output {
        let mut command: Command = evschema();
        command.args(arguments).env("EVSCHEMA_REGISTRY", self.url()).current_dir(folder).output().unwrap()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

#[track_caller]
fn assert_clean(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stdout}\n{stderr}");
}

/// Creates a folder with only a few example subjects, because a push of all subjects is slow.
fn some_examples() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for subject in ["common.money", "common.address", "commerce.order.placed"] {
        let there = repository().join("schemas").join(subject);
        let here = folder.path().join("schemas").join(subject);
        std::fs::create_dir_all(&here).unwrap();
        for file in std::fs::read_dir(there).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), here.join(file.file_name())).unwrap();
        }
    }
    folder
}

/// Returns the response to a request, as JSON.
fn content_of(registry: &Registry, path: &str) -> serde_json::Value {
    let request = ureq::get(format!("{}{path}", registry.url())).header("accept", "application/json");
    serde_json::from_str(&request.call().unwrap().body_mut().read_to_string().unwrap()).unwrap()
}

/// Returns every subject of a registry, with all data that a backup must keep.
fn content(registry: &Registry) -> Vec<serde_json::Value> {
    let get = |path: &str| content_of(registry, path);
    let subjects = get("/schemas?limit=200");
    let subjects = subjects["subjects"].as_array().unwrap();
    let kept = |view: &serde_json::Value, names: &[&str]| -> serde_json::Value {
        names.iter().map(|name| ((*name).to_owned(), view[*name].clone())).collect()
    };
    subjects
        .iter()
        .map(|summary| {
            let subject = get(&format!("/schemas/{}", summary["subject"].as_str().unwrap()));
            let mut of_subject =
                kept(&subject, &["subject", "mode", "content_model", "owner", "description", "latest"]);
            of_subject["versions"] = subject["versions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|version| {
                    kept(version, &["version", "digest", "state", "state_reason", "never_used", "message"])
                })
                .collect();
            of_subject
        })
        .collect()
}

#[test]
fn a_pulled_folder_is_a_complete_backup() {
    let first = Registry::start(&[]);
    assert_clean(&first.run(&repository(), &["push", "--message", "the examples", "--author", "ada"]));
    for (path, change) in [
        ("commerce.order.placed/2.2.0", r#"{"state":"yanked","reason":"wrong unit"}"#),
        ("commerce.order.placed/2.1.0", r#"{"state":"yanked","reason":"a slip","never_used":true}"#),
        ("common.money/1.0.0", r#"{"state":"deprecated","reason":"take 1.1"}"#),
    ] {
        ureq::patch(format!("{}/schemas/{path}", first.url()))
            .header("content-type", "application/json")
            .send(change)
            .unwrap();
    }
    let revision = content_of(&first, "/schemas/fraud.alert.raised")["revision"].clone();
    ureq::put(format!("{}/schemas/fraud.alert.raised", first.url()))
        .header("content-type", "application/json")
        .header("if-match", format!("\"{revision}\""))
        .send(r#"{"mode":"full","content_model":"strict","owner":"risk \"team\"","description":"a\nb"}"#)
        .unwrap();

    let folder = tempfile::tempdir().unwrap();
    assert_clean(&first.run(folder.path(), &["pull", "--out", "schemas"]));
    let second = Registry::start(&[]);
    // The current policy of `fraud.alert.raised` would reject its history.
    assert_clean(&second.run(folder.path(), &["push", "--restore"]));
    assert_eq!(content(&first), content(&second));

    // The bytes of the content are equal, and not only the digest.
    let file = "schemas/commerce.order.placed/1.0.0.json";
    let pulled = std::fs::read(folder.path().join(file)).unwrap();
    assert_eq!(pulled, std::fs::read(repository().join(file)).unwrap());
}

#[test]
fn pushing_and_pulling_again_changes_nothing() {
    let registry = Registry::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let examples = some_examples();
    assert_clean(&registry.run(examples.path(), &["push"]));
    let before = content(&registry);
    let again = registry.run(examples.path(), &["push", "--format", "json"]);
    assert_clean(&again);
    let said: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&said["registered"], &said["refused"]), (&0.into(), &0.into()), "{said}");
    assert_eq!(content(&registry), before);

    assert_clean(&registry.run(folder.path(), &["pull", "--out", "schemas"]));
    let again = registry.run(folder.path(), &["pull", "--out", "schemas", "--format", "json"]);
    assert_clean(&again);
    let said: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(said["written"], 0, "{said}");
}

/// Adds a version to a tree. This version breaks the previous version.
fn add_a_break(tree: &Path) {
    let broken = "commerce.order.placed/1.3.0.json";
    let fixture = repository().join("tests/fixtures/breaking").join(broken);
    std::fs::copy(fixture, tree.join("schemas").join(broken)).unwrap();
}

#[test]
fn a_check_against_the_registry_agrees_with_its_refusal() {
    let registry = Registry::start(&[]);
    let folder = some_examples();
    assert_clean(&registry.run(folder.path(), &["push"]));
    add_a_break(folder.path());

    let rules = |output: &Output| -> Vec<(String, String, String)> {
        assert_eq!(output.status.code(), Some(100), "{}", String::from_utf8_lossy(&output.stderr));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |finding: &serde_json::Value, name: &str| finding[name].to_string();
        let findings = said["findings"].as_array().unwrap().iter();
        findings.map(|f| (text(f, "rule"), text(f, "fingerprint"), text(f, "witness"))).collect()
    };
    let offline =
        rules(&registry.run(folder.path(), &["check", "--against", "registry", "--format", "json"]));
    let dry = rules(&registry.run(folder.path(), &["push", "--dry-run", "--format", "json"]));
    let online = rules(&registry.run(folder.path(), &["push", "--format", "json"]));
    assert!(offline.iter().any(|(_, _, witness)| witness != "null"), "{offline:?}");
    assert_eq!(offline, online);
    assert_eq!(dry, online);
}

#[test]
fn a_push_registers_the_waivers_that_a_version_needs() {
    let registry = Registry::start(&[]);
    let folder = some_examples();
    assert_clean(&registry.run(folder.path(), &["push"]));
    add_a_break(folder.path());

    let refused = registry.run(folder.path(), &["push", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    let fingerprints: Vec<&str> =
        said["findings"].as_array().unwrap().iter().filter_map(|f| f["fingerprint"].as_str()).collect();
    assert!(!fingerprints.is_empty(), "{said}");
    let manifest = |until: &str, count: usize| {
        let entries = fingerprints.iter().take(count).map(|fingerprint| {
            format!(
                "[[waivers]]\nfingerprint = \"{fingerprint}\"\nreason = \"agreed\"\nuntil = \"{until}\"\n"
            )
        });
        std::fs::write(folder.path().join("evschema.toml"), entries.collect::<String>()).unwrap();
    };
    let waivers = || content_of(&registry, "/schemas/commerce.order.placed/waivers")["waivers"].clone();

    manifest("2001-01-01", fingerprints.len());
    let expired = registry.run(folder.path(), &["push"]);
    assert_eq!(expired.status.code(), Some(100));
    assert!(
        String::from_utf8_lossy(&expired.stdout)
            .contains("the waiver of this finding expired after 2001-01-01"),
        "{expired:?}"
    );
    assert_eq!(waivers(), serde_json::json!([]), "what no longer holds is not carried");

    manifest("2999-12-31", fingerprints.len());
    assert_clean(&registry.run(folder.path(), &["push", "--dry-run"]));
    assert_eq!(waivers(), serde_json::json!([]), "a dry run changes nothing");
    assert_clean(&registry.run(folder.path(), &["push"]));
    let granted = waivers();
    let granted = granted.as_array().unwrap();
    assert_eq!(granted.len(), fingerprints.iter().collect::<std::collections::BTreeSet<_>>().len());
    assert_eq!((&granted[0]["reason"], &granted[0]["until"]), (&"agreed".into(), &"2999-12-31".into()));
    assert_clean(&registry.run(folder.path(), &["push"]));
}

#[test]
fn a_push_without_the_scope_waive_names_the_missing_scope() {
    let files = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", files.path().join("registry.db").display());
    let token = |scopes: &[&str]| {
        let mut command = evschema();
        command.args(["token", "create", "ci", "--db", &database]);
        let output = scopes.iter().fold(&mut command, |command, scope| command.args(["--scope", scope]));
        String::from_utf8(output.output().unwrap().stdout).unwrap().trim().to_owned()
    };
    let (registering, waiving) = (token(&["register:*"]), token(&["register:*", "waive:commerce."]));
    let registry = Registry::start(&["--db", &database]);
    let folder = some_examples();
    let push = |token: &str| {
        let mut command = evschema();
        command.arg("push").env("EVSCHEMA_REGISTRY", registry.url()).env("EVSCHEMA_TOKEN", token);
        command.current_dir(folder.path()).output().unwrap()
    };
    assert_clean(&push(&registering));
    add_a_break(folder.path());
    let checked = registry.run(folder.path(), &["check", "--against", "registry", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    let entry = |finding: &serde_json::Value| {
        format!("[[waivers]]\nfingerprint = {}\nreason = \"agreed\"\n", finding["fingerprint"])
    };
    let manifest: String = said["findings"].as_array().unwrap().iter().map(entry).collect();
    std::fs::write(folder.path().join("evschema.toml"), manifest).unwrap();

    let refused = push(&registering);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(101), "{said}");
    assert!(said.contains("`waive:commerce.order.placed`"), "{said}");
    let waivers = || content_of(&registry, "/schemas/commerce.order.placed/waivers")["waivers"].clone();
    assert_eq!(waivers(), serde_json::json!([]), "nothing is let through");
    assert_clean(&push(&waiving));
    assert_ne!(waivers(), serde_json::json!([]));
}

#[test]
fn a_backup_keeps_waivers() {
    let registry = Registry::start(&[]);
    let folder = some_examples();
    assert_clean(&registry.run(folder.path(), &["push"]));
    add_a_break(folder.path());
    let refused = registry.run(folder.path(), &["push", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    let entry = |finding: &serde_json::Value| {
        format!("[[waivers]]\nfingerprint = {}\nreason = \"agreed\"\n", finding["fingerprint"])
    };
    let manifest: String = said["findings"].as_array().unwrap().iter().map(entry).collect();
    std::fs::write(folder.path().join("evschema.toml"), manifest).unwrap();
    assert_clean(&registry.run(folder.path(), &["push"]));

    let shown = registry.run(folder.path(), &["show", "commerce.order.placed@1.3.0"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("agreed (waiver "), "{shown:?}");
    let backup = tempfile::tempdir().unwrap();
    assert_clean(&registry.run(backup.path(), &["pull"]));
    // A check of the pulled tree accepts the same versions as the registry, but only with the waivers.
    assert_clean(&evschema().args(["check"]).current_dir(backup.path()).output().unwrap());
    let file = backup.path().join("schemas/commerce.order.placed/subject.toml");
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, kept.split("[waivers").next().unwrap()).unwrap();
    let bare = evschema().args(["check"]).current_dir(backup.path()).output().unwrap();
    assert_eq!(bare.status.code(), Some(100), "{bare:?}");
    std::fs::write(&file, kept).unwrap();

    let other = Registry::start(&[]);
    assert_clean(&other.run(backup.path(), &["push", "--restore"]));
    let waivers = |registry: &Registry| {
        let all = content_of(registry, "/schemas/commerce.order.placed/waivers")["waivers"].clone();
        let all = all.as_array().unwrap().iter();
        all.map(|own| (own["fingerprint"].clone(), own["reason"].clone())).collect::<Vec<_>>()
    };
    assert!(!waivers(&registry).is_empty());
    assert_eq!(waivers(&registry), waivers(&other));
}
