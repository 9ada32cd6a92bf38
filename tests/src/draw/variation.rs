//! Varies an event: replaces, removes or repeats the value at one place, or adds a value there.

use fastrand::Rng;
use serde_json::Value;

use super::hints::Hints;

/// Returns an event that differs from `event` in one place.
pub(super) fn vary(event: &Value, hints: &Hints, rng: &mut Rng) -> Value {
    let mut varied = event.clone();
    let mut at = rng.usize(..places(event));
    visit(&mut varied, &mut at, &mut |place| change(place, hints, rng));
    varied
}

fn places(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(places).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(places).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// Calls `change` for the value with this number. Parents have lower numbers than their children. Returns whether the
/// value exists.
fn visit(value: &mut Value, at: &mut usize, change: &mut dyn FnMut(&mut Value)) -> bool {
    if *at == 0 {
        change(value);
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| visit(item, at, change)),
        Value::Object(members) => members.values_mut().any(|member| visit(member, at, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn change(place: &mut Value, hints: &Hints, rng: &mut Rng) {
    if rng.u8(..4) == 0 {
        *place = hints.value(rng);
        return;
    }
    match place {
        Value::Number(number) => {
            if let Some(integer) = number.as_i64() {
                *place = Value::from(integer.saturating_add(rng.choice([-10, -1, 1, 10, 1000]).unwrap_or(1)));
            } else if let Some(float) = number.as_f64() {
                *place = Value::from(float + rng.choice([-1.0, -0.5, 0.25, 1.0]).unwrap_or(1.0));
            }
        }
        Value::String(text) => match rng.u8(..5) {
            0 => drop(text.pop()),
            1 => text.push(rng.choice(['x', '0', ' ', 'é']).unwrap_or('x')),
            2 => text.insert(0, rng.choice(['x', '0', ' ', 'A']).unwrap_or('x')),
            3 => *text = text.to_uppercase(),
            _ => *text = hints.text(rng),
        },
        Value::Array(items) => match rng.u8(..4) {
            0 => drop(items.pop()),
            1 => items.push(hints.value(rng)),
            _ => {
                if let Some(item) = rng.choice(items.as_slice()).cloned() {
                    items.push(item);
                }
            }
        },
        Value::Object(members) => {
            if rng.bool()
                && let Some(name) = rng.choice(members.keys()).cloned()
            {
                members.shift_remove(&name);
            } else {
                members.insert(hints.name(rng), hints.value(rng));
            }
        }
        Value::Bool(flag) => *flag = !*flag,
        Value::Null => *place = hints.value(rng),
    }
}
