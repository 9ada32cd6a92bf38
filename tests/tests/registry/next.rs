//! Tests registrations without a version. The registry compares the schema with the newest line, and selects the
//! version.

use evschema_api::{State, StateChange};
use insta::assert_snapshot;
use serde_json::Value;

use super::world::{Reply, World, databases, subject, version};

const STRING: &str = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
const STRING_OR_NULL: &str = r#"{"type":"object","properties":{"a":{"type":["string","null"]}}}"#;
const INTEGER: &str = r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#;

fn post(world: &World, query: &str, schema: &str) -> Reply {
    world.send("POST", &format!("/schemas/s{query}"), &[], schema.as_bytes())
}

fn check(world: &World, query: &str, schema: &str) -> Value {
    let reply = world.send("POST", &format!("/schemas/s/check{query}"), &[], schema.as_bytes());
    assert_eq!(reply.status, 200, "{reply}");
    reply.json()
}

/// Returns the status and the version in the response to a registration.
fn chosen(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json()["version"].clone())
}

fn yank(world: &World, number: &str) {
    let change = StateChange { state: State::Yanked, reason: "wrong unit".to_owned(), never_used: None };
    world.client().set_state(&subject("s"), &version(number), &change).unwrap();
}

#[test]
fn a_break_is_refused_with_its_event_unless_a_major_is_asked_for() {
    for (name, url) in databases() {
        let world = World::on(&url);
        assert_eq!(chosen(&post(&world, "", STRING)), (201, "1.0.0".into()), "{name}");
        let refused = post(&world, "", INTEGER);
        assert_eq!(refused.status, 409, "{name}");
        let problem = refused.json();
        assert_eq!(problem["code"], "incompatible", "{name}");
        let report = &problem["report"];
        assert_eq!(
            (&report["required_bump"], &report["required_version"]),
            (&"major".into(), &"2.0.0".into())
        );
        assert!(report["findings"][0]["witness"]["a"].is_string(), "{name}: {report}");
        let checked = check(&world, "", INTEGER);
        assert_eq!(&checked, report, "{name}: a check says the same");
        assert_eq!(world.get("/schemas/s").json()["latest"], "1.0.0", "{name}: nothing is stored");

        // The solution in the `help` of the response works.
        let help = problem["help"].as_str().unwrap();
        assert!(
            help.starts_with(
                "to register the schema as 2.0.0, send the request with `?allow=major`; otherwise,"
            ),
            "{name}: {help}"
        );
        let checked = check(&world, "?allow=major", INTEGER);
        let created = post(&world, "?allow=major", INTEGER);
        assert_eq!(chosen(&created), (201, "2.0.0".into()), "{name}");
        let report = &created.json()["report"];
        assert_eq!((&report["verdict"], &report["required_bump"]), (&"compatible".into(), &"major".into()));
        let finding = &report["findings"][0];
        assert_eq!(
            (&finding["severity"], &finding["baseline"]),
            (&"warning".into(), &"1.0.0".into()),
            "{name}"
        );
        assert!(finding["witness"]["a"].is_string(), "{name}: it shows what breaks: {finding}");
        assert_eq!(&checked["findings"], &report["findings"], "{name}");
    }
}

#[test]
fn the_answer_to_a_break() {
    let world = World::start();
    post(&world, "", STRING);
    let mut problem = post(&world, "", INTEGER).json();
    let first = problem["report"]["findings"][0]["message"].take();
    let detail = problem["detail"].as_str().unwrap().replace(first.as_str().unwrap(), "…");
    problem["detail"] = detail.into();
    problem["report"].as_object_mut().unwrap().retain(|name, _| {
        ["version", "baselines", "verdict", "required_bump", "required_version"].contains(&name.as_str())
    });
    assert_snapshot!(serde_json::to_string_pretty(&problem).unwrap(), @r#"
    {
      "type": "/problems/incompatible",
      "title": "incompatible change",
      "status": 409,
      "code": "incompatible",
      "detail": "the change breaks the newest line of versions of `s`: …",
      "help": "to register the schema as 2.0.0, send the request with `?allow=major`; otherwise, make the change compatible (mode backward_transitive, content model lenient)",
      "instance": "/schemas/s",
      "request_id": "request-2",
      "report": {
        "version": "1.0.1",
        "baselines": [
          "1.0.0"
        ],
        "verdict": "incompatible",
        "required_bump": "major",
        "required_version": "2.0.0"
      }
    }
    "#);
}

#[test]
fn a_major_is_no_greater_than_the_change_requires() {
    let world = World::start();
    assert_eq!(chosen(&post(&world, "?allow=major", STRING)), (201, "1.0.0".into()));
    assert_eq!(chosen(&post(&world, "?allow=major", STRING_OR_NULL)), (201, "1.1.0".into()));
    let titled = STRING_OR_NULL.replacen('{', r#"{"title":"A","#, 1);
    assert_eq!(chosen(&post(&world, "?allow=major", &titled)), (201, "1.1.1".into()));
    // In 0.x, a new minor version begins a new line.
    world.given("t@0.3.0", STRING);
    let post = |query: &str| world.send("POST", &format!("/schemas/t{query}"), &[], INTEGER.as_bytes());
    assert_eq!(post("").status, 409);
    assert_eq!(chosen(&post("?allow=major")), (201, "0.4.0".into()));
}

/// If an older producer restarts and registers its schema again, the registry returns the same version as before.
#[test]
fn registered_content_returns_its_version() {
    for (name, url) in databases() {
        let world = World::on(&url);
        assert_eq!(chosen(&post(&world, "", STRING)), (201, "1.0.0".into()), "{name}");
        assert_eq!(chosen(&post(&world, "", STRING_OR_NULL)), (201, "1.1.0".into()), "{name}");
        let revision = world.get("/schemas/s").json()["revision"].clone();
        for query in ["", "?allow=major"] {
            let again = post(&world, query, &format!(" {STRING}"));
            assert_eq!(chosen(&again), (200, "1.0.0".into()), "{name}: {query}");
            assert_eq!(again.header("location"), Some("/schemas/s/1.0.0.json"), "{name}");
            assert_eq!(
                chosen(&post(&world, query, STRING_OR_NULL)),
                (200, "1.1.0".into()),
                "{name}: {query}"
            );
        }
        assert_eq!(world.get("/schemas/s").json()["revision"], revision, "{name}: nothing has changed");
        let report = check(&world, "", STRING);
        assert_eq!(
            (&report["version"], &report["verdict"]),
            (&"1.0.0".into(), &"compatible".into()),
            "{name}"
        );
        assert_eq!(report["baselines"], Value::Array(Vec::new()), "{name}");
        // A near miss: content that another subject already has is new in this subject.
        let other = world.send("POST", "/schemas/t", &[], STRING.as_bytes());
        assert_eq!(chosen(&other), (201, "1.0.0".into()), "{name}");
    }
}

#[test]
fn yanked_content_answers_with_its_version_and_its_state() {
    let world = World::start();
    post(&world, "", STRING);
    post(&world, "", STRING_OR_NULL);
    yank(&world, "1.1.0");
    assert_snapshot!(post(&world, "", STRING_OR_NULL), @r#"
    200 application/json
    {
      "subject": "s",
      "version": "1.1.0",
      "digest": "sha256:1a5426ac25ec34f179e2b27409b58e759a9098994842518883f3c7f80db33e48",
      "id": 2,
      "ordinal": 2,
      "url": "/schemas/s/1.1.0.json",
      "state": "yanked",
      "state_reason": "wrong unit"
    }
    "#);
    // A version that is not yanked has priority, even if its number is lower.
    world.given("s@1.0.1", STRING);
    yank(&world, "1.0.1");
    assert_eq!(chosen(&post(&world, "", STRING)), (200, "1.0.0".into()));
    // To use the yanked version again, a client names the version.
    assert_eq!(world.put("s@1.2.0", STRING_OR_NULL).status, 201);
    assert_eq!(chosen(&post(&world, "", STRING_OR_NULL)), (200, "1.2.0".into()));
}

#[test]
fn a_pre_release_is_not_released_by_accident() {
    let world = World::start();
    post(&world, "", STRING);
    world.given("s@1.1.0-rc.1", STRING_OR_NULL);
    assert_eq!(chosen(&post(&world, "", STRING_OR_NULL)), (200, "1.1.0-rc.1".into()));
    assert_eq!(world.put("s@1.1.0", STRING_OR_NULL).status, 201, "named, it is");
    assert_eq!(chosen(&post(&world, "", STRING_OR_NULL)), (200, "1.1.0".into()));
}

#[test]
fn the_newest_line_is_compared_with_yanked_versions_too() {
    for (name, url) in databases() {
        let world = World::on(&url);
        post(&world, "", STRING);
        post(&world, "", STRING_OR_NULL);
        yank(&world, "1.1.0");
        // The new version comes after the yanked version, and must read its events.
        let wider = r#"{"type":"object","properties":{"a":{"type":["string","null","integer"]}}}"#;
        assert_eq!(chosen(&post(&world, "", wider)), (201, "1.2.0".into()), "{name}");
        let refused = post(&world, "", r#"{"type":"object","properties":{"a":{"type":"boolean"}}}"#);
        assert_eq!((refused.status, refused.json()["code"].clone()), (409, "incompatible".into()), "{name}");
    }
}

#[test]
fn requests_that_are_refused() {
    let world = World::start();
    post(&world, "", STRING);
    for (path, code) in [
        ("/schemas/s?allow=minor", "invalid-query"),
        ("/schemas/s?allow=", "invalid-query"),
        ("/schemas/s?allow=major&allow=major", "invalid-query"),
        ("/schemas/s?major=1", "invalid-query"),
        ("/schemas/s/check?allow=minor", "invalid-query"),
    ] {
        let reply = world.send("POST", path, &[], INTEGER.as_bytes());
        assert_eq!((reply.status, reply.json()["code"].as_str()), (400, Some(code)), "{path}: {reply}");
    }
    let reply = world.send("PUT", "/schemas/s/2.0.0.json?allow=major", &[], INTEGER.as_bytes());
    assert_eq!(reply.status, 400, "a version that is named needs no leave: {reply}");
}

#[test]
fn a_document_gets_the_version_that_its_id_names() {
    let named = |number: &str, rest: &str| format!(r#"{{"$id":"{number}.json","type":"object"{rest}}}"#);
    let wider = r#","properties":{"a":{"type":"string"},"b":{"type":"string"}}"#;
    let broken = r#","properties":{"a":{"type":"integer"},"b":{"type":"string"}}"#;
    let (first, minor) = (named("1.0.0", r#","properties":{"b":{"type":"string"}}"#), named("1.3.0", wider));
    for (name, url) in databases() {
        let world = World::on(&url);
        assert_eq!(chosen(&post(&world, "", &first)), (201, "1.0.0".into()), "{name}");
        assert_eq!(check(&world, "", &minor)["version"], "1.3.0", "{name}");
        let created = post(&world, "", &minor);
        assert_eq!(chosen(&created), (201, "1.3.0".into()), "{name}: {created}");
        assert_eq!(chosen(&post(&world, "", &first)), (200, "1.0.0".into()), "{name}");
        let taken = post(&world, "", &named("1.0.0", r#","title":"t""#));
        assert_eq!((taken.status, &taken.json()["code"]), (409, &"version-exists".into()), "{name}");

        // The request asks for a new line, regardless of the version in the document.
        let major = post(&world, "", &named("2.0.0", broken));
        assert_eq!((major.status, &major.json()["code"]), (409, &"incompatible".into()), "{name}");
        let same = post(&world, "", &named("2.0.0", &format!(r#"{wider},"title":"t""#)));
        assert_eq!((same.status, &same.json()["code"]), (422, &"not-a-schema".into()), "{name}");
        assert!(same.json()["help"].as_str().unwrap().contains("`../s/1.3.1.json`"), "{name}: {same}");
        let major = post(&world, "?allow=major", &named("2.0.0", broken));
        assert_eq!(chosen(&major), (201, "2.0.0".into()), "{name}");
    }
}
