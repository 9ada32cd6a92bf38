//! Escapes texts of schemas, files and registries, so that they cannot control a terminal or a log that reads commands.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns whether a character could control a terminal, hide text or change its order: control characters, line
/// separators, bidirectional and invisible format characters, and tags.
fn controls(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Escapes a text of several lines. Line breaks and tabs stay; with `has_style`, style sequences stay too. If the
/// runner of a GitHub workflow would execute a line as a command, the function writes a backslash before this line.
pub(crate) fn text(text: &str, has_style: bool) -> Cow<'_, str> {
    let is_plain = |c: char| !controls(c) || c == '\n' || c == '\t';
    if text.chars().all(is_plain) && !text.lines().any(is_command) && !text.contains("##[") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        if is_command(line) {
            out.push('\\');
        }
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            if has_style && let Some(style) = style(rest) {
                out.push_str(style);
                rest = &rest[style.len()..];
                continue;
            }
            if rest.starts_with("##[") {
                out.push_str("#\\");
            } else if is_plain(c) {
                out.push(c);
            } else {
                let _ = write!(out, "\\u{{{:04x}}}", u32::from(c));
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    Cow::Owned(out)
}

/// Returns whether the runner of a GitHub workflow executes a line as a command, such as `::error::…`.
fn is_command(line: &str) -> bool {
    line.trim_start().strip_prefix("::").is_some_and(|rest| rest.contains("::"))
}

/// Returns the style sequence at the beginning of a text: `ESC [`, numbers, `m`.
fn style(text: &str) -> Option<&str> {
    let numbers = text.strip_prefix("\x1b[")?;
    let length = numbers.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    numbers[length..].starts_with('m').then(|| &text[..2 + length + 1])
}

/// Returns a text on one line. All control characters are escaped, even in style sequences.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if controls(c) => {
                let _ = write!(out, "\\u{{{:04x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Returns a JSON text with the same value, in which each control character is a JSON escape.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !controls(c) || matches!(c, '\n' | '\r' | '\t');
    if text.chars().all(is_plain) && !text.contains("##[") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        if is_plain(c) && !text[at..].starts_with("##[") {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts with many control characters and commands.
    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            prop::sample::select(vec![
                "\x1b[2J",
                "\x1b]0;title\x07",
                "\x1b[31m",
                "\u{9b}31m",
                "\u{85}",
                "\u{2028}",
                "\u{202e}",
                "\u{e0041}",
                "\u{200b}",
                "\n::error::",
                "##[error]",
                "\r",
                "\n",
                "\t",
                "plain",
                "::",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    fn assert_no_command(text: &str) {
        assert!(!text.contains("##["), "{text:?}");
        assert!(!text.lines().any(is_command), "{text:?}");
    }

    proptest! {
        #[test]
        fn a_text_without_styles_has_no_control_characters(given in hostile()) {
            let shown = text(&given, false);
            prop_assert!(shown.chars().all(|c| !controls(c) || c == '\n' || c == '\t'), "{shown:?}");
            assert_no_command(&shown);
            prop_assert_eq!(text(&shown, false), shown.clone(), "what is escaped stays");
        }

        #[test]
        fn a_styled_text_has_styles_only(given in hostile()) {
            let shown = text(&given, true);
            let mut rest = &*shown;
            while let Some(c) = rest.chars().next() {
                if let Some(style) = style(rest) {
                    rest = &rest[style.len()..];
                    continue;
                }
                prop_assert!(!controls(c) || c == '\n' || c == '\t', "{shown:?}");
                rest = &rest[c.len_utf8()..];
            }
            assert_no_command(&shown);
        }

        #[test]
        fn a_line_is_one_line(given in hostile()) {
            let shown = one_line(&given);
            prop_assert!(!shown.chars().any(controls), "{shown:?}");
        }

        #[test]
        fn escaped_json_means_the_same(given in hostile()) {
            let value = serde_json::json!({ given.as_str(): [given.as_str()] });
            let written = format!("{value:#}");
            let shown = json(&written);
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
            prop_assert!(shown.chars().all(|c| !controls(c) || c == '\n'), "{shown:?}");
            assert_no_command(&shown);
        }
    }
}
