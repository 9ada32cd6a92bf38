//! Tests reads of versions: content, details, ranges, comparisons and validations.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

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

/// Sends a raw request, and returns the head and the body of the response.
fn exchange(world: &World, path: &str, headers: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(world.url().strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap(), body)
}

/// The first response comes from the database, and the second response comes from the cache. Both are the same,
/// compressed or not.
#[test]
fn an_answer_is_the_same_however_often_and_compressed_where_asked() {
    let world = World::start();
    let schema = format!(r#"{{"description":"{}"}}"#, "A long sentence. ".repeat(200));
    world.given("shop.order@1.0.0", &schema);
    let path = "/schemas/shop.order/1.0.0.json";
    let nameless = |head: String| {
        let lines =
            head.lines().filter(|line| !line.starts_with("x-request-id") && !line.starts_with("date"));
        let mut lines: Vec<String> = lines.map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let (first, bytes) = exchange(&world, path, "");
    assert_eq!(bytes, schema.as_bytes());
    let (second, again) = exchange(&world, path, "");
    assert_eq!((nameless(first), bytes), (nameless(second), again));
    for _ in 0..2 {
        let (head, short) = exchange(&world, path, "accept-encoding: gzip\r\n");
        assert!(head.contains("content-encoding: gzip") && short.starts_with(b"\x1f\x8b"), "{head}");
        assert!(head.contains("-gzip\"") && head.contains("vary: accept, accept-encoding"), "{head}");
        assert!(short.len() < schema.len(), "{} of {}", short.len(), schema.len());
        let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
        // The client already has this content, either compressed or not.
        for tag in [tag.to_owned(), tag.replace("-gzip", "")] {
            for encoding in ["", "accept-encoding: gzip\r\n"] {
                let (head, body) = exchange(&world, path, &format!("if-none-match: {tag}\r\n{encoding}"));
                assert!(head.starts_with("HTTP/1.1 304") && body.is_empty(), "{head}");
            }
        }
    }
    let (head, _) = exchange(&world, path, "accept-encoding: gzip;q=0\r\n");
    assert!(!head.contains("content-encoding"), "{head}");
    let (head, _) = exchange(&world, path, "accept: application/json\r\n");
    assert!(head.contains("content-type: application/json"), "{head}");
    let (head, _) = exchange(&world, &format!("{path}?x=1"), "");
    assert!(head.starts_with("HTTP/1.1 400"), "what lies ready is for plain requests only: {head}");
}

/// The request for a change contains the entity tag of the subject. The tag of a compressed response is valid too.
#[test]
fn a_compressed_view_has_a_tag_of_its_own_that_a_change_may_name() {
    let world = World::start();
    for minor in 0..12 {
        world.given(&format!("shop.order@1.{minor}.0"), &format!(r#"{{"description":"{minor}"}}"#));
    }
    let (head, _) = exchange(&world, "/schemas/shop.order", "accept-encoding: gzip\r\n");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    assert!(tag.ends_with("-gzip\"") && head.contains("content-encoding: gzip"), "{head}");
    let headers = [("content-type", "application/json"), ("if-match", tag)];
    let reply = world.send("PUT", "/schemas/shop.order", &headers, br#"{"owner":"me"}"#);
    assert_eq!(reply.status, 200, "{reply}");
}

#[test]
fn cached_responses_need_authorization_and_are_never_stale() {
    let world = World::start();
    world.given("shop.order@1.0.0", ONE);
    let path = "/schemas/shop.order/1.0.0.json";
    for _ in 0..2 {
        assert_eq!(world.get(path).body, ONE);
        assert_eq!(world.send("GET", path, &[("authorization", "Bearer nobody")], b"").status, 401);
        assert_eq!(world.send("GET", path, &[("accept", "image/png")], b"").status, 406);
        assert_eq!(world.send("POST", path, &[], b"").status, 405);
    }
    let yank = br#"{"state":"yanked","reason":"wrong"}"#;
    let json = [("content-type", "application/json")];
    assert_eq!(world.send("PATCH", "/schemas/shop.order/1.0.0", &json, yank).status, 200);
    assert_eq!(world.get(path).body, ONE);
    // Every registry has the schemas of its own events, even if no client registers them. If a client registers the
    // same content in other bytes, the registry returns these schemas. It rejects other content.
    let path = "/schemas/evschema.version.yanked/1.0.0.json";
    let own = world.get(path).body;
    assert_eq!(world.get(path).body, own);
    let reply = world.send("PUT", path, &[], ONE.as_bytes());
    assert!(reply.status == 409 && reply.body.contains("version-exists"), "{reply}");
    let spaced = format!("\n{own}\n");
    assert_eq!(world.send("PUT", path, &[], spaced.as_bytes()).status, 201);
    for _ in 0..2 {
        assert_eq!(world.get(path).body, spaced);
    }
}

#[test]
fn details_of_a_version() {
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
      "accepted": [],
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
fn responses_name_the_missing_thing() {
    let world = World::start();
    world.given("shop.order@1.0.0", ONE);
    assert_snapshot!(world.get("/schemas/shop.refund/1.0.0.json"), @r#"
    404 application/problem+json
    {
      "type": "/problems/subject-not-found",
      "title": "subject not found",
      "status": 404,
      "code": "subject-not-found",
      "detail": "the subject `shop.refund` does not exist",
      "help": "to list the subjects, run `evschema list`, or send GET /schemas",
      "instance": "/schemas/shop.refund/1.0.0.json",
      "request_id": "request-2"
    }
    "#);
    assert_snapshot!(world.get("/schemas/shop.order/9.0.0"), @r#"
    404 application/problem+json
    {
      "type": "/problems/version-not-found",
      "title": "version not found",
      "status": 404,
      "code": "version-not-found",
      "detail": "`shop.order` has no version `9.0.0`",
      "help": "to list the versions, run `evschema show shop.order`, or send GET /schemas/shop.order",
      "instance": "/schemas/shop.order/9.0.0",
      "request_id": "request-3"
    }
    "#);
    assert_snapshot!(world.get("/nowhere"), @r#"
    404 application/problem+json
    {
      "type": "/problems/route-not-found",
      "title": "path not found",
      "status": 404,
      "code": "route-not-found",
      "detail": "this path does not exist",
      "help": "see /openapi.json for the paths of the registry",
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
      ],
      "checked": 4,
      "valid": false
    }
    "#);
}
