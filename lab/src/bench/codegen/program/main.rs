//! Compares generated types with plain serde types and with other candidates. A scratch workspace compiles this
//! program.
//!
//! The first argument is a folder. Each line of the file `types.jsonl` in this folder contains the number that
//! identifies a type, and the events of this type. The program prints one JSON line for each type. All candidates run
//! in turns in one process. A figure is the median of all turns.
//!
//! For a profiler, three more arguments select a type by its number, a candidate, and a number of repetitions. With
//! these arguments, the program only runs this candidate repeatedly.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

/// The measured functions for one event type. Each function returns whether it accepted the event.
pub struct Timed {
    ours: fn(&[u8]) -> bool,
    borrowed: Option<fn(&[u8]) -> bool>,
    check: fn(&[u8]) -> bool,
    plain: fn(&[u8]) -> bool,
    from_value: fn(Value) -> bool,
    is_valid: Option<fn(&Value) -> bool>,
    typified: Option<fn(&[u8]) -> bool>,
}

macro_rules! timed {
    ($ours:ty, $borrowed:expr, $plain:ty, $is_valid:expr, $typified:expr) => {
        Timed {
            ours: |event| black_box(<$ours>::from_slice(event)).is_ok(),
            borrowed: $borrowed,
            check: |event| black_box(<$ours>::check_bytes(event)),
            plain: read::<$plain>,
            from_value: |event| black_box(serde_json::from_value::<$plain>(event)).is_ok(),
            is_valid: $is_valid,
            typified: $typified,
        }
    };
}

/// The approximate time of one batch. A batch is short, because a short batch is rarely interrupted.
const BATCH: Duration = Duration::from_micros(300);

/// The number of turns of each candidate.
const TURNS: usize = 61;

const CANDIDATES: [&str; 7] = ["plain", "owned", "check", "ignored", "library", "typify", "borrowed"];

fn read<T: DeserializeOwned>(event: &[u8]) -> bool {
    black_box(serde_json::from_slice::<T>(event)).is_ok()
}

type Candidate<'a> = Box<dyn Fn(&[u8]) -> bool + 'a>;

fn candidates(timed: &Timed) -> Vec<Option<Candidate<'_>>> {
    let library = timed.is_valid.map(|is_valid| -> Candidate<'_> {
        Box::new(move |event| {
            let value: Value = serde_json::from_slice(event).unwrap();
            is_valid(&value) && (timed.from_value)(value)
        })
    });
    vec![
        Some(Box::new(timed.plain)),
        Some(Box::new(timed.ours)),
        Some(Box::new(timed.check)),
        Some(Box::new(read::<IgnoredAny>)),
        library,
        timed.typified.map(|read| -> Candidate<'_> { Box::new(read) }),
        timed.borrowed.map(|read| -> Candidate<'_> { Box::new(read) }),
    ]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = std::fs::read_to_string(Path::new(&arguments[0]).join("types.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for (row, timed) in rows.zip(TYPES) {
        match arguments.get(1..4) {
            Some([number, candidate, times]) if row["number"].to_string() == *number => {
                let at = CANDIDATES.iter().position(|name| name == candidate).unwrap();
                let candidate = candidates(timed).swap_remove(at).unwrap();
                pass(&candidate, &events(&row, timed).1, times.parse().unwrap());
            }
            Some(_) => {}
            None => println!("{}", measure(&row, timed)),
        }
    }
}

/// Returns the number of events that our type accepts, and those accepted events that plain serde also parses.
fn events(row: &Value, timed: &Timed) -> (usize, Vec<Vec<u8>>) {
    let all = row["events"].as_array().unwrap().iter().map(|event| event.as_str().unwrap().as_bytes().to_vec());
    let accepted: Vec<Vec<u8>> = all.filter(|event| (timed.ours)(event)).collect();
    let count = accepted.len();
    (count, accepted.into_iter().filter(|event| (timed.plain)(event)).collect())
}

fn measure(row: &Value, timed: &Timed) -> Value {
    let (accepted, events) = events(row, timed);
    if events.is_empty() {
        let why = if accepted == 0 { "no event is accepted" } else { "plain serde reads no event" };
        return json!({ "name": row["name"], "skipped": why });
    }
    let candidates = candidates(timed);
    let runs = |at: usize| candidates[at].as_ref().filter(|run| events.iter().all(|event| run(event)));
    let runs: Vec<Option<&Candidate<'_>>> = (0..CANDIDATES.len()).map(runs).collect();
    let mut repeats = 1;
    while pass(runs[0].unwrap(), &events, repeats) < BATCH {
        repeats *= 2;
    }
    let mut times = vec![Vec::new(); runs.len()];
    for turn in 0..TURNS {
        for place in 0..runs.len() {
            // The order of the candidates changes in each turn. Otherwise, a candidate would always run after the same
            // other candidate.
            let at = (place + turn) % runs.len();
            if let Some(run) = runs[at] {
                times[at].push(pass(run, &events, repeats).as_secs_f64());
            }
        }
    }
    let ratio = |of: usize, to: usize| {
        median(times[of].iter().zip(&times[to]).map(|(of, to)| of / to).collect())
    };
    json!({
        "name": row["name"],
        "events": events.len(),
        "bytes": events.iter().map(Vec::len).sum::<usize>() / events.len(),
        "plain_us": median(times[0].clone()).map(|time| time * 1e6 / (repeats * events.len()) as f64),
        "owned": ratio(1, 0),
        "check": ratio(2, 3),
        "library": ratio(4, 0),
        "typify": ratio(5, 0),
        "borrowed": ratio(6, 0),
    })
}

fn median(mut ratios: Vec<f64>) -> Option<f64> {
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied()
}

fn pass(candidate: &Candidate<'_>, events: &[Vec<u8>], repeats: usize) -> Duration {
    let started = Instant::now();
    for _ in 0..repeats {
        for event in events {
            black_box(candidate(black_box(event)));
        }
    }
    started.elapsed()
}
