//! Tests deprecated, yanked and restored versions.

use evschema_api::{State, StateChange};

use super::world::{World, databases, subject, version};

const STRING: &str = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
const INTEGER: &str = r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#;

#[test]
fn a_yanked_version_is_readable_and_skipped() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let client = world.client();
        let order = subject("shop.order");
        world.given("shop.order@1.0.0", STRING);
        world.given("shop.order@1.1.0", &STRING.replace("\"a\"", "\"a\":{\"type\":\"string\"},\"b\""));
        let change = |state, reason: &str| StateChange { state, reason: reason.to_owned(), never_used: None };
        let yank = change(State::Yanked, "wrong by mistake");
        let view = client.set_state(&order, &version("1.1.0"), &yank).unwrap();
        assert_eq!(
            (view.state, view.state_reason.as_deref()),
            (State::Yanked, Some("wrong by mistake")),
            "{name}"
        );
        assert_eq!(client.resolve(&order, "latest").unwrap(), version("1.0.0"), "{name}");
        assert_eq!(client.subject(&order).unwrap().latest, Some(version("1.0.0")), "{name}");
        assert!(client.schema(&order, &version("1.1.0")).is_ok(), "{name}: old events need it");
        let deprecate = change(State::Deprecated, "use 2.0.0");
        client.set_state(&order, &version("1.0.0"), &deprecate).unwrap();
        assert_eq!(client.resolve(&order, "latest").unwrap(), version("1.0.0"), "deprecated is still good");
    }
}

/// Events of the yanked version exist, and new readers must read them.
#[test]
fn a_yanked_version_stays_a_baseline_unless_it_was_never_used() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let client = world.client();
        let order = subject("shop.order");
        world.given("shop.order@1.0.0", STRING);
        let yank =
            |never_used| StateChange { state: State::Yanked, reason: "a mistake".to_owned(), never_used };
        let put = || {
            let reply = world.put("shop.order@1.1.0", INTEGER);
            (reply.status, reply.json()["code"].as_str().map(str::to_owned))
        };
        let view = client.set_state(&order, &version("1.0.0"), &yank(None)).unwrap();
        assert!(!view.never_used, "{name}");
        assert_eq!(put(), (409, Some("incompatible".to_owned())), "{name}: 1.1.0 cannot read its events");
        let view = client.set_state(&order, &version("1.0.0"), &yank(Some(true))).unwrap();
        assert!(view.never_used, "{name}");
        // If the request does not contain `never_used`, this setting stays the same.
        assert!(client.set_state(&order, &version("1.0.0"), &yank(None)).unwrap().never_used, "{name}");
        assert!(client.subject(&order).unwrap().versions[0].never_used, "{name}");
        assert_eq!(put(), (201, None), "{name}");

        // The version must be compatible to become active, or to become a baseline again.
        let restore =
            StateChange { state: State::Active, reason: "needed after all".to_owned(), never_used: None };
        for back in [&restore, &yank(Some(false))] {
            let refused = client.set_state(&order, &version("1.0.0"), back).unwrap_err();
            let code = refused.problem().map(|problem| problem.code.as_str());
            assert_eq!(code, Some("incompatible"), "{name}: 1.1.0 cannot read its events");
        }
        client.set_state(&order, &version("1.1.0"), &yank(Some(true))).unwrap();
        let view = client.set_state(&order, &version("1.0.0"), &restore).unwrap();
        assert_eq!((view.state, view.never_used), (State::Active, false), "{name}");
        assert_eq!(client.subject(&order).unwrap().latest, Some(version("1.0.0")), "{name}");
    }
}

/// Under a mode that is not transitive, a yanked version does not replace the previous version as the baseline. Both
/// versions are baselines.
#[test]
fn the_version_before_a_yanked_one_is_a_baseline_too() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let client = world.client();
        let created = world.send("PUT", "/schemas/shop.order", &[], br#"{"mode":"backward"}"#);
        assert_eq!(created.status, 201, "{name}");
        world.given("shop.order@1.0.0", STRING);
        world.given("shop.order@1.1.0", r#"{"type":"object","properties":{"a":{"type":["string","null"]}}}"#);
        let reason = "a mistake".to_owned();
        let yank = StateChange { state: State::Yanked, reason, never_used: None };
        client.set_state(&subject("shop.order"), &version("1.1.0"), &yank).unwrap();
        for (schema, status) in [
            (r#"{"type":"object","properties":{"a":{"type":"null"}}}"#, 409),
            (STRING, 409),
            (r#"{"type":"object","properties":{"a":{"type":["string","null","integer"]}}}"#, 201),
        ] {
            let reply = world.put("shop.order@1.2.0", schema);
            assert_eq!(reply.status, status, "{name}: {schema}: {reply}");
            let baselines = |report: &serde_json::Value| report["baselines"].to_string();
            assert_eq!(baselines(&reply.json()["report"]), r#"["1.0.0","1.1.0"]"#, "{name}");
        }
    }
}

#[test]
fn changes_that_are_refused() {
    let world = World::start();
    world.given("shop.order@1.0.0", STRING);
    let path = "/schemas/shop.order/1.0.0";
    let headers = [("content-type", "application/json")];
    for (path, body, status, code) in [
        (path, r#"{"state":"yanked"}"#, 400, "invalid-body"),
        (path, r#"{"state":"yanked","reason":""}"#, 400, "invalid-body"),
        (path, r#"{"state":"gone","reason":"x"}"#, 400, "invalid-body"),
        (path, r#"["yanked","x",null]"#, 400, "invalid-body"),
        (path, r#"{"state":"deprecated","reason":"x","never_used":true}"#, 400, "invalid-body"),
        (path, r#"{"state":"active","reason":"x","never_used":true}"#, 400, "invalid-body"),
        (path, r#"{"state":"yanked","reason":"x","never_used":"no"}"#, 400, "invalid-body"),
        ("/schemas/shop.order/9.0.0", r#"{"state":"yanked","reason":"x"}"#, 404, "version-not-found"),
        ("/schemas/shop.order/latest", r#"{"state":"yanked","reason":"x"}"#, 400, "invalid-version"),
        ("/schemas/shop.order/1.0.0.json", r#"{"state":"yanked","reason":"x"}"#, 405, "method-not-allowed"),
    ] {
        let reply = world.send("PATCH", path, &headers, body.as_bytes());
        assert_eq!(
            (reply.status, reply.json()["code"].as_str()),
            (status, Some(code)),
            "{path} {body}: {reply}"
        );
    }
}
