//! Checks that the command accepts the schema that is derived from a Rust type.

use evschema_tests::{evschema, repository};

#[test]
fn a_derived_schema_passes_the_check() {
    for command in ["lint", "check"] {
        let folder = repository().join("tests/consumer/code_first");
        let output = evschema().arg(command).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}
