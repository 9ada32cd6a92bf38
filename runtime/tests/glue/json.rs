//! serde with serde_json: as strict as `from_slice`.

use std::collections::{BTreeMap, HashMap};

use evschema_runtime::{Error, Json};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::order::{self, Line, Order, OrderRef, Paid, Size, Tags};

/// A function that reads an event, with its name.
type Reader = (&'static str, fn(&str) -> Result<Order, String>);

/// Returns the ways to read an event with serde_json.
fn readers() -> Vec<Reader> {
    fn text<T, E: ToString>(result: Result<T, E>) -> Result<T, String> {
        result.map_err(|error| error.to_string())
    }
    vec![
        ("from_str", |event| text(serde_json::from_str(event))),
        ("from_slice", |event| text(serde_json::from_slice(event.as_bytes()))),
        ("from_reader", |event| text(serde_json::from_reader(event.as_bytes()))),
        ("from_value", |event| text(serde_json::from_value(serde_json::from_str(event).unwrap()))),
        ("&Value", |event| text(Order::deserialize(&serde_json::from_str::<Value>(event).unwrap()))),
        ("Vec", |event| {
            text(serde_json::from_str::<Vec<Order>>(&format!("[{event}]"))).map(|mut all| all.remove(0))
        }),
        ("HashMap", |event| {
            let all = serde_json::from_str::<HashMap<String, Order>>(&format!("{{\"a\":{event}}}"));
            text(all).map(|mut all| all.remove("a").unwrap())
        }),
        ("flatten", |event| {
            let event = event.replacen('{', "{\"partition\":7,", 1);
            text(serde_json::from_str::<Envelope>(&event)).map(|envelope| {
                assert_eq!(envelope.partition, 7);
                envelope.order
            })
        }),
        ("untagged", |event| match text(serde_json::from_str::<Either>(event))? {
            Either::Order(order) => Ok(order),
            Either::Line(line) => panic!("{line:?}"),
        }),
        ("tagged", |event| {
            let event = event.replacen('{', "{\"tag\":\"Order\",", 1);
            text(serde_json::from_str::<Tagged>(&event)).map(|Tagged::Order(order)| order)
        }),
        ("Option", |event| text(serde_json::from_str::<Option<Order>>(event)).map(|order| order.unwrap())),
        ("Box", |event| text(serde_json::from_str::<Box<Order>>(event)).map(|order| *order)),
    ]
}

#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    partition: u32,
    #[serde(flatten)]
    order: Order,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Order(Order),
    Line(Line),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "tag")]
enum Tagged {
    Order(Order),
}

#[test]
fn every_reader_accepts_valid_events() {
    for (name, read) in readers() {
        assert_eq!(read(order::FULL), Ok(order::full()), "{name}");
        let small = Order::from_slice(order::SMALL.as_bytes()).unwrap();
        assert_eq!(read(order::SMALL), Ok(small), "{name}");
    }
}

#[test]
fn every_reader_names_the_violation() {
    for (name, read) in readers() {
        for (event, pointer, keyword) in order::INVALID {
            let message = read(event).unwrap_err();
            // serde drops the messages of the alternatives of an untagged enum.
            if name != "untagged" {
                let expected = format!("{pointer}: `{keyword}` rejects ");
                assert!(message.starts_with(&expected), "{name}: {message} instead of {expected}");
            }
        }
    }
}

#[test]
fn a_text_has_lines_and_columns() {
    let event =
        "\n\n  {\"id\": \"A\",\n   \"kind\": \"order\",\n   \"lines\": [{\"sku\": \"x\", \"qty\": 0}]}";
    let error = serde_json::from_str::<Order>(event).unwrap_err().to_string();
    assert_eq!(error, "/lines/0/qty: `minimum` rejects 0 (line 3, column 34 of this value)");
    let value: Value = serde_json::from_str(event).unwrap();
    let in_envelope = serde_json::from_value::<Envelope>(json!({"partition": 1, "id": "", "kind": "order"}));
    assert!(!in_envelope.unwrap_err().to_string().contains("column"));
    assert!(serde_json::from_value::<Order>(value).is_err());
}

#[test]
fn duplicates_are_rejected() {
    let event = order::SMALL.replacen('{', "{\"id\":\"B\",", 1);
    let error = serde_json::from_str::<Order>(&event).unwrap_err().to_string();
    assert!(error.starts_with("duplicate property (line 1, column "), "{error}");
    let rest = order::SMALL.replacen('{', "{\"x\":1,\"x\":1,", 1);
    assert!(serde_json::from_str::<Order>(&rest).is_err());
    assert!(serde_json::from_str::<Envelope>(&rest.replacen('{', "{\"partition\":1,", 1)).is_err());
}

#[test]
fn texts_after_the_event_are_rejected() {
    assert!(serde_json::from_str::<Order>(&format!("{} x", order::SMALL)).is_err());
    assert!(serde_json::from_str::<Order>(&order::SMALL[1..]).is_err());
    let mut stream =
        serde_json::Deserializer::from_str(r#"{"sku":"a","qty":1} {"sku":"b","qty":2}"#).into_iter::<Line>();
    assert_eq!(stream.next().unwrap().unwrap().qty, 1);
    assert_eq!(stream.next().unwrap().unwrap().qty, 2);
}

#[test]
fn nested_types_are_checked_alone() {
    assert_eq!(serde_json::from_str::<Line>(r#"{"sku":"x","qty":1.0}"#).unwrap().qty, 1);
    assert!(serde_json::from_str::<Line>(r#"{"sku":"x","qty":1001}"#).is_err());
    assert!(serde_json::from_str::<Line>(r#"{"sku":"x","qty":1,"a":1}"#).is_err());
    assert_eq!(serde_json::from_str::<Size>("\"small\"").unwrap(), Size::Small);
    assert!(serde_json::from_str::<Size>("\"medium\"").is_err());
    assert!(serde_json::from_str::<Tags>(r#"["a","a"]"#).is_err());
    assert!(matches!(serde_json::from_str::<Paid>(r#"{"cash":1}"#), Ok(Paid::Cash(_))));
    assert!(serde_json::from_str::<Paid>(r#"{"cash":-1}"#).is_err());
    let by_size: HashMap<Size, u8> = serde_json::from_str(r#"{"small":1,"large":2}"#).unwrap();
    assert_eq!(by_size[&Size::Large], 2);
    assert_eq!(serde_json::to_value(&by_size).unwrap(), json!({"small": 1, "large": 2}));
    assert!(serde_json::from_str::<HashMap<Size, u8>>(r#"{"medium":1}"#).is_err());
}

#[test]
fn every_writer_writes_the_same() {
    let order = order::full();
    assert_eq!(serde_json::to_string(&order).unwrap(), order::FULL);
    assert_eq!(serde_json::to_vec(&order).unwrap(), order::FULL.as_bytes());
    let value: Value = serde_json::from_str(order::FULL).unwrap();
    assert_eq!(serde_json::to_value(&order).unwrap(), value);
    assert_eq!(serde_json::to_string(&vec![&order]).unwrap(), format!("[{}]", order::FULL));
    let envelope = Envelope { partition: 7, order: order.clone() };
    let text = order::FULL.replacen('{', "{\"partition\":7,", 1);
    assert_eq!(serde_json::to_string(&envelope).unwrap(), text);
    assert_eq!(serde_json::to_string(&Either::Order(order.clone())).unwrap(), order::FULL);
    let borrowed = OrderRef::from_slice(order::FULL.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&borrowed).unwrap(), order::FULL);
    assert_eq!(Order::from_value(&value).unwrap(), order);
}

#[test]
fn an_invalid_value_is_not_written() {
    let invalid = |change: fn(&mut Order)| {
        let mut order = order::full();
        change(&mut order);
        let errors = [
            serde_json::to_string(&order).unwrap_err(),
            serde_json::to_value(&order).unwrap_err(),
            serde_json::to_string(&Envelope { partition: 1, order: order.clone() }).unwrap_err(),
        ];
        let mut written = Vec::new();
        assert!(serde_json::to_writer(&mut written, &order).is_err());
        assert!(written.is_empty(), "nothing is written");
        let [error, ..] = errors.map(|error| error.to_string());
        error
    };
    assert_eq!(invalid(|order| order.lines[1].qty = 0), "/lines/1/qty: `minimum` rejects 0");
    assert_eq!(invalid(|order| order.id.clear()), "/id: `minLength` rejects \"\"");
    assert_eq!(
        invalid(|order| order.paid = Some(Paid::Cash(order::Cash::new()))),
        "/paid: `oneOf` rejects {}"
    );
    let duplicate = invalid(|order| {
        order.rest.insert("id".to_owned(), "B".into());
    });
    assert_eq!(duplicate, "duplicate property");
    let line = Line { sku: String::new(), qty: 1 };
    assert_eq!(serde_json::to_string(&line).unwrap_err().to_string(), "/sku: `minLength` rejects \"\"");
}

#[test]
fn numbers_keep_their_digits() {
    for digits in [
        "1.10",
        "0.10000000000000000000001",
        "1e400",
        "12345678901234567890123",
        "18446744073709551615",
        "1e2",
    ] {
        let event = order::SMALL.replacen('{', &format!("{{\"type\":{digits},\"x\":[{digits}],"), 1);
        let order: Order = serde_json::from_str(&event).unwrap();
        let text = serde_json::to_string(&order).unwrap();
        assert!(
            text.contains(&format!("\"type\":{digits}")) && text.contains(&format!("[{digits}]")),
            "{text}"
        );
        assert!(!text.contains("private"));
    }
}

#[test]
fn names_of_serde_json_are_ordinary_names() {
    let names =
        ["$serde_json::private::RawValue", "$serde_json::private::Number", "$serde_json::private::Other"];
    for name in names {
        let property = format!("{{\"x\":{{\"{name}\":\"12\"}},\"{name}\":\"{{}}\",");
        let event = order::SMALL.replacen('{', &property, 1);
        let order: Order = serde_json::from_str(&event).unwrap();
        assert_eq!(order.rest["x"].get(name).and_then(|value| value.as_str()), Some("12"), "{name}");
        // With this feature, nobody can tell the object of the event from a number.
        let marks_numbers = serde_json::from_str::<serde_json::Number>("0.10").unwrap().to_string() == "0.10";
        if name != "$serde_json::private::Number" || !marks_numbers {
            let envelope: Envelope =
                serde_json::from_str(&event.replacen('{', "{\"partition\":1,", 1)).unwrap();
            assert_eq!(envelope.order, order, "{name}");
        }
    }
}

/// The name under which serde_json passes the text of a value.
const RAW: &str = "$serde_json::private::RawValue";

#[test]
fn a_property_with_a_private_name_is_a_property() {
    use serde::de::value::MapDeserializer;
    // Like the deserializer of `serde_urlencoded`, this one ignores the name of a newtype.
    let pairs = |name, value| MapDeserializer::<_, serde::de::value::Error>::new([(name, value)].into_iter());
    assert!(Order::deserialize(pairs(RAW, order::SMALL)).is_err());
    for name in [RAW, "$__toml_private_datetime"] {
        let json = Json::deserialize(pairs(name, "1")).unwrap();
        assert_eq!(json, Json::Object([(name.to_owned(), "1".into())].into()));
    }
}

#[test]
fn a_wrapper_of_a_deserializer_passes_the_text() {
    let mut deserializer = serde_json::Deserializer::from_str(order::FULL);
    let order: Order = serde_path_to_error::deserialize(&mut deserializer).unwrap();
    assert_eq!(order, order::full());
    let value: Value = serde_json::from_str(order::FULL).unwrap();
    assert_eq!(serde_path_to_error::deserialize::<_, Order>(value).unwrap(), order::full());
}

#[test]
fn only_a_text_has_lines_and_columns() {
    let mut value: Value = serde_json::from_str(order::SMALL).unwrap();
    value["id"] = "".into();
    let owned = serde_json::from_value::<Order>(value.clone()).unwrap_err().to_string();
    let borrowed = Order::deserialize(&value).unwrap_err().to_string();
    for error in [owned, borrowed] {
        assert_eq!(error, "/id: `minLength` rejects \"\"");
    }
}

#[test]
fn a_value_without_json_is_no_event() {
    let error = Order::from_value(&BTreeMap::from([((1, 2), 3)])).unwrap_err();
    assert_eq!(error, Error::NotSerializable("key must be a string".to_owned()));
    assert!(error.violations().is_empty());
}
