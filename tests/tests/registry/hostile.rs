//! Poisonous input, and the answer each gets: a problem, never a 500, never silence.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::world::{World, databases};

const ANY: &[u8] = br#"{"type":"object"}"#;

#[test]
fn paths_and_queries() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("a@1.0.0", "{}");
        for (method, path, status, code) in [
            ("GET", "/schemas/..%2f..%2fetc%2fpasswd", 400, "invalid-subject"),
            ("PUT", "/schemas/..%2f..%2fetc/1.0.0.json", 400, "invalid-subject"),
            ("PUT", "/schemas/%2e%2e/1.0.0.json", 400, "invalid-subject"),
            ("PUT", "/schemas/a/..%2f1.0.0.json", 400, "invalid-version"),
            ("GET", "/schemas/a/..%2f..%2fx.json", 400, "invalid-version"),
            ("GET", "/schemas/a%00b", 400, "invalid-subject"),
            ("GET", "/schemas/%ff", 400, "invalid-path"),
            ("GET", "/schemas/a/%ff", 400, "invalid-path"),
            ("GET", "/schemas/%3Cscript%3E", 400, "invalid-subject"),
            ("PUT", "/schemas/a/1.json", 400, "invalid-version"),
            ("PUT", "/schemas/a/latest.json", 400, "invalid-version"),
            ("PUT", "/schemas/a/1.0.0+x.json", 400, "invalid-version"),
            ("PUT", "/schemas/a/1.0.0-x.json.json", 400, "invalid-version"),
            ("PUT", "/schemas/a/99999999999999999999.0.0.json", 400, "invalid-version"),
            ("PUT", "/schemas/a/1.0.0", 405, "method-not-allowed"),
            ("DELETE", "/schemas/a/1.0.0.json", 405, "method-not-allowed"),
            ("POST", "/schemas", 405, "method-not-allowed"),
            ("GET", "/schemas/a/1.0.0.json/x", 404, "route-not-found"),
            ("GET", "/schemas/a/b/c/d/e", 404, "route-not-found"),
            ("GET", "/schemas?limit=0", 400, "invalid-query"),
            ("GET", "/schemas?limit=100000", 400, "invalid-query"),
            ("GET", "/schemas?limit=-1", 400, "invalid-query"),
            ("GET", "/schemas?limit=1&limit=2", 400, "invalid-query"),
            ("GET", "/schemas?colour=red", 400, "invalid-query"),
            ("GET", "/schemas?search=%00", 400, "invalid-query"),
            ("GET", "/schemas/a?x=1", 400, "invalid-query"),
            ("GET", "/feed?after=minus", 400, "invalid-query"),
            ("GET", "/feed?after=9223372036854775808", 400, "invalid-query"),
            ("GET", "/healthz?x", 400, "invalid-query"),
            ("GET", "/openapi.json?x=1", 400, "invalid-query"),
            ("PUT", "/schemas/a/1.0.0.json?author=", 400, "invalid-body"),
            ("PUT", "/schemas/a/2.0.0.json?authr=me", 400, "invalid-query"),
        ] {
            let body: &[u8] = if method == "PUT" || method == "POST" { ANY } else { b"" };
            let reply = world.send(method, path, &[], body);
            let shown = format!("{name}: {method} {path}: {reply}");
            assert_eq!(
                (reply.status, reply.header("content-type")),
                (status, Some("application/problem+json")),
                "{shown}"
            );
            assert_eq!(reply.json()["code"], code, "{shown}");
            assert!(reply.json()["help"].is_string(), "{shown}");
        }
        assert_eq!(world.get("/feed?after=9223372036854775807").status, 200, "{name}: nothing is after that");
        assert_eq!(world.get("/schemas?after=%F0%9F%92%A9").status, 200, "{name}");
    }
}

#[test]
fn bodies() {
    let deep = format!("{}{}", "{\"not\":".repeat(500), "}".repeat(500));
    let brackets = "[".repeat(200_000);
    let wide = format!("{{\"allOf\":[{}]}}", vec!["{}"; 60_000].join(","));
    let large = format!("{{\"description\":\"{}\"}}", "x".repeat(1 << 20));
    let table: &[(&[u8], u16, &str, Option<&str>)] = &[
        (b"", 422, "not-a-schema", Some("not-json")),
        (b"{", 422, "not-a-schema", Some("not-json")),
        (b"\xff\xfe", 422, "not-a-schema", Some("not-utf8")),
        (b"{\"a\":1,\"a\":2}", 422, "not-a-schema", Some("duplicate-key")),
        (b"{\"type\":7}", 422, "not-a-schema", Some("not-a-schema")),
        (b"[]", 422, "not-a-schema", Some("not-a-schema")),
        (b"{\"$schema\":\"https://example.com/mine\"}", 422, "not-a-schema", Some("unknown-dialect")),
        (b"{\"$schema\":1}", 422, "not-a-schema", Some("unknown-dialect")),
        (b"{\"pattern\":\"(\"}", 422, "not-a-schema", None),
        (b"{\"$ref\":\"http://169.254.169.254/latest\"}", 422, "reference-missing", Some("remote-reference")),
        (b"{\"$ref\":\"file:///etc/passwd\"}", 422, "reference-missing", Some("remote-reference")),
        (b"{\"$ref\":\"../b/1.0.0.json\"}", 422, "reference-missing", Some("missing-reference")),
        (b"{\"$ref\":\"#/$defs/none\"}", 422, "not-a-schema", Some("dangling-reference")),
        (deep.as_bytes(), 422, "not-a-schema", Some("too-deep")),
        (brackets.as_bytes(), 422, "not-a-schema", Some("too-deep")),
        (wide.as_bytes(), 422, "not-a-schema", Some("too-many-nodes")),
        (large.as_bytes(), 413, "body-too-large", None),
    ];
    for (name, url) in databases() {
        let world = World::on(&url);
        for (body, status, code, first) in table {
            let reply =
                world.send("PUT", "/schemas/a/1.0.0.json", &[("content-type", "application/json")], body);
            let shown = format!("{name}: {}: {reply}", String::from_utf8_lossy(&body[..body.len().min(60)]));
            assert_eq!((reply.status, reply.json()["code"].as_str()), (*status, Some(*code)), "{shown}");
            if let Some(first) = first {
                assert_eq!(reply.json()["errors"][0]["code"], *first, "{shown}");
            }
        }
        assert_eq!(world.get("/schemas/a").status, 404, "{name}: nothing was created");
        world.given("a@1.0.0", "true");
    }
}

#[test]
fn names_that_a_database_or_a_page_could_choke_on() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let schema = r#"{"title":"a\u0000b","description":"<script>alert(1)</script>","properties":{"\u0000":{},"<b>":{},"'; DROP TABLE subjects; --":{},"😀":{},"":{}}}"#;
        world.given("a@1.0.0", schema);
        let view = world.get("/schemas/a/1.0.0").json();
        assert_eq!(view["fields"].as_array().unwrap().len(), 5, "{name}");
        assert_eq!(
            world.get("/schemas?search=DROP%20TABLE").json()["subjects"].as_array().unwrap().len(),
            1,
            "{name}"
        );
        let deep_event = "[".repeat(100_000);
        let reply = world.send("POST", "/schemas/a/1.0.0/validate", &[], deep_event.as_bytes());
        assert_eq!((reply.status, reply.json()["code"].as_str()), (400, Some("invalid-body")), "{name}");
        let lines = [("content-type", "application/x-ndjson")];
        let reply = world.send("POST", "/schemas/a/1.0.0/validate", &lines, deep_event.as_bytes());
        assert_eq!((reply.status, &reply.json()["valid"]), (200, &false.into()), "{name}");
    }
}

#[test]
fn headers() {
    let world = World::start();
    world.given("a@1.0.0", "{}");
    for (method, path, header, status, code) in [
        ("PUT", "/schemas/a/1.1.0.json", ("content-type", "text/plain"), 415, "unsupported-media-type"),
        ("PUT", "/schemas/a/1.1.0.json", ("content-type", "application/xml"), 415, "unsupported-media-type"),
        ("PUT", "/schemas/a/1.1.0.json", ("content-encoding", "gzip"), 415, "unsupported-media-type"),
        ("PUT", "/schemas/a/1.1.0.json", ("accept", "image/png"), 406, "not-acceptable"),
        ("PUT", "/schemas/a/1.1.0.json", ("sec-fetch-site", "cross-site"), 403, "cross-site"),
        ("POST", "/schemas/a", ("sec-fetch-site", "same-site"), 403, "cross-site"),
        ("GET", "/schemas", ("accept", "image/png"), 406, "not-acceptable"),
        ("GET", "/schemas/a/1.0.0.json", ("accept", "text/html"), 406, "not-acceptable"),
        ("PUT", "/schemas/a", ("if-match", "\"1\", \"2\""), 400, "invalid-header"),
    ] {
        let body: &[u8] = if method == "GET" { b"" } else { b"{}" };
        let reply = world.send(method, path, &[header], body);
        assert_eq!(reply.status, status, "{method} {path} {header:?}: {reply}");
        if header != ("accept", "text/html") {
            assert_eq!(reply.json()["code"], code, "{method} {path} {header:?}");
        }
    }
    let named = world.send("GET", "/healthz", &[("x-request-id", "mine-7")], b"");
    assert_eq!(named.header("x-request-id"), Some("mine-7"));
    let unfit = world.send("GET", "/healthz", &[("x-request-id", "a b\"c")], b"");
    assert_ne!(unfit.header("x-request-id"), Some("a b\"c"), "an id is fit to be logged, or replaced");
    assert_eq!(world.get("/schemas/a").json()["versions"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_not_http() {
    let world = World::start();
    let address = world.url().strip_prefix("http://").unwrap();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PUT /schemas/a/1.0.0.json HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}",
        b"PUT /schemas/a/1.0.0.json HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        // A reset is an answer too.
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert_eq!(world.get("/healthz").status, 200, "it goes on");
}
