//! The layout of declared types, which the formatter would not know how to set.

use super::printer::one_line;
use crate::declared::declared;

/// Begins the types of a module, on a line of its own.
const OPENS: &str = "rt::types! {";

/// Stands where the types of a module were.
const EMPTY: &str = "rt::types! {}";

/// Widest line of the layout.
const WIDTH_MAX: usize = 100;

/// Takes the declarations of types out of printed code: what is left, and the lines of each.
///
/// Every literal and every comment is on one line, and begins none that a template means as code.
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

/// Makes sure that printed code is Rust, and that what it declares are types; returns it without the
/// declarations, and their lines.
pub(super) fn check(printed: &str) -> Result<(syn::File, Vec<Vec<&str>>), String> {
    let (rest, bodies) = cut(printed);
    for body in &bodies {
        declared(&body.join("\n")).map_err(|error| one_line(&error))?;
    }
    let file = syn::parse_file(&rest).map_err(|error| one_line(&error))?;
    Ok((file, bodies))
}

/// Puts declarations of types back, an empty line between those that take several.
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

/// Returns the names that a `use` has in braces, as many on a line as fit.
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

/// Puts parts on as few lines as hold them, a space between two.
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
