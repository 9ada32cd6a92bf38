//! Splits JSON names into words.

/// Returns the words of a text in small letters. A word ends before a character that is neither a letter nor a digit. It
/// also ends where the letters change between small and capital. Some symbols are words of their own.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = text.chars().collect();
    for (at, c) in characters.iter().copied().enumerate() {
        if !is_letter(c) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            words.extend(symbol(c).into_iter().flat_map(|name| name.split('_')).map(str::to_owned));
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| characters.get(before)).copied();
        let after = characters.get(at + 1).copied();
        let rises = before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        // `HTTPServer` has two words, and `IDs` has one.
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && after.is_some_and(char::is_lowercase)
            && characters.get(at + 2).is_some_and(|c| c.is_lowercase());
        if c.is_uppercase() && (rises || ends_capitals) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.extend(c.to_lowercase().filter(|c| is_letter(*c)));
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Returns whether a character may be part of a word. All of them may be part of a Rust identifier.
pub(super) fn is_letter(c: char) -> bool {
    c != '_' && unicode_ident::is_xid_continue(c)
}

/// Returns the words for a symbol that has a meaning, joined by `_`; `None` for characters that only separate words.
pub(super) fn symbol(c: char) -> Option<&'static str> {
    Some(match c {
        '$' => "dollar",
        '@' => "at",
        '<' => "less_than",
        '>' => "greater_than",
        '=' => "equals",
        '!' => "exclamation_mark",
        '%' => "percent",
        '&' => "and",
        '*' => "star",
        '+' => "plus",
        '#' => "hash",
        '?' => "question_mark",
        '^' => "caret",
        '|' => "bar",
        '~' => "tilde",
        _ => return None,
    })
}
