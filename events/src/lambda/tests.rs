use super::*;
use crate::dead_letter::{DeadLetterStore as _, EventDeadlettered, Filter, MemoryStore};
use crate::{Class, RetryPolicy};
use std::sync::Arc;

fn body(reason: &str) -> String {
    let event = format!(
        r#"{{"specversion":"1.0","id":"{reason}","source":"/test","type":"evschema.event.deadlettered","data":
            {{"consumer":"c","class":"invalid","reason":"{reason}","violations":[],"origin":{{"transport":"sqs"}},
            "attempts":1,"first_failed_at":"2026-05-20T08:00:00Z","at":"2026-05-20T08:00:00Z","payload_base64":"",
            "payload_bytes":0}}}}"#
    );
    serde_json::to_string(&event).unwrap()
}

fn record(id: &str, body: &str, count: u32, group: Option<&str>) -> String {
    let group = group.map_or(String::new(), |group| format!(",\"MessageGroupId\":\"{group}\""));
    format!(
        r#"{{"messageId":"{id}","receiptHandle":"r","body":{body},"attributes":{{"ApproximateReceiveCount":"{count}"{group}}},
            "messageAttributes":{{}},"md5OfBody":"x","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:q","awsRegion":"r"}}"#
    )
}

async fn handle(event: EventDeadlettered, _context: Context) -> Outcome {
    if event.reason == "done" { Outcome::Done } else { Outcome::retry(event.reason) }
}

#[tokio::test]
async fn only_failed_messages_come_again() {
    let store = Arc::new(MemoryStore::default());
    let policy = RetryPolicy::new(3, Duration::from_secs(1), Duration::from_secs(1));
    let consumer = Consumer::new("worker", handle, store.clone()).retries(policy);
    let batch = format!(
        "{{\"Records\":[{}]}}",
        [
            record("1", &body("done"), 1, None),
            record("2", &body("busy"), 1, None),
            record("3", "\"poison\"", 1, None),
            record("4", &body("busy"), 3, None),
            record("5", &body("busy"), 1, Some("a")),
            record("6", &body("done"), 1, Some("a")),
            record("7", &body("done"), 1, Some("b")),
        ]
        .join(",")
    );
    let response = handle_sqs(&consumer, batch.as_bytes()).await.unwrap();
    assert_eq!(
        serde_json::to_string(&response).unwrap(),
        r#"{"batchItemFailures":[{"itemIdentifier":"2"},{"itemIdentifier":"5"},{"itemIdentifier":"6"}]}"#
    );
    let letters = store.list(&Filter::default(), 0, 10).await.unwrap();
    let classes: Vec<_> = letters.iter().map(|stored| stored.letter.event().class).collect();
    assert_eq!(classes, [Class::NotJson, Class::RetriesExhausted]);
    assert_eq!(letters[1].letter.event().origin.sequence.as_deref(), Some("4"));
    let wrong = handle_sqs(&consumer, b"{}").await.unwrap_err().to_string();
    assert!(wrong.starts_with("the invocation is not a batch of SQS: missing field `Records`"), "{wrong}");
}

#[tokio::test]
async fn notifications_and_events() {
    let consumer = Consumer::new("worker", handle, MemoryStore::default());
    let sns = |reason: &str| {
        format!(
            "{{\"Records\":[{{\"EventSource\":\"aws:sns\",\"Sns\":{{\"MessageId\":\"m\",\"Message\":{}}}}}]}}",
            body(reason)
        )
    };
    handle_sns(&consumer, sns("done").as_bytes(), 1).await.unwrap();
    let retry = handle_sns(&consumer, sns("busy").as_bytes(), 1).await.unwrap_err();
    assert!(matches!(retry, LambdaError::Retry { .. }));
    handle_event_bridge(&consumer, b"{}", 1).await.unwrap();
}
