//! Compares the engine under the content models with the oracle, which evaluates single events.

use std::cell::RefCell;
use std::path::Path;

use evschema_compat::{Settings, Verdict, diff};
use evschema_model::{ContentModel, Dialects, Draft, Formats, Mode, Resolved, SubjectPolicy};
use evschema_tests::{Answer, ContentSettings, Oracle, content_pair, read_alone, repository, try_content};
use fastrand::Rng;
use serde_json::{Map, Value, json};

const MODELS: [ContentModel; 2] = [ContentModel::Lenient, ContentModel::Tolerant];

/// Number of pairs for each content model. All pairs together take a few seconds.
const PAIRS: u64 = 100;

fn read(schema: &Value) -> Resolved {
    let dialects = Dialects::default();
    read_alone("content", &schema.to_string(), &dialects).unwrap_or_else(|why| panic!("{schema}: {why}"))
}

/// Translates a schema from 2020-12 to another draft.
fn spelt(schema: &Value, draft: Draft) -> Value {
    match schema {
        Value::Object(members) => {
            let spelt = members.iter().map(|(name, member)| match name.as_str() {
                "dependentSchemas" | "dependentRequired" if draft <= Draft::Draft7 => {
                    ("dependencies".to_owned(), spelt(member, draft))
                }
                "prefixItems" if draft <= Draft::Draft201909 => ("items".to_owned(), spelt(member, draft)),
                "const" if draft == Draft::Draft4 => ("enum".to_owned(), json!([member])),
                _ => (name.clone(), spelt(member, draft)),
            });
            Value::Object(spelt.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| spelt(item, draft)).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

fn in_draft(schema: &Value, draft: Draft) -> Resolved {
    let mut named = Map::from_iter([("$schema".to_owned(), json!(draft.uri()))]);
    named.extend(spelt(schema, draft).as_object().unwrap().clone());
    read(&Value::Object(named))
}

/// Calls `verb` with every case and every near miss, in every draft that can express the schemas.
fn for_each_case(verb: impl Fn(&str, &Value, &Resolved, &Resolved)) {
    let mut count = 0;
    for file in std::fs::read_dir(repository().join("tests/fixtures/content")).unwrap() {
        let path = file.unwrap().path();
        let fixture: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let since = Draft::parse(fixture["since"].as_str().unwrap()).unwrap();
        for draft in Draft::ALL.into_iter().filter(|draft| since <= *draft) {
            for part in ["case", "near_miss"] {
                let case = &fixture[part];
                let stem = path.file_stem().map(Path::new).unwrap().display().to_string();
                let (old, new) = (in_draft(&case["old"], draft), in_draft(&case["new"], draft));
                verb(&format!("{stem}, {part}, {draft}"), case, &old, &new);
                count += 1;
            }
        }
    }
    assert!(100 < count, "only {count} cases were found");
}

#[test]
fn the_oracle_decides_the_event_of_every_case() {
    for_each_case(|name, case, old, new| {
        let event = &case["event"];
        let sends = Oracle::new(old, Formats::Assert).unwrap().sends(event);
        assert_eq!(sends == Answer::Yes, case["sends"], "{name}: {sends:?}");
        assert_ne!(sends, Answer::Unknown, "{name}");
        for model in MODELS {
            let reads = Oracle::new(new, Formats::Assert).unwrap().reads(event, model);
            assert_eq!(reads == Answer::Yes, case["reads"][model.as_str()], "{name}, {model}: {reads:?}");
            assert_ne!(reads, Answer::Unknown, "{name}, {model}");
        }
    });
}

#[test]
fn the_engine_decides_every_case() {
    let wrong = RefCell::new(Vec::new());
    for_each_case(|name, case, old, new| {
        for model in MODELS {
            let policy = SubjectPolicy { mode: Mode::Full, content_model: model };
            let verdict = diff(old, new, &Settings::new(policy)).backward;
            if verdict.as_str() != case["verdict"][model.as_str()] {
                wrong.borrow_mut().push(format!("{name}, {model}: {verdict}"));
            }
        }
    });
    assert_eq!(wrong.into_inner(), [""; 0]);
}

#[test]
fn the_engine_agrees_with_the_oracle_on_generated_pairs() {
    for model in MODELS {
        let mut answers = [0, 0, 0];
        for seed in 0..PAIRS {
            let mut rng = Rng::with_seed(seed);
            let (old, new) = content_pair(&mut rng);
            let dialects = Dialects::default();
            let (Ok(before), Ok(after)) = (
                read_alone("old", &old.to_string(), &dialects),
                read_alone("new", &new.to_string(), &dialects),
            ) else {
                continue;
            };
            let how = ContentSettings { model, formats: Formats::Assert, events: 15, seed };
            for trial in try_content(&before, &after, how) {
                assert_eq!(trial.faults, [], "{model}, seed {seed}: {old} to {new}");
                match trial.verdict.unwrap() {
                    Verdict::Compatible => answers[0] += 1,
                    Verdict::Incompatible => answers[1] += 1,
                    Verdict::Undecided => answers[2] += 1,
                }
            }
        }
        // If nearly all answers were equal, the trials would test little.
        assert!(30 < answers[0] && 30 < answers[1], "{model}: {answers:?}");
    }
}
