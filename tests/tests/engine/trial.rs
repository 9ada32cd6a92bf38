//! Tests the same as `cargo lab fuzz compat`, in a short run.

use evschema_compat::Containment;
use evschema_model::{Dialects, Formats};
use evschema_tests::{Fault, is_witness, mutate, read_alone, repository, try_pair};
use fastrand::Rng;
use serde_json::{Value, json};

/// Number of pairs. All pairs together take some seconds.
const PAIRS: u64 = 1_500;

#[test]
fn the_engine_keeps_its_promises_on_mutated_schemas() {
    let lines = std::fs::read_to_string(repository().join("tests/fixtures/schemas-to-mutate.jsonl")).unwrap();
    let documents: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let dialects = Dialects::default();
    let mut answers = [0, 0, 0];
    for turn in 0..PAIRS {
        let mut rng = Rng::with_seed(turn);
        let old = rng.choice(&documents).unwrap();
        let new = mutate(&mutate(old, &documents, &mut rng), &documents, &mut rng);
        let (Ok(writer), Ok(reader)) = (
            read_alone("writer", &old.to_string(), &dialects),
            read_alone("reader", &new.to_string(), &dialects),
        ) else {
            continue;
        };
        let trial = try_pair(&writer, &reader, Formats::Assert, 30, turn);
        assert_eq!(trial.fault, None, "turn {turn}: {old} in {new}");
        match trial.answer.unwrap() {
            Containment::Contained => answers[0] += 1,
            Containment::NotContained { .. } => answers[1] += 1,
            Containment::Undecided { .. } => answers[2] += 1,
        }
    }
    // If nearly all answers were equal, the trials would test little.
    assert!(50 < answers[0] && 50 < answers[1], "{answers:?}");
}

#[test]
fn a_fault_is_seen() {
    let read = |schema: Value| read_alone("seen", &schema.to_string(), &Dialects::default()).unwrap();
    let (writer, reader) = (read(json!({"type": "integer"})), read(json!({"maximum": 10})));
    assert!(is_witness(&writer, &reader, Formats::Assert, &json!(11)));
    for no_witness in [json!(10), json!("x")] {
        assert!(!is_witness(&writer, &reader, Formats::Assert, &no_witness));
    }
    assert_ne!(Fault::Contained(json!(11)), Fault::Witness(json!(11)));
}
