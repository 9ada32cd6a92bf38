//! JSON Pointers of RFC 6901, and relative JSON Pointers.

pub(super) fn is_json_pointer(text: &str) -> bool {
    text.is_empty() || text.strip_prefix('/').is_some_and(is_escaped)
}

pub(super) fn is_relative_json_pointer(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let is_number = !number.is_empty() && (number == "0" || !number.starts_with('0'));
    is_number && (rest.is_empty() || rest == "#" || rest.strip_prefix('/').is_some_and(is_escaped))
}

/// Returns whether each `~` starts one of the two escapes, `~0` and `~1`.
fn is_escaped(text: &str) -> bool {
    text.split('~').skip(1).all(|after| after.starts_with(['0', '1']))
}
