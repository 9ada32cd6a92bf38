//! Mutates a schema. The new schemas are like those of a careless or hostile author.
//!
//! A mutation deletes, copies or moves keywords, shifts limits, exchanges subtrees with other documents, wraps
//! subschemas into unions and negations, or makes references point to the root. The new document may not be a valid
//! schema.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Returns a mutation of a schema. Other subtrees come from `others`.
pub fn mutate(schema: &Value, others: &[Value], rng: &mut Rng) -> Value {
    let mut mutated = schema.clone();
    let pointers = pointers(&mutated);
    let Some(at) = rng.choice(&pointers).cloned() else { return mutated };
    let lent = lend(others, rng);
    let own = rng.choice(&pointers).and_then(|other| mutated.pointer(other)).cloned();
    let Some(place) = mutated.pointer_mut(&at) else { return mutated };
    match rng.u8(..10) {
        0 => replace(place, lent),
        1 => replace(place, own.unwrap_or(Value::Bool(true))),
        2 => wrap(place, lent, rng),
        3 => *place = rng.choice([json!({"$ref": "#"}), json!(true), json!(false)]).unwrap_or(Value::Null),
        4 | 5 => add_keyword(place, lent, rng),
        _ => change(place, own.as_ref(), rng),
    }
    mutated
}

/// Returns the JSON Pointers of all values in a document.
fn pointers(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), schema)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    // Does not change `$schema`. Otherwise, most mutations would be invalid.
                    if name != "$schema" {
                        let token = name.replace('~', "~0").replace('/', "~1");
                        open.push((format!("{pointer}/{token}"), member));
                    }
                }
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(at, item)| (format!("{pointer}/{at}"), item)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        found.push(pointer);
    }
    found
}

/// Returns a subtree of another document.
fn lend(others: &[Value], rng: &mut Rng) -> Value {
    let Some(other) = rng.choice(others) else { return Value::Bool(true) };
    let pointers = pointers(other);
    // An object is probably a schema.
    for _ in 0..8 {
        let lent = rng.choice(&pointers).and_then(|pointer| other.pointer(pointer));
        if let Some(lent) = lent.filter(|lent| lent.is_object()) {
            return lent.clone();
        }
    }
    other.clone()
}

/// Replaces the value at a place if the new value has the same type. Otherwise, replaces a member of the old value.
fn replace(place: &mut Value, by: Value) {
    if std::mem::discriminant(place) == std::mem::discriminant(&by) {
        *place = by;
    } else if let Value::Object(members) = place {
        members.insert("additionalProperties".to_owned(), by);
    }
}

fn wrap(place: &mut Value, lent: Value, rng: &mut Rng) {
    if !place.is_object() && !place.is_boolean() {
        return;
    }
    let own = place.take();
    *place = match rng.u8(..7) {
        0 => json!({"anyOf": [own, lent]}),
        1 => json!({"oneOf": [own, lent]}),
        2 => json!({"allOf": [own, lent]}),
        3 => json!({"not": own}),
        4 => json!({"not": {"not": own}}),
        5 => json!({"if": lent, "then": own}),
        _ => json!({"type": "array", "items": own}),
    };
}

fn add_keyword(place: &mut Value, lent: Value, rng: &mut Rng) {
    let Value::Object(members) = place else { return };
    let declared = members.get("properties").and_then(Value::as_object);
    let name = declared.and_then(|all| rng.choice(all.keys()).cloned()).unwrap_or_else(|| "a".to_owned());
    let small = rng.u8(..5);
    let patterns = ["^a", "a$", "^[a-z]+$", "^(a|b)*c?$", "[0-9]{2,}", "^\\S+$", "^.{1,3}$", "(?=a)", "^$"];
    let pattern = rng.choice(patterns).unwrap_or("a");
    let kind = rng.choice(["object", "array", "string", "integer", "number", "null"]).unwrap_or("null");
    let (keyword, value) = match rng.u8(..30) {
        0 => ("required", json!([name])),
        1 => ("additionalProperties", json!(false)),
        2 => ("additionalProperties", lent),
        3 => ("unevaluatedProperties", json!(false)),
        4 => ("minLength", json!(small)),
        5 => ("maxLength", json!(small)),
        6 => ("pattern", json!(pattern)),
        7 => ("format", json!(rng.choice(["date", "uuid", "uri", "email", "ipv4", "unheard-of"]))),
        8 => ("minimum", json!(small)),
        9 => ("maximum", json!(small)),
        10 => ("exclusiveMinimum", json!(small)),
        11 => ("exclusiveMaximum", json!(small)),
        12 => ("multipleOf", json!(f64::from(small + 1) / 2.0)),
        13 => ("minItems", json!(small)),
        14 => ("maxItems", json!(small)),
        15 => ("uniqueItems", json!(true)),
        16 => ("contains", lent),
        17 => ("minContains", json!(small)),
        18 => ("maxContains", json!(small)),
        19 => ("minProperties", json!(small)),
        20 => ("maxProperties", json!(small)),
        21 => ("propertyNames", json!({"pattern": pattern})),
        22 => ("patternProperties", Value::Object(Map::from_iter([(pattern.to_owned(), lent)]))),
        23 => ("dependentRequired", Value::Object(Map::from_iter([(name, json!(["b"]))]))),
        24 => ("dependentSchemas", Value::Object(Map::from_iter([(name, lent)]))),
        25 => ("prefixItems", json!([lent])),
        26 => ("unevaluatedItems", json!(false)),
        27 => ("enum", json!([1, "a", null, {"a": 1}, [1], 1.5])),
        28 => ("not", lent),
        _ => ("type", json!([kind, "string"])),
    };
    members.insert(keyword.to_owned(), value);
}

fn change(place: &mut Value, own: Option<&Value>, rng: &mut Rng) {
    match place {
        Value::Bool(flag) => *flag = !*flag,
        Value::Number(number) => {
            let shifted = number.as_i64().map(|n| match rng.u8(..7) {
                0 => json!(n.saturating_add(1)),
                1 => json!(n.saturating_sub(1)),
                2 => json!(0),
                3 => json!(n.saturating_mul(2)),
                4 => json!(n as f64 / 2.0),
                5 => json!(1_000_000_000_u64),
                _ => json!(n.saturating_neg()),
            });
            *place = shifted.unwrap_or_else(|| json!(1));
        }
        Value::String(text) => {
            const TYPES: [&str; 7] = ["object", "array", "string", "integer", "number", "boolean", "null"];
            if TYPES.contains(&text.as_str()) {
                *text = rng.choice(TYPES).unwrap_or("null").to_owned();
            } else if rng.bool() {
                text.push('a');
            } else {
                text.pop();
            }
        }
        Value::Array(items) => match rng.u8(..4) {
            0 => drop((!items.is_empty()).then(|| items.remove(rng.usize(..items.len())))),
            1 => {
                if let Some(again) = rng.choice(items.as_slice()).cloned() {
                    items.push(again);
                }
            }
            2 => items.push(own.cloned().unwrap_or(Value::Null)),
            _ => rng.shuffle(items),
        },
        Value::Object(members) => {
            let Some(name) = rng.choice(members.keys()).cloned() else { return };
            match rng.u8(..4) {
                0 | 1 => drop(members.shift_remove(&name)),
                2 => {
                    if let Some(member) = members.shift_remove(&name) {
                        members.insert(format!("{name}x"), member);
                    }
                }
                _ => members.extend(own.and_then(Value::as_object).cloned().unwrap_or_default()),
            }
        }
        Value::Null => *place = json!(0),
    }
}
