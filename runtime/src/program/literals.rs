//! The values of an `enum`. Long lists are found by hash, so that an event of many values does not look through all of
//! them for each.

use crate::Json;
use crate::check::unique::{hash, hash_text};

/// Values of which one is asked for.
#[derive(Debug)]
pub(crate) struct Literals {
    values: Box<[Json]>,
    /// Their hashes with their positions, sorted; none where they are few.
    hashes: Box<[(u64, u32)]>,
}

impl Literals {
    /// Lists so short are looked through.
    const SHORT_MAX: usize = 16;

    pub(crate) fn new(values: &[Json]) -> Self {
        let mut hashes = Vec::new();
        if Self::SHORT_MAX < values.len() {
            let positions = values.iter().zip(0..);
            hashes = positions.map(|(value, at)| (hash(value), at)).collect();
            hashes.sort_unstable();
        }
        Self { values: values.into(), hashes: hashes.into() }
    }

    /// Tells whether a value is among them.
    pub(crate) fn contain(&self, value: &Json) -> bool {
        if self.hashes.is_empty() {
            return self.values.contains(value);
        }
        self.with_hash(hash(value)).any(|own| own == value)
    }

    /// Tells whether a text is among them.
    pub(crate) fn contain_text(&self, text: &str) -> bool {
        let is_text = |own: &Json| own.as_str() == Some(text);
        if self.hashes.is_empty() {
            return self.values.iter().any(is_text);
        }
        self.with_hash(hash_text(text)).any(is_text)
    }

    fn with_hash(&self, hash: u64) -> impl Iterator<Item = &Json> {
        let start = self.hashes.partition_point(|(own, _)| *own < hash);
        let same = self.hashes[start..].iter().take_while(move |(own, _)| *own == hash);
        same.filter_map(|(_, at)| self.values.get(usize::try_from(*at).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_have_what_short_ones_have() {
        let values: Vec<Json> = (0..100)
            .map(|n| Json::parse(&[format!("{n}"), format!("\"{n}\""), format!("[{n}.0]")][n % 3]).unwrap())
            .collect();
        let literals = Literals::new(&values);
        for n in 0..100 {
            for text in [format!("{n}.0"), format!("\"{n}\""), format!("[{n}]"), format!("{{\"a\":{n}}}")] {
                let value = Json::parse(&text).unwrap();
                assert_eq!(literals.contain(&value), values.contains(&value), "{text}");
            }
            let text = n.to_string();
            assert_eq!(literals.contain_text(&text), values.contains(&Json::String(text.clone())), "{text}");
        }
    }
}
