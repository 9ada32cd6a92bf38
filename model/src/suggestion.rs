//! Suggests the known word that a misspelt word probably means.

/// The minimum length in letters, of the shorter word, at which one difference looks like a mistake: `note` does not
/// mean `not`.
const LETTERS_MIN: usize = 4;
/// The minimum length in letters, of the shorter word, at which two differences look like a mistake.
const LONG_LETTERS_MIN: usize = 8;

/// Returns the known word that is closest to a misspelt one; `None` if none is close.
///
/// Case, `_`, `-`, `$`, spaces and plural endings make no difference.
pub(crate) fn closest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let plain = letters(word);
    // A word such as `tsEnum` has the prefix of a tool; it is not misspelt.
    let is_prefixed =
        |known: &&str| known.len() + 2 <= word.len() && word.to_lowercase().ends_with(&known.to_lowercase());
    known
        .into_iter()
        .filter(|known| !is_prefixed(known))
        .filter_map(|known| Some((small_distance(&plain, &letters(known))?, known)))
        .min()
        .map(|(_, known)| known)
}

fn small_distance(word: &[char], known: &[char]) -> Option<usize> {
    let shorter = word.len().min(known.len());
    if word == known || (LETTERS_MIN <= shorter && stem(word) == stem(known)) {
        return Some(0);
    }
    let most = match shorter {
        LONG_LETTERS_MIN.. => 2,
        LETTERS_MIN.. => 1,
        _ => return None,
    };
    if most < word.len().abs_diff(known.len()) {
        return None;
    }
    let far = distance(word, known);
    (far <= most).then_some(far)
}

fn letters(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, '_' | '-' | '$' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Returns a word without its plural ending: `properties` and `property` have the same stem.
fn stem(word: &[char]) -> Vec<char> {
    match word {
        [stem @ .., 'i', 'e', 's'] => stem.iter().copied().chain(['y']).collect(),
        [stem @ .., 's'] => stem.to_vec(),
        _ => word.to_vec(),
    }
}

/// Returns the number of edits between two words. The exchange of two neighbouring letters is one edit
/// (Damerau-Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let change = last[j] + usize::from(a[i] != b[j]);
            row[j + 1] = change.min(last[j + 1] + 1).min(row[j] + 1);
            if 0 < i && 0 < j && a[i] == b[j - 1] && a[i - 1] == b[j] {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keywords::{KEYWORDS, TYPES};

    #[test]
    fn misspelt_words_and_their_near_misses() {
        let keywords = || KEYWORDS.iter().map(|keyword| keyword.name);
        for (word, meant) in [
            ("strnig", "string"),
            ("strin", "string"),
            ("String", "string"),
            ("integr", "integer"),
            ("obejct", "object"),
            ("nul", ""),
            ("date", ""),
        ] {
            assert_eq!(closest(word, TYPES), Some(meant).filter(|meant| !meant.is_empty()), "{word}");
        }
        for (word, meant) in [
            ("item", "items"),
            ("require", "required"),
            ("minlength", "minLength"),
            ("min_length", "minLength"),
            ("additionalProperty", "additionalProperties"),
            ("aditionalProperties", "additionalProperties"),
            ("additionalproperties", "additionalProperties"),
            ("propertes", "properties"),
            ("property", "properties"),
            ("tpye", "type"),
            ("ref", "$ref"),
            ("one_of", "oneOf"),
            ("tsAdditionalProperties", ""),
            ("note", ""),
            ("name", ""),
            ("ids", ""),
            ("x", ""),
            ("owner", ""),
        ] {
            assert_eq!(closest(word, keywords()), Some(meant).filter(|meant| !meant.is_empty()), "{word}");
        }
    }
}
