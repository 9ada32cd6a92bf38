//! `evschema serve`: the settings that `--check-config` prints, and the files that a start creates.

use evschema_tests::evschema;

use super::registry_round_trip::Registry;

fn check(arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = evschema();
    command.args(["serve", "--check-config"]).args(arguments).current_dir(folder.path());
    let output = command.output().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no database is made");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code(), said)
}

#[test]
fn a_configuration_is_shown_and_starts_nothing() {
    let (code, said) =
        check(&["--db", "postgres://me:secret@nowhere/x", "--listen", "0.0.0.0:1", "--private"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("postgres://me@nowhere/x") && !said.contains("secret"), "{said}");
    assert!(
        said.contains("writes      clients with a token\n") && said.contains("backward_transitive"),
        "{said}"
    );
    assert!(check(&[]).1.contains("until a token exists, programs on this machine"));
}

#[test]
fn errors_in_the_settings_have_a_message() {
    for (arguments, why) in [
        (["--db", "mysql://x"], "names no supported database"),
        (["--public-url", "schemas.example.com"], "is not a URL"),
        (["--log", "a=b=c"], "is not a log filter"),
    ] {
        let (code, said) = check(&arguments);
        assert!(code == Some(101) && said.contains(why) && said.contains("help"), "{said}");
    }
    let (code, said) = check(&["--connections", "0"]);
    assert!(code == Some(2) && said.contains("invalid value '0' for '--connections"), "{said}");
}

/// `--check-config` rejects the same settings as a start of the registry. It creates neither the folder of the database
/// nor files.
#[test]
fn check_config_rejects_the_same_settings_as_a_start() {
    for (arguments, why) in [
        (&["--db", "sqlite:missing/x.db"][..], "the folder `missing` does not exist"),
        (&["--db", "sqlite:///nowhere/at/all/x.db"], "the folder `/nowhere/at/all` does not exist"),
        (&["--listen", "0.0.0.0:1"], "anybody who can reach `0.0.0.0:1` could register"),
        (
            &["--public-url", "https://schemas.example.com"],
            "anybody who can reach `https://schemas.example.com`",
        ),
        (&["--behind-proxy", "--db", "sqlite::memory:"], "could register"),
    ] {
        let (code, said) = check(arguments);
        assert!(code == Some(101) && said.contains(why) && said.contains("help"), "{arguments:?}: {said}");
    }
    for guarded in ["--read-only", "--anonymous-writes"] {
        let (code, said) = check(&["--listen", "0.0.0.0:1", guarded]);
        assert!(code == Some(0) && said.contains("tokens      none yet\n"), "{guarded}: {said}");
    }
}

#[test]
fn a_token_lets_an_exposed_registry_start() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("x.db").display());
    let exposed = ["--db", database.as_str(), "--listen", "0.0.0.0:1"];
    assert_eq!(check(&exposed).0, Some(101));
    let made = evschema().args(["token", "create", "ops", "--scope", "admin", "--db", &database]).output();
    assert!(made.unwrap().status.success());
    let bytes = std::fs::read(folder.path().join("x.db")).unwrap();
    let (code, said) = check(&exposed);
    assert!(code == Some(0) && said.contains("tokens      some exist\n"), "{said}");
    assert_eq!(std::fs::read(folder.path().join("x.db")).unwrap(), bytes, "it was only read");
}

#[test]
fn publishers_come_from_the_manifest_and_from_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let table = |name: &str, scope: &str| {
        format!(
            "{{ name = \"{name}\", issuer = \"https://ci.example\", audience = \"here\", \
             claims = {{ sub = \"x\" }}, scopes = [\"{scope}\"] }}"
        )
    };
    let manifest = format!("registry = {{ publishers = [{}] }}\n", table("one", "register:shop."));
    std::fs::write(folder.path().join("evschema.toml"), manifest).unwrap();
    let run = |publisher: &str| {
        let mut command = evschema();
        command.args(["serve", "--check-config", "--publisher", publisher]).current_dir(folder.path());
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, shown, said) = run(&table("two", "waive:shop."));
    assert_eq!(code, Some(0), "{said}");
    for name in ["one", "two"] {
        assert!(shown.contains(&format!("publisher   {name} of https://ci.example")), "{shown}");
    }
    for (bad, part) in [
        (table("two", "everything"), "`everything` is not a scope"),
        (table("two", "admin"), "is not valid"),
        ("{ name = \"two\" }".to_owned(), "missing field `issuer`"),
        ("two".to_owned(), "is not a valid publisher"),
        ("{}\npolicy = 1".to_owned(), "is not a valid publisher"),
    ] {
        let (code, _, said) = run(&bad);
        assert!(code == Some(101) && said.contains(part), "{bad}: {said}");
    }
}

#[test]
fn a_new_database_in_a_git_work_tree_is_ignored_by_git() {
    let folder = tempfile::tempdir().unwrap();
    let start = |folder: &std::path::Path| {
        let url = format!("sqlite:{}", folder.join("x.db").display());
        drop(Registry::start(&["--db", &url]));
    };
    // Outside a git work tree, the command creates no `.gitignore`.
    start(folder.path());
    assert!(!folder.path().join(".gitignore").exists());
    std::fs::create_dir_all(folder.path().join("project/.git")).unwrap();
    let project = folder.path().join("project");
    start(&project);
    let ignored = || std::fs::read_to_string(project.join(".gitignore")).unwrap();
    assert_eq!(ignored(), "/x.db\n/x.db-shm\n/x.db-wal\n");
    // If a user has removed a line, the next start does not add this line again.
    std::fs::write(project.join(".gitignore"), "").unwrap();
    start(&project);
    assert_eq!(ignored(), "");
}
