use crate::json::{Json, hash, hash_string};

/// The values of an `enum`.
///
/// For a long list, the hashes of its values are stored too. With them, the check of a long event does not compare each
/// of the event's values with the whole list.
#[derive(Debug)]
pub(crate) struct EnumValues {
    values: Box<[Json]>,
    /// The hashes of the values, sorted, each with the position of its value; empty for a short list.
    hashes: Box<[(u64, u32)]>,
}

impl EnumValues {
    /// Maximum length of a list without hashes.
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

    /// Returns whether the list contains a value.
    pub(crate) fn contains(&self, value: &Json) -> bool {
        if self.hashes.is_empty() {
            return self.values.contains(value);
        }
        self.with_hash(hash(value)).any(|own| own == value)
    }

    /// Returns whether the list contains a string.
    pub(crate) fn contains_string(&self, text: &str) -> bool {
        let is_match = |own: &Json| own.as_str() == Some(text);
        if self.hashes.is_empty() {
            return self.values.iter().any(is_match);
        }
        self.with_hash(hash_string(text)).any(is_match)
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
    fn long_lists_contain_what_short_ones_contain() {
        let values: Vec<Json> = (0..100)
            .map(|n| Json::parse(&[format!("{n}"), format!("\"{n}\""), format!("[{n}.0]")][n % 3]).unwrap())
            .collect();
        let enum_values = EnumValues::new(&values);
        for n in 0..100 {
            for text in [format!("{n}.0"), format!("\"{n}\""), format!("[{n}]"), format!("{{\"a\":{n}}}")] {
                let value = Json::parse(&text).unwrap();
                assert_eq!(enum_values.contains(&value), values.contains(&value), "{text}");
            }
            let text = n.to_string();
            assert_eq!(
                enum_values.contains_string(&text),
                values.contains(&Json::String(text.clone())),
                "{text}"
            );
        }
    }
}
