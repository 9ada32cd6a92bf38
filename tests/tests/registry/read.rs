//! Reading versions: content, details, ranges, comparisons, decisions.

use insta::assert_snapshot;

use super::world::{World, databases};

const ONE: &str =
    r#"{"title":"Order","type":"object","properties":{"id":{"type":"string","description":"Its number"}}}"#;
const TWO: &str =
    r#"{"title":"Order","type":"object","properties":{"id":{"type":"string"},"total":{"type":"integer"}}}"#;

#[test]
fn content_is_cached_for_ever_under_its_digest() {
    let world = World::start();
    world.given("shop.order@1.0.0", ONE);
    let path = "/schemas/shop.order/1.0.0.json";
    let reply = world.get(path);
    assert_eq!(reply.body, ONE);
    assert_eq!(reply.header("content-type"), Some("application/schema+json"));
    assert_eq!(reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let tag = reply.header("etag").unwrap().to_owned();
    assert!(tag.starts_with("\"sha256:"), "{tag}");
    let again = world.send("GET", path, &[("if-none-match", &tag)], b"");
    assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", Some(tag.as_str())));
    let head = world.send("HEAD", path, &[], b"");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), Some(ONE.len().to_string().as_str()));
}

#[test]
fn what_is_known_of_a_version() {
    let world = World::start();
    let path = "/schemas/shop.order/1.0.0.json?author=ci-shop&message=First%20cut%20%E2%98%83";
    assert_eq!(world.send("PUT", path, &[], ONE.as_bytes()).status, 201);
    assert_snapshot!(world.get("/schemas/shop.order/1.0.0"), @r#"
    200 application/json
    {
      "subject": "shop.order",
      "version": "1.0.0",
      "digest": "sha256:bd7fc8add449e6f8e2aa9b79ed5bf4ca425e9c47c3ceede9c34f81241aa878d5",
      "id": 1,
      "ordinal": 1,
      "url": "/schemas/shop.order/1.0.0.json",
      "draft": "2020-12",
      "title": "Order",
      "description": null,
      "state": "active",
      "state_reason": null,
      "registered_at": "2026-01-02T03:04:05Z",
      "author": "ci-shop",
      "message": "First cut ☃",
      "references": [],
      "dependents": [],
      "fields": [
        {
          "name": "id",
          "pointer": "/properties/id",
          "kind": "string",
          "required": false,
          "description": "Its number"
        }
      ]
    }
    "#);
}

#[test]
fn latest_and_ranges_redirect_to_the_exact_version() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("shop.order@1.0.0", ONE);
        world.given("shop.order@1.1.0", TWO);
        world.given("shop.order@2.0.0-rc.1", ONE);
        for (asked, location) in [
            ("latest", "/schemas/shop.order/1.1.0"),
            ("latest.json", "/schemas/shop.order/1.1.0.json"),
            ("%5E1.0", "/schemas/shop.order/1.1.0"),
            ("~1.0.json", "/schemas/shop.order/1.0.0.json"),
            ("1", "/schemas/shop.order/1.1.0"),
        ] {
            let reply = world.get(&format!("/schemas/shop.order/{asked}"));
            assert_eq!((reply.status, reply.header("location")), (307, Some(location)), "{name}: {asked}");
        }
        let reply = world.get("/schemas/shop.order/%5E3");
        assert_eq!((reply.status, reply.json()["code"].as_str()), (404, Some("version-not-found")));
        let client = world.client();
        let subject = super::world::subject("shop.order");
        assert_eq!(client.resolve(&subject, "^1").unwrap().to_string(), "1.1.0");
        assert_eq!(client.resolve(&subject, "1.0.0").unwrap().to_string(), "1.0.0");
    }
}

#[test]
fn what_is_not_there_is_named() {
    let world = World::start();
    world.given("shop.order@1.0.0", ONE);
    assert_snapshot!(world.get("/schemas/shop.refund/1.0.0.json"), @r#"
    404 application/problem+json
    {
      "type": "/problems/subject-not-found",
      "title": "no such subject",
      "status": 404,
      "code": "subject-not-found",
      "detail": "there is no subject `shop.refund`",
      "help": "GET /schemas lists the subjects there are",
      "instance": "/schemas/shop.refund/1.0.0.json",
      "request_id": "request-2"
    }
    "#);
    assert_snapshot!(world.get("/schemas/shop.order/9.0.0"), @r#"
    404 application/problem+json
    {
      "type": "/problems/version-not-found",
      "title": "no such version",
      "status": 404,
      "code": "version-not-found",
      "detail": "`shop.order` has no version `9.0.0`",
      "help": "GET /schemas/shop.order lists the versions there are",
      "instance": "/schemas/shop.order/9.0.0",
      "request_id": "request-3"
    }
    "#);
    assert_snapshot!(world.get("/nowhere"), @r#"
    404 application/problem+json
    {
      "type": "/problems/route-not-found",
      "title": "nothing here",
      "status": 404,
      "code": "route-not-found",
      "detail": "nothing is at this path",
      "help": "see /openapi.json for what there is",
      "instance": "/nowhere",
      "request_id": "request-4"
    }
    "#);
}

#[test]
fn two_versions_compared() {
    let world = World::start();
    world.given("shop.order@1.0.0", ONE);
    world.given("shop.order@1.1.0", TWO);
    let diff = world.get("/schemas/shop.order/diff/1.0.0...latest").json();
    assert_eq!((&diff["from"], &diff["to"]), (&"1.0.0".into(), &"1.1.0".into()));
    assert_eq!((&diff["backward"], &diff["required_bump"]), (&"compatible".into(), &"minor".into()));
    for (path, code) in [
        ("/schemas/shop.order/diff/1.0.0..1.1.0", "invalid-version"),
        ("/schemas/shop.order/diff/1.0.0...", "invalid-version"),
        ("/schemas/shop.order/diff/1.0.0...9.9.9", "version-not-found"),
        ("/schemas/shop.refund/diff/1.0.0...2.0.0", "subject-not-found"),
    ] {
        assert_eq!(world.get(path).json()["code"], code, "{path}");
    }
}

#[test]
fn events_are_decided() {
    let world = World::start();
    world.given("shop.order@1.0.0", ONE);
    let path = "/schemas/shop.order/latest/validate";
    let good = world.send("POST", path, &[("content-type", "application/json")], br#"{"id":"a"}"#);
    assert_snapshot!(good, @r#"
    200 application/json
    {
      "valid": true,
      "checked": 1,
      "refused": []
    }
    "#);
    let lines = b"{\"id\":\"a\"}\n\n{\"id\":1}\nnot json\n{\"id\":\"b\"}\n";
    let some = world.send("POST", path, &[("content-type", "application/x-ndjson")], lines);
    assert_snapshot!(some, @r#"
    200 application/json
    {
      "valid": false,
      "checked": 4,
      "refused": [
        {
          "line": 3,
          "violations": [
            {
              "pointer": "/id",
              "schema_pointer": "/properties/id/type",
              "keyword": "type",
              "message": "1 is not of type \"string\""
            }
          ]
        },
        {
          "line": 4,
          "unreadable": "1:2 expected ident",
          "violations": []
        }
      ]
    }
    "#);
}
