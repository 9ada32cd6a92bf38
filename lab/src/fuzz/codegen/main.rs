//! Compares generated types with the validator, on mutated events. A scratch workspace compiles this program.
//!
//! The only argument is a folder with these files:
//!
//! - `types.jsonl`: the subject and version of each type
//! - `documents.jsonl`: all schemas
//! - `seeds.jsonl`: events, each with the number of its type
//! - `settings.json`
//!
//! The program prints a JSON line for each wrong event, in its smallest form, and a last line with the figures.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use evschema_model::{
    Catalog, Coordinates, Dialect, Dialects, Formats, Schema, Subject, Validator, Version, parse_event,
};
use fastrand::Rng;
use harness::serde_json::{self, Value, json};
use harness::{Decision, EventType};

mod mangle;

use mangle::{Hints, Tree, mangle};

/// The maximum number of printed events, for one type. Further events rarely show anything new.
const SHOWN_MAX: u64 = 5;

/// The maximum number of attempts to make one wrong event smaller.
const SHRINKS_MAX: usize = 400;

struct Target {
    event_type: &'static EventType,
    name: String,
    validator: Validator,
    hints: Hints,
    seeds: Vec<Tree>,
    shown: AtomicU64,
}

#[derive(Default)]
struct Figures {
    tried: AtomicU64,
    accepted: AtomicU64,
    not_json: AtomicU64,
    unlike: AtomicU64,
    /// Events with a number that the validator rounds.
    rounded: AtomicU64,
    check_unlike: AtomicU64,
    panics: AtomicU64,
    wrong: AtomicU64,
}

fn lines(folder: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn coordinates(row: &Value) -> Coordinates {
    Coordinates {
        subject: Subject::parse(row["subject"].as_str().unwrap()).unwrap(),
        version: Version::parse(row["version"].as_str().unwrap()).unwrap(),
    }
}

fn targets(folder: &Path, settings: &Value) -> Vec<Target> {
    let mut dialects = Dialects::default();
    for one in settings["dialects"].as_array().unwrap() {
        let (uri, draft) = one.as_str().unwrap().rsplit_once('=').unwrap();
        dialects.map(uri, Dialect::parse(draft).unwrap());
    }
    let formats = if settings["formats"] == "assert" { Formats::Assert } else { Formats::Annotate };
    let mut catalog = Catalog::default();
    for row in lines(folder, "documents.jsonl") {
        let text = row["schema"].to_string();
        catalog.replace(Arc::new(Schema::read(coordinates(&row), text.as_bytes(), &dialects).unwrap()));
    }
    let mut seeds: HashMap<usize, Vec<Tree>> = HashMap::new();
    for row in lines(folder, "seeds.jsonl") {
        let number = row["number"].as_u64().unwrap() as usize;
        seeds.entry(number).or_default().push(Tree::of(&row["event"]));
    }
    let mut found = Vec::new();
    for (number, (row, event_type)) in lines(folder, "types.jsonl").iter().zip(event_types()).enumerate() {
        let at = coordinates(row);
        let schema = catalog.get(&at.subject, &at.version).unwrap();
        let resolved = catalog.resolve(schema).unwrap();
        let mut hints = Hints::default();
        hints.add(schema.value());
        resolved.documents().iter().for_each(|document| hints.add(document.value()));
        let Some(seeds) = seeds.remove(&number) else { continue };
        found.push(Target {
            event_type,
            name: at.to_string(),
            validator: resolved.validator(formats).unwrap(),
            hints,
            seeds,
            shown: AtomicU64::new(0),
        });
    }
    found
}

fn main() {
    harness::keep_panics();
    let folder = std::env::args().nth(1).unwrap();
    let folder = Path::new(&folder);
    let settings: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("settings.json")).unwrap()).unwrap();
    let targets = targets(folder, &settings);
    let (instances, threads) =
        (settings["instances"].as_u64().unwrap(), settings["threads"].as_u64().unwrap());
    let seed = settings["seed"].as_u64().unwrap();
    let figures = Figures::default();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (targets, figures) = (&targets, &figures);
            let work = move || run(targets, figures, instances / threads, seed * 1000 + thread);
            // The types parse nested values by recursion.
            std::thread::Builder::new().stack_size(8 << 20).spawn_scoped(scope, work).unwrap();
        }
    });
    let count = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
    println!(
        "{}",
        json!({
            "figures": true, "types": targets.len(), "seeds": targets.iter().map(|s| s.seeds.len()).sum::<usize>(),
            "tried": count(&figures.tried), "accepted": count(&figures.accepted),
            "not_json": count(&figures.not_json), "unlike": count(&figures.unlike),
            "check_unlike": count(&figures.check_unlike), "rounded": count(&figures.rounded), "panics": count(&figures.panics),
            "wrong": count(&figures.wrong),
        })
    );
}

fn run(targets: &[Target], figures: &Figures, instances: u64, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let add = |figure: &AtomicU64, is: bool| figure.fetch_add(u64::from(is), Ordering::Relaxed);
    for number in 0..instances {
        let target = &targets[rng.usize(..targets.len())];
        let mut event = target.seeds[rng.usize(..target.seeds.len())].clone();
        for _ in 0..[1, 1, 1, 2, 2, 3, 5, 0][rng.usize(..8)] {
            mangle(&mut event, &target.hints, &mut rng);
        }
        let mut text = String::new();
        let spelt = rng.u8(..4) == 0;
        event.write(&mut text, spelt.then_some(&mut rng));
        let mut bytes = text.into_bytes();
        let broken = rng.u8(..200) == 0;
        if broken {
            corrupt(&mut bytes, &mut rng);
        }
        // To write the event and to call `validate` costs more than the verdict. So the program does both only for one
        // event in eight.
        let thorough = number % 8 == 0;
        let outcome = Outcome::of(target, &bytes, thorough);
        add(&figures.tried, true);
        add(&figures.accepted, outcome.library == Some(true));
        add(&figures.not_json, outcome.library.is_none());
        let rounded = outcome.is_unlike()
            && outcome.typed == outcome.checked
            && !outcome.panicked
            && outcome.wrong.is_none()
            && event.is_beyond_validator();
        add(&figures.rounded, rounded);
        if rounded {
            continue;
        }
        add(&figures.unlike, outcome.typed != outcome.expected());
        add(&figures.check_unlike, outcome.checked != outcome.expected());
        add(&figures.panics, outcome.panicked);
        add(&figures.wrong, outcome.wrong.is_some());
        if outcome.is_bad() && target.shown.fetch_add(1, Ordering::Relaxed) < SHOWN_MAX {
            if !broken {
                bytes = shrink(target, event, thorough, bytes);
            }
            let outcome = Outcome::of(target, &bytes, thorough);
            println!("{}", outcome.shown(&target.name, &bytes));
        }
    }
}

/// Corrupts the text: truncates it, changes a byte, or appends a byte.
fn corrupt(bytes: &mut Vec<u8>, rng: &mut Rng) {
    match rng.u8(..4) {
        0 => bytes.truncate(rng.usize(..=bytes.len())),
        1 => bytes.extend_from_slice([&b" "[..], b"x", b"{}", b"\0", b","][rng.usize(..5)]),
        _ if !bytes.is_empty() => {
            let at = rng.usize(..bytes.len());
            bytes[at] = rng.u8(..);
        }
        _ => {}
    }
}

/// The answers of the type, the check and the validator for one event.
struct Outcome {
    typed: bool,
    checked: bool,
    /// The verdict of the validator; `None` if the text is not JSON, or repeats a name.
    library: Option<bool>,
    panicked: bool,
    wrong: Option<String>,
    why: Option<String>,
}

impl Outcome {
    fn of(target: &Target, bytes: &[u8], thorough: bool) -> Self {
        let library = parse_event(bytes).ok().map(|event| target.validator.is_valid(&event));
        let decision = if thorough && library.is_some() {
            target.event_type.decide(bytes)
        } else {
            let caught = std::panic::catch_unwind(|| {
                let checked = (target.event_type.check)(bytes);
                (checked, (target.event_type.accepts)(bytes))
            });
            match caught {
                Ok((checked, typed)) => Decision { typed, checked, ..Decision::default() },
                Err(_) => target.event_type.decide(bytes),
            }
        };
        Self {
            typed: decision.typed,
            checked: decision.checked,
            library,
            panicked: decision.panicked,
            wrong: decision.wrong,
            why: decision.why,
        }
    }

    fn expected(&self) -> bool {
        self.library == Some(true)
    }

    fn is_unlike(&self) -> bool {
        self.typed != self.expected() || self.checked != self.expected()
    }

    fn is_bad(&self) -> bool {
        self.is_unlike() || self.panicked || self.wrong.is_some()
    }

    /// Returns whether two outcomes are equal.
    fn is_like(&self, other: &Self) -> bool {
        (self.typed, self.checked, self.library, self.panicked, self.wrong.is_some())
            == (other.typed, other.checked, other.library, other.panicked, other.wrong.is_some())
    }

    fn shown(&self, name: &str, bytes: &[u8]) -> Value {
        let event: String = String::from_utf8_lossy(bytes).chars().take(2_000).collect();
        json!({
            "type": name, "typed": self.typed, "checked": self.checked, "library": self.library,
            "panicked": self.panicked, "wrong": self.wrong, "why": self.why, "event": event,
        })
    }
}

/// Removes the parts of a wrong event that do not matter for the outcome.
fn shrink(target: &Target, mut event: Tree, thorough: bool, bytes: Vec<u8>) -> Vec<u8> {
    let first = Outcome::of(target, &bytes, thorough);
    let text = |tree: &Tree| {
        let mut text = String::new();
        tree.write(&mut text, None);
        text.into_bytes()
    };
    if !Outcome::of(target, &text(&event), thorough).is_like(&first) {
        // The outcome depends on the spelling of the text, so the function cannot make the event smaller.
        return bytes;
    }
    let mut tries = 0;
    let mut at = 0;
    while at < event.size() && tries < SHRINKS_MAX {
        let mut smaller = false;
        let parts = match event.at(at) {
            Some(Tree::List(items)) => items.len(),
            Some(Tree::Object(members)) => members.len(),
            _ => 0,
        };
        for part in (0..parts).rev() {
            let mut without = event.clone();
            match without.at(at) {
                Some(Tree::List(items)) => drop(items.remove(part)),
                Some(Tree::Object(members)) => drop(members.remove(part)),
                _ => {}
            }
            tries += 1;
            if Outcome::of(target, &text(&without), thorough).is_like(&first) {
                event = without;
                smaller = true;
            }
        }
        if !smaller {
            at += 1;
        }
    }
    text(&event)
}
