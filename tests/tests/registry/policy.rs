//! Tests changes to the settings of a subject: which settings change, which rights are necessary, and how the revision
//! protects the change.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::tokens::first_token;
use super::world::{Reply, World, databases};

const PATH: &str = "/schemas/shop.order";

fn put(world: &World, headers: &[(&str, &str)], body: &str) -> Reply {
    world.send("PUT", PATH, headers, body.as_bytes())
}

/// Returns the settings of a subject, and its revision.
fn settings(world: &World) -> Value {
    let view = world.get(PATH).json();
    json!([view["mode"], view["content_model"], view["owner"], view["description"], view["revision"]])
}

#[test]
fn a_patch_changes_only_the_named_settings() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let whole = r#"{"mode":"full","content_model":"strict","owner":"shop","description":"An order"}"#;
        assert_eq!(put(&world, &[], whole).status, 201, "{name}");
        for (body, expected) in [
            ("{}", json!(["full", "strict", "shop", "An order", 1])),
            (r#"{"owner":"x"}"#, json!(["full", "strict", "x", "An order", 2])),
            (r#"{"description":null}"#, json!(["full", "strict", "x", null, 3])),
            (r#"{"owner":null,"description":"Another"}"#, json!(["full", "strict", null, "Another", 4])),
            (r#"{"mode":"full"}"#, json!(["full", "strict", null, "Another", 4])),
            (r#"{"mode":"full_transitive"}"#, json!(["full_transitive", "strict", null, "Another", 5])),
            // A subject without its own policy has the default policy of the registry.
            (r#"{"mode":null}"#, json!(["backward_transitive", "strict", null, "Another", 6])),
            (r#"{"content_model":null}"#, json!(["backward_transitive", "lenient", null, "Another", 7])),
        ] {
            let tag = world.get(PATH).header("etag").unwrap().to_owned();
            let kind = ("content-type", "application/merge-patch+json");
            let reply = put(&world, &[("if-match", &tag), kind], body);
            assert_eq!(reply.status, 200, "{name}: {body}: {reply}");
            assert_eq!(settings(&world), expected, "{name}: {body}");
        }
    }
}

#[test]
fn another_policy_needs_the_revision() {
    for (name, url) in databases() {
        let world = World::on(&url);
        // A subject that does not exist has no revision.
        assert_eq!(put(&world, &[], r#"{"mode":"backward"}"#).status, 201, "{name}");
        for body in
            [r#"{"mode":"full"}"#, r#"{"mode":"none"}"#, r#"{"content_model":"strict"}"#, r#"{"mode":null}"#]
        {
            for headers in [&[][..], &[("if-match", "*")]] {
                let reply = put(&world, headers, body);
                let code = reply.json()["code"].clone();
                assert_eq!(
                    (reply.status, code),
                    (428, "precondition-required".into()),
                    "{name}: {body} {headers:?}"
                );
            }
            for tag in ["\"2\"", "W/\"1\"", "\"one\""] {
                assert_eq!(put(&world, &[("if-match", tag)], body).status, 412, "{name}: {body} {tag}");
            }
        }
        // A request that changes nothing in the policy needs no revision.
        assert_eq!(put(&world, &[], r#"{"mode":"backward"}"#).status, 200, "{name}");
        assert_eq!(put(&world, &[], r#"{"mode":"backward","owner":"shop"}"#).status, 200, "{name}");
        assert_eq!(settings(&world), json!(["backward", "lenient", "shop", null, 2]), "{name}");
        assert_eq!(put(&world, &[("if-match", "\"2\"")], r#"{"mode":"full"}"#).status, 200, "{name}");
    }
}

#[test]
fn the_advice_names_the_revision() {
    let world = World::start();
    put(&world, &[], r#"{"mode":"full"}"#);
    assert_snapshot!(put(&world, &[], r#"{"mode":"none"}"#), @r#"
    428 application/problem+json
    {
      "type": "/problems/precondition-required",
      "title": "precondition required",
      "status": 428,
      "code": "precondition-required",
      "detail": "a change of the policy of `shop.order` needs the subject's ETag in `If-Match`; the subject is at revision 1",
      "help": "GET /schemas/shop.order, review its policy, and send the change again with `If-Match: \"1\"`",
      "instance": "/schemas/shop.order",
      "request_id": "request-2"
    }
    "#);
    assert_eq!(put(&world, &[("if-match", "\"1\"")], r#"{"mode":"none"}"#).status, 200);
}

#[test]
fn another_policy_needs_its_scope() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("registry.db").display());
    let token = |scopes: &[&str]| format!("Bearer {}", first_token(&url, "someone", scopes).token);
    let (register, waive) = (token(&["register:*"]), token(&["register:*", "waive:*"]));
    let admin = token(&["admin"]);
    let world = World::on(&url);
    let put = |token: &str, body: &str| {
        let tag = world.get(PATH).header("etag").unwrap_or("*").to_owned();
        let mut headers = vec![("authorization", token)];
        headers.extend((tag != "*").then_some(("if-match", tag.as_str())));
        put(&world, &headers, body).status
    };
    assert_eq!(
        put(&register, r#"{"mode":"backward","owner":"shop"}"#),
        201,
        "a new subject has the policy of its creator"
    );
    for body in
        [r#"{"mode":"none"}"#, r#"{"mode":"full"}"#, r#"{"content_model":"tolerant"}"#, r#"{"mode":null}"#]
    {
        for token in [&register, &waive] {
            assert_eq!(put(token, body), 403, "{body}");
        }
    }
    assert_eq!(
        put(&register, r#"{"owner":"others","mode":"backward"}"#),
        200,
        "the same policy is no change"
    );
    assert_eq!(put(&admin, r#"{"mode":"none"}"#), 200);
    assert_eq!(settings(&world), json!(["none", "lenient", "others", null, 3]));
}

#[test]
fn a_loosened_policy_is_its_own_event() {
    for (name, url) in databases() {
        let world = World::on(&url);
        put(&world, &[], r#"{"mode":"backward_transitive","content_model":"strict","owner":"shop"}"#);
        for (body, kind) in [
            (r#"{"mode":"full_transitive"}"#, "evschema.subject.changed"),
            (r#"{"mode":"full"}"#, "evschema.policy.loosened"),
            (r#"{"mode":"backward"}"#, "evschema.policy.loosened"),
            (r#"{"mode":"forward_transitive"}"#, "evschema.policy.loosened"),
            (r#"{"content_model":"lenient","description":"x"}"#, "evschema.policy.loosened"),
            (r#"{"content_model":"strict"}"#, "evschema.subject.changed"),
            (r#"{"owner":"others"}"#, "evschema.subject.changed"),
        ] {
            let tag = world.get(PATH).header("etag").unwrap().to_owned();
            assert_eq!(put(&world, &[("if-match", &tag)], body).status, 200, "{name}: {body}");
            let events = world.client().feed(0, None).unwrap().events;
            assert_eq!(events.last().unwrap().kind, kind, "{name}: {body}");
        }
    }
}

#[test]
fn the_event_has_the_policy_before_and_after() {
    let world = World::start();
    put(&world, &[], r#"{"mode":"full","owner":"shop"}"#);
    put(&world, &[("if-match", "\"1\"")], r#"{"mode":"backward"}"#);
    let events = world.client().feed(0, None).unwrap().events;
    assert_snapshot!(serde_json::to_string_pretty(&events[1].data).unwrap(), @r#"
    {
      "subject": "shop.order",
      "revision": 2,
      "at": "2026-01-02T03:04:05Z",
      "author": "anonymous",
      "mode": "backward",
      "content_model": "lenient",
      "before": {
        "mode": "full",
        "content_model": "lenient"
      },
      "owner": "shop",
      "description": null
    }
    "#);
    let page = world.send("GET", "/feed", &[("accept", "text/html")], b"");
    assert!(page.body.contains("policy loosened"), "{page}");
    assert!(
        page.body
            .contains("from mode full and content model lenient to mode backward and content model lenient"),
        "{page}"
    );
}
