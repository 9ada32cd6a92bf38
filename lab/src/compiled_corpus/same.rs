//! Compares two JSON values: numbers by all their digits, and members in any order.

use serde_json::Value;

/// Returns pointers to the members that are missing in `after`. If the values have another difference, the error is the
/// pointer to this difference.
pub fn lost(before: &Value, after: &Value) -> Result<Vec<String>, String> {
    let mut gone = Vec::new();
    walk(before, after, &mut String::new(), &mut gone)?;
    Ok(gone)
}

/// Returns whether two values are equal.
pub fn same(a: &Value, b: &Value) -> bool {
    lost(a, b).is_ok_and(|gone| gone.is_empty())
}

fn walk(before: &Value, after: &Value, place: &mut String, gone: &mut Vec<String>) -> Result<(), String> {
    let length = place.len();
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            if let Some(name) = after.keys().find(|name| !before.contains_key(*name)) {
                return Err(format!("{place}/{name}"));
            }
            for (name, old) in before {
                place.push('/');
                place.push_str(name);
                match after.get(name) {
                    Some(new) => walk(old, new, place, gone)?,
                    None => gone.push(place.clone()),
                }
                place.truncate(length);
            }
            Ok(())
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (at, (old, new)) in before.iter().zip(after).enumerate() {
                place.push_str(&format!("/{at}"));
                walk(old, new, place, gone)?;
                place.truncate(length);
            }
            Ok(())
        }
        (Value::Number(old), Value::Number(new)) if digits(&old.to_string()) == digits(&new.to_string()) => {
            Ok(())
        }
        (Value::Null | Value::Bool(_) | Value::String(_), _) if before == after => Ok(()),
        _ => Err(place.clone()),
    }
}

/// Returns the sign, the digits and the exponent. They are the same for each spelling of a number.
fn digits(text: &str) -> (bool, String, i128) {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return (false, String::new(), 0);
    }
    let trailing = all.len() - all.trim_end_matches('0').len();
    // An exponent beyond 128 bits becomes the largest exponent.
    let exponent = exponent.trim_start_matches('+').parse::<i128>().unwrap_or(i128::MAX / 2);
    (negative, significant.to_owned(), exponent - fraction.len() as i128 + trailing as i128)
}
