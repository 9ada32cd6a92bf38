//! Finds probable mistakes in a valid schema: words that look like misspelt keywords, keywords of other drafts, and a
//! root that accepts every event.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::dialect::Draft;
use crate::keywords::{FORMATS, KEYWORDS, Keyword, Role, keyword};
use crate::pointer::Pointer;
use crate::schema::Schema;
use crate::suggestion::closest;
use crate::walk::{Place, for_each_subschema};

/// The maximum number of diagnostics about one document. If the author follows the advice, the next check gives the
/// rest.
const ADVICE_MAX: usize = 100;

/// Words that other tools use in schemas, although they are similar to a keyword.
const OTHER_WORDS: [&str; 4] = ["comment", "example", "refs", "anchor"];

impl Schema {
    /// Returns the probable mistakes in the schema. They do not make the schema invalid, because every draft allows
    /// unknown keywords.
    pub fn advice(&self) -> Diagnostics {
        let mut advice = Diagnostics::new();
        advice.extend(self.accepts_every_event());
        let root = Place { pointer: Pointer::root(), schema: self.value() };
        // A subschema may name its own draft.
        let mut drafts: Vec<(Pointer, Draft)> = vec![(Pointer::root(), self.draft())];
        for_each_subschema(root, self.draft(), &mut |place| {
            let Value::Object(members) = place.schema else { return };
            while drafts.len() > 1 && drafts.last().is_some_and(|(part, _)| !is_within(&place.pointer, part))
            {
                drafts.pop();
            }
            let named = members.get("$schema").and_then(Value::as_str).and_then(Draft::of_uri);
            if let Some(named) = named.filter(|_| !place.pointer.as_str().is_empty()) {
                drafts.push((place.pointer.clone(), named));
            }
            let draft = drafts.last().map_or(self.draft(), |(_, draft)| *draft);
            for (name, value) in members {
                if ADVICE_MAX <= advice.len() {
                    return;
                }
                let found = match (name.as_str(), value) {
                    ("format", Value::String(format)) => about_format(format, draft),
                    (name, value) => about_keyword(name, value, draft),
                };
                advice.extend(found.map(|diagnostic| diagnostic.at(place.pointer.child(name))));
            }
        });
        for diagnostic in &mut advice {
            diagnostic.position = self.document().closest_position(&diagnostic.pointer);
        }
        advice
    }

    fn accepts_every_event(&self) -> Option<Diagnostic> {
        let asserts =
            |name: &String| keyword(name, self.draft()).is_some_and(|known| known.role == Role::Asserts);
        let members = self.value().as_object();
        if self.value() == &Value::Bool(false) || members.is_some_and(|members| members.keys().any(asserts)) {
            return None;
        }
        let has_definitions = members
            .is_some_and(|members| ["$defs", "definitions"].iter().any(|name| members.contains_key(*name)));
        let message = if has_definitions {
            "the root has only definitions, so it accepts every event"
        } else {
            "the root has no keyword that rejects anything, so it accepts every event"
        };
        let help = "if this schema describes events, add a keyword such as `\"type\": \"object\"` or \
                    `\"$ref\": \"#/$defs/Order\"`; if only other documents refer to this schema, no change \
                    is needed";
        Some(Diagnostic::new(Code::AcceptsEveryEvent, message).help(help))
    }
}

fn is_within(place: &Pointer, part: &Pointer) -> bool {
    place.as_str().strip_prefix(part.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn about_keyword(name: &str, value: &Value, draft: Draft) -> Option<Diagnostic> {
    if keyword(name, draft).is_some()
        || name.starts_with("x-")
        || name.contains(':')
        || OTHER_WORDS.contains(&name)
    {
        return None;
    }
    if let Some(known) = KEYWORDS.iter().find(|known| known.name == name) {
        return of_other_draft(known, value, draft);
    }
    let instead = match (name, value) {
        ("divisibleBy", Value::Number(_)) => Some(("is a keyword only up to draft-03", "write `multipleOf`")),
        ("extends", Value::Object(_) | Value::Array(_)) => {
            Some(("is a keyword only up to draft-03", "write `allOf`"))
        }
        ("disallow", Value::String(_) | Value::Array(_)) => {
            Some(("is a keyword only up to draft-03", "write `not`"))
        }
        ("nullable", Value::Bool(true)) => Some(("is a keyword of OpenAPI 3.0", "add `\"null\"` to `type`")),
        _ => None,
    };
    if let Some((where_it_is_one, help)) = instead {
        let message = format!("`{name}` has no effect in {draft}; it {where_it_is_one}");
        return Some(Diagnostic::new(Code::KeywordWithoutEffect, message).help(help));
    }
    let of_draft = KEYWORDS.iter().filter(|known| known.is_in(draft)).map(|known| known.name);
    let meant = closest(name, of_draft)?;
    let message = format!("`{name}` is not a keyword, so it has no effect");
    let help = format!("did you mean `{meant}`? The name of a custom keyword should begin with `x-`");
    Some(Diagnostic::new(Code::MisspeltKeyword, message).help(help))
}

/// Returns the advice about a keyword of other drafts. Annotations do no harm in other drafts, and evschema finds
/// definitions under both names in every draft.
fn of_other_draft(known: &Keyword, value: &Value, draft: Draft) -> Option<Diagnostic> {
    let name = known.name;
    let is_harmless = known.role == Role::Annotates
        || matches!(name, "$defs" | "definitions" | "$vocabulary")
        // Schemas also use `id` as a name for something else.
        || (name == "id" && !value.as_str().is_some_and(|id| id.contains(['/', ':', '#'])));
    if is_harmless {
        return None;
    }
    let forms = || KEYWORDS.iter().filter(|form| form.name == name);
    let since = forms().map(|form| form.since).min()?;
    let until = forms().map(|form| form.until).max()?;
    let drafts = if draft < since { format!("from {since} on") } else { format!("up to {until}") };
    let message = format!("`{name}` has no effect in {draft}; it is a keyword only {drafts}");
    let help = match (name, draft < since) {
        ("id", _) => "write `$id`".to_owned(),
        ("$id", _) => "write `id`".to_owned(),
        ("additionalItems", _) => "write `items`; `prefixItems` lists the schemas by position".to_owned(),
        ("dependencies", _) => format!("write {}", instead_of_dependencies(value)),
        ("$recursiveRef" | "$recursiveAnchor", false) => {
            "write `$dynamicRef` and `$dynamicAnchor`".to_owned()
        }
        ("const", true) => "write `enum` with one value".to_owned(),
        ("prefixItems", true) => "write an array of schemas in `items`".to_owned(),
        ("dependentRequired" | "dependentSchemas", true) => "write `dependencies`".to_owned(),
        (_, true) => format!("name a later draft in `$schema`, such as `{}`", Draft::Draft202012.uri()),
        (_, false) => format!("name an earlier draft in `$schema`, such as `{}`", until.uri()),
    };
    Some(Diagnostic::new(Code::KeywordWithoutEffect, message).help(help))
}

/// Returns the keywords that replace `dependencies`: one for lists of names, and another one for schemas.
fn instead_of_dependencies(value: &Value) -> &'static str {
    let mut values = value.as_object().into_iter().flat_map(|map| map.values());
    let (has_names, has_schemas) =
        (values.clone().any(Value::is_array), values.any(|value| !value.is_array()));
    match (has_names, has_schemas) {
        (true, false) => "`dependentRequired`",
        (false, true) => "`dependentSchemas`",
        (true, true) | (false, false) => {
            "`dependentRequired` for lists of names, and `dependentSchemas` for schemas"
        }
    }
}

fn about_format(format: &str, draft: Draft) -> Option<Diagnostic> {
    if let Some((_, since)) = FORMATS.iter().find(|(known, _)| *known == format) {
        let message = format!(
            "the format `{format}` accepts every string in {draft}, because it exists only from {since} on"
        );
        let help = format!("name a later draft in `$schema`, or write a `pattern` for {format}");
        return (draft < *since).then(|| Diagnostic::new(Code::FormatWithoutEffect, message).help(help));
    }
    let alias = match format.to_lowercase().as_str() {
        "datetime" | "timestamp" | "iso8601" | "rfc3339" => Some("date-time"),
        "url" => Some("uri"),
        "host-name" | "domain" => Some("hostname"),
        "ip-address" | "ip" => Some("ipv4"),
        "guid" => Some("uuid"),
        "regexp" => Some("regex"),
        "e-mail" | "mail" => Some("email"),
        _ => None,
    };
    let meant = alias.or_else(|| closest(format, FORMATS.iter().map(|(known, _)| *known)))?;
    let message = format!("JSON Schema does not define the format `{format}`, so every string is valid");
    let diagnostic = Diagnostic::new(Code::MisspeltFormat, message);
    Some(diagnostic.help(format!("did you mean `{meant}`?")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::coordinates::Coordinates;
    use crate::dialect::Dialects;
    use crate::subject::Subject;
    use crate::version::Version;

    fn advice(schema: &Value) -> Vec<(Code, String, String, String)> {
        let at = Coordinates { subject: Subject::parse("case").unwrap(), version: Version::new(1, 0, 0) };
        let schema = Schema::read(at, schema.to_string().as_bytes(), &Dialects::default()).unwrap();
        let parts = |d: Diagnostic| (d.code, d.pointer.to_string(), d.message, d.help.unwrap_or_default());
        schema.advice().into_iter().map(parts).collect()
    }

    #[test]
    fn keywords_and_formats_that_have_no_effect_and_their_near_misses() {
        use Code::{FormatWithoutEffect, KeywordWithoutEffect, MisspeltFormat, MisspeltKeyword};
        let none = "";
        for (draft, member, code, meant) in [
            (
                Draft::Draft202012,
                json!({"additionalProperty": false}),
                MisspeltKeyword,
                "`additionalProperties`",
            ),
            (Draft::Draft202012, json!({"item": {}}), MisspeltKeyword, "`items`"),
            (Draft::Draft202012, json!({"require": ["a"]}), MisspeltKeyword, "`required`"),
            (Draft::Draft202012, json!({"minlength": 1}), MisspeltKeyword, "`minLength`"),
            (Draft::Draft202012, json!({"oneof": []}), MisspeltKeyword, "`oneOf`"),
            (Draft::Draft202012, json!({"ref": "#"}), MisspeltKeyword, "`$ref`"),
            (Draft::Draft202012, json!({"x-require": ["a"]}), MisspeltKeyword, none),
            (Draft::Draft202012, json!({"meta:enum": {}}), MisspeltKeyword, none),
            (Draft::Draft202012, json!({"owner": "me", "version": 1, "name": "x"}), MisspeltKeyword, none),
            (Draft::Draft202012, json!({"properties": {"item": {}, "require": {}}}), MisspeltKeyword, none),
            (
                Draft::Draft202012,
                json!({"default": {"item": 1}, "enum": [{"item": 1}]}),
                MisspeltKeyword,
                none,
            ),
            (Draft::Draft4, json!({"const": 1}), KeywordWithoutEffect, "from draft-06"),
            (Draft::Draft6, json!({"const": 1}), KeywordWithoutEffect, none),
            (Draft::Draft6, json!({"if": {}}), KeywordWithoutEffect, "from draft-07"),
            (Draft::Draft7, json!({"unevaluatedProperties": false}), KeywordWithoutEffect, "from 2019-09"),
            (Draft::Draft201909, json!({"prefixItems": []}), KeywordWithoutEffect, "from 2020-12"),
            (Draft::Draft202012, json!({"additionalItems": {}}), KeywordWithoutEffect, "up to 2019-09"),
            (Draft::Draft201909, json!({"additionalItems": {}}), KeywordWithoutEffect, none),
            (Draft::Draft201909, json!({"dependencies": {}}), KeywordWithoutEffect, "up to draft-07"),
            (Draft::Draft7, json!({"id": "https://example.com/x"}), KeywordWithoutEffect, "up to draft-04"),
            (Draft::Draft7, json!({"id": "x"}), KeywordWithoutEffect, none),
            (Draft::Draft4, json!({"$id": "https://example.com/x"}), KeywordWithoutEffect, "from draft-06"),
            (Draft::Draft4, json!({"divisibleBy": 2}), KeywordWithoutEffect, "up to draft-03"),
            (Draft::Draft202012, json!({"nullable": true}), KeywordWithoutEffect, "OpenAPI"),
            (Draft::Draft202012, json!({"nullable": false}), KeywordWithoutEffect, none),
            (
                Draft::Draft4,
                json!({"examples": [1], "$comment": "x", "deprecated": true}),
                KeywordWithoutEffect,
                none,
            ),
            (Draft::Draft7, json!({"$defs": {}}), KeywordWithoutEffect, none),
            (Draft::Draft202012, json!({"definitions": {}}), KeywordWithoutEffect, none),
            (Draft::Draft202012, json!({"format": "date_time"}), MisspeltFormat, "`date-time`"),
            (Draft::Draft202012, json!({"format": "datetime"}), MisspeltFormat, "`date-time`"),
            (Draft::Draft202012, json!({"format": "url"}), MisspeltFormat, "`uri`"),
            (Draft::Draft202012, json!({"format": "emial"}), MisspeltFormat, "`email`"),
            (Draft::Draft202012, json!({"format": "phone"}), MisspeltFormat, none),
            (Draft::Draft202012, json!({"format": "int64"}), MisspeltFormat, none),
            (Draft::Draft7, json!({"format": "uuid"}), FormatWithoutEffect, "from 2019-09"),
            (Draft::Draft201909, json!({"format": "uuid"}), FormatWithoutEffect, none),
            (Draft::Draft4, json!({"format": "date"}), FormatWithoutEffect, none),
        ] {
            let schema = json!({"$schema": draft.uri(), "type": "object", "properties": {"a": member}});
            let found = advice(&schema);
            if meant.is_empty() {
                assert_eq!(found, [], "{draft} {member}");
                continue;
            }
            assert_eq!(found.len(), 1, "{draft} {member}: {found:?}");
            let (found_code, pointer, message, help) = &found[0];
            assert_eq!(*found_code, code, "{member}");
            let name = member.as_object().unwrap().keys().next().unwrap();
            assert_eq!(*pointer, format!("/properties/a/{name}"));
            assert!(format!("{message} | {help}").contains(meant), "{member}: {message} | {help}");
        }
    }

    #[test]
    fn a_subschema_has_the_keywords_of_its_own_draft() {
        let old = json!({"$id": "old", "$schema": "http://json-schema.org/draft-07/schema#",
                         "dependencies": {"a": ["b"]}, "not": {"prefixItems": [{"type": "string"}]}});
        let schema = json!({"type": "object", "$defs": {"old": old, "older": {"additionalItems": {}}}});
        let found: Vec<String> =
            advice(&schema).into_iter().map(|advice| format!("{}: {}", advice.1, advice.2)).collect();
        assert_eq!(
            found,
            [
                "/$defs/old/not/prefixItems: `prefixItems` has no effect in draft-07; it is a keyword only from 2020-12 on",
                "/$defs/older/additionalItems: `additionalItems` has no effect in 2020-12; it is a keyword only up to 2019-09",
            ]
        );
    }

    #[test]
    fn a_root_that_accepts_every_event() {
        for (schema, accepts) in [
            (json!({}), true),
            (json!(true), true),
            (json!(false), false),
            (json!({"title": "T", "$defs": {"a": {"type": "string"}}}), true),
            (json!({"definitions": {}, "x-owner": 1}), true),
            (json!({"$defs": {"a": {}}, "$ref": "#/$defs/a"}), false),
            (json!({"type": "object"}), false),
            (json!({"$schema": "http://json-schema.org/draft-04/schema#", "const": 1}), true),
        ] {
            let found = advice(&schema);
            let says = found.iter().any(|advice| advice.0 == Code::AcceptsEveryEvent);
            assert_eq!(says, accepts, "{schema}");
        }
    }
}
