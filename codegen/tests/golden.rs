//! Schemas beside the code that is generated from them, compiled, and judging events.
//!
//! A case is a folder of `golden/`: `x.json`, `x.rs` (rewritten by `cargo xtask regenerate`), and
//! `events.jsonl` with events and whether they are accepted.

#![deny(warnings)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use evschema_codegen::{Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};
use evschema_runtime::{Error, Json};
use serde_json::Value;

/// Compiles the cases, and lists how each reads an event and writes it back.
macro_rules! cases {
    ($($case:ident: $event:ident,)*) => {
        $(mod $case {
            include!(concat!("../golden/", stringify!($case), "/x.rs"));
        })*

        type RoundTrip = fn(&[u8]) -> Result<Vec<u8>, Error>;

        const CASES: &[(&str, RoundTrip)] = &[
            $((stringify!($case), |event| $case::v1::$event::from_slice(event)?.to_vec()),)*
        ];
    };
}

cases! {
    all_of: Merged,
    containers: Containers,
    draft4: DraftFour,
    names: FnMainPanicU0,
    nullable: AbsentIsNotNull,
    numbers: Numbers,
    recursive: Tree,
    rest: Counted,
    typeless: Typeless,
    unions: Payment,
}

fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(case)
}

#[test]
fn every_case_is_what_would_be_generated() {
    for (case, _) in CASES {
        let at = Coordinates { subject: Subject::parse("x").unwrap(), version: Version::new(1, 0, 0) };
        let bytes = std::fs::read(folder(case).join("x.json")).unwrap();
        let mut catalog = Catalog::default();
        catalog.insert(Arc::new(Schema::read(at.clone(), &bytes, &Dialects::default()).unwrap())).unwrap();
        let files = generate(&catalog, &[at], &Options::default()).unwrap();
        let file = files.iter().find(|file| file.path == "x.rs").unwrap();
        let golden = std::fs::read_to_string(folder(case).join("x.rs")).unwrap_or_default();
        assert!(golden == file.text, "{case} is stale; run `cargo xtask regenerate`");
    }
}

#[test]
fn every_folder_is_a_case() {
    let listed: Vec<&str> = CASES.iter().map(|(case, _)| *case).collect();
    for entry in std::fs::read_dir(folder("")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(listed.contains(&name.as_str()), "{name} is not in the list of cases");
    }
}

#[test]
fn events_are_decided_right_and_come_back() {
    for (case, round_trip) in CASES {
        let lines = std::fs::read_to_string(folder(case).join("events.jsonl")).unwrap();
        assert!(lines.contains("\"valid\": true") && lines.contains("\"valid\": false"), "{case}");
        for line in lines.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let event = row["event"].to_string();
            match round_trip(event.as_bytes()) {
                Ok(written) => {
                    assert_eq!(row["valid"], true, "{case} accepts {event}");
                    let (before, after): (Json, Json) =
                        (serde_json::from_str(&event).unwrap(), serde_json::from_slice(&written).unwrap());
                    assert_eq!(before, after, "{case}");
                }
                Err(error) => {
                    assert_eq!(row["valid"], false, "{case} refuses {event}: {error}");
                    assert!(!error.violations().is_empty(), "{case}: {error}");
                }
            }
        }
    }
}
