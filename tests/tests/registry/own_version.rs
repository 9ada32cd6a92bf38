//! Tests registrations without a version. The schemas contain their own version.

use serde_json::json;

use super::world::{World, databases};

fn schema(version: &str, a: &str, further: &str) -> String {
    let mut schema = json!({
        "type": "object",
        "required": ["version"],
        "properties": { "version": { "const": version }, "a": { "type": a } },
    });
    if !further.is_empty() {
        schema["properties"][further] = json!({ "type": "string" });
    }
    schema.to_string()
}

#[test]
fn a_schema_that_lists_its_own_version_is_compared_under_that_version() {
    for (name, url) in databases() {
        for (own, a, further, expected) in [
            ("1.0.1", "string", "", (201, "1.0.1")),
            ("1.1.0", "string", "b", (201, "1.1.0")),
            // The change is breaking, whatever version the schema contains.
            ("1.1.0", "integer", "b", (409, "")),
            // The schema contains a version that the registry cannot give it.
            ("1.5.0", "string", "b", (409, "")),
        ] {
            let world = World::on(&url);
            let subject = format!("shop.{}", own.replace('.', "_") + a);
            world.given(&format!("{subject}@1.0.0"), &schema("1.0.0", "string", ""));
            let path = format!("/schemas/{subject}");
            let sent = schema(own, a, further);
            let checked = world.send("POST", &format!("{path}/check"), &[], sent.as_bytes()).json();
            let reply = world.send("POST", &path, &[], sent.as_bytes());
            let version = reply.json()["version"].as_str().unwrap_or_default().to_owned();
            assert_eq!((reply.status, version.as_str()), expected, "{name}: {sent}: {reply}");
            let is_compatible = checked["verdict"] == "compatible";
            assert_eq!(is_compatible, reply.status == 201, "{name}: {sent}: {checked}");
        }
    }
}
