//! Talks to Cargo. Cargo obeys every line that a build script prints, and texts of schemas come from strangers. So this
//! module escapes the characters that could begin a line of their own, or hide a part of a line.

use std::path::Path;

use crate::text::shows;

/// Makes Cargo show a warning.
pub(super) fn warning(text: &str) {
    tell("warning", &one_line(text));
}

/// Makes Cargo show an error. Only the exit code of the build script ends the build.
pub(super) fn error(text: &str) {
    tell("error", &one_line(text));
}

/// Makes Cargo run the build script again if a file or folder changes.
///
/// If the path has a character that Cargo could misread, the function prints nothing. Cargo still watches the folders
/// above, because it looks for changes in the whole content of a folder.
pub(super) fn rerun_if_changed(path: &Path) {
    if let Some(path) = watchable(path) {
        tell("rerun-if-changed", &path);
    }
}

/// Returns a text in one line. Each control character and each invisible character is escaped, as in a Rust string.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if shows(c) {
            line.push(c);
        } else {
            line.extend(c.escape_default());
        }
    }
    line
}

/// Returns a path as Cargo reads it, if Cargo can read it: its text must be one line.
fn watchable(path: &Path) -> Option<String> {
    let text = path.display().to_string();
    (!text.chars().any(char::is_control)).then_some(text)
}

#[expect(clippy::print_stdout, reason = "how a build script talks to Cargo")]
fn tell(instruction: &str, text: &str) {
    println!("cargo::{instruction}={text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_never_becomes_an_instruction() {
        let hostile = "a\ncargo::rustc-link-arg=-x\r\n\tb\u{85}\u{2028}\u{202e}é";
        let line = one_line(hostile);
        assert_eq!(line, "a\\ncargo::rustc-link-arg=-x\\r\\n\\tb\\u{85}\\u{2028}\\u{202e}é");
        assert_eq!(one_line(&line), line);
    }

    #[test]
    fn a_path_with_a_line_break_is_not_printed() {
        assert_eq!(watchable(Path::new("schemas/a b.json")).as_deref(), Some("schemas/a b.json"));
        assert_eq!(watchable(Path::new("schemas/a\ncargo::rustc-link-arg=-x")), None);
        assert_eq!(watchable(Path::new("schemas/a\r.json")), None);
    }
}
