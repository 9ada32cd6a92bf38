//! Describes a schema's title, description and constraints in words.

use serde_json::Value;

use crate::atlas::{Atlas, Place};
use crate::names::words;
use crate::text::{append_sentence, doc_code, doc_lines, summary};

/// Returns the documentation of a type or field from these places. The documentation begins with a summary of the first
/// description. If no place has a description, the documentation begins with the first title, unless one of `names` has
/// the same words. The constraints of all places follow, in words.
pub(super) fn docs(atlas: &Atlas<'_>, places: &[Place], names: &[String]) -> Vec<String> {
    let text = |keyword: &str| {
        places.iter().find_map(|place| {
            let text = atlas.keyword(*place, keyword)?.as_str()?.trim();
            (!text.is_empty()).then_some(text)
        })
    };
    let says_no_more = |title: &&str| names.iter().any(|name| words(name) == words(title));
    let mut lines = match (text("description"), text("title")) {
        (Some(description), _) => doc_lines(&summary(description)),
        (None, Some(title)) if !says_no_more(&title) => doc_lines(title),
        (None, Some(_) | None) => Vec::new(),
    };
    let mut said = Vec::new();
    for place in places {
        for sentence in constraints(atlas, *place) {
            if !said.contains(&sentence) {
                said.push(sentence);
            }
        }
    }
    // Adds each sentence as a whole, because a line break must not split a quoted pattern.
    for sentence in said {
        append_sentence(&mut lines, &sentence);
    }
    lines
}

/// Returns the constraints of a place on strings, numbers, arrays and objects, as sentences.
fn constraints(atlas: &Atlas<'_>, place: Place) -> Vec<String> {
    let number = |keyword| atlas.keyword(place, keyword).filter(|v| v.is_number()).map(ToString::to_string);
    let flag = |keyword| atlas.keyword(place, keyword) == Some(&Value::Bool(true));
    let mut said = Vec::new();
    for (least, most, unit) in [
        ("minLength", "maxLength", [" character", " characters"]),
        ("minItems", "maxItems", [" item", " items"]),
        ("minProperties", "maxProperties", [" property", " properties"]),
    ] {
        said.extend(range(number(least), number(most), unit));
    }
    said.extend(range(
        number("minimum").filter(|_| !flag("exclusiveMinimum")),
        number("maximum").filter(|_| !flag("exclusiveMaximum")),
        ["", ""],
    ));
    let above = number("exclusiveMinimum").or(number("minimum").filter(|_| flag("exclusiveMinimum")));
    let below = number("exclusiveMaximum").or(number("maximum").filter(|_| flag("exclusiveMaximum")));
    said.extend(above.map(|bound| format!("More than {bound}.")));
    said.extend(below.map(|bound| format!("Less than {bound}.")));
    said.extend(number("multipleOf").map(|step| format!("A multiple of {step}.")));
    if flag("uniqueItems") {
        said.push("Items are unique.".to_owned());
    }
    let text = |keyword| atlas.keyword(place, keyword).and_then(Value::as_str);
    if let Some(pattern) = text("pattern") {
        said.push(match doc_code(pattern) {
            Some(code) => format!("Matches {code}."),
            None => "Matches a pattern of the schema.".to_owned(),
        });
    }
    said.extend(text("format").and_then(doc_code).map(|format| format!("Format {format}.")));
    if flag("deprecated") {
        said.push("Deprecated.".to_owned());
    }
    said
}

fn range(least: Option<String>, most: Option<String>, [one, many]: [&str; 2]) -> Option<String> {
    let is_one = most.as_deref().or(least.as_deref()) == Some("1");
    let unit = if is_one { one } else { many };
    match (least, most) {
        (Some(least), Some(most)) if least == most => Some(format!("Exactly {least}{unit}.")),
        (Some(least), Some(most)) => Some(format!("From {least} to {most}{unit}.")),
        (Some(least), None) => Some(format!("At least {least}{unit}.")),
        (None, Some(most)) => Some(format!("At most {most}{unit}.")),
        (None, None) => None,
    }
}
