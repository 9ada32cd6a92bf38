//! The guarantees of generated code for a user's crate.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use commerce_order_placed::v2::{Line, OrderPlaced};
use evschema_runtime::{Error, Event, Integer, Json};
use evschema_tests_consumer::events::{
    commerce_order_cancelled, commerce_order_placed, commerce_payment_captured, commerce_shipment_dispatched,
    common_money, fraud_alert_raised, ledger_account_closed, ledger_account_opened, ledger_entry_posted,
    media_file_uploaded, media_rendition_completed, telemetry_reading_recorded,
};
use evschema_tests_consumer::{pieces, with_line};

const ORDER: &str = r#"{
    "order_id": "6f1c2a8e-0d3b-4c57-9a41-2f5f8f1f0b11",
    "placed_at": "2026-03-01T09:30:00Z",
    "total": { "minor": 4990, "currency": "EUR" },
    "lines": [{ "sku": "MUG-BLUE", "quantity": 2.0, "unit_price": { "minor": 2495, "currency": "EUR" } }]
}"#;

fn line() -> Line {
    OrderPlaced::from_slice(ORDER.as_bytes()).unwrap().lines.remove(0)
}

#[test]
fn an_accepted_event_is_typed_and_comes_back() {
    let order = OrderPlaced::from_slice(ORDER.as_bytes()).unwrap();
    assert_eq!(pieces(&order), 2);
    assert_eq!(order.customer, None);
    let (before, after): (Json, Json) =
        (serde_json::from_str(ORDER).unwrap(), serde_json::from_slice(&order.to_vec().unwrap()).unwrap());
    assert_eq!(before, after);
    let value: serde_json::Value = serde_json::from_str(ORDER).unwrap();
    assert_eq!(OrderPlaced::from_value(&value).unwrap(), order);
}

#[test]
fn a_refused_event_says_every_reason() {
    let refused = ORDER.replace("MUG-BLUE", "mug").replace("2026-03-01T", "yesterday ");
    let error = OrderPlaced::from_slice(refused.as_bytes()).unwrap_err();
    let mut reasons: Vec<(&str, &str)> =
        error.violations().iter().map(|v| (v.pointer.as_str(), v.keyword.as_str())).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, [("/lines/0/sku", "pattern"), ("/placed_at", "format")]);
    let sku = error.violations().iter().find(|v| v.keyword == "pattern").unwrap();
    let line = refused.lines().position(|line| line.contains("\"mug\"")).unwrap();
    let column = refused.lines().nth(line).and_then(|line| line.find("\"mug\"")).unwrap();
    assert_eq!((sku.line, sku.column, sku.value.as_str()), (line + 1, column + 1, "\"mug\""));
    assert!(sku.schema_pointer.ends_with("/pattern") && sku.message.contains("\"mug\""));
}

#[test]
fn a_refusal_repeats_little_of_the_event() {
    let long = "x".repeat(10_000);
    let error = OrderPlaced::from_slice(ORDER.replace("MUG-BLUE", &long).as_bytes()).unwrap_err();
    assert!(!error.violations().is_empty());
    assert!(error.to_string().len() < 2_000, "{}", error.to_string().len());
}

#[test]
fn a_check_without_types_agrees() {
    assert!(OrderPlaced::check_bytes(ORDER.as_bytes()));
    assert!(!OrderPlaced::check_bytes(ORDER.replace("MUG-BLUE", "mug").as_bytes()));
    assert!(!OrderPlaced::check_bytes(b"{"));
}

#[test]
fn what_is_no_event_at_all() {
    let twice = ORDER.replacen("{", "{ \"total\": null,", 1);
    for bytes in [&b"{"[..], b"\xff", twice.as_bytes()] {
        assert!(matches!(OrderPlaced::from_slice(bytes), Err(Error::NotJson { .. })));
    }
}

#[test]
fn a_producer_cannot_send_what_the_schema_refuses() {
    let mut order = OrderPlaced::from_slice(ORDER.as_bytes()).unwrap();
    assert!(order.validate().is_ok());
    let mut none = line();
    none.quantity = 0;
    let error = with_line(order.clone(), none).unwrap_err();
    assert_eq!(error.violations()[0].pointer, "/lines/1/quantity");
    assert!(with_line(order.clone(), line()).is_ok());
    order.order_id = "no uuid".to_owned();
    assert!(order.validate().is_err());
}

#[test]
fn the_contract_is_in_the_type() {
    assert_eq!(OrderPlaced::SUBJECT, "commerce.order.placed");
    assert_eq!(commerce_order_placed::v1::OrderPlaced::VERSION, "1.2.0");
    assert!(OrderPlaced::DIGEST.starts_with("sha256:"));
    assert!(OrderPlaced::DATASCHEMA.ends_with("/schemas/commerce.order.placed/2.2.0.json"));
    assert!(OrderPlaced::SCHEMA.contains("\"Order placed\""));
    assert_eq!(Integer::from(3), 3);
}

/// Reads every example of an event's schema and writes it back.
fn examples_come_back<T: Event + PartialEq + std::fmt::Debug>() {
    let schema: serde_json::Value = serde_json::from_str(T::SCHEMA).unwrap();
    let examples = schema["examples"].as_array().expect("an example schema has examples");
    for example in examples {
        T::document().check(example.to_string().as_bytes()).unwrap();
        let typed: T = serde_json::from_value(example.clone()).unwrap();
        let back = serde_json::to_value(&typed).unwrap();
        assert_eq!(&back, example, "{}@{}", T::SUBJECT, T::VERSION);
    }
}

#[test]
fn every_example_comes_back() {
    examples_come_back::<ledger_account_closed::v1::AccountClosed>();
    examples_come_back::<ledger_account_opened::v1::AccountOpened>();
    examples_come_back::<fraud_alert_raised::v1::AlertRaised>();
    examples_come_back::<ledger_entry_posted::v1::EntryPosted>();
    examples_come_back::<media_file_uploaded::v1::FileUploaded>();
    examples_come_back::<commerce_order_cancelled::v1::OrderCancelled>();
    examples_come_back::<commerce_order_placed::v1::OrderPlaced>();
    examples_come_back::<commerce_order_placed::v2::OrderPlaced>();
    examples_come_back::<commerce_payment_captured::v1::PaymentCaptured>();
    examples_come_back::<telemetry_reading_recorded::v1::ReadingRecorded>();
    examples_come_back::<media_rendition_completed::v1::RenditionCompleted>();
    examples_come_back::<commerce_shipment_dispatched::v1::ShipmentDispatched>();
}

/// The conversions of docs/guide/rust.md.
mod upcasts {
    use evschema_runtime::Integer;

    use super::commerce_order_placed::{OrderPlacedUpcasts, v1, v2};
    use super::common_money::v1::amount;

    pub(super) struct Upcasts;

    impl OrderPlacedUpcasts for Upcasts {
        fn v2_total(&self, old: &v1::OrderPlaced) -> v2::Amount {
            in_currency_of(old, &old.total)
        }

        fn v2_lines(&self, old: &v1::OrderPlaced) -> Vec<v2::Line> {
            let line = |line: &v1::Line| {
                let unit_price = in_currency_of(old, &line.unit_price);
                v2::Line::new(v2::line::Required {
                    sku: line.sku.clone(),
                    quantity: line.quantity,
                    unit_price,
                })
            };
            old.lines.iter().flatten().map(line).collect()
        }
    }

    fn in_currency_of(old: &v1::OrderPlaced, amount: &Integer) -> v2::Amount {
        // Version 2 rejects such a large amount, so `into_latest_with` returns an error.
        let minor = amount.as_i64().unwrap_or(i64::MAX);
        v2::Amount::new(amount::Required { minor, currency: old.currency.clone() })
    }
}

#[test]
fn an_old_event_becomes_an_event_of_the_newest_version() {
    let old = |total: &str, lines: &str| {
        let event = format!(
            r#"{{ "order_id": "6f1c2a8e-0d3b-4c57-9a41-2f5f8f1f0b11", "placed_at": "2026-03-01T09:30:00Z",
                 "currency": "EUR", "total": {total}, "lines": [{lines}] }}"#
        );
        let event = commerce_order_placed::v1::OrderPlaced::from_slice(event.as_bytes()).unwrap();
        commerce_order_placed::AnyOrderPlaced::V1(event)
    };
    let line = r#"{ "sku": "MUG-BLUE", "quantity": 2, "unit_price": 2495 }"#;
    let new = old("4990", line).into_latest_with(&upcasts::Upcasts).unwrap();
    assert_eq!(new, OrderPlaced::from_slice(ORDER.as_bytes()).unwrap());
    let too_much = old("10000000000000000000", line).into_latest_with(&upcasts::Upcasts);
    assert!(matches!(too_much, Err(Error::Refused(_))), "{too_much:?}");
}
