//! Checks that the reference pages contain the output of the program.

use evschema_tests::{evschema, repository};

#[test]
fn the_reference_is_current() {
    for page in ["cli", "rules"] {
        let output = evschema().args(["reference", page]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let kept = std::fs::read_to_string(repository().join(format!("docs/{page}.md"))).unwrap();
        assert_eq!(kept, printed, "run `cargo xtask regenerate`");
    }
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let output = evschema().args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("validate"), "{shell}");
    }
}
