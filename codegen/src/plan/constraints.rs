//! Describes a schema's title, description and constraints in words.

use evschema_model::graph::{Documents, Place};
use serde_json::{Number, Value};

use super::definitions::DefaultValue;
use crate::names::words;
use crate::text::{append_sentence, doc_code, doc_lines};

/// Returns the documentation of a type or field from these places. The documentation begins with the first description.
/// If no place has a description, the documentation begins with the first title, unless `name` has the same words. The
/// constraints of all places follow, in words.
pub(super) fn docs(documents: &Documents<'_>, places: &[Place], name: Option<&str>) -> Vec<String> {
    let text = |keyword: &str| {
        places.iter().find_map(|place| {
            let text = documents.annotation(*place, keyword)?.as_str()?.trim();
            (!text.is_empty()).then_some(text)
        })
    };
    let says_no_more = |title: &&str| name.is_some_and(|name| words(name) == words(title));
    let mut lines = match (text("description"), text("title")) {
        (Some(description), _) => doc_lines(description),
        (None, Some(title)) if !says_no_more(&title) => doc_lines(title),
        (None, Some(_) | None) => Vec::new(),
    };
    let mut sentences: Vec<String> = Vec::new();
    for place in places {
        for sentence in constraints(documents, *place) {
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    append_all(&mut lines, &sentences);
    lines
}

/// Returns whether one of these places is deprecated.
pub(super) fn is_deprecated(documents: &Documents<'_>, places: &[Place]) -> bool {
    places.iter().any(|place| documents.annotation(*place, "deprecated") == Some(&Value::Bool(true)))
}

/// Returns the default of a property with these schemas, if they have exactly one default.
pub(super) fn default(documents: &Documents<'_>, places: &[Place]) -> Option<DefaultValue> {
    let mut defaults =
        places.iter().filter_map(|place| documents.place_of(documents.annotation(*place, "default")?));
    let value = defaults.next()?;
    let is_only = defaults.all(|other| documents.value(other) == documents.value(value));
    is_only.then(|| DefaultValue { value, accepted_by: places.to_vec() })
}

/// Adds the name of a property in JSON to the documentation of its field, if the field has another name.
pub(super) fn add_json_name(lines: &mut Vec<String>, field: &str, json: &str) {
    if field.trim_start_matches("r#") != json {
        let shown = doc_code(json).or_else(|| doc_code(&json.escape_debug().to_string()));
        append_all(lines, &[shown.map_or_else(String::new, |code| format!("JSON: {code}."))]);
    }
}

/// Adds sentences. After several paragraphs or a list, the sentences are a paragraph of their own.
fn append_all(lines: &mut Vec<String>, sentences: &[String]) {
    let sentences: Vec<&String> = sentences.iter().filter(|sentence| !sentence.is_empty()).collect();
    let is_item =
        |line: &String| line.starts_with(['-', '*']) || line.starts_with(|c: char| c.is_ascii_digit());
    let is_long = lines.iter().any(|line| line.is_empty() || is_item(line));
    if is_long && !sentences.is_empty() {
        lines.push(String::new());
        lines.push(sentences[0].clone());
        sentences[1..].iter().for_each(|sentence| append_sentence(lines, sentence));
        return;
    }
    // Adds each sentence as a whole, because a line break must not split a quoted pattern.
    sentences.iter().for_each(|sentence| append_sentence(lines, sentence));
}

/// Returns the constraints of a place on strings, numbers, arrays and objects, as sentences.
fn constraints(documents: &Documents<'_>, place: Place) -> Vec<String> {
    let keywords = documents.keywords(place);
    let mut said = Vec::new();
    for (least, most, unit) in [
        (keywords.min_length(), keywords.max_length(), [" character", " characters"]),
        (keywords.min_items(), keywords.max_items(), [" item", " items"]),
        (keywords.min_properties(), keywords.max_properties(), [" property", " properties"]),
        (keywords.minimum(), keywords.maximum(), ["", ""]),
    ] {
        said.extend(range(least, most, unit));
    }
    said.extend(keywords.exclusive_minimum().map(|bound| format!("More than {bound}.")));
    said.extend(keywords.exclusive_maximum().map(|bound| format!("Less than {bound}.")));
    said.extend(keywords.multiple_of().map(|step| format!("A multiple of {step}.")));
    if keywords.has_unique_items() {
        said.push("Items are unique.".to_owned());
    }
    if let Some(pattern) = keywords.pattern() {
        said.push(match doc_code(pattern) {
            Some(code) => format!("Matches {code}."),
            None => "Matches a pattern of the schema.".to_owned(),
        });
    }
    let format = documents.annotation(place, "format").and_then(Value::as_str);
    said.extend(format.and_then(doc_code).map(|format| format!("Format {format}.")));
    let value = |value: &Value| doc_code(&value.to_string());
    let default = documents.annotation(place, "default").and_then(value);
    said.extend(default.map(|code| format!("Default: {code}.")));
    let example =
        documents.annotation(place, "examples").and_then(Value::as_array).and_then(|all| all.first());
    let example = example.filter(|example| !example.is_object() && !example.is_array()).and_then(value);
    said.extend(example.map(|code| format!("Example: {code}.")));
    said
}

fn range(least: Option<&Number>, most: Option<&Number>, [one, many]: [&str; 2]) -> Option<String> {
    let [least, most] = [least, most].map(|number| number.map(ToString::to_string));
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
