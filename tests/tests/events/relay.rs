use std::time::Duration;

use evschema_events::nats::JetStreamPublisher;
use evschema_events::outbox::{Outbox as _, OutboxDatabase, Relay, RelayError, Round, Turn};
use evschema_events::{Counters, Measure, Publisher};
use std::sync::Arc;

use super::nats::jetstream;
use super::{envelope, postgres, sqlite};

/// A database whose relay dies between the publication and the mark. The lease is dropped, as the connection of a
/// killed process.
struct Dies<D>(D);

impl<D: OutboxDatabase> OutboxDatabase for Dies<D> {
    type Lease = D::Lease;

    async fn next(&self, limit: u32) -> Result<Turn<D::Lease>, sqlx::Error> {
        self.0.next(limit).await
    }

    async fn mark(&self, lease: D::Lease, _position: i64) -> Result<(), sqlx::Error> {
        drop(lease);
        Err(sqlx::Error::WorkerCrashed)
    }

    async fn clean(&self, age: Duration, limit: u32) -> Result<u64, sqlx::Error> {
        self.0.clean(age, limit).await
    }
}

/// Runs a round. Postgres needs a moment to notice that the connection of a killed relay has lost its lock.
async fn round<D: OutboxDatabase, P: Publisher>(relay: &Relay<D, P>) -> Result<Round, RelayError> {
    for _ in 0..500 {
        match relay.round().await {
            Ok(Round::Busy) => tokio::time::sleep(Duration::from_millis(10)).await,
            other => return other,
        }
    }
    panic!("the lock of the killed relay remains")
}

/// Publishes ten events, with a kill of the relay after every batch.
macro_rules! trial {
    ($pool:expr, $stream:literal) => {{
        let pool = $pool;
        let (context, mut stream) = jetstream($stream).await;
        let publisher = JetStreamPublisher::new(context);
        let counters = Arc::new(Counters::default());
        let subject = concat!($stream, ".orders");
        for id in 0..10 {
            let id = id.to_string();
            pool.acquire().await.unwrap().enqueue(subject, &envelope(&id, "x")).await.unwrap();
        }
        let dies = Relay::new(Dies(pool.clone()), &publisher).batch(4);
        let lives = Relay::new(pool.clone(), &publisher).batch(4).recorder(counters.clone());
        let mut published = 0;
        while published < 10 {
            round(&dies).await.unwrap_err();
            round(&dies).await.unwrap_err();
            let Round::Published(count) = round(&lives).await.unwrap() else { panic!("nothing to publish") };
            published += count;
        }
        assert_eq!(lives.round().await.unwrap(), Round::Idle);
        // Each event reached the broker three times, and is in the stream once, in order.
        assert_eq!(counters.count(Measure::PublishedAgain), 10);
        assert_eq!(stream.info().await.unwrap().state.messages, 10);
        for id in 0..10_u64 {
            let message = stream.get_raw_message(id + 1).await.unwrap();
            assert_eq!(message.headers.get("ce-id").unwrap().as_str(), id.to_string());
        }
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_relay_publishes_nothing_twice_on_postgres() {
    trial!(postgres().await, "KILLEDP");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_relay_publishes_nothing_twice_on_sqlite() {
    let (pool, _folder) = sqlite().await;
    trial!(pool, "KILLEDS");
}
