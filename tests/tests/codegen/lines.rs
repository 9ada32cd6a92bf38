//! Compiles generated code with several versions of one subject, decodes events of every version, and converts them to
//! the newest version.
//!
//! A case is a folder in `golden_lines/`. It contains the versions of the schema, and the generated files of the newest
//! version of each line. `cargo xtask regenerate` writes the generated files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use evschema_codegen::{Options, explain_upcasts, generate, newest_of_lines};
use evschema_model::{Catalog, Coordinates, Dialects, Formats, Schema, Subject, Validator, Version};
use evschema_runtime::{AnyError, Error, Hint};
use evschema_tests::Draw;
use fastrand::Rng;
use serde_json::Value;

macro_rules! cases {
    ($($case:ident)*) => {
        $(#[allow(dead_code, deprecated, unused_imports, clippy::all, reason = "as in the generated index")]
        mod $case {
            include!(concat!("../../../codegen/golden_lines/", stringify!($case), "/shop_order_placed.rs"));
        })*

        const CASES: &[&str] = &[$(stringify!($case)),*];
    };
}

cases! { alternatives asked copied derived }

const SUBJECT: &str = "shop.order.placed";

/// Number of events that are drawn for each version. Only those that its schema accepts are used.
const DRAWS: usize = 10_000;

fn folder(case: &str) -> PathBuf {
    evschema_tests::repository().join("codegen/golden_lines").join(case)
}

/// The versions of a case.
struct Case {
    name: &'static str,
    catalog: Catalog,
    selected: Vec<Coordinates>,
}

fn case(name: &'static str) -> Case {
    let subject = Subject::parse(SUBJECT).unwrap();
    let mut catalog = Catalog::default();
    for entry in std::fs::read_dir(folder(name)).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(version) = file.strip_suffix(".json") else { continue };
        let at = Coordinates { subject: subject.clone(), version: Version::parse(version).unwrap() };
        let bytes = std::fs::read(&path).unwrap();
        catalog.insert(Arc::new(Schema::read(at, &bytes, &Dialects::default()).unwrap())).unwrap();
    }
    let selected = newest_of_lines(&catalog, &subject);
    Case { name, catalog, selected }
}

impl Case {
    fn validator(&self, version: &str) -> Validator {
        let subject = Subject::parse(SUBJECT).unwrap();
        let schema = self.catalog.get(&subject, &Version::parse(version).unwrap()).unwrap();
        self.catalog.resolve(schema).unwrap().validator(Formats::Assert).unwrap()
    }

    /// Returns different events of each version, as JSON texts.
    fn events(&self) -> BTreeMap<String, Vec<String>> {
        let mut all = BTreeMap::new();
        for schema in self.catalog.versions(&Subject::parse(SUBJECT).unwrap()) {
            let version = schema.at().version.to_string();
            let validator = self.validator(&version);
            let newest =
                self.catalog.get(&schema.at().subject, &self.selected.last().unwrap().version).unwrap();
            let mut draw = Draw::new(schema.value(), newest.value(), 7);
            let mut found: Vec<Value> = Vec::new();
            let mut rng = Rng::with_seed(7);
            for _ in 0..DRAWS {
                // Few drawn events are accepted, so most events are similar to one that is.
                let event = match found.len() {
                    0 => draw.event(),
                    _ if rng.u8(..) < 32 => draw.event(),
                    count => draw.beside(&found[rng.usize(..count)]),
                };
                if event.is_object() && validator.is_valid(&event) {
                    found.push(event);
                }
            }
            let mut events: Vec<String> = found.iter().map(Value::to_string).collect();
            events.sort();
            events.dedup();
            assert!(100 < events.len(), "{} {version} has only {} events", self.name, events.len());
            all.insert(version, events);
        }
        all
    }
}

fn dataschema(version: &str) -> String {
    format!("https://events.example/schemas/{SUBJECT}/{version}.json")
}

#[test]
fn every_case_of_lines_is_up_to_date() {
    for entry in std::fs::read_dir(folder("")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(CASES.contains(&name.as_str()), "{name} is not in the list of cases");
    }
    for name in CASES {
        let case = case(name);
        let files = generate(&case.catalog, &case.selected, &Options::default()).unwrap();
        for file in files.iter().filter(|file| file.path != "mod.rs") {
            let golden = std::fs::read_to_string(folder(name).join(&file.path)).unwrap_or_default();
            assert!(golden == file.text, "{name}/{} is stale; run `cargo xtask regenerate`", file.path);
        }
    }
}

/// Checks the laws of a case whose steps are derived.
macro_rules! laws_of_derived {
    ($case:ident, $oldest:ident => $($newer:ident)=>+) => {{
        use $case::AnyOrderPlaced;

        let case = case(stringify!($case));
        let explained = explain_upcasts(&case.catalog, &case.selected, &Options::default()).unwrap();
        assert!(explained.iter().all(|step| step.missing.is_empty()), "{explained:?}");
        let newest = case.selected.last().unwrap().version.to_string();
        let validator = case.validator(&newest);
        for (version, events) in case.events() {
            for event in &events {
                // The newest version of a line reads all events of the line.
                let url = dataschema(&version);
                let decoded = AnyOrderPlaced::decode(Hint::dataschema(&url), event.as_bytes());
                let decoded = decoded.unwrap_or_else(|error| panic!("{version} {event}: {error}"));
                // Each step leads to an event that its schema accepts.
                let oldest = case.selected[0].version.to_string();
                if decoded.version() == oldest {
                    let step = $case::$oldest::OrderPlaced::from_slice(event.as_bytes()).unwrap();
                    $(
                        let step = $case::$newer::OrderPlaced::from(step);
                        step.validate().unwrap_or_else(|error| panic!("{version} {event}: {error}"));
                    )+
                    assert_eq!(step, decoded.clone().into_latest());
                }
                let latest = decoded.clone().into_latest();
                let written = latest.to_vec().unwrap_or_else(|error| panic!("{version} {event}: {error}"));
                assert!(validator.is_valid(&serde_json::from_slice(&written).unwrap()), "{version} {event}");
                // Conversion commutes with writing.
                let again = AnyOrderPlaced::decode(Hint::dataschema(&url), &decoded.to_vec().unwrap()).unwrap();
                assert_eq!(again, decoded, "{version} {event}");
                assert_eq!(again.into_latest(), latest, "{version} {event}");
                let read = AnyOrderPlaced::decode(Hint::dataschema(&dataschema(&newest)), &written).unwrap();
                assert_eq!(read.into_latest(), latest, "{version} {event}");
            }
        }
    }};
}

#[test]
fn derived_steps_lead_to_accepted_events() {
    laws_of_derived!(derived, v1 => v2 => v3);
    laws_of_derived!(copied, v0_3 => v0_4);
}

#[test]
fn constants_and_disjoint_content_name_the_version() {
    for (version, events) in case("derived").events() {
        for event in &events {
            let by_content = derived::AnyOrderPlaced::decode(Hint::none(), event.as_bytes()).unwrap();
            let by_url =
                derived::AnyOrderPlaced::decode(Hint::dataschema(&dataschema(&version)), event.as_bytes());
            assert_eq!(Ok(by_content), by_url, "{version} {event}");
        }
    }
    for (version, events) in case("copied").events() {
        for event in &events {
            let decoded = copied::AnyOrderPlaced::decode(Hint::none(), event.as_bytes()).unwrap();
            assert_eq!(decoded.version() == "0.3.0", version == "0.3.0", "{event}");
        }
    }
    for (version, events) in case("alternatives").events() {
        for event in &events {
            let decoded = alternatives::AnyOrderPlaced::decode(Hint::none(), event.as_bytes()).unwrap();
            let line = if version.starts_with('1') { "1.1.0" } else { "2.0.0" };
            assert_eq!(decoded.version(), line, "{version} {event}");
        }
    }
}

#[test]
fn lines_with_common_events_need_a_hint() {
    let event = br#"{"id": "a", "total": {"amount": 1}, "items": []}"#;
    let decode = |hint| asked::AnyOrderPlaced::decode(hint, event);
    let all = vec!["1.0.0", "2.0.0", "3.0.0"];
    assert_eq!(decode(Hint::none()), Err(AnyError::Ambiguous { versions: all }));
    assert_eq!(decode(Hint::event_type("shop.order.placed.v1")).unwrap().version(), "1.0.0");
    let refused = decode(Hint::event_type("shop.order.placed.v2")).unwrap_err();
    assert!(matches!(refused, AnyError::Refused { version: "2.0.0", .. }), "{refused}");
    let newer = decode(Hint::dataschema("/schemas/shop.order.placed/4.0.0.json")).unwrap_err();
    assert!(newer.is_newer_than_known(), "{newer}");
    let other = decode(Hint::dataschema("/schemas/shop.order.paid/1.0.0.json")).unwrap_err();
    assert!(matches!(other, AnyError::OtherSubject { .. }), "{other}");
}

/// The parts of the case `asked` that generated code does not derive.
struct Answers {
    currency: &'static str,
}

impl asked::OrderPlacedUpcasts for Answers {
    fn v2_id(&self, old: &asked::v1::OrderPlaced) -> String {
        old.id.chars().take(20).collect()
    }

    fn v2_state(&self, old: &asked::v1::OrderPlaced) -> Option<asked::v2::State> {
        match old.state? {
            asked::v1::State::New => Some(asked::v2::State::New),
            asked::v1::State::Old | asked::v1::State::Lost => Some(asked::v2::State::Old),
        }
    }

    fn v2_owner(&self, _: &asked::v1::OrderPlaced) -> String {
        "unknown".to_owned()
    }

    fn v2_size(&self, old: &asked::v1::OrderPlaced) -> Option<i64> {
        old.size.as_ref()?.parse().ok().filter(|size| (0..10).contains(size))
    }

    fn v2_total_currency(&self, _: &asked::v1::Total) -> String {
        self.currency.to_owned()
    }

    fn v3(&self, old: &asked::v2::OrderPlaced) -> asked::v3::OrderPlaced {
        let mut order = asked::v3::OrderPlaced::new(asked::v3::order_placed::Required {
            id: old.id.clone(),
            total: old.total.clone().into(),
            items: old.items.iter().filter_map(|item| item.inner.clone()).map(Into::into).collect(),
            owner: old.owner.clone(),
        });
        order.rest.insert("from".to_owned(), evschema_runtime::Json::String("version 2".to_owned()));
        order
    }
}

#[test]
fn people_answer_for_the_parts_that_are_not_derived() {
    for (version, events) in case("asked").events() {
        for event in &events {
            let decoded =
                asked::AnyOrderPlaced::decode(Hint::dataschema(&dataschema(&version)), event.as_bytes())
                    .unwrap();
            let latest = decoded.into_latest_with(&Answers { currency: "EUR" });
            latest.unwrap_or_else(|error| panic!("{version} {event}: {error}"));
        }
    }
    // A wrong answer is refused, not passed on: here the version between the two is not checked, but the newest one is.
    let event = br#"{"id": "a", "total": {"amount": 1}, "items": []}"#;
    let decoded = asked::AnyOrderPlaced::decode(Hint::event_type("shop.order.placed.v1"), event).unwrap();
    struct NoOwner(Answers);
    impl asked::OrderPlacedUpcasts for NoOwner {
        fn v2_id(&self, old: &asked::v1::OrderPlaced) -> String {
            self.0.v2_id(old)
        }
        fn v2_state(&self, old: &asked::v1::OrderPlaced) -> Option<asked::v2::State> {
            self.0.v2_state(old)
        }
        fn v2_owner(&self, _: &asked::v1::OrderPlaced) -> String {
            String::new()
        }
        fn v2_size(&self, old: &asked::v1::OrderPlaced) -> Option<i64> {
            self.0.v2_size(old)
        }
        fn v2_total_currency(&self, old: &asked::v1::Total) -> String {
            self.0.v2_total_currency(old)
        }
        fn v3(&self, old: &asked::v2::OrderPlaced) -> asked::v3::OrderPlaced {
            self.0.v3(old)
        }
    }
    let refused = decoded.into_latest_with(&NoOwner(Answers { currency: "EUR" }));
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
}

/// The compiler demands an implementation of each method without a body.
#[test]
fn no_method_of_the_trait_has_a_default() {
    let text = std::fs::read_to_string(folder("asked").join("shop_order_placed.rs")).unwrap();
    let file = syn::parse_file(&text).unwrap();
    let mut methods = Vec::new();
    for item in &file.items {
        let syn::Item::Trait(found) = item else { continue };
        for item in &found.items {
            let syn::TraitItem::Fn(method) = item else { panic!("the trait has only methods") };
            assert!(method.default.is_none(), "{}", method.sig.ident);
            assert!(!method.attrs.is_empty(), "{} has no documentation", method.sig.ident);
            methods.push(method.sig.ident.to_string());
        }
    }
    assert_eq!(methods, ["v2_id", "v2_state", "v2_owner", "v2_size", "v2_total_currency", "v3"]);
}
