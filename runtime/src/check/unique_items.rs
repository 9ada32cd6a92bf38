//! Checks whether all elements of an array are different.
//!
//! The check first reduces each element to a hash while it reads the text. Equal elements have equal hashes. The check
//! compares the elements themselves only if two hashes are equal.

use crate::json::{self, Json};
use crate::lexer::Lexer;
use crate::reject::Reject;

/// Maximum number of elements that are compared in pairs. The elements of a longer array are sorted first.
const COMPARED_MAX: usize = 16;

/// Returns whether all elements of the array at the current position are different. Moves behind the array.
pub(super) fn are_different(lexer: &mut Lexer<'_>, count: usize) -> Result<bool, Reject> {
    let start = lexer.position();
    if hashes_differ(lexer, count)? {
        return Ok(true);
    }
    lexer.rewind(start);
    let array = Json::read_from(lexer)?;
    Ok(array.as_array().is_none_or(items_differ))
}

/// Returns whether the hashes of the elements are different.
fn hashes_differ(lexer: &mut Lexer<'_>, count: usize) -> Result<bool, Reject> {
    lexer.enter()?;
    let mut hashes = Vec::with_capacity(count);
    while lexer.next_element(hashes.is_empty())? {
        hashes.push(hash_value(lexer)?);
    }
    if hashes.len() <= COMPARED_MAX {
        return Ok(are_few_and_different(&hashes));
    }
    hashes.sort_unstable();
    Ok(hashes.windows(2).all(|pair| pair[0] != pair[1]))
}

/// Skips a value and returns its hash. Equal values have equal hashes.
fn hash_value(lexer: &mut Lexer<'_>) -> Result<u64, Reject> {
    Ok(match lexer.peek() {
        b'"' => hash_string(&lexer.string()?),
        b'{' => {
            lexer.enter()?;
            let mut sum = 0u64;
            let mut is_first = true;
            while lexer.next_name(is_first)? {
                is_first = false;
                let name = hash_string(&lexer.name()?);
                // Adds the hashes, because the order of properties does not matter.
                sum = sum.wrapping_add(mix(name, hash_value(lexer)?));
            }
            mix(sum, u64::from(b'{'))
        }
        b'[' => {
            lexer.enter()?;
            let mut hash = u64::from(b'[');
            let mut is_first = true;
            while lexer.next_element(is_first)? {
                is_first = false;
                hash = mix(hash, hash_value(lexer)?);
            }
            hash
        }
        word @ (b't' | b'f' | b'n') => {
            lexer.skip()?;
            mix(u64::from(word), 0)
        }
        _ => {
            let number = lexer.number()?;
            // Equal numbers round to the same float. Different numbers can also round to the same float.
            let float = number.small_integer().map_or_else(|| number.text.parse(), |small| Ok(small as f64));
            // Adding zero turns `-0.0` into `0.0`.
            float.map_or(0, |float| mix(u64::from(b'0'), (float + 0.0).to_bits()))
        }
    })
}

/// Returns whether the values are few enough to compare them in pairs, and whether all of them are different.
// Never inlined: inside the loop that reads an array, it slows down arrays without `uniqueItems`.
#[inline(never)]
pub(crate) fn are_few_and_different<T: PartialEq>(values: &[T]) -> bool {
    values.len() <= COMPARED_MAX && values.iter().enumerate().all(|(at, value)| !values[..at].contains(value))
}

fn hash_string(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (words, rest) = bytes.as_chunks::<8>();
    let start = u64::try_from(bytes.len()).unwrap_or(0);
    let hash = words.iter().fold(start, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    mix(hash, rest.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)))
}

fn mix(a: u64, b: u64) -> u64 {
    /// An odd number in which about half of the bits are ones.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    (a.rotate_left(29) ^ b).wrapping_mul(FACTOR)
}

/// Returns whether all values are different.
fn items_differ(items: &[Json]) -> bool {
    if items.len() <= COMPARED_MAX {
        return are_few_and_different(items);
    }
    let mut hashed: Vec<(u64, &Json)> = items.iter().map(|item| (json::hash(item), item)).collect();
    hashed.sort_unstable_by_key(|(hash, _)| *hash);
    hashed.chunk_by(|a, b| a.0 == b.0).all(|same_hash| {
        // Different values rarely share a hash. A hostile event can make this comparison slow, but the length of an
        // event is limited.
        let mut items = same_hash.iter().map(|(_, item)| item).enumerate();
        items.all(|(at, item)| !same_hash[..at].iter().any(|(_, other)| other == item))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_items() {
        let item = |at: usize| Json::parse(&format!("{{\"a\":[{at}.0,\"{at}\"]}}")).unwrap();
        for count in [1, 5, 100] {
            let mut items: Vec<Json> = (0..count).map(item).collect();
            assert!(items_differ(&items));
            items.push(Json::parse("{\"a\":[0,\"0\"]}").unwrap());
            assert!(!items_differ(&items));
        }
    }

    fn hash(json: &str) -> u64 {
        hash_value(&mut Lexer::new(json)).unwrap()
    }

    #[test]
    fn equal_values_have_equal_hashes() {
        for (one, other) in [
            (r#"{"a": 1, "b": [true, null]}"#, r#"{"b":[true,null],"\u0061":1.0}"#),
            (r#""text of more than 8 bytes""#, r#""text of more \u0074han 8 bytes""#),
            ("[0, 10, 0.5]", "[-0.0,1e1,5E-1]"),
            ("123456789012345678901234567890", "123456789012345678901234567890.0"),
        ] {
            assert_eq!(Json::parse(one).unwrap(), Json::parse(other).unwrap());
            assert_eq!(hash(one), hash(other), "{one}");
        }
    }

    #[test]
    fn different_values_have_different_hashes() {
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
        let mut hashes: Vec<u64> = values.iter().map(|value| hash(value)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), values.len());
    }
}
