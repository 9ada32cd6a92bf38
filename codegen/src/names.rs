//! Derives Rust names from JSON names, keys of definitions and subjects.
//!
//! A name depends only on its own JSON name. If two JSON names of one scope lead to the same Rust name, every one of
//! them is spelled out: its symbols and capitals become words. The shared name is then gone, so code that used it no
//! longer compiles, and never reads another property (docs/adr/0014).

mod spell;
mod words;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use words::words;

use spell::spelled;

/// Maximum number of characters of a name. A longer name is cut, and gets a number that depends on the whole name.
const CHARACTERS_MAX: usize = 80;

/// The keywords of all Rust editions. All except the last five can be written as `r#…`.
const KEYWORDS: [&str; 56] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield", "raw", "safe", "self", "super", "crate", "Self", "_",
];

/// Names of types that generated code uses with another meaning. A type with such a name gets its long name.
pub(crate) const RESERVED_TYPES: [&str; 16] = [
    "Box",
    "Clone",
    "Debug",
    "Default",
    "Eq",
    "Err",
    "Hash",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "Required",
    "Some",
    "String",
    "Vec",
];

/// The name of the runtime crate in generated modules.
pub(crate) const RUNTIME: &str = "rt";

/// The types of Rust that need no import. No module or type of generated code has such a name.
pub(crate) const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16", "u32",
    "u64", "u8", "usize",
];

/// Names of fields that generated structs use for another purpose.
const RESERVED_FIELDS: [&str; 1] = ["rest"];

/// The kind of a Rust name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// A type or a variant: `OrderPlaced`.
    Type,
    /// A field or a module: `order_placed`.
    Field,
}

impl Style {
    /// Returns the name of a JSON name.
    pub(crate) fn name(self, text: &str) -> String {
        match self {
            Self::Type => type_name(text),
            Self::Field => field_name(text),
        }
    }

    /// Returns the name in which every symbol and every capital of the JSON name is a word.
    pub(crate) fn spelled(self, text: &str) -> String {
        let mut words = spelled(text);
        let plain = match self {
            Self::Type => camel(&words, text),
            Self::Field => snake(&words, text),
        };
        let is_reserved = self == Self::Field && RESERVED_FIELDS.contains(&plain.as_str());
        if plain != self.name(text) && !is_reserved {
            return plain;
        }
        // The JSON name has only small letters and digits. The shared name must not remain, so the name gets a word.
        words.push("plain".to_owned());
        match self {
            Self::Type => camel(&words, text),
            Self::Field => snake(&words, text),
        }
    }
}

/// Returns a name for each JSON name of one scope. All JSON names differ, and all returned names differ.
pub(crate) fn distinct(style: Style, texts: &[&str]) -> Vec<String> {
    distinct_beside(style, texts, &BTreeSet::new())
}

/// Returns a name for each JSON name of one scope, as [`distinct`] does. No JSON name gets a name of `reserved`.
pub(crate) fn distinct_beside(style: Style, texts: &[&str], reserved: &BTreeSet<String>) -> Vec<String> {
    let short = |at: usize| style.name(texts[at]);
    let long = |at: usize| style.spelled(texts[at]);
    let unique = |at: usize| {
        let separator = if style == Style::Field { "_" } else { "" };
        format!(
            "{}{separator}x{:08x}",
            style.spelled(texts[at]).trim_start_matches("r#"),
            number_of(texts[at])
        )
    };
    distinct_by(texts.len(), reserved, &short, &long, &unique)
}

/// Returns a name for each of `count` items: its short name, or its long name if several items have the same short name,
/// or if `reserved` has it. If a long name is not unique either, the item gets its unique name.
pub(crate) fn distinct_by(
    count: usize,
    reserved: &BTreeSet<String>,
    short: &dyn Fn(usize) -> String,
    long: &dyn Fn(usize) -> String,
    unique: &dyn Fn(usize) -> String,
) -> Vec<String> {
    /// The name that an item has so far: 0 is the short name.
    const STEPS: usize = 3;
    let mut steps = vec![0_usize; count];
    let mut names: Vec<String> = (0..count).map(short).collect();
    // No item takes a name for which several items have competed.
    let mut gone = reserved.clone();
    for _ in 0..STEPS * count.max(1) {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, name) in names.iter().enumerate() {
            by_name.entry(name).or_default().push(at);
        }
        let clashing: Vec<(String, Vec<usize>)> = by_name
            .into_iter()
            .filter(|(name, items)| 1 < items.len() || gone.contains(*name))
            .map(|(name, items)| (name.to_owned(), items))
            .collect();
        let mut changed = false;
        for (name, items) in clashing {
            // An item with a longer name moves in the next round, because the name is then gone.
            let lowest = items.iter().map(|at| steps[*at]).min().unwrap_or_default();
            for at in items {
                if steps[at] != lowest || STEPS <= lowest + 1 {
                    continue;
                }
                steps[at] += 1;
                names[at] = if steps[at] == 1 { long(at) } else { unique(at) };
                changed = true;
            }
            if lowest == 0 {
                gone.insert(name);
            }
        }
        if !changed {
            break;
        }
    }
    names
}

/// Returns a text as the name of a type or a variant, such as `OrderPlaced`.
pub(crate) fn type_name(text: &str) -> String {
    let words = words(text);
    if words.is_empty() { camel(&spelled(text), text) } else { camel(&words, text) }
}

/// Returns a text as the name of a field or module, such as `order_id`.
pub(crate) fn field_name(text: &str) -> String {
    let words = words(text);
    let name = if words.is_empty() { snake(&spelled(text), text) } else { snake(&words, text) };
    // A leading underscore distinguishes properties of the store from the others: `_id` and `id`.
    let underscores = text.len() - text.trim_start_matches('_').len();
    let name = match (words.is_empty(), underscores) {
        (false, 1..=4) => format!("{}{}", "_".repeat(underscores), name.trim_start_matches("r#")),
        _ => name,
    };
    if RESERVED_FIELDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Returns the name of a type inside another type: `Order` and `Line` become `OrderLine`.
pub(crate) fn joined(parent: &str, own: &str) -> String {
    let digits_meet = parent.ends_with(|c: char| c.is_numeric()) && own.starts_with(|c: char| c.is_numeric());
    let between = if digits_meet { "N" } else { "" };
    format!("{parent}{between}{own}")
}

/// Returns a name that is not longer than the limit for names of types.
pub(crate) fn cut_type_name(name: String) -> String {
    /// Names that consist of several names may be longer.
    const JOINED_CHARACTERS_MAX: usize = 120;
    if name.chars().count() <= JOINED_CHARACTERS_MAX {
        return name;
    }
    let start: String = name.chars().take(CHARACTERS_MAX).collect();
    format!("{start}X{:08x}", number_of(&name))
}

/// Returns a number that depends only on a text (FNV-1a).
pub(crate) fn number_of(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn camel(words: &[String], text: &str) -> String {
    let mut name = String::new();
    for word in words {
        // An `N` separates two words if digits would touch: `1` and `0` are not `10`.
        if name.ends_with(|c: char| c.is_numeric()) && word.starts_with(|c: char| c.is_numeric()) {
            name.push('N');
        }
        let mut characters = word.chars();
        name.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        name.extend(characters);
    }
    if CHARACTERS_MAX < name.chars().count() {
        let start: String = name.chars().take(CHARACTERS_MAX - 9).collect();
        name = format!("{start}X{:08x}", number_of(text));
    }
    if !name.starts_with(unicode_ident::is_xid_start) {
        name.insert(0, 'N');
    }
    if name == "Self" { "SelfValue".to_owned() } else { name }
}

fn snake(words: &[String], text: &str) -> String {
    let mut name = words.join("_");
    if CHARACTERS_MAX < name.chars().count() {
        let start: String = name.chars().take(CHARACTERS_MAX - 10).collect();
        name = format!("{}_x{:08x}", start.trim_end_matches('_'), number_of(text));
    }
    if !name.starts_with(unicode_ident::is_xid_start) {
        name.insert(0, 'n');
    }
    match name.as_str() {
        "self" | "super" | "crate" => format!("{name}_"),
        keyword if KEYWORDS.contains(&keyword) => format!("r#{name}"),
        _ => name,
    }
}

/// Returns whether a text is a keyword of Rust.
pub(crate) fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}

/// Returns whether a part of a subject is a version number, such as `v1`, `V2beta1` or `3`.
pub(crate) fn is_version(part: &str) -> bool {
    let number = part.strip_prefix(['v', 'V']).unwrap_or(part);
    let plain = number.replace("alpha", "").replace("beta", "").replace("rc", "");
    number.starts_with(|c: char| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_digit() || c == '_' || c == '-')
}

/// Returns the singular of a name, if it has one: `Items` becomes `Item`.
pub(crate) fn singular(name: &str) -> Option<String> {
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| 1 < stem.len()) {
        return Some(format!("{stem}y"));
    }
    let is_plural = name.ends_with('s') && !["ss", "us", "is"].iter().any(|end| name.ends_with(end));
    name.strip_suffix('s').filter(|stem| is_plural && 1 < stem.len()).map(str::to_owned)
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
            ("self", "SelfValue", "self_"),
            ("rest", "Rest", "rest_"),
            ("_id", "Id", "_id"),
            ("$schema", "DollarSchema", "dollar_schema"),
            ("@type", "AtType", "at_type"),
            ("<", "LessThan", "less_than"),
            (
                "Record<string,Note>",
                "RecordLessThanStringNoteGreaterThan",
                "record_less_than_string_note_greater_than",
            ),
            ("Müller", "Müller", "müller"),
            ("日本", "日本", "日本"),
            ("a\"; fn main() {}", "AFnMain", "a_fn_main"),
            ("", "Empty", "empty"),
            ("-", "Hyphen", "hyphen"),
            ("😀", "U1f600", "u1f600"),
        ] {
            assert_eq!(type_name(text), name, "{text}");
            assert_eq!(field_name(text), field, "{text}");
        }
    }

    #[test]
    fn names_that_meet_are_all_spelled_out() {
        let fields = |texts: &[&str]| distinct(Style::Field, texts);
        assert_eq!(fields(&["userId"]), ["user_id"]);
        assert_eq!(fields(&["user_id", "userId"]), ["user_underscore_id", "user_capital_id"]);
        assert_eq!(fields(&["userId", "user_id"]), ["user_capital_id", "user_underscore_id"]);
        assert_eq!(fields(&["id", "id-", "total"]), ["id_plain", "id_hyphen", "total"]);
        assert_eq!(distinct(Style::Type, &["a", "A"]), ["APlain", "CapitalA"]);
        assert_eq!(fields(&["rest", "Rest"]), ["rest_plain", "capital_rest"]);
        assert_eq!(fields(&["rest"]), ["rest_"]);
        // `user_underscore_id` was the name of another property, so no property has this name now.
        let three = fields(&["user_id", "user_underscore_id", "userId"]);
        assert!(three[0].starts_with("user_underscore_id_x"), "{three:?}");
        assert_eq!(three[1..], ["user_underscore_underscore_underscore_id", "user_capital_id"]);
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let (a, b) = ("a".repeat(200), format!("{}b", "a".repeat(200)));
        let names = distinct(Style::Field, &[&a, &b]);
        assert_ne!(names[0], names[1]);
        assert_eq!(names, [field_name(&a), field_name(&b)]);
        assert!(names.iter().all(|name| name.len() <= CHARACTERS_MAX));
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
}
