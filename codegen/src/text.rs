//! Makes text from documents safe for generated code.

/// Maximum number of characters of a line in a doc comment, without its `///`.
const DOC_CHARACTERS_MAX: usize = 92;

/// Maximum number of characters that a doc comment repeats from a text of the schema.
const DESCRIPTION_CHARACTERS_MAX: usize = 20_000;

/// Adds a sentence to lines of a doc comment, on the last line if it fits there.
pub(crate) fn append_sentence(lines: &mut Vec<String>, sentence: &str) {
    match lines.last_mut() {
        Some(last) if last.chars().count() + 1 + sentence.chars().count() <= DOC_CHARACTERS_MAX => {
            if !last.ends_with(['.', '!', '?', ':', '…']) {
                last.push('.');
            }
            last.push(' ');
            last.push_str(sentence);
        }
        Some(_) | None => lines.push(sentence.to_owned()),
    }
}

/// Returns a text as lines of a doc comment.
///
/// A doc comment is code: rustdoc runs text that looks like an example, and the compiler rejects comments with some
/// characters. So this function folds white space, and breaks the fences of code blocks. It removes invisible
/// characters, and characters that change the direction of the text. It escapes text that Markdown would interpret as a
/// link or a tag.
pub(crate) fn doc_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut shown: String = text.chars().take(DESCRIPTION_CHARACTERS_MAX).collect();
    if shown.len() < text.len() {
        shown.push_str(" …");
    }
    for paragraph in shown.replace("\r\n", "\n").split("\n\n") {
        let mut paragraph_lines = Vec::new();
        for block in blocks(paragraph) {
            let mut line = String::new();
            for word in safe_paragraph(&block).split_whitespace() {
                let width = line.chars().count() + 1 + word.chars().count();
                if !line.is_empty() && DOC_CHARACTERS_MAX < width {
                    paragraph_lines.push(std::mem::take(&mut line));
                }
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            paragraph_lines.extend((!line.is_empty()).then_some(line));
        }
        if !lines.is_empty() && !paragraph_lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(paragraph_lines);
    }
    lines
}

/// Returns the parts of a paragraph that begin on a line of their own: its text, and each item of a list.
fn blocks(paragraph: &str) -> Vec<String> {
    let is_item = |line: &str| {
        let line = line.trim_start();
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        line.starts_with("- ")
            || line.starts_with("* ")
            || (number.len() < line.len() && number.starts_with(". "))
    };
    let mut blocks: Vec<String> = Vec::new();
    for line in paragraph.lines() {
        match blocks.last_mut() {
            Some(block) if !is_item(line) => {
                block.push(' ');
                block.push_str(line);
            }
            Some(_) | None => blocks.push(line.to_owned()),
        }
    }
    blocks
}

/// Returns a paragraph in which everything is escaped that Markdown would interpret as a link, a tag or a fence. Code
/// in single backticks does not change.
fn safe_paragraph(paragraph: &str) -> String {
    let paragraph: String = paragraph.chars().filter(|c| c.is_whitespace() || shows(*c)).collect();
    let balanced = paragraph.matches('`').count().is_multiple_of(2) && !paragraph.contains("``");
    let mut safe = String::with_capacity(paragraph.len());
    let mut in_code = false;
    for c in paragraph.chars() {
        match c {
            '`' if balanced => in_code = !in_code,
            '[' | ']' | '<' | '>' | '`' | '~' | '\\' | '#' if !in_code => safe.push('\\'),
            _ => {}
        }
        safe.push(c);
    }
    safe
}

/// Returns whether a character is visible and has no hidden effect. Control characters, changes of direction and
/// fillers are not.
pub(crate) fn shows(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns a text in backticks, as a short quotation in a doc comment; `None` if the text is too long or unsafe.
pub(crate) fn doc_code(text: &str) -> Option<String> {
    const QUOTED_CHARACTERS_MAX: usize = 84;
    let plain = text.chars().all(|c| shows(c) && c != '`');
    let fits = !text.trim().is_empty() && text.chars().count() <= QUOTED_CHARACTERS_MAX;
    (plain && fits && text.trim() == text).then(|| format!("`{text}`"))
}

/// Returns a text as a Rust string literal.
pub(crate) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if shows(c) => literal.push(c),
            c => literal.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_lines_have_no_runnable_or_hidden_text() {
        let hostile = "Safe.\r\n\r\n```\nstd::process::exit(1)\n```\n\n    indented()\n~~~\n\u{202e}txt\u{0}*/ [a](b) <b>";
        let lines = doc_lines(hostile);
        for line in &lines {
            assert!(!line.starts_with(' ') && !line.contains("```") && !line.contains("~~~"), "{line}");
            assert!(line.chars().all(shows), "{line}");
        }
        assert_eq!(doc_lines("see `a[b]`, not [c]"), ["see `a[b]`, not \\[c\\]"]);
        assert_eq!(lines.last().unwrap(), "indented() \\~\\~\\~ txt*/ \\[a\\](b) \\<b\\>");
    }

    #[test]
    fn a_description_keeps_its_paragraphs_and_lists() {
        let lines = doc_lines("One,\n two. Three.\r\n\r\nFour:\n- five\n  and six\n- seven");
        assert_eq!(lines, ["One, two. Three.", "", "Four:", "- five and six", "- seven"]);
        let endless = "word ".repeat(20_000);
        assert!(doc_lines(&endless).last().is_some_and(|line| line.ends_with(" …")));
    }

    #[test]
    fn literals_parse_to_their_text() {
        for text in ["", "a\"b\\c\n\r\t\0é\u{202e}", "\"#", "r\"##\"", "{{x}}", "\u{feff}"] {
            let parsed: syn::LitStr = syn::parse_str(&literal(text)).unwrap();
            assert_eq!(parsed.value(), text);
        }
    }
}
