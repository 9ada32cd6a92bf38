//! Judges events: a line `NUMBER EVENT` in, a line of JSON out. Compiled in a scratch crate.
#![deny(warnings)]
// Without instances nothing is judged.
#![allow(dead_code, unused_variables)]

use std::io::{BufRead, Write};

pub mod events;

use evschema_runtime::{Event, Json};
use evschema_runtime::private::{from_slice, to_vec};

#[derive(Default)]
struct Decision {
    typed: bool,
    library: bool,
    lost: Option<String>,
    why: Option<String>,
}

fn decide<T: Event>(event: &[u8]) -> Decision {
    let value: serde_json::Value = serde_json::from_slice(event).unwrap();
    let library = T::document().check(&value).is_ok();
    match from_slice::<T>(T::document(), event) {
        Ok(typed) => Decision { typed: true, library, lost: lost(&typed, event), why: None },
        Err(error) => Decision { typed: false, library, lost: None, why: Some(error.to_string()) },
    }
}

/// Writes an accepted event back: it must be accepted, and say nothing that was not said.
fn lost<T: Event>(typed: &T, event: &[u8]) -> Option<String> {
    let bytes = match to_vec(T::document(), typed) {
        Ok(bytes) => bytes,
        Err(error) => return Some(format!("written back it is refused: {error}")),
    };
    let before: Json = serde_json::from_slice(event).unwrap();
    let after: Json = serde_json::from_slice(&bytes).unwrap();
    within(&after, &before).then_some(()).map_or(Some("written back it differs".to_owned()), |()| None)
}

fn within(after: &Json, before: &Json) -> bool {
    match (after, before) {
        (Json::Object(after), Json::Object(before)) => {
            after.iter().all(|(name, value)| before.get(name).is_some_and(|old| within(value, old)))
        }
        (Json::Array(after), Json::Array(before)) => {
            after.len() == before.len() && after.iter().zip(before).all(|(new, old)| within(new, old))
        }
        _ => after == before,
    }
}

fn main() {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (number, event) = line.split_once(' ').unwrap();
        let decision = judge(number.parse().unwrap(), event.as_bytes());
        let answer = serde_json::json!({
            "typed": decision.typed,
            "library": decision.library,
            "lost": decision.lost,
            "why": decision.why,
        });
        writeln!(out, "{answer}").unwrap();
    }
}

