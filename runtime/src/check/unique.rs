//! Arrays whose elements are all different.
//!
//! First each element is reduced to a number that equal ones share, while its text is read. Only
//! where two numbers are the same the elements themselves are compared.

use crate::Json;
use crate::cursor::Cursor;
use crate::reject::Reject;

/// Up to so many elements are compared with each other.
const COMPARED_MAX: usize = 16;

impl Cursor<'_> {
    /// Tells whether the elements of the array at the cursor differ in the number that equal ones
    /// share; the cursor is behind it.
    pub(super) fn prints_differ(&mut self, count: usize) -> Result<bool, Reject> {
        self.enter()?;
        let mut prints = Vec::with_capacity(count);
        while self.next_element(prints.is_empty())? {
            prints.push(self.value_print()?);
        }
        Ok(differ(prints))
    }

    /// Steps over a value; returns a number that equal values share.
    fn value_print(&mut self) -> Result<u64, Reject> {
        Ok(match self.peek() {
            b'"' => text_print(&self.string()?),
            b'{' => {
                self.enter()?;
                let mut sum = 0u64;
                let mut first = true;
                while self.next_name(first)? {
                    first = false;
                    let name = text_print(&self.name()?);
                    // Members have no order.
                    sum = sum.wrapping_add(mix(name, self.value_print()?));
                }
                mix(sum, u64::from(b'{'))
            }
            b'[' => {
                self.enter()?;
                let mut print = u64::from(b'[');
                let mut first = true;
                while self.next_element(first)? {
                    first = false;
                    print = mix(print, self.value_print()?);
                }
                print
            }
            word @ (b't' | b'f' | b'n') => {
                self.skip()?;
                mix(u64::from(word), 0)
            }
            _ => {
                let digits = self.digits()?;
                // Numbers that are equal are equal as doubles; those that are not may be.
                let double = digits.small().map_or_else(|| digits.text.parse(), |small| Ok(small as f64));
                // Zero has two signs.
                double.map_or(0, |double| mix(u64::from(b'0'), (double + 0.0).to_bits()))
            }
        })
    }
}

/// Tells whether no two of these are the same.
fn differ(mut prints: Vec<u64>) -> bool {
    if COMPARED_MAX < prints.len() {
        prints.sort_unstable();
        return prints.windows(2).all(|pair| pair[0] != pair[1]);
    }
    are_few_and_differ(&prints)
}

/// Tells whether there are so few values that they are compared with each other, and no two are equal.
// Never: within the loop that reads an array it slows those that are no sets.
#[inline(never)]
pub(crate) fn are_few_and_differ<T: PartialEq>(all: &[T]) -> bool {
    all.len() <= COMPARED_MAX && all.iter().enumerate().all(|(at, value)| !all[..at].contains(value))
}

fn text_print(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (words, rest) = bytes.as_chunks::<8>();
    let start = u64::try_from(bytes.len()).unwrap_or(0);
    let print = words.iter().fold(start, |print, word| mix(print, u64::from_le_bytes(*word)));
    mix(print, rest.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)))
}

fn mix(a: u64, b: u64) -> u64 {
    /// An odd number with as many ones as zeros, about.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    (a.rotate_left(29) ^ b).wrapping_mul(FACTOR)
}

/// Tells whether no two values are equal.
pub(super) fn are_unique(items: &[Json]) -> bool {
    if items.len() <= COMPARED_MAX {
        return are_few_and_differ(items);
    }
    let mut hashed: Vec<(u64, &Json)> = items.iter().map(|item| (hash(item), item)).collect();
    hashed.sort_unstable_by_key(|(hash, _)| *hash);
    hashed.chunk_by(|a, b| a.0 == b.0).all(|same| {
        // Values of one hash are equal, unless somebody went to great lengths; then this is slow
        // but ends: an event has a bounded number of them.
        same.iter().enumerate().all(|(at, (_, item))| !same[..at].iter().any(|(_, other)| other == item))
    })
}

/// Returns a number that equal values share.
pub(crate) fn hash(json: &Json) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    fn add(json: &Json, hasher: &mut DefaultHasher) {
        match json {
            Json::Null => 0u8.hash(hasher),
            Json::Bool(bool) => (1u8, bool).hash(hasher),
            Json::Number(number) => {
                2u8.hash(hasher);
                number.hash_value(hasher);
            }
            Json::String(text) => (3u8, text).hash(hasher),
            Json::Array(items) => {
                (4u8, items.len()).hash(hasher);
                items.iter().for_each(|item| add(item, hasher));
            }
            Json::Object(members) => {
                (5u8, members.len()).hash(hasher);
                for (name, value) in members {
                    name.hash(hasher);
                    add(value, hasher);
                }
            }
        }
    }
    let mut hasher = DefaultHasher::new();
    add(json, &mut hasher);
    hasher.finish()
}

/// Returns the number that a text has among values.
pub(crate) fn hash_text(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (3u8, text).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many() {
        let item = |at: usize| Json::parse(&format!("{{\"a\":[{at}.0,\"{at}\"]}}")).unwrap();
        for count in [1, 5, 100] {
            let mut items: Vec<Json> = (0..count).map(item).collect();
            assert!(are_unique(&items));
            items.push(Json::parse("{\"a\":[0,\"0\"]}").unwrap());
            assert!(!are_unique(&items));
        }
    }

    fn print(json: &str) -> u64 {
        Cursor::of_text(json).value_print().unwrap()
    }

    #[test]
    fn equal_values_share_a_print() {
        for (one, other) in [
            (r#"{"a": 1, "b": [true, null]}"#, r#"{"b":[true,null],"\u0061":1.0}"#),
            (r#""text of more than 8 bytes""#, r#""text of more \u0074han 8 bytes""#),
            ("[0, 10, 0.5]", "[-0.0,1e1,5E-1]"),
            ("123456789012345678901234567890", "123456789012345678901234567890.0"),
        ] {
            assert_eq!(Json::parse(one).unwrap(), Json::parse(other).unwrap());
            assert_eq!(print(one), print(other), "{one}");
        }
    }

    #[test]
    fn different_values_mostly_do_not() {
        let values = [
            "null",
            "true",
            "false",
            "0",
            "1",
            "-1",
            "1.5",
            "1e300",
            "[]",
            "[[]]",
            "{}",
            "[{}]",
            "\"\"",
            "\"0\"",
            "\"null\"",
            "[1,2]",
            "[2,1]",
            "[[1],2]",
            r#"{"a":1}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":1,"b":2}"#,
            r#"{"a":2,"b":1}"#,
            r#"{"b":{"a":1}}"#,
            "\"aaaaaaaa\"",
            "\"aaaaaaaaa\"",
        ];
        let mut prints: Vec<u64> = values.iter().map(|value| print(value)).collect();
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), values.len());
    }
}
