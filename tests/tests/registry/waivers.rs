//! Tests waivers. A waiver accepts one finding, and has a reason and a last day.

use evschema_registry::Config;
use serde_json::Value;

use super::world::{World, databases};

const FIRST: &str = r#"{"type":"object","properties":{"id":{"type":"string"},"total":{"type":"integer"}}}"#;
const BREAKING: &str = r#"{"type":"object","properties":{"id":{"type":"string"},"total":{"type":"string"}}}"#;

/// Tries to register a breaking change. Returns the fingerprint of the finding in the rejection.
fn refused(world: &World) -> String {
    let refused = world.put("shop.order@1.1.0", BREAKING);
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("incompatible")), "{refused}");
    refused.json()["report"]["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

fn put(world: &World, fingerprint: &str, body: &str) -> (u16, Value) {
    let reply =
        world.send("PUT", &format!("/schemas/shop.order/waivers/{fingerprint}"), &[], body.as_bytes());
    (reply.status, reply.json())
}

#[test]
fn an_accepted_finding_no_longer_refuses() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("shop.order@1.0.0", FIRST);
        let fingerprint = refused(&world);
        assert_eq!(put(&world, &fingerprint, r#"{"reason":"nobody reads it"}"#).0, 201, "{name}");
        assert_eq!(put(&world, &fingerprint, r#"{"reason":"nobody reads it"}"#).0, 200, "{name}: again");
        let checked = world.send("POST", "/schemas/shop.order/check?version=1.1.0", &[], BREAKING.as_bytes());
        assert_eq!(checked.json()["findings"][0]["waived"], "nobody reads it", "{name}: {checked}");
        let registered = world.put("shop.order@1.1.0", BREAKING);
        assert_eq!(registered.status, 201, "{name}: {registered}");
        let shown = world.get("/schemas/shop.order/1.1.0").json();
        let accepted = &shown["accepted"][0];
        assert_eq!(
            (&accepted["fingerprint"], &accepted["reason"], &accepted["witness"]),
            (&fingerprint.as_str().into(), &"nobody reads it".into(), &serde_json::json!({"total": 0})),
            "{name}: {shown}"
        );
        let page = world.send("GET", "/schemas/shop.order/1.1.0", &[("accept", "text/html")], b"");
        assert!(page.to_string().contains("nobody reads it"), "{name}");
        assert_eq!(
            world.get("/schemas/shop.order/1.0.0").json()["accepted"],
            serde_json::json!([]),
            "{name}"
        );
        let listed = world.get("/schemas/shop.order/waivers").json();
        assert_eq!(listed["waivers"][0]["fingerprint"], fingerprint.as_str(), "{name}");
        let path = format!("/schemas/shop.order/waivers/{fingerprint}");
        assert_eq!(world.send("DELETE", &path, &[], b"").status, 200, "{name}");
        let gone = world.send("DELETE", &path, &[], b"");
        assert_eq!((gone.status, gone.json()["code"].as_str()), (404, Some("waiver-not-found")), "{name}");
        let again = BREAKING.replace("\"string\"}}", "\"string\"},\"note\":{\"type\":\"string\"}}");
        assert_eq!(world.put("shop.order@1.2.0", &again).status, 409, "{name}: no longer accepted");
        let feed = world.get("/feed").json();
        let kinds: Vec<_> =
            feed["events"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(
            kinds,
            [
                "evschema.subject.changed",
                "evschema.version.registered",
                "evschema.waiver.granted",
                "evschema.version.registered",
                "evschema.waiver.withdrawn",
            ],
            "{name}"
        );
    }
}

#[test]
fn a_waiver_holds_until_its_last_day() {
    // The clock always shows 2026-01-02.
    for (until, status) in [("2026-01-02", 201), ("2026-01-01", 409)] {
        let world = World::start();
        world.given("shop.order@1.0.0", FIRST);
        let fingerprint = refused(&world);
        assert_eq!(put(&world, &fingerprint, &format!(r#"{{"reason":"x","until":"{until}"}}"#)).0, 201);
        assert_eq!(world.put("shop.order@1.1.0", BREAKING).status, status, "{until}");
    }
}

#[test]
fn bad_waivers() {
    let world = World::with(Config { database: "sqlite::memory:".to_owned(), ..Config::default() });
    world.given("shop.order@1.0.0", FIRST);
    for (fingerprint, body, status, code) in [
        ("0123456789abcdef", "{}", 400, "invalid-body"),
        ("0123456789abcdef", r#"{"reason":""}"#, 400, "invalid-body"),
        ("0123456789abcdef", r#"{"reason":"x","until":"soon"}"#, 400, "invalid-body"),
        ("0123456789abcdef", r#"{"reason":"x","until":"2026-W01-1"}"#, 400, "invalid-body"),
        ("0123456789abcdef", r#"{"reason":"x","until":"2026-02-30"}"#, 400, "invalid-body"),
        ("0123456789abcdef", r#"{"reason":"x","who":"me"}"#, 400, "invalid-body"),
        ("0123456789ABCDEF", r#"{"reason":"x"}"#, 400, "invalid-path"),
        ("0123456789abcdef", r#"{"reason":" "}"#, 400, "invalid-body"),
        ("0123", r#"{"reason":"x"}"#, 400, "invalid-path"),
        ("0123456789ab", r#"{"reason":"x"}"#, 400, "invalid-path"),
        ("%00", r#"{"reason":"x"}"#, 400, "invalid-path"),
    ] {
        let (found, problem) = put(&world, fingerprint, body);
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{fingerprint} {body}");
    }
    let missing = world.send("PUT", "/schemas/none/waivers/0123456789abcdef", &[], br#"{"reason":"x"}"#);
    assert_eq!((missing.status, missing.json()["code"].as_str()), (404, Some("subject-not-found")));
}

#[test]
fn a_waiver_for_one_version_accepts_no_later_break_of_another() {
    for (name, url) in databases() {
        let status =
            |values: &str| format!(r#"{{"type":"object","properties":{{"s":{{"enum":[{values}]}}}}}}"#);
        let world = World::on(&url);
        world.given("shop.order@1.0.0", &status(r#""new","paid","void""#));
        let second = status(r#""new","paid""#);
        let refused = world.put("shop.order@1.1.0", &second).json();
        let fingerprint = refused["report"]["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
        assert_eq!(put(&world, &fingerprint, r#"{"reason":"void was never sent"}"#).0, 201, "{name}");
        assert_eq!(world.put("shop.order@1.1.0", &second).status, 201, "{name}");
        // The same change needs no other waiver, but a larger change needs one.
        let same = status(r#""new","paid","lost""#);
        let checked =
            world.send("POST", "/schemas/shop.order/check?version=1.2.0", &[], same.as_bytes()).json();
        assert_eq!(
            (&checked["verdict"], &checked["findings"][0]["waived_through"]),
            (&"compatible".into(), &"1.1.0".into()),
            "{name}: {checked}"
        );
        let larger = world.put("shop.order@1.2.0", &status(r#""zzz""#));
        assert_eq!((larger.status, larger.json()["code"].as_str()), (409, Some("incompatible")), "{name}");
        assert_eq!(world.put("shop.order@1.2.0", &same).status, 201, "{name}");
    }
}
