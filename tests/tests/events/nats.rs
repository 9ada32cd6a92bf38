use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::{self, stream};
use evschema_events::dead_letter::{DeadLetterStore as _, EventDeadlettered, Filter, MemoryStore};
use evschema_events::nats::{JetStreamPublisher, NatsError, PublishMode, Worker};
use evschema_events::{
    Class, Consumer, Context, Counters, Measure, Outcome, Outgoing, Published, Publisher as _, RetryPolicy,
};
use evschema_tests::Nats;

use super::envelope;

pub(super) async fn jetstream(name: &str) -> (jetstream::Context, stream::Stream) {
    let url = tokio::task::spawn_blocking(Nats::shared).await.unwrap();
    let context = jetstream::new(async_nats::connect(url).await.unwrap());
    let subjects = vec![format!("{name}.>")];
    let config = stream::Config { name: name.to_owned(), subjects, ..stream::Config::default() };
    let stream = context.create_stream(config).await.unwrap();
    (context, stream)
}

async fn pull_consumer(stream: &stream::Stream, max_deliver: i64) -> PullConsumer {
    let config = pull::Config {
        durable_name: Some(format!("worker{max_deliver}")),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_millis(400),
        max_deliver,
        ..pull::Config::default()
    };
    stream.create_consumer(config).await.unwrap()
}

const FAST: RetryPolicy = RetryPolicy::new(3, Duration::from_millis(10), Duration::from_millis(20));

/// The reason in the event decides what the handler does.
async fn handle(event: EventDeadlettered, context: Context, slow_calls: Arc<AtomicU32>) -> Outcome {
    match event.reason.as_str() {
        "done" => Outcome::Done,
        "once" if context.attempt() == 1 => Outcome::retry("not yet"),
        "once" => Outcome::Done,
        "never" => Outcome::retry("the database is down"),
        "slow" => {
            slow_calls.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            Outcome::Done
        }
        _ => Outcome::permanent("unknown reason"),
    }
}

async fn trial(name: &str, mode: PublishMode) {
    let (context, stream) = jetstream(name).await;
    let publisher = JetStreamPublisher::new(context.clone()).mode(mode);
    let subject = format!("{name}.orders");
    let envelopes: Vec<_> =
        ["done", "once", "never", "slow", "other"].map(|reason| envelope(reason, reason)).into();
    let outgoing: Vec<_> = envelopes.iter().map(|envelope| Outgoing::new(&subject, envelope)).collect();
    assert_eq!(publisher.publish(&outgoing).await.unwrap(), [Published::New; 5]);
    assert_eq!(publisher.publish(&outgoing[..2]).await.unwrap(), [Published::Duplicate; 2]);
    context.publish(subject.clone(), "poison".into()).await.unwrap().await.unwrap();

    let counters = Arc::new(Counters::default());
    let store = Arc::new(MemoryStore::default());
    let slow_calls = Arc::new(AtomicU32::new(0));
    let calls = slow_calls.clone();
    let handler = move |event, context| handle(event, context, calls.clone());
    let consumer = Consumer::<EventDeadlettered, _, _>::new("worker", handler, store.clone())
        .retries(FAST)
        .newer_versions(FAST)
        .recorder(counters.clone());
    let source = pull_consumer(&stream, -1).await;
    let until = async {
        let start = std::time::Instant::now();
        while start.elapsed() < Duration::from_secs(20)
            && (counters.count(Measure::Done) < 3
                || store.list(&Filter::default(), 0, 10).await.unwrap().len() < 3)
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // A second delivery of the slow event would come now.
        tokio::time::sleep(Duration::from_millis(600)).await;
    };
    Worker::new().concurrency(4).run(&consumer, &source, until).await.unwrap();

    assert_eq!(counters.count(Measure::Done), 3);
    assert_eq!(counters.count(Measure::Retried), 3);
    assert_eq!(slow_calls.load(Ordering::Relaxed), 1, "a running handler keeps its message");
    let letters = store.list(&Filter::default(), 0, 10).await.unwrap();
    let mut classes: Vec<_> =
        letters.iter().map(|stored| (stored.letter.event().class, stored.letter.event().attempts)).collect();
    classes.sort();
    let expected = [(Class::NotJson, 1), (Class::HandlerPermanent, 1), (Class::RetriesExhausted, 3)];
    assert_eq!(classes, expected);
    for stored in &letters {
        let payload = stored.letter.payload().unwrap();
        let is_poison = payload == b"poison";
        assert_eq!(stored.letter.original(&payload).is_ok(), !is_poison, "{:?}", stored.letter);
        assert_eq!(stored.letter.event().origin.stream.as_deref(), Some(name));
    }
    let info = stream.consumer_info("worker-1").await.unwrap();
    assert_eq!((info.num_ack_pending, info.num_pending), (0, 0), "every message is answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_answers_every_message_in_binary_mode() {
    trial("BINARY", PublishMode::Binary).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_answers_every_message_in_structured_mode() {
    trial("STRUCTURED", PublishMode::Structured).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_that_would_lose_events_is_refused() {
    let (_context, stream) = jetstream("LIMITED").await;
    let handler = |_event: EventDeadlettered, _context: Context| std::future::ready(Outcome::Done);
    let consumer =
        Consumer::new("worker", handler, MemoryStore::default()).retries(FAST).newer_versions(FAST);
    let source = pull_consumer(&stream, 3).await;
    let refused = Worker::new().run(&consumer, &source, std::future::pending()).await.unwrap_err();
    assert!(matches!(refused, NatsError::MaxDeliver { max_deliver: 3, attempts: 3 }), "{refused}");
    let source = pull_consumer(&stream, 4).await;
    Worker::new().run(&consumer, &source, std::future::ready(())).await.unwrap();
}
