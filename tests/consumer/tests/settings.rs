//! Types that settings of the manifest change accept the same events as before, and write them back unchanged.

#![deny(warnings)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::net::Ipv4Addr;

use std::time::{Duration, Instant};

use evschema_runtime::{Error, Formatted, Integer, Maybe, TextFormat};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// The generated events.
#[allow(missing_docs, reason = "generated")]
pub mod events {
    include!(concat!(env!("OUT_DIR"), "/settings/events.rs"));
}

/// Types that replace generated types.
pub mod money {
    use serde::{Deserialize, Serialize};

    /// An amount in the smallest unit of a currency.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Money {
        #[serde(with = "text")]
        amount: u64,
        currency: String,
    }

    /// Any value of JSON.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Anything(serde_json::Value);

    evschema_runtime::via_serde! { Money, Anything }

    impl Money {
        /// Returns an amount of money.
        pub fn new(amount: u64, currency: &str) -> Self {
            Self { amount, currency: currency.to_owned() }
        }
    }

    mod text {
        use serde::de::Error;
        use serde::{Deserialize, Deserializer, Serializer};

        pub(super) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(value)
        }

        pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
            String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        }
    }
}

/// Types with unusual implementations of serde's traits.
pub mod replaced {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::events::shop_order_placed::v1::Parcel;

    /// A text that has another form in binary formats, like `uuid::Uuid`. Some texts cannot be read or written.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    pub struct Token(pub String);

    impl Serialize for Token {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.0.as_str() {
                "unwritable" => Err(S::Error::custom("the token has expired")),
                text if serializer.is_human_readable() => serializer.serialize_str(text),
                text => serializer.serialize_bytes(text.as_bytes()),
            }
        }
    }

    impl<'de> Deserialize<'de> for Token {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            if text == "unreadable" { Err(D::Error::custom("the token is unknown")) } else { Ok(Self(text)) }
        }
    }

    /// The content of a parcel, which may be another parcel.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Content {
        /// The other parcel.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parcel: Option<Box<Parcel>>,
    }

    evschema_runtime::via_serde! { Token, Content }
}

/// Hexadecimal numbers, for the format `hex`.
pub struct Hex;

impl TextFormat<u32> for Hex {
    fn parse(text: &str) -> Option<u32> {
        u32::from_str_radix(text, 16).ok()
    }

    fn text(value: &u32) -> String {
        format!("{value:06x}")
    }
}

use events::shop_order_placed::v1::{
    Flag, Key, OrderId, OrderLine, Parcel, Placed as OrderPlaced, PlacedRef as OrderPlacedRef, Price,
    Quantity, Remark, Share, Tags, order_line, placed,
};
use money::Money;
use replaced::{Content, Token};

fn order() -> Value {
    json!({
        "orderId": "A-17",
        "placedAt": "2026-04-12T17:05:41.250+02:00",
        "total": {"amount": "4990", "currency": "EUR"},
    })
}

fn with(name: &str, value: Value) -> Vec<u8> {
    let mut order = order();
    order[name] = value;
    serde_json::to_vec(&order).unwrap()
}

#[test]
fn accepted_events_come_back_unchanged() {
    for (name, value) in [
        ("kind", json!("new")),
        ("placedAt", json!("1998-12-31T23:59:60Z")),
        ("placedAt", json!("2026-04-12t15:05:41.2500000z")),
        ("discount", json!({"amount": "1", "currency": "CHF"})),
        ("refund", json!(null)),
        ("refund", json!({"amount": "1", "currency": "CHF"})),
        ("payments", json!([{"amount": "1", "currency": "CHF"}, {"amount": "2", "currency": "CHF"}])),
        ("halves", json!([1, {"b": 2}])),
        ("from", json!("10.0.0.1")),
        ("from", json!(null)),
        ("color", json!("00FF7f")),
        ("color", json!("mint")),
        ("coupon", json!("SPRING")),
        ("price", json!({"amount": "1", "currency": "CHF"})),
        ("price", json!("A-18")),
        ("extra", json!({"any": [1, null, {"thing": true}]})),
        ("extra", json!(null)),
        ("lines", json!([{"sku": "MUG", "quantity": 2, "gift": true, "share": 0.5, "key": "k"}])),
        ("lines", json!([{"sku": "MUG", "quantity": 2, "key": 7, "note": {"text": "fragile"}}])),
        ("relatedOrders", json!(["A-1", "B-2"])),
        ("tags", json!(["a", "b"])),
        ("tokens", json!(["a", "b"])),
        ("parcel", json!({"content": {"parcel": {"content": {}}}})),
    ] {
        let bytes = with(name, value);
        let order = OrderPlaced::from_slice(&bytes).unwrap();
        let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        assert_eq!(read(&order.to_vec().unwrap()), read(&bytes));
        assert_eq!(serde_json::to_value(&order).unwrap(), read(&bytes));
        assert_eq!(serde_json::from_slice::<OrderPlaced>(&bytes).unwrap(), order);
        let borrowed = OrderPlacedRef::from_slice(&bytes).unwrap();
        assert_eq!(read(&borrowed.to_vec().unwrap()), read(&bytes));
        assert_eq!(borrowed.into_owned(), order);

        let mut cbor = Vec::new();
        ciborium::into_writer(&order, &mut cbor).unwrap();
        assert_eq!(ciborium::from_reader::<OrderPlaced, _>(&*cbor).unwrap(), order);
        let pack = rmp_serde::to_vec(&order).unwrap();
        assert_eq!(rmp_serde::from_slice::<OrderPlaced>(&pack).unwrap(), order);
        let pretty = serde_json::to_string_pretty(&order).unwrap();
        assert!(pretty.starts_with("{\n  \"orderId\""), "{pretty}");
        assert_eq!(read(pretty.as_bytes()), read(&bytes));
    }
}

#[test]
fn rejected_events_are_rejected() {
    for (name, value) in [
        ("orderId", json!("A")),
        ("placedAt", json!("yesterday")),
        // The user's type could hold these values.
        ("total", json!({"amount": "+5", "currency": "EUR"})),
        ("total", json!({"amount": "5", "currency": "EURO"})),
        ("total", json!(null)),
        ("refund", json!({"amount": "5"})),
        ("payments", json!([{"amount": "1", "currency": "CHF"}, {"currency": "CHF", "amount": "1"}])),
        // Equality of the user's type is finer than equality in JSON.
        ("halves", json!([1, 1.0])),
        ("halves", json!([{"a": 1}, {"a": 1.0}])),
        ("from", json!("10.0.0.300")),
        ("coupon", json!("SPRINGTIME")),
        ("price", json!("A")),
        ("price", json!({"amount": "x", "currency": "CHF"})),
        ("lines", json!([{"sku": "MUG", "quantity": 101}])),
        ("relatedOrders", json!(["B-2"])),
        ("tags", json!(["a", "b", "c"])),
    ] {
        let bytes = with(name, value);
        assert!(!OrderPlaced::check_bytes(&bytes), "{name}");
        assert!(OrderPlaced::from_slice(&bytes).is_err(), "{name}");
        assert!(OrderPlacedRef::from_slice(&bytes).is_err(), "{name}");
    }
}

#[test]
fn types_have_the_requested_form() {
    let order = OrderPlaced::from_slice(&serde_json::to_vec(&order()).unwrap()).unwrap();
    let placed_at: &OffsetDateTime = order.placed_at.value().unwrap();
    assert_eq!(placed_at.unix_timestamp(), 1_776_006_341);
    assert_eq!(order.placed_at.text(), "2026-04-12T17:05:41.250+02:00");
    assert_eq!((order.id, order.total), (OrderId("A-17".to_owned()), Money::new(4990, "EUR")));

    let line = OrderLine::new(order_line::Required { sku: "MUG".to_owned(), quantity: Quantity(3) })
        .with_gift(Flag(true))
        .with_share(Share("0.25".parse().unwrap()))
        .with_key(Key::Integer(Integer::from(7)))
        .with_note(Remark::default());
    let built = OrderPlaced::new(placed::Required {
        id: OrderId::from("A-18".to_owned()),
        placed_at: OffsetDateTime::UNIX_EPOCH.into(),
        total: Money::new(1, "CHF"),
    })
    .with_from(Ipv4Addr::LOCALHOST)
    .with_color(255)
    .with_price(Price::OrderId(OrderId("A-19".to_owned())))
    .with_lines([line])
    .with_tags(vec!["new".to_owned()])
    .with_order_kind("old");
    assert_eq!(built.from, Maybe::Value(Formatted::from_text("127.0.0.1")));
    assert_eq!(built.tags, Some(Tags(vec!["new".to_owned()])));
    let written: Value = serde_json::from_slice(&built.to_vec().unwrap()).unwrap();
    assert_eq!((&written["placedAt"], &written["color"]), (&json!("1970-01-01T00:00:00Z"), &json!("0000ff")));
    assert_eq!(OrderPlaced::from_value(&written).unwrap(), built);

    assert!(Quantity(1) < Quantity(2) && Remark::default() < Remark::default().with_text("a"));
}

#[test]
fn a_value_that_the_schema_rejects_is_not_written() {
    let mut order = OrderPlaced::from_slice(&serde_json::to_vec(&order()).unwrap()).unwrap();
    order.total = Money::new(1, "EURO");
    assert!(order.to_vec().is_err());
    order.total = Money::new(1, "EUR");
    order.placed_at = Formatted::from_text("now");
    assert!(order.to_vec().is_err());
}

#[test]
fn a_value_that_its_type_cannot_write_is_an_error() {
    let mut order = OrderPlaced::from_slice(&with("tokens", json!(["a"]))).unwrap();
    order.tokens = Some(vec![Token("unwritable".to_owned())]);
    let error = order.to_vec().unwrap_err();
    assert_eq!(error, Error::NotSerializable("the token has expired".to_owned()));
    assert_eq!(error.to_string(), "the value has no JSON: the token has expired");
    for error in [
        serde_json::to_string(&order).unwrap_err().to_string(),
        serde_json::to_value(&order).unwrap_err().to_string(),
        rmp_serde::to_vec(&order).unwrap_err().to_string(),
    ] {
        assert!(error.contains("the token has expired"), "{error}");
    }
}

#[test]
fn a_value_that_its_type_refuses_is_a_violation() {
    let bytes = with("tokens", json!(["a", "unreadable"]));
    assert!(OrderPlaced::check_bytes(&bytes));
    let error = OrderPlaced::from_slice(&bytes).unwrap_err();
    let violations = error.violations();
    assert_eq!(violations.len(), 1, "{error}");
    assert_eq!((&*violations[0].pointer, &*violations[0].keyword), ("/tokens/1", "rustType"));
    let message = "`rustType` rejects \"unreadable\": the token is unknown";
    assert_eq!(violations[0].message, message);
    let error = serde_json::from_slice::<OrderPlaced>(&bytes).unwrap_err().to_string();
    assert!(
        error.contains("/tokens/1: `rustType` rejects") && error.contains("the token is unknown"),
        "{error}"
    );
    // If the schema rejects the event too, its own violations are listed.
    let mut invalid = order();
    invalid["tokens"] = json!(["unreadable", ""]);
    let error = OrderPlaced::from_value(&invalid).unwrap_err();
    assert_eq!(error.violations()[0].keyword, "minLength", "{error}");
}

#[test]
fn nested_types_are_written_in_little_time() {
    let mut order = OrderPlaced::from_slice(&serde_json::to_vec(&order()).unwrap()).unwrap();
    let mut parcel = Parcel::new();
    for _ in 0..40 {
        parcel = Parcel::new().with_content(Content { parcel: Some(Box::new(parcel)) });
    }
    order.parcel = Some(parcel);
    let start = Instant::now();
    let json = serde_json::to_vec(&order).unwrap();
    assert_eq!(order.to_vec().unwrap(), json);
    assert_eq!(OrderPlaced::from_slice(&json).unwrap(), order);
    let pack = rmp_serde::to_vec(&order).unwrap();
    assert_eq!(rmp_serde::from_slice::<OrderPlaced>(&pack).unwrap(), order);
    assert!(serde_json::to_value(&order).is_ok() && serde_json::to_string_pretty(&order).is_ok());
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
