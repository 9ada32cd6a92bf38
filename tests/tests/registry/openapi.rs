//! Compares the OpenAPI document with the behaviour of the registry.

use serde_json::Value;

use super::tokens::first_token;
use super::world::World;

const METHODS: [&str; 5] = ["GET", "PUT", "POST", "PATCH", "DELETE"];

/// Fills the parameters of a path with existing values.
fn filled(path: &str) -> String {
    path.replace("{subject}", "a")
        .replace("{versions}", "1.0.0...1.0.0")
        .replace("{version}", "1.0.0")
        .replace("{fingerprint}", "0123456789abcdef")
        .replace("{id}", "0123456789abcdef")
}

#[test]
fn documented_routes_exist_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("registry.db").display());
    let bearer = format!("Bearer {}", first_token(&database, "ops", &["admin"]).token);
    let headers = [("authorization", bearer.as_str())];
    let world = World::on(&database);
    assert_eq!(world.send("PUT", "/schemas/a/1.0.0.json", &headers, b"{}").status, 201);
    let document = world.get("/openapi.json").json();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            let documented = item.get(method.to_lowercase());
            let reply =
                world.send(method, &filled(path), &headers, if method == "GET" { b"" } else { b"{}" });
            let Some(operation) = documented else {
                assert_eq!(reply.status, 405, "{method} {path} is not documented: {reply}");
                let allowed =
                    reply.header("allow").unwrap_or_else(|| panic!("{method} {path} names no methods"));
                assert!(!allowed.contains(method), "{method} {path}: {allowed}");
                continue;
            };
            // The registry has no waivers and no tokens, so a `DELETE` may return that they do not exist.
            let may_be_missing = method == "DELETE" && reply.json()["code"] != "route-not-found";
            assert!(reply.status != 405, "{method} {path} is documented: {reply}");
            assert!(reply.status != 404 || may_be_missing, "{method} {path} is documented: {reply}");
            assert!(reply.status < 500, "{method} {path}: {reply}");
            let answers = operation["responses"].as_object().unwrap();
            let status = reply.status.to_string();
            // The registry may also reject any request as malformed.
            assert!(
                answers.contains_key(&status) || reply.status == 400,
                "{method} {path}: {status} is not documented"
            );
        }
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn visit<'v>(value: &'v Value, references: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                references.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| visit(member, references));
            }
            Value::Array(items) => items.iter().for_each(|item| visit(item, references)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = World::start().get("/openapi.json").json();
    let mut references = Vec::new();
    visit(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer =
            reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leaves the document"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}
