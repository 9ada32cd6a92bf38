//! Deprecating, yanking and restoring versions.

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
        let change = |state, reason: &str| StateChange { state, reason: reason.to_owned() };
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

#[test]
fn a_yanked_version_is_no_baseline_and_must_fit_to_come_back() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let client = world.client();
        let order = subject("shop.order");
        world.given("shop.order@1.0.0", STRING);
        let yank = StateChange { state: State::Yanked, reason: "a mistake".to_owned() };
        client.set_state(&order, &version("1.0.0"), &yank).unwrap();
        world.given("shop.order@1.1.0", INTEGER);
        let restore = StateChange { state: State::Active, reason: "needed after all".to_owned() };
        let refused = client.set_state(&order, &version("1.0.0"), &restore).unwrap_err();
        let code = refused.problem().map(|problem| problem.code.as_str());
        assert_eq!(code, Some("incompatible"), "{name}: 1.1.0 cannot read its events");
        client.set_state(&order, &version("1.1.0"), &yank).unwrap();
        assert_eq!(client.set_state(&order, &version("1.0.0"), &restore).unwrap().state, State::Active);
        assert_eq!(client.subject(&order).unwrap().latest, Some(version("1.0.0")), "{name}");
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
