use std::borrow::Cow;

use crate::Json;

/// Up to so many elements are compared with each other, more are sorted by hash first.
const COMPARED_MAX: usize = 16;

/// Tells whether no two values are equal.
pub(super) fn are_unique(items: &[Json]) -> bool {
    if items.len() <= COMPARED_MAX {
        return items.iter().enumerate().all(|(at, item)| !items[..at].contains(item));
    }
    let mut hashed: Vec<(u64, &Json)> = items.iter().map(|item| (hash(item), item)).collect();
    hashed.sort_unstable_by_key(|(hash, _)| *hash);
    hashed.chunk_by(|a, b| a.0 == b.0).all(|same| {
        // Values of one hash are equal, unless somebody went to great lengths; then this is slow
        // but ends: an event has a bounded number of them.
        same.iter().enumerate().all(|(at, (_, item))| !same[..at].iter().any(|(_, other)| other == item))
    })
}

/// Tells whether no two texts are equal.
pub(super) fn texts_are_unique(mut texts: Vec<Cow<'_, str>>) -> bool {
    if texts.len() <= COMPARED_MAX {
        return texts.iter().enumerate().all(|(at, text)| !texts[..at].contains(text));
    }
    texts.sort_unstable();
    texts.windows(2).all(|pair| pair[0] != pair[1])
}

/// Returns a number that equal values share.
fn hash(json: &Json) -> u64 {
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
            let mut texts: Vec<_> = (0..count).map(|at: usize| Cow::Owned(at.to_string())).collect();
            assert!(texts_are_unique(texts.clone()));
            texts.push("0".into());
            assert!(!texts_are_unique(texts));
        }
    }
}
