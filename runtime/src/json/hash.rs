//! Hashes of JSON values, to compare many values.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Json;

/// Marks a string in a hash.
const STRING: u8 = 3;

/// Returns the hash of a value. Equal values have equal hashes.
pub(crate) fn hash(value: &Json) -> u64 {
    let mut hasher = DefaultHasher::new();
    add(value, &mut hasher);
    hasher.finish()
}

/// Returns the hash of a string, as [`hash`] does for the value [`Json::String`].
pub(crate) fn hash_string(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (STRING, text).hash(&mut hasher);
    hasher.finish()
}

fn add(value: &Json, hasher: &mut DefaultHasher) {
    match value {
        Json::Null => 0u8.hash(hasher),
        Json::Bool(bool) => (1u8, bool).hash(hasher),
        Json::Number(number) => {
            2u8.hash(hasher);
            number.hash(hasher);
        }
        Json::String(text) => (STRING, text).hash(hasher),
        Json::Array(items) => {
            (4u8, items.len()).hash(hasher);
            items.iter().for_each(|item| add(item, hasher));
        }
        Json::Object(properties) => {
            (5u8, properties.len()).hash(hasher);
            for (name, value) in properties {
                name.hash(hasher);
                add(value, hasher);
            }
        }
    }
}
