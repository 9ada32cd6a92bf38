use std::sync::Mutex;
use std::time::Duration;

use evschema_events::outbox::{Outbox, OutboxError, Relay, RelayError, Round};
use evschema_events::{Envelope, Outgoing, PublishError, Published, Publisher};

use super::{envelope, postgres, sqlite};

/// A broker in memory that recognizes message ids.
#[derive(Default)]
pub(super) struct Broker {
    pub(super) stored: Mutex<Vec<(String, String, Vec<u8>)>>,
    /// The number of events after which the broker fails.
    pub(super) fails_after: Mutex<Option<usize>>,
}

impl Publisher for Broker {
    async fn publish(&self, events: &[Outgoing<'_>]) -> Result<Vec<Published>, PublishError> {
        let mut answers = Vec::new();
        for event in events {
            let mut stored = self.stored.lock().unwrap();
            let limit = *self.fails_after.lock().unwrap();
            if limit.is_some_and(|limit| limit <= stored.len()) {
                return Err(PublishError::new(event, "the broker is down"));
            }
            let id = event.message_id();
            if stored.iter().any(|(known, ..)| *known == id) {
                answers.push(Published::Duplicate);
                continue;
            }
            stored.push((id, event.destination.to_owned(), event.envelope.to_structured()));
            answers.push(Published::New);
        }
        Ok(answers)
    }
}

/// The laws of the outbox, for one database.
macro_rules! laws {
    ($pool:expr) => {{
        let pool = $pool;
        let broker = Broker::default();
        let relay = Relay::new(pool.clone(), &broker).batch(3);
        assert_eq!(relay.round().await.unwrap(), Round::Idle);

        let mut transaction = pool.begin().await.unwrap();
        transaction.enqueue("orders", &envelope("lost", "x")).await.unwrap();
        transaction.rollback().await.unwrap();

        // The payload keeps its bytes: white space, digits and the order of members.
        let exact = br#"{ "b": 1.50, "a": 1e0,  "b2": "\u0041" }"#;
        let exact = Envelope::builder("exact", "/a source", "test").json(&exact[..]).build().unwrap();
        let mut transaction = pool.begin().await.unwrap();
        transaction.enqueue("orders", &exact).await.unwrap();
        for id in ["1", "2", "3", "4"] {
            transaction.enqueue("orders", &envelope(id, "x")).await.unwrap();
        }
        let taken = transaction.enqueue("orders", &envelope("1", "y")).await.unwrap_err();
        assert!(matches!(taken, OutboxError::IdReused { .. }), "{taken}");
        transaction.commit().await.unwrap();

        let huge = Envelope::builder("huge", "/s", "t").bytes(vec![0; 1 << 20]).build().unwrap();
        let too_long = pool.acquire().await.unwrap().enqueue("orders", &huge).await.unwrap_err();
        assert!(matches!(too_long, OutboxError::TooLong { .. }), "{too_long}");

        *broker.fails_after.lock().unwrap() = Some(2);
        let failed = relay.round().await.unwrap_err();
        assert!(matches!(failed, RelayError::Publish(_)), "{failed}");
        *broker.fails_after.lock().unwrap() = None;
        assert_eq!(relay.round().await.unwrap(), Round::Published(3));
        assert_eq!(relay.round().await.unwrap(), Round::Idle);

        let stored = broker.stored.lock().unwrap().clone();
        let ids: Vec<&str> = stored.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(ids, ["/a%20source exact", "/test 1", "/test 2", "/test 3", "/test 4"]);
        assert_eq!(Envelope::from_structured(&stored[0].2).unwrap().data(), exact.data());

        assert_eq!(relay.clean(Duration::from_secs(60), 10).await.unwrap(), 0);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(relay.clean(Duration::ZERO, 2).await.unwrap(), 2);
        assert_eq!(relay.clean(Duration::ZERO, 10).await.unwrap(), 3);
        // Positions continue after a cleaning.
        pool.acquire().await.unwrap().enqueue("orders", &envelope("5", "x")).await.unwrap();
        assert_eq!(relay.round().await.unwrap(), Round::Published(1));
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_published_in_order_on_postgres() {
    laws!(postgres().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_published_in_order_on_sqlite() {
    let (pool, _folder) = sqlite().await;
    laws!(pool);
}

/// A slow transaction takes its sequence number first and commits last. It is published last, and not lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_commit_is_not_lost() {
    let pool = postgres().await;
    let broker = Broker::default();
    let relay = Relay::new(pool.clone(), &broker);
    let mut slow = pool.begin().await.unwrap();
    slow.enqueue("orders", &envelope("slow", "x")).await.unwrap();
    pool.acquire().await.unwrap().enqueue("orders", &envelope("fast", "x")).await.unwrap();
    assert_eq!(relay.round().await.unwrap(), Round::Published(1));
    slow.commit().await.unwrap();
    assert_eq!(relay.round().await.unwrap(), Round::Published(1));
    let ids: Vec<String> = broker.stored.lock().unwrap().iter().map(|(id, ..)| id.clone()).collect();
    assert_eq!(ids, ["/test fast", "/test slow"]);
}

/// Eight writers and three relays: every event is published, and each writer's events are in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_and_relays_at_the_same_time() {
    let pool = postgres().await;
    let broker = std::sync::Arc::new(Broker::default());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let relays: Vec<_> = (0..3)
        .map(|_| {
            let relay = Relay::new(pool.clone(), broker.clone())
                .batch(7)
                .in_flight(3)
                .poll_interval(Duration::from_millis(1));
            let mut stopped = stopped.clone();
            tokio::spawn(async move {
                relay.run(async { stopped.wait_for(|stop| *stop).await.map(drop).unwrap() }).await
            })
        })
        .collect();
    let writers = (0..8).map(|writer| {
        let pool = pool.clone();
        tokio::spawn(async move {
            for index in 0..25 {
                let mut transaction = pool.begin().await.unwrap();
                let id = format!("{writer}-{index:03}");
                transaction.enqueue("orders", &envelope(&id, "x")).await.unwrap();
                transaction.commit().await.unwrap();
            }
        })
    });
    futures_util::future::join_all(writers).await;
    let start = std::time::Instant::now();
    while broker.stored.lock().unwrap().len() < 200 && start.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.send(true).unwrap();
    futures_util::future::join_all(relays).await;
    let stored = broker.stored.lock().unwrap();
    assert_eq!(stored.len(), 200);
    for writer in 0..8 {
        let prefix = format!("/test {writer}-");
        let ids: Vec<_> = stored.iter().map(|(id, ..)| id).filter(|id| id.starts_with(&prefix)).collect();
        assert!(ids.is_sorted() && ids.len() == 25, "{ids:?}");
    }
}
