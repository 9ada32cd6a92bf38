//! Tests `evschema token`, with a database and over HTTP.

use evschema_tests::{evschema, repository};

use super::registry_round_trip::Registry;

#[test]
fn the_first_token_is_made_at_the_database_and_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("registry.db").display());
    let run = |arguments: &[&str], token: &str, registry: &str| {
        let mut command = evschema();
        command.args(arguments).env("EVSCHEMA_TOKEN", token).env("EVSCHEMA_REGISTRY", registry);
        // The variable `EVSCHEMA_DB` has an effect only if neither the command line nor `EVSCHEMA_REGISTRY` names a
        // registry.
        command.env("EVSCHEMA_DB", &database);
        let output = command.current_dir(repository()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout).trim().to_owned(), text(&output.stderr))
    };
    let create = ["token", "create", "ops", "--scope", "admin"];
    let (code, admin, said) = run(&create, "", "");
    assert_eq!(code, Some(0), "{said}");
    assert!(
        admin.starts_with("evs_") && admin.len() == 68,
        "nothing but the token goes to standard output: {admin}"
    );
    assert!(said.contains("with the scope admin, valid until it is revoked"), "{said}");

    // A registry may listen on addresses other than loopback, because a token exists.
    let registry = Registry::start(&["--db", &database, "--listen", "0.0.0.0:0"]);
    let url = format!("http://127.0.0.1:{}", registry.address.rsplit(':').next().unwrap());
    let (code, _, said) = run(&["push"], "", &url);
    assert_eq!(code, Some(101), "{said}");
    assert!(said.contains("the push needs a token") && said.contains("evschema token create"), "{said}");
    let create =
        ["token", "create", "ci", "--scope", "register:common.", "--expires", "1d", "--format", "json"];
    let (code, made, said) = run(&create, &admin, &url);
    assert_eq!(code, Some(0), "{said}");
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let moment = |name: &str| {
        time::OffsetDateTime::parse(
            made[name].as_str().unwrap(),
            &time::format_description::well_known::Rfc3339,
        )
        .unwrap()
    };
    let lifetime = moment("expires_at") - moment("created_at");
    assert!((lifetime - time::Duration::days(1)).abs() < time::Duration::seconds(5), "{made}");
    let ci = made["token"].as_str().unwrap();
    let (code, _, said) = run(&["push"], ci, &url);
    assert_eq!(code, Some(101), "{said}");
    assert!(said.contains("the token `ci` does not have the scope `register:commerce."), "{said}");
    assert!(said.contains("the push needs this scope to create the subject commerce."), "{said}");
    // The token has the right to register `common.`, but the push did not start.
    let (_, listed, _) = run(&["list"], &admin, &url);
    assert_eq!(listed, "", "nothing is registered");

    let (_, listed, _) = run(&["token", "list"], &admin, &url);
    assert!(listed.contains("ops  admin") && listed.contains("ci  register:common."), "{listed}");
    let id = made["id"].as_str().unwrap();
    assert_eq!(run(&["token", "revoke", id], &admin, &url).0, Some(0));
    let (code, _, said) = run(&["list"], ci, &url);
    assert!(code == Some(101) && said.contains("it has been revoked"), "{said}");
    let (code, _, said) = run(&["token", "list"], "", &url);
    assert!(code == Some(101) && said.contains("admin"), "{said}");
}
