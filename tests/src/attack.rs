//! Requests that cost a registry as much as possible. Developers designed some of them. The others are random requests
//! of the same kinds.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Maximum length of a schema, in bytes: the maximum length of a request.
const BYTES_MAX: usize = 1 << 20;

/// An attack: a request, and the documents to register before the request.
#[derive(Debug, Clone)]
pub struct Attack {
    /// The description of the attack, for messages.
    pub name: String,
    /// The documents to register as 1.0.0, 1.1.0 and so on. The registry may reject a document.
    pub registered: Vec<String>,
    /// The request.
    pub request: AttackRequest,
}

/// The request of an attack.
#[derive(Debug, Clone)]
pub enum AttackRequest {
    /// A check of this schema.
    Check(String),
    /// A validation of this event against version 1.0.0.
    Validate(String),
    /// A validation of several events against version 1.0.0. Each line has one event.
    ValidateLines(String),
    /// A comparison of the versions 1.0.0 and 1.1.0.
    Diff,
}

/// Returns the designed attacks.
pub fn designed() -> Vec<Attack> {
    let check = |name: &str, old: Value, new: Value| Attack {
        name: name.to_owned(),
        registered: vec![old.to_string()],
        request: AttackRequest::Check(new.to_string()),
    };
    let validate = |name: &str, schema: Value, event: String| Attack {
        name: name.to_owned(),
        registered: vec![schema.to_string()],
        request: AttackRequest::Validate(event),
    };
    let lines = |name: &str, schema: Value, lines: String| Attack {
        name: name.to_owned(),
        registered: vec![schema.to_string()],
        request: AttackRequest::ValidateLines(lines),
    };
    let words = |many: usize, end: &str| -> Map<String, Value> {
        (0..many)
            .map(|n| (format!("{}{}{end}", char::from(b'a' + (n % 26) as u8), n / 26), json!(true)))
            .collect()
    };
    // The backtracking engine needs almost the maximum number of steps for this pattern.
    let tries = "^((?!c)a|(?!d)aa?)+$";
    let text = format!("{}!", "a".repeat(13));
    let zeros = |many: usize| format!("[{}0]", "0,".repeat(many - 1));
    vec![
        check("200 definitions that refer to 8 others", cyclic(200, 8, 1), cyclic(200, 8, 2)),
        check("2,000 definitions that refer to 8 others", cyclic(2_000, 8, 1), cyclic(2_000, 8, 2)),
        check("900 patterns of 150 letters", json!({}), letters(900)),
        check("200 patterns of 10 letters", short_letters(200), short_letters(199)),
        check("20,000 patterns", patterns(20_000), patterns(19_999)),
        check("1000 x 1000 x 1000 items", items(&[1_000, 1_000, 1_000]), items(&[1_000, 1_000, 1_001])),
        check("300 x 300 items", items(&[300, 300]), items(&[300, 301])),
        check("all of 16,000", all_of(16_000), all_of(15_999)),
        check("any of 16,000", any_of(16_000), any_of(15_999)),
        check("10,000 required names", required(10_000), required(10_001)),
        check("5,000 names that need each other", dependent(5_000), dependent(5_001)),
        check("45 levels of 30 required names", required_within(30, 45), required_within(30, 46)),
        check("50,000 listed values", listed(50_000), listed(49_999)),
        check("20,000 properties", properties(20_000, "string"), properties(20_000, "integer")),
        check("300 conditions", conditions(300), conditions(299)),
        check(
            "215 branches with 12 references each",
            items_of(referring(215, 12)),
            items_of(referring(214, 12)),
        ),
        check("1,500 branches with a negation", negated(1_500), negated(1_499)),
        check("10,000 branches with a property each", named(10_000), named(9_999)),
        validate("all of 16,000 for 60,000 items", all_of(16_000), zeros(60_000)),
        validate("any of 16,000 for 1,000 items", any_of(16_000), zeros(1_000)),
        validate("any of 1,000 for 300 items", any_of(1_000), zeros(300)),
        validate("9,000 numbers listed, for 20,000 items", json!({"items": listed(9_000)}), zeros(20_000)),
        validate(
            "a pattern that remembers",
            json!({"pattern": "[ab]*a[ab]{2000}"}),
            format!("\"{}\"", "ab".repeat(60_000)),
        ),
        validate(
            "a pattern that looks around",
            json!({"pattern": "(?:(?!a.*b)a)*c"}),
            format!("\"{}\"", "a".repeat(3_000)),
        ),
        validate(
            "a pattern that goes back and looks around each time",
            json!({"pattern": "(?:(?!(?:\\p{L})?(?:[ab])*)(?:\\p{L}a{18}|\\p{L}))?(?=(?:aa){5})[ab]"}),
            format!("\"{}\"", "ab".repeat(130_000)),
        ),
        check("40,000 small patterns", json!({}), json!({"patternProperties": words(40_000, ".$")})),
        check(
            "2,000 patterns of 6 characters",
            json!({}),
            json!({"patternProperties": words(2_000, "......$")}),
        ),
        check(
            "a property whose constants a pattern tries every way",
            json!({"type": "object"}),
            json!({"required": ["x"], "properties": {"x": {"const": vec![&text; 1_000], "items": {"not": {"pattern": tries}}}}}),
        ),
        check(
            "5,000 references without a target",
            json!({}),
            json!({"items": (0..5_000).map(|n| json!({"$ref": format!("#/$defs/d{n}")})).collect::<Vec<_>>()}),
        ),
        validate(
            "a pattern that tries every way",
            json!({"items": {"not": {"pattern": tries}}}),
            json!(vec![&text; 1_000]).to_string(),
        ),
        validate(
            "a union with 10,000 invalid names",
            json!({"anyOf": [{"type": "object", "propertyNames": {"pattern": "^a"}}, {"type": "null"}]}),
            Value::Object((0..10_000).map(|n| (format!("b{n}"), json!(0))).collect()).to_string(),
        ),
        validate(
            "30,000 times different items",
            json!({"allOf": vec![json!({"uniqueItems": true}); 30_000]}),
            json!((0..20_000).collect::<Vec<_>>()).to_string(),
        ),
        validate(
            "20,000 arrays in arrays that look alike",
            json!({"uniqueItems": true}),
            json!(
                (0..4_000)
                    .map(|n| json!([vec![json!([]); n % 60], vec![json!([]); n / 60]]))
                    .collect::<Vec<_>>()
            )
            .to_string(),
        ),
        validate(
            "20,000 IRIs of 300 kB",
            json!({"allOf": vec![json!({"format": "iri"}); 20_000]}),
            json!("x".repeat(300_000)).to_string(),
        ),
        validate(
            "1,000 host names of 40 kB",
            json!({"allOf": vec![json!({"format": "idn-hostname"}); 1_000]}),
            json!("\u{fc}.".repeat(20_000)).to_string(),
        ),
        validate(
            "2,000 patterns for 60,000 names",
            json!({"patternProperties": words(2_000, "x$")}),
            Value::from((0..60_000).map(|n| (format!("{n}"), json!(1))).collect::<Map<_, _>>()).to_string(),
        ),
        lines(
            "500,000 lines, all of 500",
            json!({"allOf": (0..500).map(|n| json!({"minimum": -n})).collect::<Vec<_>>()}),
            "1\n".repeat(500_000),
        ),
        lines("500,000 refused lines", any_of(500), "1\n".repeat(500_000)),
    ]
}

/// Returns a random attack of the same kinds.
pub fn random(rng: &mut Rng) -> Attack {
    let mut old = hostile(rng, 0);
    while BYTES_MAX < old.to_string().len() {
        old = hostile(rng, 0);
    }
    let new = if rng.u8(..) < 40 { hostile(rng, 0) } else { varied(&old, rng) };
    let new = new.to_string();
    let new = if BYTES_MAX < new.len() { "{}".to_owned() } else { new };
    let (name, request, second) = match rng.u8(..10) {
        0..=4 => ("check", AttackRequest::Check(new), None),
        5 | 6 => ("diff", AttackRequest::Diff, Some(new)),
        7 | 8 => ("validate", AttackRequest::Validate(event(rng, 0).to_string()), None),
        _ => {
            let one = event(rng, 3).to_string();
            let times = rng.usize(1..20_000).min(BYTES_MAX / (one.len() + 1)).max(1);
            ("lines", AttackRequest::ValidateLines(format!("{one}\n").repeat(times)), None)
        }
    };
    let registered = std::iter::once(old.to_string()).chain(second).collect();
    Attack { name: name.to_owned(), registered, request }
}

/// Returns an expensive event, as JSON.
pub fn random_event(rng: &mut Rng) -> String {
    event(rng, 0).to_string()
}

/// Returns a size: usually small, sometimes the given maximum.
fn size(rng: &mut Rng, most: usize) -> usize {
    let most = if rng.u8(..) < 90 { most } else { most.min(20) };
    // Each order of magnitude has the same probability.
    let power = rng.f64() * (most as f64).ln();
    (power.exp() as usize).clamp(1, most)
}

fn hostile(rng: &mut Rng, depth: usize) -> Value {
    let most = |many: usize| if depth == 0 { many } else { many.min(60) };
    match rng.u8(..20) {
        0 => {
            let many = size(rng, most(1_500));
            let references = size(rng, 12);
            let keyword =
                *rng.choice(&["properties", "allOf", "anyOf", "oneOf", "items", "not"]).unwrap_or(&"allOf");
            webbed(rng, many, references, keyword)
        }
        1 => letters(size(rng, most(900))),
        2 => patterns(size(rng, most(8_000))),
        3 => json!({ "pattern": pattern(rng, 0) }),
        4 => {
            let levels: Vec<usize> = (0..rng.usize(1..5)).map(|_| size(rng, 2_000)).collect();
            items(&levels)
        }
        5 => {
            json!({ (*rng.choice(&["allOf", "anyOf", "oneOf"]).unwrap_or(&"allOf")): many(rng, most(4_000), depth) })
        }
        6 => {
            json!({ "items": { (*rng.choice(&["allOf", "anyOf", "oneOf"]).unwrap_or(&"allOf")): many(rng, most(4_000), depth) } })
        }
        7 => required(size(rng, most(20_000))),
        8 => dependent(size(rng, most(10_000))),
        9 => required_within(size(rng, 60), size(rng, 60)),
        10 => listed(size(rng, most(80_000))),
        11 => properties(
            size(rng, most(15_000)),
            rng.choice(&["string", "integer", "object"]).unwrap_or(&"string"),
        ),
        12 => conditions(size(rng, most(400))),
        13 => {
            let number = number(rng);
            serde_json::from_str(&format!(
                "{{\"minimum\":{number},\"multipleOf\":{}}}",
                number.trim_start_matches('-')
            ))
            .unwrap_or(json!({}))
        }
        14 if depth < 4 => (0..size(rng, 100)).fold(hostile(rng, depth + 1), |inner, _| {
            let keyword = *rng
                .choice(&["not", "items", "contains", "additionalProperties", "propertyNames", "if"])
                .unwrap_or(&"not");
            json!({ keyword: inner })
        }),
        15 if depth < 4 => {
            let (one, two) = (hostile(rng, depth + 1), hostile(rng, depth + 1));
            json!({"allOf": [one, {"properties": {"a": two}}], "unevaluatedProperties": false})
        }
        16 if depth < 4 => {
            let inner = hostile(rng, depth + 1);
            json!({"type": "array", "contains": inner, "minContains": size(rng, 1_000), "maxContains": size(rng, 1_000), "uniqueItems": true})
        }
        17 if depth < 4 => {
            let (one, two) = (hostile(rng, depth + 1), hostile(rng, depth + 1));
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": one, "b": two}})
        }
        18 => {
            let names =
                (0..size(rng, 30)).map(|n| (format!("p{n}"), json!({"$ref": "#"}))).collect::<Map<_, _>>();
            json!({"type": "object", "properties": names, "minProperties": size(rng, 40)})
        }
        _ => {
            json!({"type": *rng.choice(&["string", "integer", "array", "object"]).unwrap_or(&"string"), "minLength": size(rng, 1_000_000)})
        }
    }
}

fn many(rng: &mut Rng, most: usize, depth: usize) -> Vec<Value> {
    let count = size(rng, most);
    let branch = rng.u8(..4);
    let inner = if depth < 3 { hostile(rng, depth + 2) } else { json!({}) };
    let inner = if 2_000 / count.max(1) < inner.to_string().len() / 100 { json!({}) } else { inner };
    (0..count)
        .map(|n| match branch {
            0 => json!({"minimum": n}),
            1 => json!({"type": "object", "required": [format!("p{n}")], "properties": {"t": {"const": n}}}),
            2 => json!({"not": {"const": n}}),
            _ => json!({"properties": {format!("p{n}"): inner.clone()}}),
        })
        .collect()
}

/// Returns a schema with one random change.
fn varied(schema: &Value, rng: &mut Rng) -> Value {
    match schema {
        Value::Object(members) if !members.is_empty() => {
            let chosen = rng.usize(..members.len());
            let mut members = members.clone();
            if let Some((name, value)) = members.iter_mut().nth(chosen) {
                *value = varied(value, rng);
                let name = name.clone();
                if rng.u8(..) == 0 {
                    members.remove(&name);
                }
            }
            members.into()
        }
        Value::Array(items) if 1 < items.len() => {
            let chosen = rng.usize(..items.len());
            let mut items = items.clone();
            if rng.bool() {
                items.remove(chosen);
            } else {
                items[chosen] = varied(&items[chosen], rng);
            }
            items.into()
        }
        Value::Number(number) => number.as_i64().map_or(json!(1), |number| json!(number + 1)),
        Value::String(text) if text.starts_with("#/") || text == "#" => schema.clone(),
        Value::String(text) => match text.as_str() {
            "string" => json!("integer"),
            "integer" => json!("number"),
            "object" => json!("array"),
            _ => schema.clone(),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => schema.clone(),
    }
}

fn number(rng: &mut Rng) -> String {
    match rng.u8(..4) {
        0 => format!("1e{}", size(rng, 1_000_000)),
        1 => format!("1e-{}", size(rng, 1_000_000)),
        2 => "9".repeat(size(rng, 200_000)),
        _ => format!("-0.{}1", "0".repeat(size(rng, 200_000))),
    }
}

fn pattern(rng: &mut Rng, depth: usize) -> String {
    if 5 < depth {
        return "a".to_owned();
    }
    match rng.u8(..9) {
        0 => r"\p{L}".to_owned(),
        1 => "[ab]".to_owned(),
        2 => format!("(?:{}){{{}}}", pattern(rng, depth + 1), size(rng, 300)),
        3 => format!("(?:{})*", pattern(rng, depth + 1)),
        4 => format!("(?:{}|{})", pattern(rng, depth + 1), pattern(rng, depth + 1)),
        5 => format!("{}{}", pattern(rng, depth + 1), pattern(rng, depth + 1)),
        6 => format!("(?={}){}", pattern(rng, depth + 1), pattern(rng, depth + 1)),
        7 => format!("(?!{}){}", pattern(rng, depth + 1), pattern(rng, depth + 1)),
        _ => format!("(?:{})?{}", pattern(rng, depth + 1), pattern(rng, depth + 1)),
    }
}

fn event(rng: &mut Rng, depth: usize) -> Value {
    match rng.u8(..8) {
        0 if depth < 2 => vec![0; size(rng, 200_000)].into(),
        1 => "ab".repeat(size(rng, if depth == 0 { 400_000 } else { 100 })).into(),
        2 if depth < 3 => {
            (0..size(rng, 20_000)).map(|n| (format!("p{n}"), json!(n))).collect::<Map<_, _>>().into()
        }
        3 if depth < 3 => (0..size(rng, 100)).fold(json!(0), |inner, _| json!({"a": inner, "p1": 1})),
        4 if depth < 3 => (0..size(rng, 100)).fold(json!(0), |inner, _| json!([inner])),
        5 if depth < 2 => {
            let inner = event(rng, depth + 2);
            let room = 200_000 / (1 + inner.to_string().len());
            vec![inner; size(rng, room.clamp(1, 2_000))].into()
        }
        6 => json!({"v": 1, "a": "a", "t": 3}),
        _ => json!(size(rng, 1_000)),
    }
}

fn cyclic(definitions: usize, references: usize, last: usize) -> Value {
    let refer =
        |n: usize, at: usize| json!({"$ref": format!("#/$defs/d{}", (n * 7 + at * 13 + 1) % definitions)});
    let mut all: Map<String, Value> = (0..definitions)
        .map(|n| {
            let members: Map<String, Value> =
                (0..references).map(|at| (format!("p{at}"), refer(n, at))).collect();
            (format!("d{n}"), json!({"type": "object", "properties": members}))
        })
        .collect();
    all["d0"]["properties"]["x"] = json!({"type": "string", "maxLength": last});
    json!({"$ref": "#/$defs/d0", "$defs": all})
}

/// Returns definitions. Each definition refers to other random definitions.
fn webbed(rng: &mut Rng, definitions: usize, references: usize, keyword: &str) -> Value {
    let all: Map<String, Value> = (0..definitions)
        .map(|n| {
            let mut refer = || json!({"$ref": format!("#/$defs/d{}", rng.usize(..definitions))});
            let value = match keyword {
                "properties" => {
                    (0..references).map(|at| (format!("p{at}"), refer())).collect::<Map<_, _>>().into()
                }
                "items" | "not" => refer(),
                _ => (0..references)
                    .map(|_| json!({"type": "object", "properties": {"a": refer()}}))
                    .collect::<Vec<_>>()
                    .into(),
            };
            (format!("d{n}"), json!({ keyword: value }))
        })
        .collect();
    json!({"$ref": "#/$defs/d0", "$defs": all})
}

fn letters(patterns: usize) -> Value {
    let all =
        (0..patterns).map(|n| (format!(r"^(\p{{L}}{{50}}){{3}}$x{n}"), json!({}))).collect::<Map<_, _>>();
    json!({ "patternProperties": all })
}

fn short_letters(patterns: usize) -> Value {
    let all = (0..patterns)
        .map(|n| (format!(r"^\p{{L}}{{3}}$x{n}"), json!({"type": "string"})))
        .collect::<Map<_, _>>();
    json!({ "patternProperties": all })
}

fn patterns(patterns: usize) -> Value {
    let all =
        (0..patterns).map(|n| (format!("^a[0-9]+b{n}$"), json!({"type": "string"}))).collect::<Map<_, _>>();
    json!({"type": "object", "patternProperties": all})
}

fn items(least: &[usize]) -> Value {
    least.iter().rev().fold(
        json!({"type": "integer"}),
        |inner, least| json!({"type": "array", "minItems": least, "items": inner}),
    )
}

fn all_of(branches: usize) -> Value {
    json!({"items": {"allOf": (0..branches).map(|n| json!({"minimum": n})).collect::<Vec<_>>()}})
}

fn any_of(branches: usize) -> Value {
    json!({"items": {"anyOf": (0..branches).map(|n| json!({"minimum": n + 10})).collect::<Vec<_>>()}})
}

fn required(names: usize) -> Value {
    json!({"type": "object", "required": (0..names).map(|n| format!("n{n}")).collect::<Vec<_>>()})
}

fn dependent(names: usize) -> Value {
    let each = (0..names).map(|n| (format!("n{n}"), json!([format!("n{}", n + 1)]))).collect::<Map<_, _>>();
    json!({"type": "object", "required": ["n0"], "dependentRequired": each})
}

fn required_within(names: usize, levels: usize) -> Value {
    (0..levels.min(60)).fold(json!({"type": "integer"}), |inner, _| {
        let names: Vec<String> = (0..names).map(|n| format!("n{n}")).collect();
        json!({"type": "object", "required": names, "properties": {"n0": inner}})
    })
}

fn listed(values: usize) -> Value {
    json!({"enum": (0..values).collect::<Vec<_>>()})
}

fn properties(many: usize, kind: &str) -> Value {
    let all = (0..many).map(|n| (format!("p{n}"), json!({"type": kind}))).collect::<Map<_, _>>();
    json!({"type": "object", "properties": all})
}

/// Returns a union. Each branch has a property whose members refer to the whole schema.
fn referring(branches: usize, references: usize) -> Value {
    let members: Map<String, Value> =
        (0..references).map(|at| (format!("p{at}"), json!({"$ref": "#"}))).collect();
    let property = json!({"type": "object", "properties": members, "minProperties": 1});
    let branch = |n: usize| json!({"properties": {(format!("p{n}")): property}});
    json!({"anyOf": (0..branches).map(branch).collect::<Vec<_>>()})
}

fn negated(branches: usize) -> Value {
    let members = json!({"p0": {"$ref": "#"}, "p1": {"$ref": "#"}});
    let property = json!({"type": "object", "properties": members});
    let branch = |n: usize| json!({"properties": {(format!("p{n}")): property}, "not": {"required": [format!("q{n}")]}});
    json!({"anyOf": (0..branches).map(branch).collect::<Vec<_>>()})
}

fn named(branches: usize) -> Value {
    let branch = |n: usize| json!({"properties": {(format!("p{n}")): {"type": "object"}}});
    json!({"anyOf": (0..branches).map(branch).collect::<Vec<_>>()})
}

fn items_of(schema: Value) -> Value {
    json!({ "items": schema })
}

fn conditions(many: usize) -> Value {
    let branch = |n: usize| {
        json!({
            "if": {"properties": {"t": {"const": n}}, "required": ["t"]},
            "then": {"required": [format!("p{n}")]}
        })
    };
    json!({"type": "object", "allOf": (0..many).map(branch).collect::<Vec<_>>()})
}
