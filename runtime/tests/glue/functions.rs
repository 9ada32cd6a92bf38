//! The functions that the macros give to a type.

use evschema_runtime as rt;
use rt::{Checked, Event, IntoOwned};

use crate::order::{self, Card, Cash, Kind, Line, Order, OrderRef, Paid, Size, Tags};

#[test]
fn an_object_has_a_constructor_and_setters() {
    let lines = vec![Line::new(order::line::Required { sku: "x".to_owned(), qty: 2 })];
    let order = Order::new(order::order::Required { id: "A".to_owned(), lines })
        .with_note("n")
        .with_hint("h")
        .with_size(Size::Large)
        .with_paid(Paid::Card(Card::new(order::card::Required { card: "c".to_owned() })))
        .with_tags(vec!["a".to_owned()])
        .with_type(2);
    assert_eq!(order.kind, Kind::Order);
    assert_eq!(order.note.as_deref(), Some("n"));
    assert_eq!(order.hint, rt::Maybe::Value("h".to_owned()));
    assert!(order.rest.is_empty());
    let text = String::from_utf8(order.to_vec().unwrap()).unwrap();
    let expected = r#"{"id":"A","kind":"order","lines":[{"sku":"x","qty":2}],"note":"n","hint":"h","size":"large","paid":{"card":"c"},"type":2,"tags":["a"]}"#;
    assert_eq!(text, expected);
    assert_eq!(Order::from_slice(text.as_bytes()).unwrap(), order);
    assert_eq!(Cash::new(), Cash::default());
}

#[test]
fn every_field_is_read_and_written() {
    let order = order::full();
    assert_eq!(String::from_utf8(order.to_vec().unwrap()).unwrap(), order::FULL);
    assert_eq!(order.rest.keys().collect::<Vec<_>>(), ["more"]);
    let small = Order::from_slice(order::SMALL.as_bytes()).unwrap();
    assert_eq!((small.hint, small.note, small.tags), (rt::Maybe::Absent, None, None));
}

#[test]
fn a_known_property_without_a_field_is_checked() {
    let with = |legacy: &str| order::SMALL.replacen('{', &format!("{{\"legacy\":{legacy},"), 1);
    let order = Order::from_slice(with("3").as_bytes()).unwrap();
    assert!(order.rest.is_empty(), "the name is known, so it is no other property");
    assert_eq!(Order::from_slice(with("0.5").as_bytes()).unwrap_err().violations()[0].pointer, "/legacy");
}

#[test]
fn invalid_events_are_rejected() {
    for (event, pointer, keyword) in order::INVALID {
        let error = Order::from_slice(event.as_bytes()).unwrap_err();
        let violation = &error.violations()[0];
        let expected = if *pointer == "the value" { "" } else { pointer };
        assert!(
            violation.pointer.starts_with(expected) || expected.starts_with(&violation.pointer),
            "{error}"
        );
        let by_const = (violation.keyword.as_str(), *keyword) == ("const", "enum");
        let by_group = violation.keyword == "oneOf";
        assert!(violation.keyword == *keyword || by_const || by_group, "{error}");
        assert!(OrderRef::from_slice(event.as_bytes()).is_err(), "{event}");
    }
}

#[test]
fn the_borrowed_form_borrows() {
    let order = OrderRef::from_slice(order::FULL.as_bytes()).unwrap();
    assert!(matches!(order.id, rt::Cow::Borrowed("A-17")));
    assert!(matches!(order.lines[1].sku, rt::Cow::Owned(_)), "the string has an escape");
    assert_eq!(order.to_vec().unwrap(), order::FULL.as_bytes());
    assert_eq!(order.into_owned(), order::full());
    assert_eq!(Size::Small.into_owned(), Size::Small);
}

#[test]
fn an_enum_of_strings_has_conversions() {
    assert_eq!(Size::ALL, [Size::Small, Size::Large]);
    assert_eq!(Size::ALL.iter().map(|size| size.to_string()).collect::<Vec<_>>(), ["small", "large"]);
    assert_eq!("large".parse(), Ok(Size::Large));
    assert_eq!(Size::try_from("Large"), Err(rt::UnknownText));
    assert_eq!(Size::Small.as_ref(), "small");
    const TEXT: &str = Kind::Order.as_str();
    assert_eq!(TEXT, "order");
}

#[test]
fn a_wrapper_converts() {
    let tags = Tags::from(vec!["a".to_owned()]);
    assert_eq!(tags.into_inner(), ["a"]);
}

#[test]
fn an_event_knows_its_schema() {
    assert_eq!((Order::SUBJECT, Order::VERSION, Order::DIGEST), ("commerce.order", "1.2.0", "sha256:00"));
    assert_eq!(Order::DATASCHEMA, "/schemas/commerce.order/1.2.0.json");
    assert_eq!(<Order as Event>::document().text(), order::SCHEMA);
    // The node of an event is the root of its document.
    let _ = (Order::node(), Line::node());
}
