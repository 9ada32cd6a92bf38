//! Formats declared types, because the formatter does not know their syntax.

use super::printer::one_line;
use crate::declared::declared;

/// The line that begins the types of a module.
const OPENS: &str = "rt::types! {";

/// The placeholder for the types of a module.
const EMPTY: &str = "rt::types! {}";

/// Maximum number of characters of a line.
const WIDTH_MAX: usize = 100;

/// Returns printed code without the declarations of types, and the lines of each declaration.
///
/// This is safe, because every literal and every comment is on one line, and no part of them looks like a line of code.
fn cut(printed: &str) -> (String, Vec<Vec<&str>>) {
    let (mut rest, mut bodies) = (String::with_capacity(printed.len() / 4), Vec::new());
    let mut lines = printed.lines();
    while let Some(line) = lines.next() {
        if line.trim() != OPENS {
            rest.push_str(line);
            rest.push('\n');
            continue;
        }
        let (mut body, mut depth) = (Vec::new(), 0_usize);
        for line in lines.by_ref().map(str::trim) {
            if line == "}" && depth == 0 {
                break;
            }
            depth = depth.saturating_add(opens(line).into()).saturating_sub(line.starts_with('}').into());
            body.push(line);
        }
        rest.push_str(EMPTY);
        rest.push('\n');
        bodies.push(body);
    }
    (rest, bodies)
}

/// Returns printed code without the declarations of types, and the lines of each declaration. Returns an error if the
/// code is not Rust, or if a declaration does not declare types.
pub(super) fn check(printed: &str) -> Result<(syn::File, Vec<Vec<&str>>), String> {
    let (rest, bodies) = cut(printed);
    for body in &bodies {
        declared(&body.join("\n")).map_err(|error| one_line(&error))?;
    }
    let file = syn::parse_file(&rest).map_err(|error| one_line(&error))?;
    Ok((file, bodies))
}

/// Returns the code with the declarations of types instead of the placeholders. Empty lines separate types that need
/// several lines.
pub(super) fn put_back(code: &str, bodies: &[Vec<&str>]) -> String {
    let mut bodies = bodies.iter();
    let mut whole = String::with_capacity(4 * code.len());
    for line in code.lines() {
        match (line.trim() == EMPTY).then(|| bodies.next()).flatten() {
            Some(body) => {
                let indent = &line[..line.len() - line.trim_start().len()];
                whole.push_str(&format!("{indent}{OPENS}\n"));
                write_items(&mut whole, body, indent.len() + 4);
                whole.push_str(&format!("{indent}}}\n"));
            }
            None => {
                whole.push_str(line);
                whole.push('\n');
            }
        }
    }
    whole
}

fn write_items(whole: &mut String, body: &[&str], indent: usize) {
    let mut depth = 0_usize;
    let (mut item_lines, mut before) = (0, None);
    let mut item = String::new();
    for line in body.iter().filter(|line| !line.is_empty()) {
        depth = depth.saturating_sub(line.starts_with('}').into());
        item.push_str(&" ".repeat(indent + 4 * depth));
        item.push_str(line);
        item.push('\n');
        item_lines += 1;
        depth += usize::from(opens(line));
        let is_code = !line.starts_with("//") && !line.starts_with("#[");
        if depth == 0 && is_code {
            if before.is_some_and(|before| 1 < before || 1 < item_lines) {
                whole.push('\n');
            }
            whole.push_str(&std::mem::take(&mut item));
            before = Some(std::mem::take(&mut item_lines));
        }
    }
    whole.push_str(&item);
}

fn opens(line: &str) -> bool {
    line.ends_with('{') && !line.starts_with("//")
}

/// Returns a `use` with as many names on a line as fit.
pub(super) fn wrapped_use(line: &str) -> String {
    let indent = " ".repeat(line.len() - line.trim_start().len());
    let Some((path, names)) = line.trim_end_matches("};").split_once('{') else { return line.to_owned() };
    if line.len() <= WIDTH_MAX {
        return line.to_owned();
    }
    let names: Vec<String> = names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| format!("{name},"))
        .collect();
    let lines: String = filled(&names, WIDTH_MAX - indent.len() - 4)
        .iter()
        .map(|line| format!("{indent}    {line}\n"))
        .collect();
    format!("{path}{{\n{lines}{indent}}};")
}

/// Returns the parts on as few lines as possible, with spaces between them.
pub(super) fn filled(parts: &[String], width_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + part.chars().count() <= width_max => {
                line.push(' ');
                line.push_str(part);
            }
            Some(_) | None => lines.push(part.clone()),
        }
    }
    lines
}
