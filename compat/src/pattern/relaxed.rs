//! Removes the look-arounds from patterns. The new pattern matches at least the strings of the original pattern,
//! because a look-around only excludes strings. A property of all strings of the new pattern is therefore a property of
//! all strings of a writer.

/// Returns the pattern without its look-arounds; `None` if it has none, or if the engine cannot separate them.
pub(super) fn of(pattern: &str) -> Option<String> {
    split_look_arounds(pattern).map(|(relaxed, _)| relaxed)
}

/// Returns the contents of the look-arounds of a pattern. They help to find strings that the pattern rejects.
pub(super) fn look_around_contents(pattern: &str) -> Vec<String> {
    split_look_arounds(pattern).map_or_else(Vec::new, |(_, look_around_contents)| look_around_contents)
}

fn split_look_arounds(pattern: &str) -> Option<(String, Vec<String>)> {
    let mut look_around_contents = Vec::new();
    let mut relaxed = String::new();
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let is_around = !in_class && ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|open| rest.starts_with(open));
        if is_around {
            // The empty group replaces the look-around, because a quantifier may follow.
            relaxed.push_str("(?:)");
            let after = after_group(rest)?;
            let group = &rest[..rest.len() - after.len() - 1];
            let inside = ["(?=", "(?!", "(?<=", "(?<!"].iter().find_map(|open| group.strip_prefix(open))?;
            look_around_contents.push(inside.to_owned());
            rest = after;
            continue;
        }
        let taken =
            if c == '\\' { c.len_utf8() + rest[1..].chars().next()?.len_utf8() } else { c.len_utf8() };
        match c {
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        relaxed.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    (!look_around_contents.is_empty()).then_some((relaxed, look_around_contents))
}

/// Returns the text after the group with which a text begins.
fn after_group(text: &str) -> Option<&str> {
    let (mut depth, mut in_class, mut is_escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match c {
            '\\' => is_escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => {
                depth -= 1;
                if depth == 0 {
                    return Some(&text[at + 1..]);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn look_arounds_are_left_out() {
        for (pattern, expected) in [
            ("^(?!foo)[a-z]+$", Some("^(?:)[a-z]+$")),
            (r"^(?=.*[)(\]])(?=.*\))x$", Some("^(?:)(?:)x$")),
            ("a(?<=a)(?<name>b)", Some("a(?:)(?<name>b)")),
            (r"\(?!x", None),
            ("[(?!]", None),
            ("^a$", None),
        ] {
            assert_eq!(of(pattern).as_deref(), expected, "{pattern}");
        }
    }
}
