//! Spells JSON names out, so that names that differ only in symbols or capitals stay apart.

use super::words::{is_letter, symbol};

/// Returns the words of a text in which every symbol and every capital is a word: `userId` becomes `user`, `capital`,
/// `id`.
pub(super) fn spelled(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if is_letter(c) && !c.is_uppercase() {
            word.push(c);
            continue;
        }
        words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        if is_letter(c) {
            words.push("capital".to_owned());
            word.extend(c.to_lowercase().filter(|c| is_letter(*c)));
        } else {
            words.push(name(c));
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    if words.is_empty() { vec!["empty".to_owned()] } else { words }
}

fn name(c: char) -> String {
    let known = match c {
        '_' => "underscore",
        '-' => "hyphen",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '/' => "slash",
        '\\' => "backslash",
        ' ' => "space",
        '\'' => "apostrophe",
        '"' => "quote",
        '(' | '[' | '{' => "open",
        ')' | ']' | '}' => "close",
        c => symbol(c).unwrap_or_default(),
    };
    if known.is_empty() { format!("u{:x}", u32::from(c)) } else { known.to_owned() }
}
