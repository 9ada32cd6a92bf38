//! Tests accepted and rejected registrations of versions, and their responses.

use insta::assert_snapshot;
use serde_json::Value;

use super::world::{World, databases};

const ORDER: &str = r#"{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}"#;
/// The same content as [`ORDER`], with other white space and another order of members.
const ORDER_RESPELT: &str =
    r#"{ "properties": {"id": {"type": "string"}}, "type": "object", "required": ["id"] }"#;
const ORDER_WITH_NOTE: &str =
    r#"{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"note":{"type":"string"}}}"#;
const ORDER_NARROWED: &str = r#"{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}"#;

#[test]
fn a_new_version_and_the_same_again() {
    let world = World::start();
    let created = world.put("shop.order@1.0.0", ORDER);
    assert_eq!((created.status, created.header("location")), (201, Some("/schemas/shop.order/1.0.0.json")));
    assert_eq!(created.json()["report"]["verdict"], "compatible");
    assert_snapshot!(world.put("shop.order@1.0.0", ORDER_RESPELT), @r#"
    200 application/json
    {
      "subject": "shop.order",
      "version": "1.0.0",
      "digest": "sha256:3797626bd17e346de1adbbe242cd2c4e41a5956ccf7424c65cf45e2bbef10c81",
      "id": 1,
      "ordinal": 1,
      "url": "/schemas/shop.order/1.0.0.json"
    }
    "#);
    let reply = world.get("/schemas/shop.order/1.0.0.json");
    assert_eq!((reply.status, reply.body.as_str()), (200, ORDER), "the bytes of the first registration stay");
}

#[test]
fn a_breaking_change_is_refused_with_the_event_that_would_break() {
    let world = World::start();
    world.given("shop.order@1.0.0", ORDER);
    let refused = world.put("shop.order@1.1.0", ORDER_NARROWED);
    assert_eq!(refused.status, 409);
    let problem = refused.json();
    assert_eq!(problem["code"], "incompatible");
    assert_snapshot!(problem["help"].as_str().unwrap(), @"register the schema as 2.0.0, or make the change compatible (mode backward_transitive, content model lenient)");
    let finding = &problem["report"]["findings"][0];
    assert_eq!((&finding["pointer"], &finding["baseline"]), (&"/properties/id".into(), &"1.0.0".into()));
    assert!(finding["witness"]["id"].is_string(), "an event of 1.0.0 that 1.1.0 refuses: {finding}");
    assert_eq!(world.get("/schemas/shop.order/1.1.0.json").status, 404);
    assert_eq!(world.put("shop.order@2.0.0", ORDER_NARROWED).status, 201, "the required version is accepted");
}

#[test]
fn a_version_too_small_for_its_change_is_refused() {
    let world = World::start();
    world.given("shop.order@1.0.0", ORDER);
    let reply = world.put("shop.order@1.0.1", ORDER_WITH_NOTE);
    assert_eq!(reply.status, 409);
    let problem = reply.json();
    assert_eq!(problem["code"], "version-too-small");
    assert_snapshot!(problem["detail"].as_str().unwrap(), @"the version number of `shop.order@1.0.1` is too small: the change requires a minor bump, so the version must be 1.1.0 or higher");
    assert_snapshot!(problem["help"].as_str().unwrap(), @"register the schema as 1.1.0, or make the change compatible (mode backward_transitive, content model lenient)");
    assert_eq!(problem["report"]["required_version"], "1.1.0");
}

#[test]
fn another_content_for_a_version_is_refused() {
    let world = World::start();
    world.given("shop.order@1.0.0", ORDER);
    assert_snapshot!(world.put("shop.order@1.0.0", ORDER_WITH_NOTE), @r#"
    409 application/problem+json
    {
      "type": "/problems/version-exists",
      "title": "version exists with a different schema",
      "status": 409,
      "code": "version-exists",
      "detail": "`shop.order@1.0.0` is already registered with a different schema: the registered digest is sha256:3797626bd17e346de1adbbe242cd2c4e41a5956ccf7424c65cf45e2bbef10c81, the sent digest is sha256:735e499dfd14a8976e76bd236ac3d8d068831c011083efdce1ed136c394f45b5",
      "help": "a published version never changes; register this schema as a new version",
      "instance": "/schemas/shop.order/1.0.0.json",
      "request_id": "request-2"
    }
    "#);
}

#[test]
fn the_registry_chooses_the_version() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let post = |schema: &str| {
            let reply = world.send("POST", "/schemas/shop.order", &[], schema.as_bytes());
            (reply.status, reply.header("location").map(str::to_owned))
        };
        let at = |status, version: &str| (status, Some(format!("/schemas/shop.order/{version}.json")));
        assert_eq!(post(ORDER), at(201, "1.0.0"), "{name}");
        assert_eq!(post(ORDER_RESPELT), at(200, "1.0.0"), "the same content is no change");
        assert_eq!(post(ORDER_WITH_NOTE), at(201, "1.1.0"), "{name}");
        assert_eq!(post(ORDER_NARROWED), (409, None), "{name}: no new major unless asked");
    }
}

/// The registry never chooses a version whose number is too large to parse.
#[test]
fn the_registry_chooses_no_version_that_is_none() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let post = |subject: &str, schema: &str| {
            let path = format!("/schemas/{subject}?allow=major");
            let reply = world.send("POST", &path, &[], schema.as_bytes());
            (reply.status, reply.json()["code"].as_str().map(str::to_owned), reply.json()["version"].clone())
        };
        let refused = (409, Some("versions-exhausted".to_owned()), Value::Null);
        let chosen = |version: &str| (201, None, Value::from(version));
        world.given("patch@1.0.999999999", ORDER);
        assert_eq!(post("patch", ORDER_WITH_NOTE), chosen("1.1.0"), "{name}");
        world.given("minor@1.999999999.0", ORDER);
        assert_eq!(post("minor", ORDER_WITH_NOTE), refused, "{name}");
        assert_eq!(post("minor", ORDER_NARROWED), chosen("2.0.0"), "{name}");
        world.given("major@999999999.0.0", ORDER);
        assert_eq!(post("major", ORDER_NARROWED), refused, "{name}");
        assert_eq!(post("major", ORDER), (200, None, Value::from("999999999.0.0")), "{name}");
    }
}

#[test]
fn an_invalid_schema_is_rejected_with_the_place_of_the_error() {
    let world = World::start();
    assert_snapshot!(world.put("shop.order@1.0.0", "{\n  \"type\": \"strin\"\n}"), @r#"
    422 application/problem+json
    {
      "type": "/problems/not-a-schema",
      "title": "not a valid schema",
      "status": 422,
      "code": "not-a-schema",
      "detail": "`strin` is not a type",
      "help": "did you mean `string`? The types are array, boolean, integer, null, number, object, string",
      "instance": "/schemas/shop.order/1.0.0.json",
      "request_id": "request-1",
      "errors": [
        {
          "code": "not-a-schema",
          "detail": "`strin` is not a type",
          "pointer": "/type",
          "line": 2,
          "column": 11,
          "help": "did you mean `string`? The types are array, boolean, integer, null, number, object, string"
        }
      ]
    }
    "#);
    assert_snapshot!(world.put("shop.order@1.0.0", r##"{"$ref": "../shop.money/1.0.0.json#/$defs/Amount"}"##), @r#"
    422 application/problem+json
    {
      "type": "/problems/reference-missing",
      "title": "unresolved reference",
      "status": 422,
      "code": "reference-missing",
      "detail": "`$ref` names `shop.money@1.0.0`, which does not exist",
      "help": "add `shop.money/1.0.0.json`, or register it first",
      "instance": "/schemas/shop.order/1.0.0.json",
      "request_id": "request-2",
      "errors": [
        {
          "code": "missing-reference",
          "detail": "`$ref` names `shop.money@1.0.0`, which does not exist",
          "pointer": "/$ref",
          "line": 1,
          "column": 10,
          "help": "add `shop.money/1.0.0.json`, or register it first"
        }
      ]
    }
    "#);
    assert_eq!(world.get("/schemas/shop.order").status, 404, "nothing was created on the way");
}

#[test]
fn references_lead_to_registered_versions_by_place_and_by_id() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("shop.money@1.0.0", r#"{"$id":"https://example.com/money","type":"integer"}"#);
        world.given("shop.order@1.0.0", r#"{"properties":{"total":{"$ref":"../shop.money/1.0.0.json"}}}"#);
        world.given("shop.refund@1.0.0", r#"{"properties":{"total":{"$ref":"https://example.com/money"}}}"#);
        let view = world.get("/schemas/shop.money/1.0.0").json();
        let dependents: Vec<_> =
            view["dependents"].as_array().unwrap().iter().map(|d| d["subject"].as_str().unwrap()).collect();
        assert_eq!(dependents, ["shop.order", "shop.refund"], "{name}");
        let refused = world.put("shop.bill@1.0.0", r#"{"$ref":"https://example.com/elsewhere"}"#).json();
        assert_eq!(refused["code"], "reference-missing");
        assert_eq!(refused["errors"][0]["code"], "remote-reference");
        let event =
            world.send("POST", "/schemas/shop.refund/1.0.0/validate", &[], br#"{"total":"x"}"#).json();
        assert_eq!(event["refused"][0]["violations"][0]["pointer"], "/total", "{name}");
    }
}

#[test]
fn an_id_belongs_to_one_version() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("shop.money@1.0.0", r#"{"$id":"https://example.com/money","type":"integer"}"#);
        let reply = world.put("shop.coin@1.0.0", r#"{"$id":"https://example.com/money","type":"integer"}"#);
        assert_eq!((reply.status, reply.json()["code"].as_str()), (409, Some("id-taken")), "{name}");
        assert!(reply.body.contains("shop.money@1.0.0"), "{reply}");
    }
}

#[test]
fn the_target_of_a_reference_never_changes() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("shop.money@1.0.0", r#"{"type":"integer"}"#);
        let order = r#"{"$id":"https://example.com/shop.order/1.0.0.json","properties":{"total":{"$ref":"../shop.money/1.0.0.json"}}}"#;
        world.given("shop.order@1.0.0", order);
        // According to the specification, the earlier reference resolves to this `$id`. No document had this `$id` when
        // the reference was registered.
        let usurper = r#"{"$id":"https://example.com/shop.money/1.0.0.json","type":"string"}"#;
        let reply = world.put("shop.coin@1.0.0", usurper);
        assert_eq!((reply.status, reply.json()["code"].as_str()), (409, Some("id-taken")), "{name}: {reply}");
    }
}

#[test]
fn subjects_are_unique_ignoring_case() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("shop.Order@1.0.0", ORDER);
        let reply = world.put("Shop.order@1.0.0", ORDER);
        assert_eq!(
            (reply.status, reply.json()["code"].as_str()),
            (409, Some("subject-case-clash")),
            "{name}"
        );
        assert_eq!(world.get("/schemas/Shop.order").status, 404, "and each is found under its own name");
    }
}

#[test]
fn versions_need_not_arrive_in_order() {
    let world = World::start();
    world.given("shop.order@1.0.0", ORDER);
    world.given("shop.order@1.2.0", ORDER_WITH_NOTE);
    // This schema is compatible with 1.0.0. But its events would break readers of 1.2.0, in which `note` is a string.
    let note_is_number =
        ORDER_WITH_NOTE.replace(r#""note":{"type":"string"}"#, r#""note":{"type":"integer"}"#);
    let reply = world.put("shop.order@1.1.0", &note_is_number);
    assert_eq!(reply.json()["code"], "incompatible", "{reply}");
    world.given("shop.order@2.0.0", ORDER_NARROWED);
    assert_eq!(world.put("shop.order@1.1.0", ORDER_WITH_NOTE).status, 201, "a line is patched later");
    assert_eq!(world.get("/schemas/shop.order").json()["latest"], "2.0.0");
}

#[test]
fn a_prerelease_is_checked_and_kept_but_is_no_baseline() {
    let world = World::start();
    world.given("shop.order@1.0.0", ORDER);
    assert_eq!(world.put("shop.order@1.1.0-rc.1", ORDER_NARROWED).status, 409);
    world.given("shop.order@2.0.0-rc.1", ORDER_NARROWED);
    assert_eq!(world.get("/schemas/shop.order").json()["latest"], "1.0.0");
    world.given("shop.order@2.0.0", ORDER_WITH_NOTE);
}

#[test]
fn a_check_stores_nothing_and_has_the_same_result() {
    let world = World::start();
    world.given("shop.order@1.0.0", ORDER);
    let check = |query: &str, schema: &str| {
        world.send("POST", &format!("/schemas/shop.order/check{query}"), &[], schema.as_bytes())
    };
    let report = check("?version=1.1.0", ORDER_NARROWED);
    assert_eq!(report.status, 200);
    assert_eq!(report.json(), world.put("shop.order@1.1.0", ORDER_NARROWED).json()["report"]);
    assert_eq!(check("", ORDER_WITH_NOTE).json()["version"], "1.1.0", "the version it requires");
    assert_eq!(check("?version=1.0.0", ORDER).json()["verdict"], "compatible");
    assert_eq!(check("?version=1.0.0", ORDER_NARROWED).json()["code"], "version-exists");
    assert_eq!(check("?version=one", ORDER).json()["code"], "invalid-query");
    let view = world.get("/schemas/shop.order").json();
    assert_eq!(view["versions"].as_array().unwrap().len(), 1);
}
