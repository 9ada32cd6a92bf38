//! Runs the first command of the README.

use evschema_tests::evschema;

#[test]
fn the_demo_shows_every_part() {
    let output = evschema().args(["demo", "--once"]).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stdout}\n{stderr}");
    for part in [
        "registered at http://127.0.0.1:",
        "error[reader-",
        "this event is valid under",
        "The registry would accept this change as",
        "pub struct OrderPlaced",
        "/schemas/commerce.order.placed",
    ] {
        assert!(stdout.contains(part), "no `{part}` in\n{stdout}");
    }
}
