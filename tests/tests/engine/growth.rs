//! Tests which baselines can replace earlier baselines. Compares the answers with the oracle, which evaluates single
//! events.

use evschema_compat::sends_no_more;
use evschema_model::{ContentModel, Dialects, Formats, Resolved};
use evschema_tests::{Answer, Oracle, read_alone};
use fastrand::Rng;
use serde_json::{Map, Value, json};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Maximum depth of schemas and events.
const DEPTH_MAX: usize = 2;

fn name(rng: &mut Rng) -> String {
    NAMES[rng.usize(..NAMES.len())].to_owned()
}

fn schema(rng: &mut Rng, depth: usize) -> Value {
    match rng.u8(..if depth < DEPTH_MAX { 6 } else { 3 }) {
        0 => json!({"enum": ["u", "v"]}),
        1 => json!({"type": "integer"}),
        2 => json!({}),
        3 => json!({"type": "array", "items": schema(rng, depth + 1)}),
        _ => {
            let properties: Map<String, Value> =
                (0..rng.usize(..3)).map(|_| (name(rng), schema(rng, depth + 1))).collect();
            let mut object = json!({"properties": properties});
            if rng.bool() {
                object["type"] = json!("object");
            }
            if rng.u8(..3) == 0 {
                object["required"] = json!([name(rng)]);
            }
            if rng.u8(..8) == 0 {
                object["minProperties"] = json!(2);
            }
            object
        }
    }
}

/// Changes one place of a schema, usually in the way in which a new version changes it.
fn change(schema_before: &Value, rng: &mut Rng, depth: usize) -> Value {
    let mut changed = schema_before.clone();
    let Some(members) = changed.as_object_mut() else { return changed };
    if let Some(list) = members.get_mut("enum").and_then(Value::as_array_mut) {
        if rng.bool() {
            list.push(json!("w"))
        } else {
            drop(list.remove(0))
        }
        return changed;
    }
    if let Some(items) = members.get_mut("items") {
        *items = change(items, rng, depth + 1);
        return changed;
    }
    let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) else {
        return schema(rng, depth);
    };
    let known: Vec<String> = properties.keys().cloned().collect();
    match rng.u8(..8) {
        0 => {
            members.insert("required".to_owned(), json!([name(rng)]));
        }
        1 => drop(properties.shift_remove(&name(rng))),
        2..=4 if !known.is_empty() => {
            let chosen = &known[rng.usize(..known.len())];
            let part = change(&properties[chosen], rng, depth + 1);
            properties.insert(chosen.clone(), part);
        }
        _ => {
            properties.entry(name(rng)).or_insert(schema(rng, depth + 1));
        }
    }
    changed
}

fn event(rng: &mut Rng, depth: usize) -> Value {
    match rng.u8(..if depth < DEPTH_MAX { 7 } else { 4 }) {
        0 => json!("u"),
        1 => json!("w"),
        2 => json!(1),
        3 => Value::Null,
        4 => Value::Array((0..rng.usize(..2)).map(|_| event(rng, depth + 1)).collect()),
        _ => Value::Object((0..rng.usize(..3)).map(|_| (name(rng), event(rng, depth + 1))).collect()),
    }
}

fn read(schema: &Value) -> Resolved {
    read_alone("grows", &schema.to_string(), &Dialects::default()).unwrap()
}

#[test]
fn a_later_version_that_stands_for_an_earlier_one_sends_all_its_events() {
    let (mut related, mut apart, mut sent) = (0, 0, 0);
    for seed in 0..3_000 {
        let mut rng = Rng::with_seed(seed);
        let old =
            json!({"type": "object", "properties": {"a": schema(&mut rng, 0), "b": schema(&mut rng, 0)}});
        let new = change(&old, &mut rng, 0);
        let (before, after) = (read(&old), read(&new));
        for (model, is_closed) in [(ContentModel::Lenient, true), (ContentModel::Strict, false)] {
            if !sends_no_more(model, &before, &after) {
                apart += 1;
                continue;
            }
            related += usize::from(is_closed && old != new);
            let writers = [&before, &after].map(|side| Oracle::new(side, Formats::Assert).unwrap());
            for _ in 0..60 {
                let event = event(&mut rng, 0);
                let [earlier, later] = writers.each_ref().map(|side| {
                    if is_closed { side.sends(&event) } else { side.reads(&event, ContentModel::Strict) }
                });
                if earlier == Answer::Yes {
                    sent += 1;
                    assert_eq!(later, Answer::Yes, "{model}, seed {seed}: {old} to {new}: {event}");
                }
            }
        }
    }
    assert!(500 < related && 500 < apart && 2_000 < sent, "{related} {apart} {sent}");
}
