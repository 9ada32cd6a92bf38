//! Reports the mistakes in a document that a metaschema rejects: one error for each mistake, in plain words.
//!
//! The metaschema decides whether a document is valid. But its own errors name its rules, and one mistake violates
//! several rules. So this module reads the document again, keyword by keyword. It returns the errors of the metaschema
//! only if it finds no mistake itself.

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::dialect::Draft;
use crate::keywords::{Form, Keyword, TYPES, keyword};
use crate::pointer::Pointer;
use crate::suggestion::closest;

/// The maximum number of errors for a document. If the author corrects these errors, the next check finds the others.
const ERRORS_MAX: usize = 100;

/// Returns the mistakes in a document; none if it is a schema of this draft.
pub(crate) fn errors(value: &Value, draft: Draft) -> Diagnostics {
    let validator = draft.metaschema();
    if validator.is_valid(value) {
        return Vec::new();
    }
    let mut reading = Reading { draft, errors: Vec::new() };
    reading.schema(value, &mut Pointer::root());
    if reading.errors.is_empty() {
        one_for_each_place(validator.iter_errors(value), draft)
    } else {
        reading.errors
    }
}

/// Returns the metaschema's own errors, one for each place that has no other error below it.
fn one_for_each_place<'e>(
    reported: impl Iterator<Item = jsonschema::ValidationError<'e>>,
    draft: Draft,
) -> Diagnostics {
    let mut errors: Vec<(String, Diagnostic)> = Vec::new();
    for error in reported {
        let place = error.instance_path().to_string();
        if errors.iter().any(|(other, _)| other == &place || other.starts_with(&format!("{place}/"))) {
            continue;
        }
        errors.retain(|(other, _)| !(other.is_empty() || place.starts_with(&format!("{other}/"))));
        let help = format!(
            "the {draft} metaschema rejects this value; the rule of the metaschema is at {}",
            error.schema_path()
        );
        let diagnostic = Diagnostic::new(Code::NotASchema, crate::excerpt::short(&error))
            .at(Pointer::from_text(place.clone()))
            .help(help);
        errors.push((place, diagnostic));
        if ERRORS_MAX <= errors.len() {
            break;
        }
    }
    errors.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

struct Reading {
    draft: Draft,
    errors: Diagnostics,
}

impl Reading {
    fn error(&mut self, pointer: &Pointer, message: String, help: impl Into<String>) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(Diagnostic::new(Code::NotASchema, message).at(pointer.clone()).help(help));
        }
    }

    fn schema(&mut self, schema: &Value, pointer: &mut Pointer) {
        let Value::Object(members) = schema else {
            if !self.is_schema(schema) {
                let message = format!("{}, not {}", self.a_schema(), found(schema));
                self.error(pointer, message, self.schema_help(schema));
            }
            return;
        };
        for (name, value) in members {
            let Some(keyword) = keyword(name, self.draft) else { continue };
            let back = pointer.len();
            pointer.push_name(name);
            self.value(keyword, value, members, pointer);
            pointer.truncate(back);
        }
    }

    fn value(
        &mut self,
        keyword: &Keyword,
        value: &Value,
        beside: &Map<String, Value>,
        pointer: &mut Pointer,
    ) {
        let name = keyword.name;
        match (keyword.form, value) {
            (Form::Anything, _)
            | (Form::Text, Value::String(_))
            | (Form::Boolean, Value::Bool(_))
            | (Form::Number, Value::Number(_))
            | (Form::Values, Value::Array(_)) => {}
            (Form::Types, Value::String(_)) => self.type_name(value, pointer),
            (Form::Types, Value::Array(types)) => {
                self.elements(name, types, pointer, Self::type_name);
                self.at_least_one(name, types, pointer);
            }
            (Form::Identity, Value::String(uri)) => {
                if uri.trim_end_matches('#').contains('#') {
                    let message = format!("`{name}` must not have a fragment");
                    self.error(
                        pointer,
                        message,
                        "remove everything from `#` on; to name a subschema, use `$anchor`",
                    );
                }
            }
            (Form::PositiveNumber, Value::Number(number)) => {
                if number.as_f64().is_none_or(|number| number <= 0.0) {
                    self.error(
                        pointer,
                        format!("`{name}` must be above 0, not {number}"),
                        "write a number above 0",
                    );
                }
            }
            (Form::Count, Value::Number(number)) => {
                if number.as_f64().is_none_or(|number| number < 0.0 || number.fract() != 0.0) {
                    let message = format!("`{name}` must be a whole number of at least 0, not {number}");
                    self.error(pointer, message, "write a whole number of at least 0");
                }
            }
            (Form::Names, Value::Array(names)) => self.names(name, names, pointer),
            (Form::NamesMap, Value::Object(map)) => {
                self.entries(map, pointer, |this, value, pointer| match value.as_array() {
                    Some(names) => this.names(name, names, pointer),
                    None => {
                        this.wrong_form(name, "an array of property names for each property", value, pointer)
                    }
                })
            }
            (Form::Schema | Form::SchemaOrSchemas, Value::Object(_)) => self.schema(value, pointer),
            (Form::Schema | Form::SchemaOrSchemas, Value::Bool(_)) if self.draft.has_boolean_schemas() => {}
            (Form::SchemaOrBoolean, Value::Object(_) | Value::Bool(_)) => {
                self.schema_or_boolean(value, pointer)
            }
            (Form::SchemaOrSchemas | Form::Schemas, Value::Array(schemas)) => {
                self.elements(name, schemas, pointer, Self::schema);
                self.at_least_one(name, schemas, pointer);
            }
            (Form::SchemaMap, Value::Object(map)) => self.entries(map, pointer, Self::schema),
            (Form::SchemaOrNamesMap, Value::Object(map)) => {
                self.entries(map, pointer, |this, value, pointer| match value.as_array() {
                    Some(names) => this.names(name, names, pointer),
                    None => this.schema(value, pointer),
                })
            }
            (form, other) => {
                let help = self.help(keyword, other, beside);
                let message = format!("`{name}` must be {}, not {}", self.wanted(form), found(other));
                self.error(pointer, message, help);
            }
        }
    }

    fn schema_or_boolean(&mut self, value: &Value, pointer: &mut Pointer) {
        if value.is_object() {
            self.schema(value, pointer);
        }
    }

    fn wrong_form(&mut self, name: &str, wanted: &str, value: &Value, pointer: &Pointer) {
        let message = format!("`{name}` must have {wanted}, not {}", found(value));
        self.error(pointer, message, "if the property `a` needs the property `b`, write `{\"a\": [\"b\"]}`");
    }

    fn type_name(&mut self, value: &Value, pointer: &mut Pointer) {
        let Value::String(name) = value else {
            let message = format!("each type in `type` must be a string, not {}", found(value));
            return self.error(pointer, message, format!("the types are {}", listed(&TYPES)));
        };
        if !TYPES.contains(&name.as_str()) {
            let message = format!("`{name}` is not a type");
            self.error(pointer, message, type_help(name));
        }
    }

    fn names(&mut self, keyword: &str, names: &[Value], pointer: &mut Pointer) {
        self.elements(keyword, names, pointer, |this, name, pointer| {
            if !name.is_string() {
                let message =
                    format!("each property name in `{keyword}` must be a string, not {}", found(name));
                this.error(pointer, message, "write each name in quotes");
            }
        });
        if !self.draft.allows_empty_required() {
            self.at_least_one(keyword, names, pointer);
        }
    }

    /// Reads the items of an array. If they are strings, each string may occur only once.
    fn elements(
        &mut self,
        keyword: &str,
        elements: &[Value],
        pointer: &mut Pointer,
        read: impl Fn(&mut Self, &Value, &mut Pointer),
    ) {
        for (at, element) in elements.iter().enumerate() {
            let back = pointer.len();
            pointer.push(at);
            read(self, element, pointer);
            if let Some(word) = element.as_str().filter(|_| elements[..at].contains(element)) {
                self.error(pointer, format!("`{keyword}` names `{word}` twice"), "remove one of the two");
            }
            pointer.truncate(back);
        }
    }

    fn at_least_one(&mut self, keyword: &str, elements: &[Value], pointer: &Pointer) {
        if elements.is_empty() {
            let message = format!("`{keyword}` must have at least one element");
            self.error(pointer, message, format!("add an element, or remove `{keyword}`"));
        }
    }

    fn entries(
        &mut self,
        map: &Map<String, Value>,
        pointer: &mut Pointer,
        read: impl Fn(&mut Self, &Value, &mut Pointer),
    ) {
        for (name, value) in map {
            let back = pointer.len();
            pointer.push_name(name);
            read(self, value, pointer);
            pointer.truncate(back);
        }
    }

    fn is_schema(&self, value: &Value) -> bool {
        value.is_object() || (value.is_boolean() && self.draft.has_boolean_schemas())
    }

    fn a_schema(&self) -> String {
        if self.draft.has_boolean_schemas() {
            "a schema is an object or a boolean".to_owned()
        } else {
            format!("a schema is an object in {}", self.draft)
        }
    }

    fn schema_help(&self, value: &Value) -> String {
        match value {
            Value::String(word) if TYPES.contains(&word.as_str()) => {
                format!("write {{\"type\": \"{word}\"}}")
            }
            Value::Bool(true) => "write `{}`, which accepts everything".to_owned(),
            Value::Bool(false) => "write `{\"not\": {}}`, which rejects everything".to_owned(),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                "write a schema, such as {\"type\": \"string\"}".to_owned()
            }
        }
    }

    /// Returns the form that a keyword's value must have.
    fn wanted(&self, form: Form) -> &'static str {
        match form {
            Form::Anything => "a value",
            Form::Types => "the name of a type, or an array of them",
            Form::Text | Form::Identity => "a string",
            Form::Boolean => "`true` or `false`",
            Form::Number => "a number",
            Form::PositiveNumber => "a number above 0",
            Form::Count => "a whole number of at least 0",
            Form::Values => "an array of values",
            Form::Names => "an array of property names",
            Form::NamesMap => "an object that has an array of property names for each property",
            Form::Schema if self.draft.has_boolean_schemas() => "a schema, which is an object or a boolean",
            Form::Schema => "a schema, which is an object in draft-04",
            Form::SchemaOrBoolean => "a schema, `true` or `false`",
            Form::SchemaOrSchemas => "a schema, or an array of schemas by position",
            Form::Schemas => "an array of schemas",
            Form::SchemaMap => "an object that has a schema for each name",
            Form::SchemaOrNamesMap => {
                "an object in which each value is a schema or an array of property names"
            }
        }
    }

    fn help(&self, keyword: &Keyword, value: &Value, beside: &Map<String, Value>) -> String {
        let name = keyword.name;
        let bound = if name.ends_with("Minimum") { "minimum" } else { "maximum" };
        match (keyword.form, value) {
            (Form::Schema, Value::Array(_)) if name == "items" => {
                "from 2020-12 on, `prefixItems` lists schemas by position, and `items` is the schema of all other items".to_owned()
            }
            (Form::Number, Value::Bool(_)) if name.starts_with("exclusive") => {
                let number = beside.get(bound).map_or("5".to_owned(), Value::to_string);
                format!("from draft-06 on, `{name}` is the bound itself: write `\"{name}\": {number}` \
                         instead of `{bound}`")
            }
            (Form::Boolean, Value::Number(number)) if name.starts_with("exclusive") => {
                format!("in draft-04, write `\"{bound}\": {number}` and `\"{name}\": true`")
            }
            (Form::Names, Value::String(word)) => format!("write `\"{name}\": [\"{word}\"]`"),
            (Form::Names, Value::Bool(_)) => {
                "list the property in `required` of its object".to_owned()
            }
            (Form::Values, other) if !other.is_array() => format!("write `\"{name}\": [{other}]`"),
            (Form::Schemas, Value::Object(_)) => format!("write `\"{name}\": [{{…}}]`"),
            (Form::Types, Value::Null) => "write `\"type\": \"null\"`, with quotes".to_owned(),
            (Form::Types, _) => format!("the types are {}", listed(&TYPES)),
            (Form::Boolean | Form::SchemaOrBoolean | Form::Schema, Value::String(text))
                if text == "true" || text == "false" =>
            {
                format!("write `\"{name}\": {text}`, without quotes")
            }
            (Form::Number | Form::PositiveNumber | Form::Count, Value::String(text))
                if text.parse::<f64>().is_ok() =>
            {
                format!("write `\"{name}\": {text}`, without quotes")
            }
            (Form::Schema | Form::SchemaOrBoolean | Form::SchemaOrSchemas, other) => self.schema_help(other),
            (form, _) => format!("write {}", self.wanted(form)),
        }
    }
}

/// Returns the help for a word that is not a type, with the type or format that the author probably means.
fn type_help(name: &str) -> String {
    let other = match name.to_lowercase().as_str() {
        "int" | "int32" | "int64" | "long" => Some("integer"),
        "float" | "double" | "decimal" => Some("number"),
        "bool" => Some("boolean"),
        "str" | "text" => Some("string"),
        "list" | "tuple" | "set" => Some("array"),
        "dict" | "map" | "record" | "struct" => Some("object"),
        "none" | "nil" | "undefined" => Some("null"),
        _ => None,
    };
    if name == "any" {
        return "to accept every type, leave out `type`".to_owned();
    }
    if crate::keywords::FORMATS.iter().any(|(format, _)| *format == name) {
        return format!("write `\"type\": \"string\"` and `\"format\": \"{name}\"`");
    }
    match other.or_else(|| closest(name, TYPES)) {
        Some(meant) => format!("did you mean `{meant}`? The types are {}", listed(&TYPES)),
        None => format!("the types are {}", listed(&TYPES)),
    }
}

fn listed(words: &[&str]) -> String {
    words.join(", ")
}

/// Returns the name of a value for a message. It quotes only short values.
fn found(value: &Value) -> String {
    /// The maximum length of a string that a message quotes, in characters.
    const CHARS_MAX: usize = 40;
    match value {
        Value::Null => "`null`".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) if text.chars().count() <= CHARS_MAX => format!("the string `{text}`"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests;
