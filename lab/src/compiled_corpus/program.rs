//! Judges events: a line `NUMBER EVENT` in, a line of JSON out. Compiled in a scratch workspace.

use std::io::{BufRead, Write};

fn main() {
    harness::keep_panics();
    let types = event_types();
    // Line by line: what was answered stays known when an event takes the process down.
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
