//! `evschema serve --check-config`: what would be in force, and what is wrong with it.

use evschema_tests::evschema;

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
        said.contains("writes      whoever has a token\n") && said.contains("backward_transitive"),
        "{said}"
    );
    assert!(check(&[]).1.contains("programs on this machine while there is none"));
}

#[test]
fn what_is_wrong_is_said() {
    for (arguments, why) in [
        (["--db", "mysql://x"], "not a database"),
        (["--public-url", "schemas.example.com"], "is not a URL"),
        (["--log", "a=b=c"], "is not a log filter"),
    ] {
        let (code, said) = check(&arguments);
        assert!(code == Some(101) && said.contains(why) && said.contains("help"), "{said}");
    }
}
