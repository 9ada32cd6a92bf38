//! Code first: from a type to a schema, and from the schema to a type that takes the same events.

#[allow(missing_docs, unreachable_pub, dead_code, reason = "generated")]
mod events {
    include!(concat!(env!("OUT_DIR"), "/code_first/events.rs"));
}

use events::workshop_task_done::v1::TaskDone as Generated;
use evschema_model::{Coordinates, Subject, Version};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A task was finished.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct TaskDone {
    /// The id of the task.
    id: String,
    minutes: u16,
    outcome: Outcome,
    #[serde(default)]
    tags: Vec<String>,
    note: Option<String>,
    #[schemars(range(min = 1))]
    pieces: Option<i32>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Outcome {
    Built { weight: u32 },
    Scrapped { reason: Reason },
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Broken,
    Lost,
}

const KEPT: &str = include_str!("../code_first/schemas/workshop.task.done/1.0.0.json");

#[test]
fn the_kept_schema_is_what_the_type_derives() {
    let at = Coordinates {
        subject: Subject::parse("workshop.task.done").unwrap(),
        version: Version::new(1, 0, 0),
    };
    let derived = evschema_codegen::schema_of::<TaskDone>(&at).unwrap();
    if std::env::var_os("EVSCHEMA_UPDATE").is_some() {
        let file = "code_first/schemas/workshop.task.done/1.0.0.json";
        std::fs::write(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file), &derived).unwrap();
        return;
    }
    assert_eq!(derived, KEPT, "EVSCHEMA_UPDATE=1 writes it; a type that changed needs a new version");
}

#[test]
fn both_types_take_the_same_events() {
    let built = r#"{"id": "a", "minutes": 65535, "outcome": {"kind": "built", "weight": 15}}"#;
    let scrapped = r#"{"id": "a", "minutes": 0, "outcome": {"kind": "scrapped", "reason": "lost"}, "tags": ["x"],
        "note": null, "pieces": 1}"#;
    let mut taken = 0;
    for (event, expected) in [
        (built.to_owned(), true),
        (scrapped.to_owned(), true),
        (built.replace("65535", "65536"), false),
        (built.replace("65535", "-1"), false),
        (built.replace("\"a\"", "7"), false),
        (built.replace("\"id\"", "\"name\""), false),
        (built.replace("\"built\"", "\"bought\""), false),
        (scrapped.replace("\"lost\"", "\"stolen\""), false),
        (scrapped.replace("[\"x\"]", "null"), false),
        (scrapped.replace("\"pieces\": 1", "\"pieces\": 2147483648"), false),
    ] {
        assert_eq!(serde_json::from_str::<TaskDone>(&event).is_ok(), expected, "{event}");
        assert_eq!(Generated::from_slice(event.as_bytes()).is_ok(), expected, "{event}");
        assert_eq!(Generated::check_bytes(event.as_bytes()), expected, "{event}");
        taken += usize::from(expected);
    }
    assert_eq!(taken, 2);
}

#[test]
fn what_one_type_writes_the_other_reads() {
    let done = TaskDone {
        id: "a".to_owned(),
        minutes: 5,
        outcome: Outcome::Scrapped { reason: Reason::Broken },
        tags: vec!["x".to_owned()],
        note: None,
        pieces: Some(3),
    };
    let sent = serde_json::to_vec(&done).unwrap();
    let read = Generated::from_slice(&sent).unwrap();
    assert_eq!((read.id.as_str(), read.minutes), ("a", 5));
    let back: TaskDone = serde_json::from_slice(&read.to_vec().unwrap()).unwrap();
    assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&done).unwrap());
}
