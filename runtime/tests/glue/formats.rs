//! serde with formats other than JSON.

use std::collections::BTreeMap;
use std::fmt::Debug;

use evschema_runtime::{self as rt, Integer, Json, Maybe, Number};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::order::{self, Line, Order, Size};

/// A format, as functions that write and read a type.
macro_rules! formats {
    ($check:ident $value:expr, $type:ty) => {{
        let value = $value;
        $check("cbor", to_cbor(&value).and_then(|bytes| from_cbor::<$type>(&bytes)), &value);
        $check("message pack", to_pack(&value).and_then(|bytes| from_pack::<$type>(&bytes)), &value);
        let named = rmp_serde::to_vec_named(&value).map_err(text);
        $check("message pack with names", named.and_then(|bytes| from_pack::<$type>(&bytes)), &value);
        $check("yaml", to_yaml(&value).and_then(|yaml| from_yaml::<$type>(&yaml)), &value);
    }};
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

fn to_cbor(value: &impl Serialize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(text)?;
    Ok(bytes)
}

fn from_cbor<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    ciborium::from_reader(bytes).map_err(text)
}

fn to_pack(value: &impl Serialize) -> Result<Vec<u8>, String> {
    rmp_serde::to_vec(value).map_err(text)
}

fn from_pack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    rmp_serde::from_slice(bytes).map_err(text)
}

fn to_yaml(value: &impl Serialize) -> Result<String, String> {
    serde_norway::to_string(value).map_err(text)
}

fn from_yaml<T: DeserializeOwned>(yaml: &str) -> Result<T, String> {
    serde_norway::from_str(yaml).map_err(text)
}

fn same<T: PartialEq + Debug>(format: &str, read: Result<T, String>, value: &T) {
    assert_eq!(read.as_ref(), Ok(value), "{format}");
}

#[test]
fn events_survive_a_round_trip() {
    formats!(same order::full(), Order);
    formats!(same Order::from_slice(order::SMALL.as_bytes()).unwrap(), Order);
    formats!(same vec![order::full()], Vec<Order>);
    formats!(same Line { sku: "x".to_owned(), qty: 7 }, Line);
    formats!(same Size::Small, Size);
    formats!(same BTreeMap::from([(Size::Small, 1u8)]), BTreeMap<Size, u8>);
}

#[test]
fn toml_has_no_null() {
    let mut order = order::full();
    let error = toml::to_string(&order).unwrap_err().to_string();
    assert!(error.contains("unsupported"), "{error}");
    order.hint = Maybe::Value("h".to_owned());
    order.rest.clear();
    let toml = toml::to_string(&order).unwrap();
    assert_eq!(toml::from_str::<Order>(&toml).unwrap(), order);
    let error = toml::from_str::<Order>(&toml.replace("qty = 2\n", "qty = 0\n")).unwrap_err().to_string();
    assert!(error.contains("/lines/0/qty: `minimum` rejects 0"), "{error}");
    assert!(!error.contains("of this value"), "{error}");
    let error = toml::from_str::<Json>("day = 2024-02-29").unwrap_err().to_string();
    assert!(error.contains("JSON has no dates"), "{error}");
}

/// A struct with a required property that may be `null`.
#[derive(Debug, Clone, PartialEq)]
struct Note {
    text: Option<String>,
}

const NOTE_TEXT: &str = r#"{"format":4,"nodes":[
    {"at":"/note","type":["object"],"members":[["text",1]],"required":[0]},{"type":["string","null"]}]}"#;
static NOTE: rt::Program = rt::Program::new(NOTE_TEXT, &[]);
rt::object! { Note in note { text "text" required Option<String>, } at (NOTE, "/note") }

#[test]
fn no_format_loses_null() {
    let without_text = Note { text: None };
    let error = toml::to_string(&without_text).unwrap_err().to_string();
    assert!(error.contains("unsupported"), "{error}");
    formats!(same without_text, Note);
    let mut order = Order::from_slice(order::SMALL.as_bytes()).unwrap();
    order.hint = Maybe::Null;
    let error = toml::to_string(&order).unwrap_err().to_string();
    assert!(error.contains("unsupported"), "{error}");
    // A property of a type without a schema.
    let maybe = |hint: Maybe<i64>| toml::to_string(&BTreeMap::from([("hint", hint)]));
    assert!(maybe(Maybe::Null).is_err());
    assert_eq!(maybe(Maybe::Absent).as_deref(), Ok(""));
    assert_eq!(maybe(Maybe::Value(1)).as_deref(), Ok("hint = 1\n"));
}

#[test]
fn invalid_events_are_rejected_when_written_and_when_read() {
    for (event, pointer, keyword) in order::INVALID {
        // A plain value writes anything.
        let value = Json::parse(event).unwrap();
        fn rejected<T: Debug>(format: &str, read: Result<T, String>, expected: &str) {
            let message = read.unwrap_err();
            assert!(message.contains(expected), "{format}: {message} instead of {expected}");
        }
        let expected = format!("{pointer}: `{keyword}` rejects ");
        rejected("cbor", to_cbor(&value).and_then(|bytes| from_cbor::<Order>(&bytes)), &expected);
        rejected("pack", to_pack(&value).and_then(|bytes| from_pack::<Order>(&bytes)), &expected);
        rejected("yaml", to_yaml(&value).and_then(|yaml| from_yaml::<Order>(&yaml)), &expected);
    }
    let mut order = order::full();
    order.lines[0].qty = 0;
    for error in [
        to_cbor(&order).unwrap_err(),
        to_pack(&order).unwrap_err(),
        to_yaml(&order).unwrap_err(),
        toml::to_string(&order).unwrap_err().to_string(),
    ] {
        assert!(error.contains("/lines/0/qty: `minimum` rejects 0"), "{error}");
    }
}

#[test]
fn numbers_are_exact_or_an_error() {
    for digits in [
        "0",
        "-3",
        "18446744073709551615",
        "-9223372036854775808",
        // A float holds this integer exactly.
        "-100000000000000000000",
        "0.5",
        "19.99",
        "1.10",
        "1e2",
        "-2.5e-3",
    ] {
        let number = Number::parse(digits).unwrap();
        formats!(same number.clone(), Number);
        formats!(same Json::Array(vec![Json::Number(number)]), Json);
    }
    let large = Integer::parse("-12345678901234567890123").unwrap();
    same("cbor", to_cbor(&large).and_then(|bytes| from_cbor::<Integer>(&bytes)), &large);
    same("yaml", to_yaml(&large).and_then(|yaml| from_yaml::<Integer>(&yaml)), &large);
    // The format has no integers of this size, and a serializer may write their bytes instead.
    let large = Integer::parse("18446744073709551617").unwrap();
    let error = to_pack(&large).unwrap_err();
    assert!(error.contains("cannot hold the number `18446744073709551617` exactly"), "{error}");
    for digits in ["0.10000000000000000000001", "1e400", "9007199254740993.5"] {
        let number = Number::parse(digits).unwrap();
        for error in
            [to_cbor(&number).unwrap_err(), to_pack(&number).unwrap_err(), to_yaml(&number).unwrap_err()]
        {
            assert!(error.contains(&format!("cannot hold the number `{digits}` exactly")), "{error}");
        }
    }
    let mut order = order::full();
    order.r#type = Some(Number::parse("0.10000000000000000000001").unwrap());
    assert!(to_cbor(&order).is_err() && serde_json::to_string(&order).is_ok());
}

#[test]
fn values_without_json_are_rejected() {
    let read = |value: ciborium::Value| from_cbor::<Json>(&to_cbor(&value).unwrap());
    let is_error = |value: ciborium::Value, part: &str| {
        let message = read(value).unwrap_err();
        assert!(message.contains(part), "{message}");
    };
    use ciborium::Value;
    assert_eq!(read(Value::Float(1.5)).unwrap(), Json::Number(Number::parse("1.5").unwrap()));
    is_error(Value::Float(f64::NAN), "JSON has no number `NaN`");
    is_error(Value::Float(f64::INFINITY), "JSON has no number `inf`");
    is_error(Value::Array(vec![Value::Float(f64::NEG_INFINITY)]), "JSON has no number `-inf`");
    is_error(Value::Bytes(vec![1, 2]), "JSON has no bytes");
    is_error(Value::Array(vec![Value::Bytes(vec![])]), "JSON has no bytes");
    let name = "a string as the name of a property";
    is_error(Value::Map(vec![(Value::Integer(1.into()), Value::Null)]), name);
    is_error(Value::Map(vec![(Value::Bool(true), Value::Null)]), name);
    is_error(Value::Map(vec![(Value::Null, Value::Null)]), name);
    let twice = (Value::Text("a".to_owned()), Value::Null);
    is_error(Value::Map(vec![twice.clone(), twice]), "duplicate property");
    assert!(from_yaml::<Json>("1: a").unwrap_err().contains(name));
    assert!(from_yaml::<Json>("a: !tag b").is_err());
    let nested = |depth: usize| (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    assert!(read(nested(Json::NESTING_MAX)).is_ok());
    is_error(nested(Json::NESTING_MAX + 1), "nested too deeply");
}

#[test]
fn names_of_serde_json_are_not_written() {
    let order = order::full();
    assert!(!to_yaml(&order).unwrap().contains("serde_json"));
    for bytes in [to_cbor(&order).unwrap(), to_pack(&order).unwrap()] {
        assert!(!String::from_utf8_lossy(&bytes).contains("serde_json"));
    }
}
