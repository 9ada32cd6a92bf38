//! Times generated types against plain serde. Compiled in a scratch workspace.
//!
//! Reads `types.jsonl` from the folder that is its only argument: a type's number, its events, and
//! its schema with what that refers to. Prints one line of JSON for each type. Contenders take
//! turns in one process, and a time is the least of many short batches: on a shared machine
//! everything else is somebody else's time.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// The functions that are timed for one type; each tells whether it accepted the event.
pub struct Timed {
    ours: fn(&[u8]) -> bool,
    check: fn(&[u8]) -> bool,
    plain: fn(&[u8]) -> bool,
    from_value: fn(Value) -> bool,
}

macro_rules! timed {
    ($ours:ty, $plain:ty) => {
        Timed {
            ours: |event| black_box(<$ours>::from_slice(event)).is_ok(),
            check: |event| black_box(<$ours>::check_bytes(event)),
            plain: |event| black_box(serde_json::from_slice::<$plain>(event)).is_ok(),
            from_value: |event| black_box(serde_json::from_value::<$plain>(event)).is_ok(),
        }
    };
}

/// How long a batch of one contender takes, about: too short to be interrupted often.
const BATCH: Duration = Duration::from_micros(400);

/// Turns that every contender gets.
const TURNS: usize = 60;

fn ignored(event: &[u8]) -> bool {
    black_box(serde_json::from_slice::<IgnoredAny>(event)).is_ok()
}

fn validator(row: &Value) -> jsonschema::Validator {
    let draft = match row["draft"].as_str().unwrap() {
        "draft-04" => jsonschema::Draft::Draft4,
        "draft-06" => jsonschema::Draft::Draft6,
        "draft-07" => jsonschema::Draft::Draft7,
        "2019-09" => jsonschema::Draft::Draft201909,
        _ => jsonschema::Draft::Draft202012,
    };
    let mut resources = vec![(row["base"].as_str().unwrap(), draft.create_resource(row["schema"].clone()))];
    for other in row["resources"].as_array().unwrap() {
        resources.push((other[0].as_str().unwrap(), draft.create_resource(other[1].clone())));
    }
    let registry = jsonschema::Registry::new().extend(resources).unwrap().prepare().unwrap();
    jsonschema::options()
        .with_draft(draft)
        .with_base_uri(row["base"].as_str().unwrap())
        .with_registry(&registry)
        .should_validate_formats(row["formats"] == true)
        .offline()
        .build(&row["schema"])
        .unwrap()
}

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(Path::new(&folder).join("types.jsonl")).unwrap();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        println!("{}", measure(&row, &TYPES[row["number"].as_u64().unwrap() as usize]));
    }
}

fn measure(row: &Value, timed: &Timed) -> Value {
    let all: Vec<Vec<u8>> =
        row["events"].as_array().unwrap().iter().map(|event| event.as_str().unwrap().into()).collect();
    let accepted: Vec<&Vec<u8>> = all.iter().filter(|event| (timed.ours)(event)).collect();
    let events: Vec<&Vec<u8>> = accepted.iter().copied().filter(|event| (timed.plain)(event)).collect();
    if events.is_empty() {
        let why = if accepted.is_empty() { "no event is accepted" } else { "plain serde reads no event" };
        return json!({ "name": row["name"], "skipped": why });
    }
    let validator = validator(row);
    let library = |event: &[u8]| {
        let value: Value = serde_json::from_slice(event).unwrap();
        validator.is_valid(&value) && (timed.from_value)(value)
    };
    let contenders: [&dyn Fn(&[u8]) -> bool; 5] =
        [&timed.plain, &timed.ours, &timed.check, &ignored, &library];
    let mut repeats = 1;
    while pass(&timed.plain, &events, repeats) < BATCH {
        repeats *= 2;
    }
    let mut least = [Duration::MAX; 5];
    for turn in 0..TURNS {
        for place in 0..contenders.len() {
            // Who is first changes, so that nobody always runs after the same one.
            let at = (place + turn) % contenders.len();
            least[at] = least[at].min(pass(contenders[at], &events, repeats));
        }
    }
    let per_event = |time: Duration| time.as_nanos() as f64 / (repeats * events.len()) as f64;
    let [plain, ours, check, ignored, library] = least.map(per_event);
    json!({
        "name": row["name"],
        "events": events.len(),
        "bytes": events.iter().map(|event| event.len()).sum::<usize>() / events.len(),
        "plain_ns": plain, "ours_ns": ours, "check_ns": check, "ignored_ns": ignored, "library_ns": library,
    })
}

fn pass(contender: &dyn Fn(&[u8]) -> bool, events: &[&Vec<u8>], repeats: usize) -> Duration {
    let started = Instant::now();
    for _ in 0..repeats {
        for event in events {
            black_box(contender(black_box(event)));
        }
    }
    started.elapsed()
}
