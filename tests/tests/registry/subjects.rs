//! Tests the settings of subjects, and searches for subjects.

use evschema_api::{Patch, SubjectPatch};
use evschema_model::Mode;
use insta::assert_snapshot;

use super::world::{World, databases, subject};

const ANY: &str = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;

#[test]
fn created_changed_and_guarded_by_its_revision() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let put = |headers: &[(&str, &str)], body: &str| {
            let reply = world.send("PUT", "/schemas/shop.order", headers, body.as_bytes());
            (reply.status, reply.header("etag").map(str::to_owned))
        };
        let tag = |revision: u32| Some(format!("\"{revision}\""));
        assert_eq!(put(&[("if-match", "*")], "{}").0, 412, "{name}: it does not exist");
        assert_eq!(put(&[("if-none-match", "*")], r#"{"owner":"team-shop"}"#), (201, tag(1)), "{name}");
        assert_eq!(put(&[("if-none-match", "*")], "{}").0, 412, "{name}: it exists");
        assert_eq!(
            put(&[], r#"{"owner":"team-shop"}"#),
            (200, tag(1)),
            "{name}: the same again is no change"
        );
        assert_eq!(
            put(&[("if-match", "\"1\"")], r#"{"mode":"full","owner":"team-shop"}"#),
            (200, tag(2)),
            "{name}"
        );
        assert_eq!(put(&[("if-match", "\"1\"")], "{}").0, 412, "{name}: it has moved on");
    }
}

#[test]
fn a_subject_shows_its_policy_and_versions() {
    let world = World::start();
    world.given("shop.order@1.0.0", ANY);
    assert_snapshot!(world.get("/schemas/shop.order"), @r#"
    200 application/json
    {
      "subject": "shop.order",
      "mode": "backward_transitive",
      "content_model": "lenient",
      "owner": null,
      "description": null,
      "revision": 2,
      "created_at": "2026-01-02T03:04:05Z",
      "updated_at": "2026-01-02T03:04:05Z",
      "latest": "1.0.0",
      "versions": [
        {
          "version": "1.0.0",
          "digest": "sha256:08c8cc0e5745b1461ff0e3254761829dcd326eb328e9f4375a1ad67be880e009",
          "state": "active",
          "registered_at": "2026-01-02T03:04:05Z"
        }
      ]
    }
    "#);
}

#[test]
fn the_policy_applies_to_later_versions() {
    let world = World::start();
    let patch = SubjectPatch { mode: Patch::Set(Mode::None), ..SubjectPatch::default() };
    world.client().put_subject(&subject("shop.order"), &patch, None).unwrap();
    world.given("shop.order@1.0.0", ANY);
    let changed = r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#;
    assert_eq!(world.put("shop.order@1.1.0", changed).status, 201, "mode none compares nothing");
}

#[test]
fn settings_that_are_refused() {
    let world = World::start();
    let long = format!(r#"{{"owner":"{}"}}"#, "x".repeat(129));
    for body in [
        "",
        "[]",
        "null",
        r#"{"mode":"sideways"}"#,
        r#"{"owner":7}"#,
        r#"{"colour":"red"}"#,
        r#"{"owner":"a","owner":"b"}"#,
        r#"{"owner":""}"#,
        r#"{"description":"a\u0000b"}"#,
        &long,
    ] {
        let reply = world.send(
            "PUT",
            "/schemas/shop.order",
            &[("content-type", "application/json")],
            body.as_bytes(),
        );
        assert_eq!(
            (reply.status, reply.json()["code"].as_str()),
            (400, Some("invalid-body")),
            "{body}: {reply}"
        );
    }
    assert_eq!(world.get("/schemas/shop.order").status, 404);
}

#[test]
fn found_by_name_description_and_field_and_page_by_page() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given(
            "shop.order@1.0.0",
            r#"{"title":"Purchase","properties":{"basket_id":{"type":"string"}}}"#,
        );
        world.given("shop.refund@1.0.0", ANY);
        world.given("media.file@1.0.0", r#"{"description":"Somebody's HOLIDAY pictures"}"#);
        let patch =
            SubjectPatch { description: Patch::Set("Money back".to_owned()), ..SubjectPatch::default() };
        world.client().put_subject(&subject("shop.refund"), &patch, None).unwrap();
        let found = |query: &str| -> Vec<String> {
            let page = world.get(&format!("/schemas?{query}")).json();
            let subjects = page["subjects"].as_array().unwrap();
            subjects.iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect()
        };
        for (query, subjects) in [
            ("", &["media.file", "shop.order", "shop.refund"][..]),
            ("search=SHOP", &["shop.order", "shop.refund"]),
            ("search=basket", &["shop.order"]),
            ("search=purchase", &["shop.order"]),
            ("search=holiday", &["media.file"]),
            ("search=money%20back", &["shop.refund"]),
            ("search=%25", &[]),
            ("search=_", &[]),
            ("search=basketId", &["shop.order"]),
            ("search=hol%20media", &["media.file"]),
            ("search=olida", &[]),
            ("search=", &["media.file", "shop.order", "shop.refund"]),
            ("after=media.file", &["shop.order", "shop.refund"]),
            ("limit=2", &["media.file", "shop.order"]),
        ] {
            assert_eq!(found(query), subjects, "{name}: {query}");
        }
        let page = world.get("/schemas?limit=2").json();
        assert_eq!(page["next"], "shop.order");
        assert_eq!(world.get("/schemas?limit=3").json()["next"], serde_json::Value::Null);
    }
}
