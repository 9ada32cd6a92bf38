//! Integers of each width, arrays of a fixed length, and tuples, as fields of a generated struct.

use std::collections::HashSet;
use std::num::NonZero;

use evschema_runtime as rt;
use rt::{Json, Maybe, Trailing};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Values {
    byte: u8,
    large: u64,
    small: i8,
    count: NonZero<u16>,
    pair: [i32; 2],
    tuple: (String, Trailing<i64>),
    hint: Maybe<Json>,
    exact: Option<rt::Number>,
}

static PROGRAM: rt::Program = rt::Program::new(
    r#"{"format":4,"nodes":[
        {"at":"/values","streamed":true,"type":["object"],"members":[["byte",1],["large",1],["small",1],["count",1],["pair",2],
            ["tuple",3],["hint",4],["exact",5]],"required":[0,1,2,3,4,5]},
        {"streamed":true,"type":["integer"]},
        {"streamed":true,"type":["array"],"items":1},
        {"type":["array"],"prefixItems":[6,1]},
        {"streamed":true},
        {"streamed":true,"type":["number"]},
        {"type":["string"]}]}"#,
    &[],
);

rt::object! {
    Values in values {
        byte "byte" required u8,
        large "large" required u64,
        small "small" required i8,
        count "count" required NonZero<u16>,
        pair "pair" required [i32; 2],
        tuple "tuple" required (String, Trailing<i64>),
        hint "hint" maybe Json,
        exact "exact" optional rt::Number => with_exact,
    }
    at (PROGRAM, "/values")
}

const TEXT: &str = r#"{"byte":255,"large":18446744073709551615,"small":-128,"count":1,"pair":[1,-2],"tuple":["a"],"hint":null,"exact":1.10}"#;

fn read(text: &str) -> Result<Values, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[test]
fn values_survive_a_round_trip() {
    let values = read(TEXT).unwrap();
    assert_eq!((values.byte, values.large, values.small), (u8::MAX, u64::MAX, i8::MIN));
    assert_eq!((values.pair, values.tuple.1, &values.hint), ([1, -2], Trailing(None), &Maybe::Null));
    assert_eq!(serde_json::to_string(&values).unwrap(), TEXT);
    let longer = TEXT.replace("[\"a\"]", "[\"a\",7]");
    assert_eq!(serde_json::to_string(&read(&longer).unwrap()).unwrap(), longer);
}

#[test]
fn integers_have_many_spellings() {
    let same = TEXT
        .replace("255", "2.55e2")
        .replace("18446744073709551615", "1.8446744073709551615e19")
        .replace("-128", "-128.00")
        .replace("\"count\":1", "\"count\":10e-1")
        .replace("[1,-2]", "[1.0,-0.2e1]")
        .replace("1.10", "1.1");
    let values = HashSet::from([read(TEXT).unwrap(), read(&same).unwrap()]);
    assert_eq!(values.len(), 1, "equal values have equal hashes");
}

#[test]
fn values_that_do_not_fit_are_errors() {
    for (from, to) in [
        ("255", "256"),
        ("255", "-1"),
        ("18446744073709551615", "18446744073709551616"),
        ("18446744073709551615", "1e400"),
        ("-128", "-129"),
        ("\"count\":1", "\"count\":0"),
        ("\"count\":1", "\"count\":65536"),
        ("[1,-2]", "[1]"),
        ("[1,-2]", "[1,2,3]"),
        ("[1,-2]", "[1,2147483648]"),
        ("[\"a\"]", "[]"),
        ("[\"a\"]", "[\"a\",1,2]"),
    ] {
        let message = read(&TEXT.replace(from, to)).unwrap_err();
        assert!(message.contains("does not fit the generated type"), "{to}: {message}");
    }
    for (from, to, expected) in [("255", "0.5", "/byte: `type`"), ("[1,-2]", "[1,\"a\"]", "/pair/1: `type`")]
    {
        let message = read(&TEXT.replace(from, to)).unwrap_err();
        assert!(message.starts_with(expected), "{message}");
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Several {
    Integer(rt::Integer),
    Text(String),
}

static SEVERAL: rt::Program = rt::Program::new(
    r#"{"format":4,"nodes":[{"at":"","streamed":true,"variants":[0,0],"type":["string","integer"],"maxLength":3}]}"#,
    &[],
);

rt::union! {
    Several { Integer(rt::Integer) = rt::Case::INTEGER, Text(String) = rt::Case::STRING, }
    at (SEVERAL, "")
}

#[test]
fn the_variants_of_a_union_may_be_its_own_node() {
    assert_eq!(serde_json::from_str::<Several>("\"abc\"").unwrap(), Several::Text("abc".to_owned()));
    assert_eq!(serde_json::from_str::<Several>("7").unwrap(), Several::Integer(7.into()));
    let error = serde_json::from_str::<Several>("\"abcd\"").unwrap_err().to_string();
    assert!(error.starts_with("the value: `maxLength` rejects"), "{error}");
}

#[derive(Debug, Clone, PartialEq)]
struct Alternatives(Json);

static ALTERNATIVES: rt::Program = rt::Program::new(
    r#"{"format":4,"nodes":[
        {"at":"","members":[["first",1],["second",1]]},
        {"anyOf":[2,3]},
        {"type":["object"],"members":[["a",4]],"required":[0],"patternProperties":[["never",2]]},
        {"type":["object"],"members":[["b",5]],"required":[0],"patternProperties":[["never",2]]},
        {"type":["string"],"maxLength":3},
        {"oneOf":[6,7]},
        {"type":["array"],"items":8},
        {"type":["null"]},
        {"minimum":5}]}"#,
    &[],
);

rt::wrapper! { Alternatives(Json) at (ALTERNATIVES, "") }

#[test]
fn the_message_names_the_deepest_violation() {
    for (text, expected) in [
        (r#"{"first":{"a":"long text"}}"#, "/first/a: `maxLength` rejects \"long text\""),
        (r#"{"first":{"a":"abc"},"second":{"b":[7,4,3]}}"#, "/second/b/1: `minimum` rejects 4"),
        // The alternatives of the first value are no reason for the rejection of the second one.
        (r#"{"first":{"b":null,"a":"long"},"second":{}}"#, "/second: `anyOf` rejects {}"),
        (r#"{"first":7}"#, "/first: `anyOf` rejects 7"),
    ] {
        let error = serde_json::from_str::<Alternatives>(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{expected} (line 1,")), "{error} instead of {expected}");
        let value = Alternatives(Json::parse(text).unwrap());
        assert_eq!(serde_json::to_string(&value).unwrap_err().to_string(), expected);
    }
}
