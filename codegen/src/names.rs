//! Derives Rust names from JSON names, titles and subjects.
//!
//! Names are ASCII, because other characters can be invisible, or look like another character. If a name has no ASCII
//! letter or digit, the caller uses a fallback name.

use std::collections::BTreeSet;

/// Maximum number of characters of a name. A longer name is cut between words.
const CHARACTERS_MAX: usize = 60;

/// The keywords of all Rust editions. All except the last five can be written as `r#…`.
const KEYWORDS: [&str; 56] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield", "raw", "safe", "self", "super", "crate", "Self", "_",
];

/// Names of types that generated code uses with their usual meaning.
const TAKEN_TYPES: [&str; 12] =
    ["Box", "Clone", "Default", "Err", "None", "Ok", "Option", "Result", "Self", "Some", "String", "Vec"];

/// The names that are already used in one scope.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// Returns a scope for types. In this scope, the names of Rust's prelude are already used.
    pub(crate) fn of_types() -> Self {
        Self(TAKEN_TYPES.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Returns the first candidate that is free, and marks it as used. If no candidate is free, adds a number to the
    /// last one.
    pub(crate) fn take(&mut self, candidates: &[String]) -> String {
        for candidate in candidates {
            if self.0.insert(candidate.clone()) {
                return candidate.clone();
            }
        }
        let stem = candidates.last().map_or("Value", String::as_str);
        let mut number = 2;
        loop {
            let name = numbered(stem, number);
            if self.0.insert(name.clone()) {
                return name;
            }
            number += 1;
        }
    }
}

// With a number, `r#type` becomes `type_2`. A camel-case name gets the number without an underscore.
fn numbered(stem: &str, number: usize) -> String {
    let bare = stem.strip_prefix("r#").unwrap_or(stem);
    let is_type = bare.starts_with(|c: char| c.is_ascii_uppercase());
    let ends_in_digit = bare.ends_with(|c: char| c.is_ascii_digit());
    match (is_type, ends_in_digit) {
        (true, false) => format!("{bare}{number}"),
        (true, true) => format!("{bare}N{number}"),
        (false, _) => format!("{}_{number}", bare.trim_end_matches('_')),
    }
}

/// Returns the words of a text. A word ends before a character that is neither an ASCII letter nor a digit. It also
/// ends where the letters change between lower case and upper case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = text.chars().collect();
    for (at, c) in characters.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(at + 1);
        let rises = before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        // `HTTPServer` has two words, and `IDs` has one.
        let ends_capitals = before.is_some_and(char::is_ascii_uppercase)
            && after.is_some_and(char::is_ascii_lowercase)
            && characters.get(at + 2).is_some_and(|c| c.is_ascii_lowercase());
        if c.is_ascii_uppercase() && (rises || ends_capitals) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.push(c.to_ascii_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Returns the words as the name of a type or variant, such as `OrderPlaced`; `None` if there are no words.
pub(crate) fn camel(words: &[String]) -> Option<String> {
    let mut name = String::new();
    for word in words {
        if !name.is_empty() && CHARACTERS_MAX < name.len() + word.len() {
            break;
        }
        // An `N` separates two words if digits would touch: `1` and `0` are not `10`.
        if name.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit()) {
            name.push('N');
        }
        let mut characters = word.chars().take(CHARACTERS_MAX);
        name.extend(characters.next().map(|c| c.to_ascii_uppercase()));
        name.extend(characters);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'N');
    }
    match name.as_str() {
        "" => None,
        "Self" => Some("Itself".to_owned()),
        _ => Some(name),
    }
}

/// Returns the name of a type inside another type: `Order` and `Line` become `OrderLine`.
pub(crate) fn joined(parent: &str, own: &str) -> String {
    /// A longer name is hard to read, so only the innermost part remains.
    const JOINED_CHARACTERS_MAX: usize = 120;
    let digits_meet =
        parent.ends_with(|c: char| c.is_ascii_digit()) && own.starts_with(|c: char| c.is_ascii_digit());
    let between = if digits_meet { "N" } else { "" };
    let name = format!("{parent}{between}{own}");
    if JOINED_CHARACTERS_MAX < name.len() { own.to_owned() } else { name }
}

/// Returns the words as the name of a field or module, such as `order_id`; `None` if there are no words.
pub(crate) fn snake(words: &[String]) -> Option<String> {
    let mut name = String::new();
    for word in words {
        if !name.is_empty() && CHARACTERS_MAX < name.len() + word.len() {
            break;
        }
        if !name.is_empty() {
            name.push('_');
        }
        name.extend(word.chars().take(CHARACTERS_MAX));
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'n');
    }
    match name.as_str() {
        "" => None,
        "self" | "super" | "crate" => Some(format!("{name}_")),
        keyword if KEYWORDS.contains(&keyword) => Some(format!("r#{name}")),
        _ => Some(name),
    }
}

/// Returns a text as the name of a type; `None` if the text has no words.
pub(crate) fn type_name(text: &str) -> Option<String> {
    camel(&words(text))
}

/// Returns whether a part of a subject is a version number, such as `v1`, `V2beta1` or `3`.
pub(crate) fn is_version(part: &str) -> bool {
    let number = part.strip_prefix(['v', 'V']).unwrap_or(part);
    let plain = number.replace("alpha", "").replace("beta", "").replace("rc", "");
    number.starts_with(|c: char| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_digit() || c == '_' || c == '-')
}

/// Returns a text as the name of a field; `None` if the text has no words.
pub(crate) fn field_name(text: &str) -> Option<String> {
    snake(&words(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_person_would_choose() {
        for (text, name, field) in [
            ("order.placed", "OrderPlaced", "order_placed"),
            ("HTTPServer", "HttpServer", "http_server"),
            ("userIDs", "UserIds", "user_ids"),
            ("customer_id", "CustomerId", "customer_id"),
            ("X-Request-Id", "XRequestId", "x_request_id"),
            ("2fa", "N2fa", "n2fa"),
            ("1.0", "N1N0", "n1_0"),
            ("type", "Type", "r#type"),
            ("self", "Itself", "self_"),
            ("Müller", "MLler", "m_ller"),
            ("a\"; fn main() {}", "AFnMain", "a_fn_main"),
        ] {
            assert_eq!(type_name(text).as_deref(), Some(name), "{text}");
            assert_eq!(field_name(text).as_deref(), Some(field), "{text}");
        }
        assert_eq!(type_name("日本"), None);
        assert_eq!(field_name("_"), None);
    }

    #[test]
    fn version_numbers_in_subjects_are_recognized() {
        for part in ["v1", "V2beta1", "3", "v1_2", "2024-01"] {
            assert!(is_version(part), "{part}");
        }
        for part in ["", "v", "vat", "order1", "video", "2fa", "beta"] {
            assert!(!is_version(part), "{part}");
        }
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut names = Names::of_types();
        let take = |names: &mut Names, name: &str| names.take(&[name.to_owned()]);
        assert_eq!(take(&mut names, "Option"), "Option2");
        assert_eq!(take(&mut names, "Order"), "Order");
        assert_eq!(take(&mut names, "Order"), "Order2");
        assert_eq!(take(&mut names, "r#type"), "r#type");
        assert_eq!(take(&mut names, "r#type"), "type_2");
    }
}
