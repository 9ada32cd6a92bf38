//! Tests which `$id`s a version may have: over HTTP, in the output of `pull`, and in a tree.

use std::path::Path;

use evschema_registry::Config;
use evschema_tests::evschema;
use serde_json::json;

use super::world::{World, databases};

const SCHEMA: [(&str, &str); 1] = [("content-type", "application/schema+json")];
const PUBLIC: &str = "https://registry.example";

/// `$id`s with which `evil.x@1.0.0` would replace `bank.money@1.0.0`.
const ATTACKS: [&str; 10] = [
    r#"{"$id":"../bank.money/1.0.0.json"}"#,
    r#"{"$id":"/schemas/bank.money/1.0.0.json#"}"#,
    r#"{"$id":"%2e%2e/BANK%2Emoney/./1.0.0.json"}"#,
    r#"{"$id":"json-schema:///schemas/bank.money/1.0.0.json"}"#,
    r#"{"$id":"https://registry.example/schemas/bank.money/1.0.0.json"}"#,
    r#"{"$id":"HTTP://Registry.example:80/x/../schemas/bank.money/1.0.0.json"}"#,
    r#"{"$schema":"http://json-schema.org/draft-04/schema#","id":"../bank.money/1.0.0.json"}"#,
    r#"{"type":"object","$defs":{"a":{"$id":"../bank.money/1.0.0.json"}}}"#,
    r#"{"type":"object","$defs":{"a":{"$schema":"http://json-schema.org/draft-04/schema#","id":"../bank.money/1.0.0.json"}}}"#,
    r#"{"$id":"http://json-schema.org/draft-07/schema"}"#,
];

/// Returns the configuration of a public registry that accepts every writer, because these tests do not need tokens.
fn open() -> Config {
    Config { anonymous_writes: true, ..Config::default() }
}

#[test]
fn no_document_takes_the_place_of_another_one() {
    for (name, database) in databases() {
        let world = World::with(Config { database, public_url: Some(PUBLIC.to_owned()), ..open() });
        // Tries the attack before the other version exists, and again after it exists.
        for _ in 0..2 {
            for attack in ATTACKS {
                for (method, path) in [
                    ("PUT", "/schemas/evil.x/1.0.0.json"),
                    ("POST", "/schemas/evil.x"),
                    ("POST", "/schemas/evil.x/check"),
                ] {
                    let reply = world.send(method, path, &SCHEMA, attack.as_bytes());
                    assert_eq!(reply.status, 422, "{name} {method} {attack}: {reply}");
                    assert_eq!(reply.json()["errors"][0]["code"], "foreign-id", "{name} {attack}");
                }
            }
            if world.get("/schemas/bank.money").status == 404 {
                world.given("bank.money@1.0.0", r#"{"type":"integer"}"#);
            }
        }
        assert_eq!(world.get("/schemas/evil.x").status, 404, "{name}: nothing was created");
        // A document may have its own URL as its `$id`.
        world.given("good.x@1.0.0", r#"{"$id":"../good.x/1.0.0.json","type":"object"}"#);
        world.given(
            "good.x@1.0.1",
            r#"{"$id":"https://registry.example/schemas/good.x/1.0.1.json","type":"object"}"#,
        );
    }
}

#[test]
fn a_reference_by_the_layout_keeps_its_meaning() {
    for (name, url) in databases() {
        let world = World::on(&url);
        // The reference in the attacked document resolves to this `$id`.
        world
            .given("evil.x@1.0.0", r#"{"$id":"https://shop.example/bank.money/1.0.0.json","type":"string"}"#);
        let victim = r#"{"$id":"https://shop.example/shop.order/1.0.0.json","properties":{"total":{"$ref":"../bank.money/1.0.0.json"}}}"#;
        let early = world.put("shop.order@1.0.0", victim);
        assert_eq!(
            (early.status, early.json()["code"].as_str()),
            (422, Some("reference-missing")),
            "{name}: {early}"
        );
        world.given("bank.money@1.0.0", r#"{"type":"integer"}"#);
        world.given("shop.order@1.0.0", victim);
        let view = world.get("/schemas/shop.order/1.0.0").json();
        assert_eq!(view["references"][0]["subject"], "bank.money", "{name}: {view}");
        // A part of another document cannot replace the target either.
        world.given("bank.rate@1.0.0", r#"{"$id":"https://bank.example/rate","type":"integer"}"#);
        world.given(
            "evil.y@1.0.0",
            r#"{"type":"object","$defs":{"a":{"$id":"https://bank.example/rate","type":"string"}}}"#,
        );
        let both = r#"{"properties":{"rate":{"$ref":"https://bank.example/rate"},"y":{"$ref":"../evil.y/1.0.0.json"}}}"#;
        let reply = world.put("shop.quote@1.0.0", both);
        assert_eq!(reply.json()["errors"][0]["code"], "ambiguous-id", "{name}: {reply}");
    }
}

#[test]
fn versions_of_one_subject_share_an_id() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let person = |kind: &str| {
            format!(
                r#"{{"$id":"https://example.com/person","type":"object","properties":{{"name":{{"type":{kind}}}}}}}"#
            )
        };
        world.given("person@1.0.0", &person(r#""string""#));
        world.given("person@1.1.0", &person(r#"["string","null"]"#));
        let posted = world.send(
            "POST",
            "/schemas/person",
            &SCHEMA,
            person(r#"["string","null","integer"]"#).as_bytes(),
        );
        assert_eq!(
            (posted.status, posted.json()["version"].as_str()),
            (201, Some("1.2.0")),
            "{name}: {posted}"
        );
        let taken = world.put("other@1.0.0", &person(r#""string""#));
        assert_eq!((taken.status, taken.json()["code"].as_str()), (409, Some("id-taken")), "{name}: {taken}");
        let refused = world.put(
            "order@1.0.0",
            r##"{"properties":{"by":{"$ref":"https://example.com/person#/properties/name"}}}"##,
        );
        let problem = refused.json();
        assert_eq!(problem["errors"][0]["code"], "shared-id", "{name}: {problem}");
        let help = problem["errors"][0]["help"].as_str().unwrap();
        assert!(
            help.contains(
                "`../person/1.2.0.json#/properties/name` or `../person/1.1.0.json#/properties/name`"
            ),
            "{help}"
        );
        // A schema can refer to both versions.
        let both =
            r#"{"properties":{"old":{"$ref":"../person/1.0.0.json"},"new":{"$ref":"../person/1.2.0.json"}}}"#;
        world.given("order@1.0.0", both);
        for (event, is_valid) in
            [(json!({"old": {"name": "x"}, "new": {"name": 1}}), true), (json!({"old": {"name": 1}}), false)]
        {
            let path = "/schemas/order/1.0.0/validate";
            let reply = world.send("POST", path, &[], event.to_string().as_bytes()).json();
            assert_eq!(
                reply["refused"].as_array().is_none_or(Vec::is_empty),
                is_valid,
                "{name}: {event} {reply}"
            );
        }
    }
}

#[test]
fn an_id_that_others_mean_a_version_by_is_not_shared_later() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("money@1.0.0", r#"{"$id":"https://example.com/money","type":"integer"}"#);
        world.given("refund@1.0.0", r#"{"properties":{"total":{"$ref":"https://example.com/money"}}}"#);
        let later = world
            .put("money@1.0.1", r#"{"$id":"https://example.com/money","type":"integer","title":"Money"}"#);
        assert_eq!((later.status, later.json()["code"].as_str()), (409, Some("id-taken")), "{name}: {later}");
        world.given(
            "money@1.0.1",
            r#"{"$id":"https://example.com/money/1.0.1","type":"integer","title":"Money"}"#,
        );
    }
}

/// Starts a registry that serves documents that our registry would reject. `pull` needs only three kinds of responses.
fn dishonest(documents: &'static [(&'static str, &'static str)]) -> String {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let honest = World::start();
        for (subject, _) in documents {
            honest.given(&format!("{subject}@1.0.0"), r#"{"type":"integer"}"#);
        }
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
            let Some(Ok(request)) = lines.next() else { continue };
            for line in lines.by_ref() {
                if line.unwrap_or_default().is_empty() {
                    break;
                }
            }
            let path = request.split(' ').nth(1).unwrap().split('?').next().unwrap().to_owned();
            let body = answer(&honest, &path, documents);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            connection.write_all(head.as_bytes()).unwrap();
            connection.write_all(body.as_bytes()).unwrap();
        }
    });
    url
}

fn answer(honest: &World, path: &str, documents: &[(&str, &str)]) -> String {
    let mut body = honest.get(path).body;
    let digest = |text: &str| evschema_model::Document::parse(text.as_bytes()).unwrap().digest().to_string();
    let sent = documents.iter().find(|(subject, _)| path.contains(&format!("/{subject}")));
    if let Some((_, text)) = sent {
        if path.ends_with(".json") {
            return (*text).to_owned();
        }
        body = body.replace(&digest(r#"{"type":"integer"}"#), &digest(text));
    }
    body
}

#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    let output = evschema().args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout) }
}

#[test]
fn pull_writes_no_document_that_takes_the_place_of_another_one() {
    let url = dishonest(&[
        ("bank.money", r#"{"$id":"https://bank.example/money","type":"integer"}"#),
        ("evil.x", r#"{"$id":"../bank.money/1.0.0.json","type":"string"}"#),
        ("evil.y", r#"{"$id":"https://bank.example/money","type":"string"}"#),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["pull", "--registry", &url, "--out", "out", "--format", "short"]);
    assert_eq!(output.code, Some(100), "{output:?}");
    for (found, file) in [("error[foreign-id]", "evil.x"), ("error[conflict]", "evil.y")] {
        assert!(output.stdout.contains(found), "{output:?}");
        assert!(!folder.path().join(format!("out/{file}/1.0.0.json")).exists(), "{file}");
    }
    assert!(folder.path().join("out/bank.money/1.0.0.json").exists());
}

#[test]
fn a_tree_rejects_the_same_ids_as_the_registry() {
    for attack in ATTACKS {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("evschema.toml", &format!("[registry]\nurl = \"{PUBLIC}\"\n"));
        write("schemas/bank.money/1.0.0.json", r#"{"type":"integer"}"#);
        write(
            "schemas/order/1.0.0.json",
            r#"{"type":"object","properties":{"total":{"$ref":"../bank.money/1.0.0.json"}}}"#,
        );
        write("vendor/evil.x/1.0.0.json", r#"{"type":"object"}"#);
        let clean = run(folder.path(), &["lint", "--format", "short"]);
        assert_eq!(clean.code, Some(0), "{clean:?}");
        for place in ["schemas", "vendor"] {
            write(&format!("{place}/evil.x/1.0.0.json"), attack);
            let event = folder.path().join("event.json");
            std::fs::write(&event, r#"{"total":"x"}"#).unwrap();
            let validated =
                run(folder.path(), &["validate", "order@1.0.0", "event.json", "--format", "short"]);
            assert_eq!(
                validated.code,
                Some(100),
                "{place} {attack}: the total stays a number: {validated:?}"
            );
            if place == "schemas" {
                let output = run(folder.path(), &["lint", "--format", "short"]);
                assert_eq!(output.code, Some(100), "{attack}: {output:?}");
                assert!(output.stdout.contains("error[foreign-id]"), "{attack}: {output:?}");
            }
            std::fs::remove_dir_all(folder.path().join(format!("{place}/evil.x"))).unwrap();
        }
    }
}
