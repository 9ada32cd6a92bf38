//! Events for people: on one line where they fit, laid out where they do not.

use serde_json::Value;

/// Widest line in characters: a terminal of 100 columns, less the indent of a note.
const WIDTH: usize = 90;

/// Returns an event as JSON of short lines.
pub(crate) fn render(event: &Value) -> String {
    let mut text = String::new();
    write(event, 0, 0, &mut text);
    text
}

/// Writes a value; `used` characters stand before it on its line already.
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

/// Returns a value on one line, with room to breathe.
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
    fn what_fits_a_line_stays_on_it() {
        assert_eq!(
            render(&json!({"a": [1, {"b": null}], "c": {}})),
            r#"{ "a": [1, { "b": null }], "c": {} }"#
        );
        assert_eq!(render(&json!([])), "[]");
        assert_eq!(render(&json!("x")), "\"x\"");
    }

    #[test]
    fn what_does_not_is_laid_out_and_stays_the_same_event() {
        let long = "x".repeat(40);
        let event = json!({"a": long, "b": [{"c": long, "d": 1}, {"c": long, "d": long}], "e": true});
        let text = render(&event);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH + 1), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), event);
    }
}
