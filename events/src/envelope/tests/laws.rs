//! Laws of envelopes, for random attributes and payloads.

use proptest::prelude::*;

use std::borrow::Cow;

use super::super::*;
use super::specification::headers_of;

/// Returns a text without the characters that CloudEvents forbids.
fn text(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(
        any::<char>().prop_filter("forbidden", |c| attribute::check_text(&c.to_string()).is_ok()),
        length,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

fn value() -> impl Strategy<Value = AttributeValue<'static>> {
    prop_oneof![
        any::<bool>().prop_map(AttributeValue::Boolean),
        any::<i32>().prop_map(AttributeValue::Integer),
        text(0..20).prop_map(|text| AttributeValue::Text(Cow::Owned(text))),
    ]
}

#[derive(Debug, Clone)]
enum Payload {
    None,
    Json(String),
    Text(String),
    Bytes(Vec<u8>),
}

fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![
        Just(Payload::None),
        text(0..40).prop_map(|text| Payload::Json(format!("{{ \"a\":{} }}", serde_json::json!(text)))),
        text(1..40).prop_map(Payload::Text),
        prop::collection::vec(any::<u8>(), 1..40).prop_map(Payload::Bytes),
    ]
}

prop_compose! {
    fn envelope()(
        required in (text(1..20), text(1..20), text(1..20)),
        subject in prop::option::of(text(1..20)),
        extensions in prop::collection::btree_map("x[a-z0-9]{1,18}", value(), 0..5),
        payload in payload(),
    ) -> Envelope<'static> {
        let mut builder = Envelope::builder(required.0, required.1, required.2).time("2026-05-20T08:00:00.25Z");
        if let Some(subject) = subject {
            builder = builder.subject(subject);
        }
        for (name, value) in extensions {
            builder = builder.extension(name, value);
        }
        match payload {
            Payload::None => builder,
            Payload::Json(json) => builder.json(json.into_bytes()),
            Payload::Text(text) => builder.datacontenttype("text/plain").text(text),
            Payload::Bytes(bytes) => builder.bytes(bytes),
        }.build().unwrap()
    }
}

proptest! {
    #[test]
    fn structured_envelopes_round_trip(envelope in envelope()) {
        let written = envelope.to_structured();
        prop_assert_eq!(Envelope::from_structured(&written).unwrap(), envelope);
    }

    #[test]
    fn binary_messages_keep_names_texts_and_payloads(envelope in envelope()) {
        for binding in [Binding::Http, Binding::Nats, Binding::Kafka] {
            let message = envelope.to_binary(binding);
            let headers = headers_of(&message);
            let back = Envelope::from_binary(binding, headers.clone(), message.body.unwrap_or_default()).unwrap();
            prop_assert_eq!(back.to_binary(binding), message.clone());
            prop_assert_eq!((back.id(), back.source()), (envelope.id(), envelope.source()));
            prop_assert_eq!(back.data(), envelope.data());
            if binding != Binding::Kafka {
                prop_assert!(headers.iter().all(|(_, value)| value.iter().all(|byte| (0x21..0x7F).contains(byte))));
            }
        }
    }

    #[test]
    fn batches_round_trip(envelopes in prop::collection::vec(envelope(), 0..4)) {
        let written = write_batch(&envelopes);
        let read: Result<Vec<_>, _> = read_batch(&written).unwrap().into_iter().collect();
        prop_assert_eq!(read.unwrap(), envelopes);
    }

    #[test]
    fn no_bytes_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), cut in 0_usize..200) {
        let _ = Envelope::from_structured(&bytes);
        let _ = read_batch(&bytes);
        let _ = percent::decode(&bytes);
        let valid = br#"{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"a":"\ud83d\ude00"}}"#;
        let mut mixed = valid[..cut.min(valid.len())].to_vec();
        mixed.extend_from_slice(&bytes);
        let _ = Envelope::from_structured(&mixed);
    }
}
