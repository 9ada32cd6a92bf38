//! Compiles the generated code of schemas, and parses events with it.
//!
//! A case is a folder in `golden/`. It contains the schema `x.json`, the generated files `x.rs` and `x/…`, and
//! `events.jsonl`, which has events and their expected verdicts. `cargo xtask regenerate` writes the generated files.

#![deny(warnings)]

use std::path::PathBuf;
use std::sync::Arc;

use evschema_codegen::{Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Formats, Schema, Subject, Version, parse_event};
use evschema_runtime::{Error, Json};
use evschema_tests::{Draw, Hints, Tree, mangle};
use fastrand::Rng;
use serde_json::Value;

/// Compiles the cases, and lists how each case parses and writes an event.
macro_rules! cases {
    ($($case:ident,)*) => {
        $(#[allow(clippy::all, dead_code, deprecated, missing_docs, reason = "as in the generated index")]
        #[allow(non_camel_case_types, rustdoc::all, unreachable_pub, unused_imports, reason = "as in the generated index")]
        mod $case {
            include!(concat!("../../../codegen/golden/", stringify!($case), "/x.rs"));
        })*

        type RoundTrip = fn(&[u8]) -> Result<Vec<u8>, Error>;

        const CASES: &[(&str, RoundTrip)] = &[
            $((stringify!($case), |event| $case::v1::X::from_slice(event)?.to_vec()),)*
        ];

        const CHECKS: &[fn(&[u8]) -> bool] = &[$($case::v1::X::check_bytes,)*];
    };
}

cases! {
    all_of,
    borrowed,
    containers,
    defaults,
    definitions,
    draft4,
    enums,
    kept,
    names,
    nullable,
    numbers,
    overlaps,
    recursive,
    rest,
    rust_enums,
    tuples,
    typeless,
    unions,
    watched,
    widths,
}

fn folder(case: &str) -> PathBuf {
    evschema_tests::repository().join("codegen/golden").join(case)
}

#[test]
fn every_case_is_up_to_date() {
    for (case, _) in CASES {
        let at = Coordinates { subject: Subject::parse("x").unwrap(), version: Version::new(1, 0, 0) };
        let bytes = std::fs::read(folder(case).join("x.json")).unwrap();
        let mut catalog = Catalog::default();
        catalog.insert(Arc::new(Schema::read(at.clone(), &bytes, &Dialects::default()).unwrap())).unwrap();
        let options =
            Options { borrowed: *case == "borrowed", keep_unknown: *case == "kept", ..Options::default() };
        let files = generate(&catalog, &[at], &options).unwrap();
        for file in files.iter().filter(|file| file.path != "mod.rs") {
            let golden = std::fs::read_to_string(folder(case).join(&file.path)).unwrap_or_default();
            assert!(golden == file.text, "{case}/{} is stale; run `cargo xtask regenerate`", file.path);
        }
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
        // The root of this case has only definitions, so it accepts every event.
        let rejects = lines.contains("\"valid\": false") || *case == "definitions";
        assert!(lines.contains("\"valid\": true") && rejects, "{case}");
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

#[test]
fn defaults_are_offered_but_not_applied() {
    use defaults::v1::{Mode, X};
    let event = X::from_slice(br#"{"required": "a", "mode": "fast", "nested": {}}"#).unwrap();
    assert_eq!((event.mode_or_default(), event.retries_or_default()), (Mode::Fast, Some(1)));
    assert_eq!(event.ratio_or_default().to_string(), "0.10000000000000000000001");
    assert_eq!(event.labels_or_default().get("a\"b"), Some(&1.into()));
    assert_eq!(event.nested_or_default().x_or_default(), 3);
    assert_eq!(event.with_a_or_default_(), "with a");
    assert_eq!(event.to_vec().unwrap(), br#"{"mode":"fast","nested":{},"required":"a"}"#);
    let event = X::from_slice(br#"{"required": "a", "retries": null}"#).unwrap();
    assert_eq!((event.mode_or_default(), event.retries_or_default()), (Mode::Slow, None));
    assert_eq!(event.nested_or_default().x, Some(2.into()));
}

#[test]
fn definitions_without_an_event_are_types() {
    use definitions::v1::{Alias, Amounts, Currency, Encoded, MaybeKind, Never};
    fn reads<T: evschema_runtime::serde::de::DeserializeOwned>(text: &str) -> bool {
        serde_json::from_str::<T>(text).is_ok()
    }
    assert!(reads::<Currency>(r#""EUR""#) && !reads::<Currency>(r#""eur""#));
    assert!(reads::<Amounts>(r#"[{"amount": 1, "currency": "EUR"}]"#) && !reads::<Amounts>("[]"));
    assert!(!reads::<Amounts>(r#"[{"amount": 1, "currency": "eur"}]"#));
    assert!(reads::<Encoded>(r#"{"notes": {"a": "b"}}"#) && !reads::<Encoded>(r#"{"notes": {"a": "c"}}"#));
    assert!(reads::<MaybeKind>("null") && !reads::<MaybeKind>(r#""c""#));
    assert!(reads::<Alias>(r#"{"amount": 0.1}"#) && !reads::<Alias>("{}"));
    assert!(!reads::<Never>("null"));
}

#[test]
fn borrowed_types_copy_only_texts_with_escapes() {
    use borrowed::v1::{X, XRef};
    use evschema_runtime::Cow;

    let lines = std::fs::read_to_string(folder("borrowed").join("events.jsonl")).unwrap();
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let event = row["event"].to_string();
        match (XRef::from_slice(event.as_bytes()), X::from_slice(event.as_bytes())) {
            (Ok(borrowed), Ok(owned)) => {
                assert_eq!(borrowed.to_vec().unwrap(), owned.to_vec().unwrap());
                assert_eq!(serde_json::to_value(&borrowed).unwrap(), serde_json::to_value(&owned).unwrap());
                assert_eq!(borrowed.into_owned(), owned);
            }
            (borrowed, owned) => {
                assert_eq!(borrowed.unwrap_err().to_string(), owned.unwrap_err().to_string())
            }
        }
    }
    let event = br#"{"id": "plain", "size": "small", "note": "es\u0063aped", "lines": [{"sku": "A"}]}"#;
    let parcel = XRef::from_slice(event).unwrap();
    assert!(matches!(parcel.id, Cow::Borrowed("plain")));
    assert!(matches!(parcel.lines[0].sku, Cow::Borrowed("A")));
    assert_eq!(parcel.note.value().map(AsRef::as_ref), Some("escaped"));
}

/// Number of events that are drawn from the schema of a case. The test also mutates each of them.
const SEEDS: usize = 40;
const MUTATIONS: usize = 60;

#[test]
fn mutated_events_are_decided_as_by_the_validator() {
    for ((case, round_trip), check) in CASES.iter().zip(CHECKS) {
        let at = Coordinates { subject: Subject::parse("x").unwrap(), version: Version::new(1, 0, 0) };
        let bytes = std::fs::read(folder(case).join("x.json")).unwrap();
        let mut catalog = Catalog::default();
        catalog.insert(Arc::new(Schema::read(at.clone(), &bytes, &Dialects::default()).unwrap())).unwrap();
        let schema = catalog.get(&at.subject, &at.version).unwrap();
        let validator = catalog.resolve(schema).unwrap().validator(Formats::Assert).unwrap();
        let mut hints = Hints::default();
        hints.add(schema.value());
        let mut draw = Draw::new(schema.value(), schema.value(), 1);
        let mut rng = Rng::with_seed(1);
        let mut accepted = 0;
        for _ in 0..SEEDS {
            let seed = Tree::of(&draw.event());
            for mutation in 0..MUTATIONS {
                let mut event = seed.clone();
                for _ in 0..mutation % 4 {
                    mangle(&mut event, &hints, &mut rng);
                }
                let mut text = String::new();
                event.write(&mut text, (mutation % 2 == 0).then_some(&mut rng));
                let expected = parse_event(text.as_bytes()).is_ok_and(|event| validator.is_valid(&event));
                let read = round_trip(text.as_bytes());
                // The schema of the recursion case refers to itself without end. The specification does not define the
                // result (Core, section 9.4.1).
                if matches!(&read, Err(Error::NotJson { message, .. }) if message == "nested too deeply") {
                    continue;
                }
                assert_eq!(read.is_ok(), check(text.as_bytes()), "{case}: {text} {:?}", read.err());
                assert!(
                    read.is_ok() == expected || event.is_beyond_validator(),
                    "{case}, the validator says {expected}: {text} {:?}",
                    read.err()
                );
                accepted += usize::from(expected);
            }
        }
        assert!(0 < accepted && accepted < SEEDS * MUTATIONS, "{case}: {accepted} accepted");
    }
}
