//! The cases of the content models, each with its near miss, in every draft that can spell it: for the
//! oracle and for the engine.

use evschema_compat::{Settings, Verdict, diff};
use evschema_model::{ContentModel, Dialects, Draft, Formats, Mode, Resolved, SubjectPolicy};
use evschema_tests::{Answer, Oracle, read_versions, repository};
use serde_json::{Map, Value, json};

const DRAFTS: [Draft; 5] =
    [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012];

/// Calls `visit` with the name, the draft, the case and both schemas of every pair.
fn for_each_pair(mut visit: impl FnMut(&str, Draft, &Value, &[Resolved; 2])) {
    let mut count = 0;
    for file in std::fs::read_dir(repository().join("tests/fixtures/content")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let bound = |key: &str| case.get(key).map(|draft| Draft::parse(draft.as_str().unwrap()).unwrap());
        for draft in DRAFTS {
            if draft < bound("since").unwrap() || bound("until").is_some_and(|last| last < draft) {
                continue;
            }
            for key in ["case", "near_miss"] {
                let pair = &case[key];
                let [old, new] = ["old", "new"].map(|side| document(&pair[side], draft).to_string());
                let schemas = read_versions(&old, &new, &Dialects::default())
                    .unwrap_or_else(|why| panic!("{name} {key} {draft:?}: {why}: {old} {new}"));
                count += 1;
                visit(&format!("{name} {key} {draft:?}: {old} {new}"), draft, pair, &schemas);
            }
        }
    }
    assert!(200 < count, "{count} pairs");
}

fn document(schema: &Value, draft: Draft) -> Value {
    let mut spelled = spell(schema, draft);
    spelled["$schema"] = json!(draft.uri());
    spelled
}

/// Returns a schema in the keywords of a draft.
fn spell(schema: &Value, draft: Draft) -> Value {
    let members = match schema {
        Value::Object(members) => members,
        Value::Array(items) => return items.iter().map(|item| spell(item, draft)).collect(),
        _ => return schema.clone(),
    };
    let mut spelled: Map<String, Value> = Map::new();
    for (keyword, value) in members {
        let inner = spell(value, draft);
        match keyword.as_str() {
            "const" if draft < Draft::Draft6 => drop(spelled.insert("enum".to_owned(), json!([inner]))),
            "prefixItems" if draft < Draft::Draft202012 => {
                spelled.insert("items".to_owned(), inner);
            }
            "items" if draft < Draft::Draft202012 && members.contains_key("prefixItems") => {
                spelled.insert("additionalItems".to_owned(), inner);
            }
            "dependentRequired" | "dependentSchemas" if draft < Draft::Draft201909 => {
                let all = spelled.entry("dependencies").or_insert_with(|| json!({}));
                all.as_object_mut().unwrap().extend(inner.as_object().unwrap().clone());
            }
            "$ref" if draft < Draft::Draft201909 && 1 < members.len() => {
                spelled.insert("allOf".to_owned(), json!([{ "$ref": inner }]));
            }
            _ => drop(spelled.insert(keyword.clone(), inner)),
        }
    }
    Value::Object(spelled)
}

fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No { .. } => "no",
        Answer::Unknown { .. } => "unknown",
    }
}

#[test]
fn the_oracle_answers_every_case_and_its_near_miss() {
    for_each_pair(|name, _, pair, schemas| {
        let [writer, reader] = schemas.each_ref().map(|schema| Oracle::new(schema, Formats::Assert).unwrap());
        for row in pair["events"].as_array().unwrap() {
            let event = &row["event"];
            let sends = writer.sends(event);
            assert_eq!(word(&sends), row["sends"], "sends {event}: {sends:?}: {name}");
            for model in [ContentModel::Lenient, ContentModel::Tolerant] {
                let reads = reader.reads(event, model);
                assert_eq!(word(&reads), row[model.as_str()], "{model} reader, {event}: {name}");
            }
        }
        // The verdicts follow from the events: an incompatible pair shows one.
        for model in ["lenient", "tolerant"] {
            let shows = |row: &Value| row["sends"] == "yes" && row[model] == "no";
            let is_broken = pair["events"].as_array().unwrap().iter().any(shows);
            assert_eq!(is_broken, pair[model] == "incompatible", "{model}: {name}");
        }
    });
}

#[test]
fn the_engine_answers_every_case_and_its_near_miss() {
    let mut wrong = Vec::new();
    for_each_pair(|name, _, pair, [old, new]| {
        for model in [ContentModel::Lenient, ContentModel::Tolerant] {
            let policy = SubjectPolicy { mode: Mode::Full, content_model: model };
            let answer = diff(old, new, &Settings { policy, ..Settings::default() });
            let expected = if pair[model.as_str()] == "compatible" { Verdict::Compatible } else { Verdict::Incompatible };
            if answer.backward != expected {
                wrong.push(format!("{model} {}: {name}", answer.backward));
            }
        }
    });
    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
}
