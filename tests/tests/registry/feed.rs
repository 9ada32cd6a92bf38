//! Tests the feed: it contains every change in order, as events that our own schemas accept.

use std::path::Path;

use evschema_api::{Patch, State, StateChange, SubjectPatch};
use evschema_codegen::read_tree;
use evschema_model::{Dialects, Formats, Mode, Subject, Version};
use insta::assert_snapshot;

use super::world::{World, databases, subject, version};

const ANY: &str = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;

/// Makes one change of every kind.
fn everything_happens(world: &World) {
    let client = world.client();
    let order = subject("shop.order");
    let path = "/schemas/shop.order/1.0.0.json?author=ci-shop&message=First";
    assert_eq!(world.send("PUT", path, &[], ANY.as_bytes()).status, 201);
    let patch = SubjectPatch { owner: Patch::Set("team-shop".to_owned()), ..SubjectPatch::default() };
    client.put_subject(&order, &patch, None).unwrap();
    let patch = SubjectPatch { mode: Patch::Set(Mode::None), ..SubjectPatch::default() };
    let revision = client.subject(&order).unwrap().revision;
    client.put_subject(&order, &patch, Some(revision)).unwrap();
    world.given("shop.refund@1.0.0", r#"{"$ref":"../shop.order/1.0.0.json"}"#);
    for state in [State::Deprecated, State::Yanked, State::Active] {
        let change = StateChange { state, reason: format!("now {state}"), never_used: None };
        client.set_state(&order, &version("1.0.0"), &change).unwrap();
    }
}

#[test]
fn every_change_is_an_event() {
    let world = World::start();
    everything_happens(&world);
    assert_snapshot!(world.get("/feed?limit=2"), @r#"
    200 application/json
    {
      "events": [
        {
          "specversion": "1.0",
          "id": "1",
          "source": "/",
          "type": "evschema.subject.changed",
          "subject": "shop.order",
          "time": "2026-01-02T03:04:05Z",
          "datacontenttype": "application/json",
          "dataschema": "/schemas/evschema.subject.changed/1.0.0.json",
          "authtype": "unauthenticated",
          "data": {
            "subject": "shop.order",
            "revision": 1,
            "at": "2026-01-02T03:04:05Z",
            "author": "ci-shop",
            "created": true,
            "mode": "backward_transitive",
            "content_model": "lenient",
            "owner": null,
            "description": null
          }
        },
        {
          "specversion": "1.0",
          "id": "2",
          "source": "/",
          "type": "evschema.version.registered",
          "subject": "shop.order",
          "time": "2026-01-02T03:04:05Z",
          "datacontenttype": "application/json",
          "dataschema": "/schemas/evschema.version.registered/1.0.0.json",
          "authtype": "unauthenticated",
          "data": {
            "subject": "shop.order",
            "version": "1.0.0",
            "digest": "sha256:08c8cc0e5745b1461ff0e3254761829dcd326eb328e9f4375a1ad67be880e009",
            "schema_id": 1,
            "ordinal": 1,
            "revision": 2,
            "at": "2026-01-02T03:04:05Z",
            "author": "ci-shop",
            "message": "First",
            "references": []
          }
        }
      ],
      "next": 2
    }
    "#);
}

#[test]
fn the_feed_goes_on_where_a_reader_stopped() {
    for (name, url) in databases() {
        let world = World::on(&url);
        everything_happens(&world);
        let client = world.client();
        let kinds: Vec<String> = client.feed(0, None).unwrap().events.into_iter().map(|e| e.kind).collect();
        assert_eq!(
            kinds,
            [
                "evschema.subject.changed",
                "evschema.version.registered",
                "evschema.subject.changed",
                "evschema.policy.loosened",
                "evschema.subject.changed",
                "evschema.version.registered",
                "evschema.version.deprecated",
                "evschema.version.yanked",
                "evschema.version.restored",
            ],
            "{name}"
        );
        let mut after = 0;
        let mut read = Vec::new();
        loop {
            let page = client.feed(after, Some(3)).unwrap();
            if page.events.is_empty() {
                assert_eq!(page.next, after);
                break;
            }
            read.extend(page.events.into_iter().map(|event| event.id.parse::<u64>().unwrap()));
            after = page.next;
        }
        assert_eq!(read, (1..=9).collect::<Vec<_>>(), "{name}: without gap or repeat");
    }
}

#[test]
fn the_schemas_in_this_repository_accept_every_event() {
    let root = evschema_tests::repository().join("schemas");
    let tree = read_tree(&[Path::new(&root)], &Dialects::default()).unwrap();
    for (name, url) in databases() {
        let world = World::on(&url);
        everything_happens(&world);
        let waiver = "/schemas/shop.order/waivers/0123456789abcdef";
        assert_eq!(world.send("PUT", waiver, &[], br#"{"reason":"no consumer"}"#).status, 201, "{name}");
        assert_eq!(world.send("DELETE", waiver, &[], b"").status, 200, "{name}");
        for event in world.client().feed(0, None).unwrap().events {
            let (path, file) = event.dataschema.rsplit_once('/').unwrap();
            let kind = Subject::parse(path.rsplit('/').next().unwrap()).unwrap();
            let number = Version::parse(file.strip_suffix(".json").unwrap()).unwrap();
            let schema = tree.catalog.get(&kind, &number).unwrap_or_else(|| panic!("{}", event.dataschema));
            let validator = tree.catalog.resolve(schema).unwrap().validator(Formats::Assert).unwrap();
            assert_eq!(world.get(&event.dataschema).body, schema.document().text(), "{name}: it is there");
            let violations = validator.violations(&event.data);
            assert!(violations.is_empty(), "{name}: {}: {violations:?}", event.data);
        }
    }
}
