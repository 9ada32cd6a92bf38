use std::sync::Mutex;

use super::*;
use crate::dead_letter::{DeadLetterStore as _, EventDeadlettered, Filter, MemoryStore, StoreError};
use crate::message::Transport;
use crate::recorder::Counters;

const DATA: &str = r#"{"consumer":"c","class":"invalid","reason":"x","violations":[],"origin":{"transport":"http"},
    "attempts":1,"first_failed_at":"2026-05-20T08:00:00Z","at":"2026-05-20T08:00:00Z","payload_base64":"",
    "payload_bytes":0}"#;
const TYPE: &str = "evschema.event.deadlettered";

fn message(kind: &str, more: &str, data: &str) -> Vec<u8> {
    format!(r#"{{"specversion":"1.0","id":"1","source":"/s","type":"{kind}"{more},"data":{data}}}"#)
        .into_bytes()
}

async fn done(_event: EventDeadlettered, _context: Context) -> Outcome {
    Outcome::Done
}

fn delivery(body: &[u8], attempt: u32) -> Delivery<'_> {
    Delivery::new(Transport::Structured, [], body, attempt).with_place("S", "p", "7")
}

#[tokio::test]
async fn every_class_of_refusal() {
    let store = Arc::new(MemoryStore::default());
    let counters = Arc::new(Counters::default());
    let consumer = Consumer::new("c", done, store.clone()).recorder(counters.clone());
    let newer = r#","dataschema":"https://e.example/schemas/evschema.event.deadlettered/1.7.0.json""#;
    let older = r#","dataschema":"https://e.example/schemas/evschema.event.deadlettered/0.7.0.json""#;
    let other = r#","dataschema":"https://e.example/schemas/other/1.0.0.json""#;
    for (body, class) in [
        (b"{".to_vec(), Class::NotJson),
        (b"[]".to_vec(), Class::Invalid),
        (message("other", "", DATA), Class::UnknownType),
        (message("evschema.event.deadletteredx", "", DATA), Class::UnknownType),
        (message(TYPE, other, DATA), Class::UnknownType),
        (message(TYPE, older, DATA), Class::UnknownType),
        (message(TYPE, "", "{}"), Class::Invalid),
        (message(TYPE, ",\"datacontenttype\":\"text/plain\"", "\"{\""), Class::NotJson),
    ] {
        assert_eq!(consumer.process(&delivery(&body, 1)).await, Disposition::DeadLettered, "{class}");
        let stored = store.list(&Filter::default(), 0, 9).await.unwrap().remove(0);
        assert_eq!(stored.letter.event().class, class);
        assert!(!stored.letter.event().violations.is_empty() || class == Class::UnknownType, "{class}");
        assert!(store.remove(stored.letter.id()).await.unwrap());
    }
    assert_eq!(counters.count(Measure::DeadLettered(Class::UnknownType)), 4);
    assert_eq!(counters.count(Measure::Refused(Class::NotJson)), 2);

    // An event of a newer version waits for a deployment, if the code cannot read it.
    assert_eq!(consumer.process(&delivery(&message(TYPE, newer, DATA), 1)).await, Disposition::Done);
    let unreadable = message(TYPE, newer, "{}");
    let waiting = consumer.process(&delivery(&unreadable, 99)).await;
    assert!(matches!(waiting, Disposition::Retry { after } if Duration::from_secs(15 * 60) <= after));
    assert_eq!(consumer.process(&delivery(&unreadable, 100)).await, Disposition::DeadLettered);
    assert_eq!(counters.count(Measure::DeadLettered(Class::NewerVersion)), 1);

    let lenient = Consumer::new("c", done, MemoryStore::default()).ignoring_unknown_types();
    assert_eq!(lenient.process(&delivery(&message("other", "", DATA), 1)).await, Disposition::Done);
}

#[tokio::test]
async fn retries_end_as_a_dead_letter_with_the_first_failure() {
    let store = Arc::new(MemoryStore::default());
    let now = Arc::new(Mutex::new(OffsetDateTime::UNIX_EPOCH));
    let clock = now.clone();
    let handler = |_event: EventDeadlettered, _context: Context| std::future::ready(Outcome::retry("busy"));
    let consumer = Consumer::new("c", handler, store.clone())
        .retries(RetryPolicy::new(3, Duration::from_secs(1), Duration::from_secs(3)))
        .clock(move || *clock.lock().unwrap());
    let body = message(TYPE, "", DATA);
    let mut delays = Vec::new();
    for attempt in 1..=3 {
        *now.lock().unwrap() += Duration::from_secs(60);
        let disposition = consumer.process(&delivery(&body, attempt)).await;
        if let Disposition::Retry { after } = disposition {
            delays.push(after.as_secs_f64());
        } else {
            assert_eq!((disposition, attempt), (Disposition::DeadLettered, 3));
        }
    }
    assert!((1.0..=1.25).contains(&delays[0]) && (2.0..=2.5).contains(&delays[1]), "{delays:?}");
    let stored = store.list(&Filter::default(), 0, 9).await.unwrap().remove(0);
    let event = stored.letter.event();
    assert_eq!((event.class, event.attempts), (Class::RetriesExhausted, 3));
    assert_eq!(event.first_failed_at, "1970-01-01T00:01:00Z");
    assert_eq!(event.at, "1970-01-01T00:03:00Z");
    assert_eq!(event.reason, "busy");
}

struct Broken;

impl DeadLetterSink for Broken {
    async fn put(&self, _letter: &DeadLetter) -> Result<(), StoreError> {
        Err(StoreError::backend("the disk is full"))
    }
}

#[tokio::test]
async fn a_failing_store_keeps_the_event() {
    let counters = Arc::new(Counters::default());
    let consumer = Consumer::new("c", done, Broken).recorder(counters.clone());
    let kept = consumer.process(&delivery(b"poison", 1_000)).await;
    assert!(matches!(kept, Disposition::Retry { .. }));
    assert_eq!(counters.count(Measure::StoreFailed), 1);
}

#[tokio::test]
async fn hostile_messages_make_bounded_dead_letters() {
    let store = Arc::new(MemoryStore::default());
    let consumer = Consumer::new("c".repeat(1_000), done, store.clone());
    let body = vec![b'x'; 3 << 20];
    let value = vec![b'v'; 100_000];
    let names: Vec<String> = (0..1_000).map(|index| format!("h{index}")).collect();
    let headers = names.iter().map(|name| (name.as_str(), &value[..100])).chain([("long", &value[..])]);
    let delivery = Delivery::new(Transport::Kafka, headers, &body, u32::MAX).with_place(
        "s".repeat(5_000),
        "é".repeat(5_000),
        "\u{0}",
    );
    assert_eq!(consumer.process(&delivery).await, Disposition::DeadLettered);
    let stored = store.list(&Filter::default(), 0, 9).await.unwrap().remove(0);
    let written = stored.letter.to_envelope().unwrap().to_structured();
    assert!(written.len() < 1 << 20, "{}", written.len());
    assert!(stored.letter.payload().is_err(), "the payload is cut");
    assert_eq!(DeadLetter::from_structured(&written).unwrap(), stored.letter);
}

#[tokio::test]
async fn traces_continue() {
    let seen = Mutex::new(Vec::new());
    let handler = |_event: EventDeadlettered, context: Context| {
        seen.lock().unwrap().push(context.traceparent().map(ToString::to_string));
        std::future::ready(Outcome::Done)
    };
    let consumer = Consumer::new("c", handler, MemoryStore::default());
    let attribute = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let with = message(TYPE, &format!(",\"traceparent\":\"{attribute}\""), DATA);
    let without = message(TYPE, ",\"traceparent\":\"broken\"", DATA);
    for body in [&with, &without] {
        let headers =
            [("content-type", &b"application/cloudevents+json"[..]), ("TraceParent", header.as_bytes())];
        consumer.process(&Delivery::new(Transport::Nats, headers, body, 1)).await;
    }
    consumer.process(&Delivery::new(Transport::Structured, [], &without, 1)).await;
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen, [Some(attribute.to_owned()), Some(header.to_owned()), None]);
}
