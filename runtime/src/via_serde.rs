//! Reads and writes a user's type through the traits of serde.

use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::check::Checker;
use crate::error::{Error, Violation};
use crate::json::Json;
use crate::known_formats::{serialize_raw, writes_compact_json};
use crate::program::NodeRef;
use crate::reject::{Reason, Reject};

/// Implements [`Read`](crate::Read), [`Write`](crate::Write) and [`IntoOwned`](crate::IntoOwned) for types that implement
/// the traits of serde. Such a type can replace a generated type: see `[gen.replace]` of the manifest.
///
/// The program of the schema checks each value before the type parses it. If the type cannot parse a value that the
/// schema accepts, the event is rejected with a violation of the keyword `rustType`, and `check_bytes` still accepts it.
/// So the type should be able to hold every such value.
///
/// The schema also checks the JSON that the type writes. Every other format gets the content of this JSON, even if the
/// type has another form for formats that are not human readable.
///
/// The type also needs the traits that generated types derive: `Debug`, `Clone`, `PartialEq`, `Eq` and `Hash`.
///
/// ```
/// use evschema_runtime::via_serde;
///
/// #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
/// pub struct Money {
///     pub amount: String,
///     pub currency: String,
/// }
///
/// via_serde! { Money }
/// ```
#[macro_export]
macro_rules! via_serde {
    ($($type:ty),+ $(,)?) => {$(
        impl<'a> $crate::Read<'a> for $type {
            fn read(
                checker: &mut $crate::Checker<'a>,
                node: ::core::option::Option<$crate::NodeRef>,
            ) -> ::core::result::Result<Self, $crate::Reject> {
                $crate::private::read_via_serde(checker, node)
            }
        }

        impl $crate::Write for $type {
            fn write(&self, out: &mut ::std::string::String) {
                $crate::private::write_via_serde(self, out);
            }

            fn serialize_unchecked<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::private::serialize_via_serde(self, serializer)
            }
        }

        impl $crate::IntoOwned for $type {
            type Owned = Self;
            fn into_owned(self) -> Self {
                self
            }
        }
    )+};
}

/// Checks a value, and parses it through serde.
///
/// # Errors
///
/// If the node rejects the value, if the type cannot hold the value, or if the text is not JSON.
pub fn read_via_serde<'a, T: Deserialize<'a>>(
    checker: &mut Checker<'a>,
    node: Option<NodeRef>,
) -> Result<T, Reject> {
    checker.lexer.peek();
    let start = checker.lexer.position();
    match node {
        Some(node) => checker.check(node)?,
        None => checker.lexer.skip()?,
    }
    let text = checker.lexer.text_since(start);
    serde_json::from_str(text).map_err(|error| {
        checker.refusal = Some(without_position(&error));
        Reject::new(start, Reason::RefusedByType)
    })
}

/// Returns the message of an error. Its line and column count from the start of the value, so they would mislead.
fn without_position(error: &serde_json::Error) -> String {
    let mut message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    if message.ends_with(&position) {
        message.truncate(message.len() - position.len());
    }
    message
}

/// Adds the message of a user's type to the violation that has none.
pub(crate) fn explain_refusal(mut error: Error, refusal: Option<String>) -> Error {
    if let (Error::Refused(violations), Some(refusal)) = (&mut error, refusal) {
        for violation in violations {
            if Some(&*violation.keyword) == Reason::RefusedByType.keyword() {
                let whole = format!("{}: {refusal}", violation.message);
                let without_control = |c: char| if c.is_control() { ' ' } else { c };
                violation.message =
                    whole.chars().take(Violation::MESSAGE_CHARS_MAX).map(without_control).collect();
            }
        }
    }
    error
}

/// Writes a value through serde. If the value has no JSON, writes the error in a form that is not JSON. The check of the
/// whole text then fails, and `failure` finds the error.
pub fn write_via_serde<T: Serialize>(value: &T, out: &mut String) {
    match serde_json::to_string(value) {
        Ok(text) => out.push_str(&text),
        Err(error) => {
            out.push(FAILURE);
            out.push_str(&error.to_string().replace(FAILURE, " "));
            out.push(FAILURE);
        }
    }
}

/// Stands before and after an error in a text. No JSON text has this character, because strings escape it.
const FAILURE: char = '\u{1}';

/// Returns the first error in a text that a value has written.
pub(crate) fn failure(text: &str) -> Option<&str> {
    text.split(FAILURE).nth(1)
}

/// Passes the JSON of a value to a serializer. A serializer of another format gets the content of the JSON, because the
/// schema has checked the JSON, and not the form that the type has for the other format.
///
/// # Errors
///
/// If the value has no JSON, or the serializer fails.
pub fn serialize_via_serde<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let text = serde_json::to_string(value).map_err(S::Error::custom)?;
    if writes_compact_json::<S>() {
        return serialize_raw(&text, serializer);
    }
    Json::parse(&text).map_err(S::Error::custom)?.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checked_serde::serialize_checked;
    use crate::program::Program;

    /// A type whose values have no JSON.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Broken;

    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("it is\u{1}broken"))
        }
    }

    impl<'de> Deserialize<'de> for Broken {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            Ok(Self)
        }
    }

    crate::via_serde! { Broken }

    #[test]
    fn an_array_of_a_value_without_json_is_not_empty() {
        static ANY: Program = Program::new(r#"{"format":4,"nodes":[{}]}"#, &[]);
        fn error(value: &impl crate::Write) -> String {
            let mut out = Vec::new();
            let result = serialize_checked(ANY.node(0), value, &mut serde_json::Serializer::new(&mut out));
            assert!(out.is_empty());
            result.unwrap_err().to_string()
        }
        assert_eq!(error(&Broken), "it is broken");
        assert_eq!(error(&vec![Broken]), "it is broken");
        assert_eq!(error(&(Broken,)), "it is broken");
        assert_eq!(error(&(1, Broken)), "it is broken");
    }
}
