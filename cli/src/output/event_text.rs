//! Renders events for people. An event that fits is on one line. Other events have several indented lines.

use serde_json::Value;

/// The maximum width of a line, in characters. A terminal shows 100 columns, and a note needs some of them for its
/// indentation.
const WIDTH: usize = 90;

/// Returns an event as JSON with short lines.
pub(crate) fn render(event: &Value) -> String {
    let mut text = String::new();
    write(event, 0, 0, &mut text);
    text
}

/// Writes a value. The line of the value already has `used` characters.
fn write(value: &Value, indent: usize, used: usize, text: &mut String) {
    let line = inline(value);
    if used + line.chars().count() <= WIDTH {
        return text.push_str(&line);
    }
    let inner = indent + 2;
    let open = |text: &mut String, first: bool| {
        text.push_str(if first { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(inner));
    };
    match value {
        Value::Object(members) if !members.is_empty() => {
            text.push('{');
            for (at, (name, member)) in members.iter().enumerate() {
                open(text, at == 0);
                let name = format!("{}: ", Value::from(name.as_str()));
                text.push_str(&name);
                write(member, inner, inner + name.chars().count() + 1, text);
            }
            text.push_str(&format!("\n{}}}", " ".repeat(indent)));
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                open(text, at == 0);
                write(item, inner, inner + 1, text);
            }
            text.push_str(&format!("\n{}]", " ".repeat(indent)));
        }
        Value::Object(_)
        | Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => text.push_str(&line),
    }
}

/// Returns a value on one line, with spaces inside braces and after separators.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, member)| format!("{}: {}", Value::from(name.as_str()), inline(member)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            value.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_short_event_is_one_line() {
        assert_eq!(
            render(&json!({"a": [1, {"b": null}], "c": {}})),
            r#"{ "a": [1, { "b": null }], "c": {} }"#
        );
        assert_eq!(render(&json!([])), "[]");
        assert_eq!(render(&json!("x")), "\"x\"");
    }

    #[test]
    fn a_long_event_has_several_lines_and_the_same_value() {
        let long = "x".repeat(40);
        let event = json!({"a": long, "b": [{"c": long, "d": 1}, {"c": long, "d": long}], "e": true});
        let text = render(&event);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH + 1), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), event);
    }
}
