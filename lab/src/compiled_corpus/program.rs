//! Reads lines of the form `NUMBER EVENT`, and prints a JSON line for each event. A scratch workspace compiles this
//! program.

use std::io::{BufRead, Write};

fn main() {
    harness::keep_panics();
    let types = event_types();
    // Prints each answer at once. Otherwise, the answer would be lost if a later event ended the process.
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (number, event) = line.split_once(' ').unwrap();
        let number: usize = number.parse().unwrap();
        let decision = types[number].decide(event.as_bytes());
        let answer = serde_json::json!({
            "typed": decision.typed,
            "checked": decision.checked,
            "panicked": decision.panicked,
            "wrong": decision.wrong,
            "dropped": decision.dropped,
            "why": decision.why,
        });
        writeln!(out, "{answer}").unwrap();
    }
}
