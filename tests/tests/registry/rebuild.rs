//! Compares the feed with the tables. The data of the tables can be computed from the feed, and the feed has one event
//! for each revision in the tables.

use std::collections::BTreeMap;

use evschema_api::{CloudEvent, Patch, State, StateChange, SubjectPatch, WaiverRequest};
use evschema_model::Mode;
use serde_json::{Map, Value, json};

use super::world::{World, databases, subject, version};

/// A generator of pseudo-random numbers. It returns the same numbers in every run, so every run makes the same changes.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

const SUBJECTS: [&str; 4] = ["shop.order", "shop.refund", "fraud.alert", "ledger.entry"];

/// Makes changes of every kind. The registry allows most of these changes.
fn make_changes(world: &World, numbers: &mut Numbers) {
    let client = world.client();
    for step in 0..120 {
        let at = subject(SUBJECTS[numbers.below(4) as usize]);
        let number = version(&format!("1.{}.{}", numbers.below(4), numbers.below(3)));
        match numbers.below(10) {
            0..=4 => {
                let reference =
                    ["", r#","d":{"$ref":"../shop.order/1.0.0.json"}"#][numbers.below(2) as usize];
                let bound = numbers.below(4);
                let schema =
                    format!(r#"{{"title":"{step}","properties":{{"a":{{"maximum":{bound}}}{reference}}}}}"#);
                let path =
                    format!("/schemas/{at}/{number}.json?author=a{}&message=m{step}", numbers.below(3));
                let status = world.send("PUT", &path, &[], schema.as_bytes()).status;
                assert!([200, 201, 409, 422].contains(&status), "{status}");
            }
            5 => {
                let mode = [Mode::None, Mode::BackwardTransitive, Mode::Full][numbers.below(3) as usize];
                let owner = ["team-a", "team-b"][numbers.below(2) as usize].to_owned();
                let patch = SubjectPatch {
                    mode: Patch::Set(mode),
                    owner: Patch::Set(owner),
                    ..SubjectPatch::default()
                };
                // A request for a new policy of an existing subject needs the revision of the subject.
                let revision = client.subject(&at).ok().map(|view| view.revision);
                client.put_subject(&at, &patch, revision).unwrap();
            }
            6 | 7 => {
                let state = State::ALL[numbers.below(3) as usize];
                let never_used = (state == State::Yanked).then(|| numbers.below(2) == 0);
                let change = StateChange { state, reason: format!("r{step}"), never_used };
                // Ignores an error. The registry rejects this change if the version does not exist, or is no longer
                // compatible.
                let _ = client.set_state(&at, &number, &change);
            }
            8 => {
                let fingerprint = format!("{:016x}", numbers.below(3));
                let waiver = WaiverRequest { reason: format!("w{step}"), until: None };
                let _ = client.put_waiver(&at, &fingerprint, &waiver);
            }
            _ => {
                let path = format!("/schemas/{at}/waivers/{:016x}", numbers.below(3));
                let _ = world.send("DELETE", &path, &[], b"");
            }
        }
    }
}

/// Returns the data that the tables have for each subject, without the data that the feed does not contain.
fn from_tables(world: &World) -> BTreeMap<String, Value> {
    let client = world.client();
    let page = client.subjects(None, None, None).unwrap();
    let subjects = page.subjects.into_iter().map(|summary| {
        let view = client.subject(&summary.subject).unwrap();
        let versions: Map<String, Value> = view
            .versions
            .iter()
            .map(|known| {
                let found = client.version(&view.subject, &known.version).unwrap();
                let version = json!({
                    "digest": found.digest, "schema_id": found.id, "ordinal": found.ordinal,
                    "author": found.author, "message": found.message, "state": found.state,
                    "references": found.references,
                    // The feed also contains the reason for a reactivation.
                    "reason": found.state_reason, "never_used": found.never_used,
                });
                (found.version.to_string(), version)
            })
            .collect();
        let waivers: Map<String, Value> = client
            .waivers(&view.subject)
            .unwrap()
            .waivers
            .into_iter()
            .map(|waiver| (waiver.fingerprint, json!([waiver.reason, waiver.until])))
            .collect();
        let told = json!({
            "mode": view.mode, "content_model": view.content_model, "owner": view.owner,
            "description": view.description, "revision": view.revision, "versions": versions,
            "waivers": waivers,
        });
        (view.subject.to_string(), told)
    });
    subjects.collect()
}

/// Returns the data that the tables must have after these events.
fn from_feed(events: &[CloudEvent]) -> BTreeMap<String, Value> {
    let mut subjects: BTreeMap<String, Value> = BTreeMap::new();
    for event in events {
        let data = &event.data;
        let told = subjects
            .entry(event.subject.clone())
            .or_insert_with(|| json!({"revision": 0, "versions": {}, "waivers": {}}));
        let expected = told["revision"].as_u64().unwrap() + 1;
        assert_eq!(data["revision"].as_u64(), Some(expected), "one event for each revision: {data}");
        told["revision"] = data["revision"].clone();
        let number = data["version"].as_str().unwrap_or_default();
        match event.kind.as_str() {
            "evschema.policy.loosened" | "evschema.subject.changed" => {
                for name in ["mode", "content_model", "owner", "description"] {
                    told[name] = data[name].clone();
                }
            }
            "evschema.version.registered" => {
                told["versions"][number] = json!({
                    "digest": data["digest"], "schema_id": data["schema_id"], "ordinal": data["ordinal"],
                    "author": data["author"], "message": data["message"], "state": "active",
                    "references": data["references"], "reason": null, "never_used": false,
                });
            }
            "evschema.version.deprecated" | "evschema.version.yanked" | "evschema.version.restored" => {
                let state = event.kind.rsplit('.').next().unwrap().replace("restored", "active");
                told["versions"][number]["state"] = state.into();
                told["versions"][number]["reason"] = data["reason"].clone();
                told["versions"][number]["never_used"] = (data["never_used"] == true).into();
            }
            "evschema.waiver.granted" => {
                let fingerprint = data["fingerprint"].as_str().unwrap();
                told["waivers"][fingerprint] = json!([data["reason"], data["until"]]);
            }
            "evschema.waiver.withdrawn" => {
                let waivers = told["waivers"].as_object_mut().unwrap();
                assert!(waivers.remove(data["fingerprint"].as_str().unwrap()).is_some());
            }
            other => panic!("{other}"),
        }
    }
    subjects
}

#[test]
fn the_tables_match_the_feed() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let mut numbers = Numbers(7);
        let mut seen = Vec::new();
        // Compares several times during the changes, not only at the end.
        for _ in 0..3 {
            make_changes(&world, &mut numbers);
            loop {
                let page = world.client().feed(seen.len() as u64, None).unwrap();
                if page.events.is_empty() {
                    break;
                }
                seen.extend(page.events);
            }
            assert_eq!(from_feed(&seen), from_tables(&world), "{name}");
        }
        let kinds: std::collections::BTreeSet<_> = seen.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds.len(), 8, "{name}: changes of every kind were made: {kinds:?}");
        // Compares in the other direction too: the feed has one event for each revision of each subject, and no other
        // event.
        let revisions: u64 =
            from_tables(&world).values().map(|told| told["revision"].as_u64().unwrap()).sum();
        assert_eq!(revisions, seen.len() as u64, "{name}");
    }
}
