//! The buffered check: an event becomes a plain value, the compiled schema decides, then it is typed.

use std::fmt;

use jsonschema::{Registry, Retrieve, Uri};
use serde::Serialize;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Document, Draft, Error, Violation, tokens};

/// Reads, checks and types an event.
///
/// # Errors
///
/// When the bytes are not JSON, or the schema refuses the event.
pub fn from_slice<T: DeserializeOwned>(document: &Document, bytes: &[u8]) -> Result<T, Error> {
    let event = parse(bytes)?;
    document.check(&event)?;
    // From the bytes once more: they still have the digits that the value may have lost.
    serde_json::from_slice(bytes).map_err(|error| Error::Internal(error.to_string()))
}

/// Checks and types an event.
///
/// # Errors
///
/// When the schema refuses the event.
pub fn from_value<T: DeserializeOwned>(document: &Document, event: Value) -> Result<T, Error> {
    document.check(&event)?;
    serde_json::from_value(event).map_err(|error| Error::Internal(error.to_string()))
}

/// Checks a value built in code.
///
/// # Errors
///
/// When the schema refuses what the value would be written as.
pub fn validate<T: Serialize>(document: &Document, event: &T) -> Result<(), Error> {
    to_vec(document, event).map(|_| ())
}

/// Checks and writes an event.
///
/// # Errors
///
/// When the schema refuses what the value would be written as.
pub fn to_vec<T: Serialize>(document: &Document, event: &T) -> Result<Vec<u8>, Error> {
    let bytes = serde_json::to_vec(event).map_err(|error| Error::Internal(error.to_string()))?;
    document.check(&parse(&bytes)?)?;
    Ok(bytes)
}

impl Document {
    /// Checks a plain value.
    ///
    /// # Errors
    ///
    /// When the schema refuses it.
    pub fn check(&self, event: &Value) -> Result<(), Error> {
        let compiled = self.compiled.get_or_init(|| self.compile());
        let validator = compiled.as_ref().map_err(|message| Error::Internal(message.clone()))?;
        if validator.is_valid(event) {
            return Ok(());
        }
        let violations = validator.iter_errors(event).take(Error::VIOLATIONS_MAX).map(|error| Violation {
            pointer: error.instance_path().to_string(),
            schema_pointer: error.schema_path().to_string(),
            keyword: error.kind().keyword().to_owned(),
            message: short(&error),
        });
        Err(Error::Refused(violations.collect()))
    }

    fn compile(&self) -> Result<jsonschema::Validator, String> {
        let root = self.value()?;
        let mut resources = vec![(self.base, self.draft.to_library().create_resource(root.clone()))];
        for (uri, document) in self.references {
            resources.push((uri, document.draft.to_library().create_resource(document.value()?)));
        }
        let registry = Registry::new()
            .retrieve_known_draft_meta_schemas(false)
            .retriever(Nothing)
            .extend(resources)
            .and_then(|builder| builder.prepare())
            .map_err(|error| error.to_string())?;
        jsonschema::options()
            .with_draft(self.draft.to_library())
            .with_base_uri(self.base)
            .with_registry(&registry)
            .should_validate_formats(self.asserts_formats)
            .offline()
            .build(&root)
            .map_err(|error| error.to_string())
    }

    /// Returns the parsed text, its `$schema` naming the draft where it names a foreign dialect.
    fn value(&self) -> Result<Value, String> {
        let mut value: Value = serde_json::from_str(self.text).map_err(|error| error.to_string())?;
        if let Some(named) = value.get_mut("$schema") {
            *named = self.draft.uri().into();
        }
        Ok(value)
    }
}

impl Draft {
    fn to_library(self) -> jsonschema::Draft {
        match self {
            Self::Draft4 => jsonschema::Draft::Draft4,
            Self::Draft6 => jsonschema::Draft::Draft6,
            Self::Draft7 => jsonschema::Draft::Draft7,
            Self::Draft201909 => jsonschema::Draft::Draft201909,
            Self::Draft202012 => jsonschema::Draft::Draft202012,
        }
    }

    fn uri(self) -> &'static str {
        match self {
            Self::Draft4 => "http://json-schema.org/draft-04/schema#",
            Self::Draft6 => "http://json-schema.org/draft-06/schema#",
            Self::Draft7 => "http://json-schema.org/draft-07/schema#",
            Self::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
            Self::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        }
    }
}

/// Refuses to fetch: what is not embedded is not there.
struct Nothing;

impl Retrieve for Nothing {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("`{uri}` is not embedded").into())
    }
}

/// Returns the validator's message with long values cut, so that an event is not echoed whole.
fn short(error: &jsonschema::ValidationError<'_>) -> String {
    let value = error.instance().to_string();
    let said = if value.chars().count() <= Violation::EXCERPT_CHARS_MAX {
        error.to_string()
    } else {
        let start: String = value.chars().take(Violation::EXCERPT_CHARS_MAX).collect();
        error.masked_with(format!("{start}…")).to_string()
    };
    said.replace('\n', " ")
}

/// Parses strictly: what a plain `Value` resolves silently, a name given twice, is refused.
fn parse(bytes: &[u8]) -> Result<Value, Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    Strict.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value)).map_err(
        |error| {
            let said = error.to_string();
            let message = said.split(" at line ").next().unwrap_or(&said).to_owned();
            Error::NotJson { message, line: error.line(), column: error.column() }
        },
    )
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Strict)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == tokens::NUMBER {
                // How serde_json hands over a number where its `arbitrary_precision` is on.
                let digits = map.next_value::<String>()?;
                return digits.parse().map(Value::Number).map_err(de::Error::custom);
            }
            if members.contains_key(&name) {
                return Err(de::Error::custom(format_args!("duplicate member `{name}`")));
            }
            let value = map.next_value_seed(Strict)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}
