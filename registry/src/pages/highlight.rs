use evschema_model::{Subject, Version};
use serde::Serialize;
use serde_json::Value;

/// The maximum length of a text with colours, in bytes. A page shows a longer text without colours.
const BYTES_MAX: usize = 128 << 10;

/// A part of a JSON text, with its colour.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Token {
    text: String,
    /// `key`, `string`, `number` or `word`; `None` for everything else.
    kind: Option<&'static str>,
    /// The page of the version that a `$ref` names.
    href: Option<String>,
}

/// Splits a JSON text into parts with the same colour. If the text is only one line, the function indents it first.
pub(super) fn highlight(content: &[u8]) -> Vec<Token> {
    let text = String::from_utf8_lossy(content);
    let text = match text.trim().contains('\n') {
        true => text.into_owned(),
        false => indented(&text).unwrap_or_else(|| text.into_owned()),
    };
    if BYTES_MAX < text.len() {
        return vec![Token { text, kind: None, href: None }];
    }
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text.as_str();
    let mut follows_ref = false;
    while let Some(first) = rest.chars().next() {
        let (length, mut kind) = match first {
            '"' => (string_length(rest), Some("string")),
            '-' | '0'..='9' => {
                (run(rest, |c| c.is_ascii_alphanumeric() || "+-.".contains(c)), Some("number"))
            }
            'a'..='z' => (run(rest, |c| c.is_ascii_alphabetic()), Some("word")),
            _ => {
                (run(rest, |c| !c.is_ascii_alphanumeric() && !"\"-".contains(c)).max(first.len_utf8()), None)
            }
        };
        let (text, after) = rest.split_at(length);
        if kind == Some("string") && after.trim_start().starts_with(':') {
            kind = Some("key");
        }
        let href = if kind == Some("string") && follows_ref { page_of(text) } else { None };
        if let Some(kind) = kind {
            follows_ref = kind == "key" && text == "\"$ref\"";
        }
        tokens.push(Token { text: text.to_owned(), kind, href });
        rest = after;
    }
    tokens
}

fn indented(text: &str) -> Option<String> {
    serde_json::to_string_pretty(&serde_json::from_str::<Value>(text).ok()?).ok()
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Returns the page of a reference such as `"../common.money/1.0.0.json#/$defs/Amount"`.
fn page_of(string: &str) -> Option<String> {
    let path = string.trim_matches('"').split('#').next()?.strip_prefix("../")?;
    let (subject, file) = path.split_once('/')?;
    let subject = Subject::parse(subject).ok()?;
    let version = Version::parse(file.strip_suffix(".json")?).ok()?;
    Some(format!("/schemas/{subject}/{version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_together_are_the_text() {
        for text in [
            "{\n  \"a\\\"b\": [1, -2.5e+3, true, null],\n  \"é\": \"</script>\"\n}",
            "{\n \"broken\": \"no end",
            "not json\n at all ☃ --",
        ] {
            let joined: String = highlight(text.as_bytes()).into_iter().map(|token| token.text).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_reference_leads_to_its_page() {
        let text = b"{\"$ref\": \"../common.money/1.0.0.json#/$defs/Amount\", \"x\": \"../common.money/1.0.0.json\"}";
        let links: Vec<_> = highlight(text).into_iter().filter_map(|token| token.href).collect();
        assert_eq!(links, ["/schemas/common.money/1.0.0"]);
    }
}
