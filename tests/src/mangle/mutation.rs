//! Small changes of an event that are difficult for parsers.

use fastrand::Rng;

use super::{Hints, Tree};

/// Numbers that are difficult for parsers and validators.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "-0.0",
    "1",
    "-1",
    "1.0",
    "1e2",
    "1E+2",
    "100e-2",
    "0.1",
    "1.5",
    "1e-7",
    "3.0e0",
    "12e-1",
    "2147483648",
    "-2147483649",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "18446744073709551616.0",
    "1e19",
    "1e308",
    "1e309",
    "1e-400",
    "1e400",
    "-1e400",
    "0e999999999",
    "123456789012345678901234567890.5",
    "0.1000000000000000055511151231257827",
    "4.35",
    "1e1000000000000",
];

/// Strings that are difficult for the checks of lengths, patterns and formats.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "a",
    "A",
    "é",
    "e\u{301}",
    "𝄞",
    "😀😀",
    "\u{feff}",
    "\u{2028}",
    "\n",
    "a\nb",
    "null",
    "0",
    "1.0",
    "2024-02-29T12:00:00Z",
    "2023-02-29",
    "2024-01-01T23:59:60Z",
    "2024-01-01t00:00:00z",
    "2024-01-01 00:00:00Z",
    "12:00:00+24:00",
    "not a uri",
    "http://example.com/a b",
    "urn:x:y",
    "a@b",
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-00000000000g",
    "::1",
    "1.2.3.04",
    "P1D",
    "P",
    "/a~2",
    "*/",
    "١٢",
];

/// Maximum number of arrays or objects that a mutation puts around a value.
const WRAPS_MAX: usize = 140;

/// Changes one place of an event.
pub fn mangle(event: &mut Tree, hints: &Hints, rng: &mut Rng) {
    let size = event.size();
    let other = event.at(rng.usize(..size)).cloned();
    let Some(place) = event.at(rng.usize(..size)) else { return };
    match rng.u8(..16) {
        0 | 1 => *place = scalar(hints, rng),
        2 => {
            if let Some(other) = other {
                *place = other;
            }
        }
        3 => wrap(place, rng),
        _ => match place {
            Tree::Raw(text) => raw(text, hints, rng),
            Tree::Text(text) => spoil(text, hints, rng),
            Tree::List(items) => list(items, other, hints, rng),
            Tree::Object(members) => object(members, other, hints, rng),
        },
    }
}

fn scalar(hints: &Hints, rng: &mut Rng) -> Tree {
    match rng.u8(..10) {
        0 => Tree::Raw("null".to_owned()),
        1 => Tree::Raw("true".to_owned()),
        2 => Tree::Raw("false".to_owned()),
        3 => Tree::List(Vec::new()),
        4 => Tree::Object(Vec::new()),
        5 | 6 => {
            let mut text = String::new();
            spoil(&mut text, hints, rng);
            Tree::Text(text)
        }
        7 if !hints.values.is_empty() => Tree::of(&hints.values[rng.usize(..hints.values.len())]),
        _ => {
            let mut text = "0".to_owned();
            number(&mut text, hints, rng);
            Tree::Raw(text)
        }
    }
}

fn wrap(place: &mut Tree, rng: &mut Rng) {
    let times = if rng.u8(..64) == 0 { rng.usize(100..WRAPS_MAX) } else { 1 };
    for _ in 0..times {
        let inner = std::mem::replace(place, Tree::Raw("null".to_owned()));
        *place =
            if rng.bool() { Tree::List(vec![inner]) } else { Tree::Object(vec![("a".to_owned(), inner)]) };
    }
}

fn raw(text: &mut String, hints: &Hints, rng: &mut Rng) {
    if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && rng.u8(..4) != 0 {
        return number(text, hints, rng);
    }
    *text = ["null", "true", "false", "0", "1"][rng.usize(..5)].to_owned();
}

fn number(text: &mut String, hints: &Hints, rng: &mut Rng) {
    match rng.u8(..6) {
        0 | 1 if !hints.numbers.is_empty() => {
            *text = hints.numbers[rng.usize(..hints.numbers.len())].clone();
            near(text, rng);
        }
        2 => near(text, rng),
        // Writes another spelling of the same number.
        3 if !text.contains(['.', 'e', 'E']) => {
            text.push_str([".0", "e0", "E+0", ".00", "0e-1"][rng.usize(..5)])
        }
        _ => *text = NUMBERS[rng.usize(..NUMBERS.len())].to_owned(),
    }
}

/// Changes a number by a small amount, or not at all.
fn near(text: &mut String, rng: &mut Rng) {
    if let Ok(integer) = text.parse::<i64>() {
        let step = rng.i64(-1..=1);
        *text = integer.saturating_add(step).to_string();
        if rng.u8(..4) == 0 {
            text.push_str([".0", ".5", ".0000000000000000000001", "e0"][rng.usize(..4)]);
        }
    } else if text.contains('.') && !text.contains(['e', 'E']) {
        text.push(char::from(b'0' + rng.u8(..10)));
    }
}

fn spoil(text: &mut String, hints: &Hints, rng: &mut Rng) {
    match rng.u8(..8) {
        0 if !hints.texts.is_empty() => *text = hints.texts[rng.usize(..hints.texts.len())].clone(),
        1 if !hints.lengths.is_empty() => {
            let length = hints.lengths[rng.usize(..hints.lengths.len())] + rng.usize(..=2);
            let one = text.chars().next().unwrap_or('a');
            let one = [one, 'é', '𝄞', 'x'][rng.usize(..4)];
            *text = std::iter::repeat_n(one, length.saturating_sub(1)).collect();
        }
        2 => {
            text.pop();
        }
        3 => text.push_str(TEXTS[rng.usize(..TEXTS.len())]),
        4 => text.insert_str(0, TEXTS[rng.usize(..TEXTS.len())]),
        5 => *text = if rng.bool() { text.to_uppercase() } else { text.to_lowercase() },
        6 => {
            let count = text.chars().count().max(1);
            let at = rng.usize(..count);
            let new = ['a', 'Z', '0', '-', '.', ':', ' ', '/', '𝄞', '\u{0}'][rng.usize(..10)];
            *text = text.chars().enumerate().map(|(n, c)| if n == at { new } else { c }).collect();
        }
        _ => *text = TEXTS[rng.usize(..TEXTS.len())].to_owned(),
    }
}

fn list(items: &mut Vec<Tree>, other: Option<Tree>, hints: &Hints, rng: &mut Rng) {
    let at = if items.is_empty() { 0 } else { rng.usize(..items.len()) };
    match rng.u8(..6) {
        0 if !items.is_empty() => {
            items.remove(at);
        }
        1 if !items.is_empty() => {
            let copy = items[at].clone();
            items.push(copy);
        }
        2 => items.insert(at, scalar(hints, rng)),
        3 => items.extend(other),
        4 if !hints.lengths.is_empty() && !items.is_empty() => {
            let wanted = hints.lengths[rng.usize(..hints.lengths.len())].min(300) + rng.usize(..2);
            let copy = items[at].clone();
            items.resize(wanted, copy);
        }
        _ => items.reverse(),
    }
}

fn object(members: &mut Vec<(String, Tree)>, other: Option<Tree>, hints: &Hints, rng: &mut Rng) {
    let at = if members.is_empty() { 0 } else { rng.usize(..members.len()) };
    match rng.u8(..8) {
        0 | 1 if !members.is_empty() => {
            members.remove(at);
        }
        2 if !members.is_empty() && rng.u8(..4) == 0 => {
            let copy = members[at].clone();
            members.insert(rng.usize(..=members.len()), copy);
        }
        3 => {
            let name = ["unknown", "", "é", "𝄞", "x-y", "$ref", "a\"b", "UPPER"][rng.usize(..8)];
            let value = other.unwrap_or_else(|| scalar(hints, rng));
            set(members, name, value);
        }
        4 | 5 if !hints.names.is_empty() => {
            let name = hints.names[rng.usize(..hints.names.len())].clone();
            let value =
                if rng.bool() { scalar(hints, rng) } else { other.unwrap_or_else(|| scalar(hints, rng)) };
            set(members, &name, value);
        }
        6 if !members.is_empty() => {
            let name = &mut members[at].0;
            *name = if rng.bool() { name.to_uppercase() } else { format!("{name} ") };
        }
        _ => {
            let other = if members.is_empty() { 0 } else { rng.usize(..members.len()) };
            if at < members.len() {
                members.swap(at, other);
            }
        }
    }
}

fn set(members: &mut Vec<(String, Tree)>, name: &str, value: Tree) {
    match members.iter_mut().find(|(there, _)| there == name) {
        Some((_, old)) => *old = value,
        None => members.push((name.to_owned(), value)),
    }
}
