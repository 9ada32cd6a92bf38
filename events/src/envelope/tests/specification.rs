//! The examples of the specification's JSON format, section 3.2, and of the bindings.

use std::borrow::Cow;

use super::super::*;

/// Each example: the structured form, the headers of the binary form, and the payload.
const EXAMPLES: [(&str, &str, &str); 6] = [
    (
        r#"{"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "id" : "A234-1234-1234",
            "time" : "2018-04-05T17:31:00Z", "comexampleextension1" : "value", "comexampleothervalue" : 5,
            "datacontenttype" : "application/vnd.apache.thrift.binary", "data_base64" : "AAEC/w=="}"#,
        "A234-1234-1234 application/vnd.apache.thrift.binary",
        "\\x00\\x01\\x02\\xff",
    ),
    (
        r#"{"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "id" : "B234-1234-1234",
            "time" : "2018-04-05T17:31:00Z", "comexampleextension1" : "value", "comexampleothervalue" : 5,
            "unsetextension": null, "datacontenttype" : "application/xml", "data" : "<much wow=\"xml\"/>"}"#,
        "B234-1234-1234 application/xml",
        "<much wow=\\\"xml\\\"/>",
    ),
    (
        r#"{"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "subject": null,
            "id" : "C234-1234-1234", "time" : "2018-04-05T17:31:00Z", "comexampleextension1" : "value",
            "comexampleothervalue" : 5, "datacontenttype" : "application/json",
            "data" : {"appinfoA" : "abc",  "appinfoB" : 123, "appinfoC" : true}}"#,
        "C234-1234-1234 application/json",
        r#"{\"appinfoA\" : \"abc\",  \"appinfoB\" : 123, \"appinfoC\" : true}"#,
    ),
    (
        r#"{"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "subject": null,
            "id" : "C234-1234-1234", "time" : "2018-04-05T17:31:00Z", "comexampleextension1" : "value",
            "comexampleothervalue" : 5, "datacontenttype" : "application/json", "data" : 1.5}"#,
        "C234-1234-1234 application/json",
        "1.5",
    ),
    (
        r#"{"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "subject": null,
            "id" : "D234-1234-1234", "time" : "2018-04-05T17:31:00Z", "comexampleextension1" : "value",
            "comexampleothervalue" : 5, "data" : "I'm just a string"}"#,
        "D234-1234-1234 application/json",
        r#"\"I\'m just a string\""#,
    ),
    (
        r#"{"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext",
            "id" : "D234-1234-1234", "data_base64" : "eyAieHl6IjogMTIzIH0="}"#,
        "D234-1234-1234",
        r#"{ \"xyz\": 123 }"#,
    ),
];

pub(super) fn headers_of<'a>(message: &'a BinaryMessage<'_>) -> Vec<(&'a str, &'a [u8])> {
    message.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

#[test]
fn examples_round_trip_in_every_mode() {
    for (structured, id_and_type, payload) in EXAMPLES {
        let envelope = Envelope::from_structured(structured.as_bytes()).unwrap();
        let (id, media_type) = id_and_type.split_once(' ').unwrap_or((id_and_type, ""));
        assert_eq!(envelope.id(), id);
        assert_eq!(envelope.data().unwrap().escape_ascii().to_string(), payload);
        if id_and_type.contains(' ') {
            assert_eq!(envelope.extension("comexampleothervalue"), Some(&AttributeValue::Integer(5)));
        }

        let written = envelope.to_structured();
        assert_eq!(Envelope::from_structured(&written).unwrap(), envelope, "{structured}");

        for (binding, header) in [
            (Binding::Http, "content-type"),
            (Binding::Nats, "ce-datacontenttype"),
            (Binding::Kafka, "content-type"),
        ] {
            let message = envelope.to_binary(binding);
            let headers = headers_of(&message);
            let sent = headers.iter().find(|(name, _)| *name == header).map(|(_, value)| *value);
            assert_eq!(sent.unwrap_or_default(), media_type.as_bytes());
            let back = Envelope::from_message(binding, headers.clone(), message.body.unwrap()).unwrap();
            assert_eq!(back.data(), envelope.data());
            assert_eq!(back.id(), id);
            assert_eq!(back.time(), envelope.time());
            // Headers have no types, so the number is text now. A second round trip changes nothing.
            assert_eq!(
                back.extension("comexampleothervalue").map(ToString::to_string),
                envelope.extension("comexampleothervalue").map(ToString::to_string)
            );
            assert_eq!(back.to_binary(binding).headers.len(), message.headers.len());
        }
    }
}

#[test]
fn json_payloads_are_slices_of_the_input() {
    let input = EXAMPLES[2].0.as_bytes();
    let envelope = Envelope::from_structured(input).unwrap();
    let data = envelope.data().unwrap();
    assert!(input.as_ptr_range().contains(&data.as_ptr()));
    assert!(matches!(envelope.id, Cow::Borrowed(_)));
    assert!(matches!(envelope.event_type, Cow::Borrowed(_)));
}

#[test]
fn the_binary_example_of_http() {
    let headers: Vec<(&str, &[u8])> = vec![
        ("Host", b"webhook.example.com"),
        ("ce-specversion", b"1.0"),
        ("CE-Type", b"com.example.someevent"),
        ("ce-time", b"2018-04-05T03:56:24Z"),
        ("ce-id", b"1234-1234-1234"),
        ("ce-source", b"/mycontext/subcontext"),
        ("ce-title", b"Euro%20%E2%82%AC%20%F0%9F%98%80"),
        ("Content-Type", b"application/json; charset=utf-8"),
    ];
    let envelope = Envelope::from_message(Binding::Http, headers, b"{}").unwrap();
    assert_eq!(envelope.datacontenttype(), Some("application/json; charset=utf-8"));
    assert_eq!(envelope.extension("title").unwrap().to_text(), "Euro € 😀");
    let written = String::from_utf8(envelope.to_structured()).unwrap();
    assert!(written.ends_with(r#""data":{}}"#), "{written}");
}

#[test]
fn modes_of_messages() {
    let mode =
        |binding, headers: &[(&'static str, &'static [u8])]| Mode::of(binding, headers.iter().copied());
    let structured: &[u8] = b"Application/CloudEvents+json; charset=UTF-8";
    for binding in [Binding::Http, Binding::Nats, Binding::Kafka] {
        assert_eq!(mode(binding, &[("Content-Type", structured)]), Ok(Mode::Structured));
        let batch = ("content-type", &b"application/cloudevents-batch+json"[..]);
        assert_eq!(mode(binding, &[batch]), Ok(Mode::Batch));
        let avro = ("content-type", &b"application/cloudevents+avro"[..]);
        assert!(matches!(
            mode(binding, &[avro]).unwrap_err().problem,
            EnvelopeProblem::Format(format) if format == "application/cloudevents+avro"
        ));
    }
    assert_eq!(mode(Binding::Kafka, &[("ce_specversion", b"1.0")]), Ok(Mode::Binary));
    assert!(mode(Binding::Kafka, &[("CE_specversion", b"1.0")]).is_err());
    assert_eq!(mode(Binding::Nats, &[]), Ok(Mode::Structured));
    assert!(mode(Binding::Http, &[("content-type", b"application/json")]).is_err());
}

#[test]
fn batches() {
    let batch = format!("[{},\n  {}]", EXAMPLES[0].0, EXAMPLES[2].0);
    let events: Vec<_> = read_batch(batch.as_bytes()).unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(events.len(), 2);
    let again = write_batch(&events);
    let read: Vec<_> = read_batch(&again).unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(read, events);
    assert!(read_batch(b"[]").unwrap().is_empty());
    assert_eq!(write_batch(&[]), b"[]");
}
