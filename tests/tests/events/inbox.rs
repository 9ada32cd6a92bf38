use std::sync::Mutex;
use std::time::Duration;

use evschema_events::dead_letter::{EventDeadlettered, MemoryStore};
use evschema_events::inbox::{Admission, Inbox};
use evschema_events::{
    Class, Consumer, Context, Counters, Delivery, Disposition, Measure, Outcome, Transport,
};
use std::sync::Arc;

use super::{envelope, postgres, sqlite};

/// Returns the context that a handler gets for an envelope.
async fn context_of(message: &[u8]) -> Context {
    let seen = Mutex::new(None);
    let handler = |_event: EventDeadlettered, context: Context| {
        *seen.lock().unwrap() = Some(context);
        std::future::ready(Outcome::Done)
    };
    let consumer = Consumer::new("inbox", handler, MemoryStore::default());
    assert_eq!(
        consumer.process(&Delivery::new(Transport::Structured, [], message, 1)).await,
        Disposition::Done
    );
    seen.into_inner().unwrap().unwrap()
}

/// The laws of the inbox, for one database.
macro_rules! laws {
    ($pool:expr) => {{
        let pool = $pool;
        let first = context_of(&envelope("1", "a").to_structured()).await;
        let other = context_of(&envelope("1", "b").to_structured()).await;
        let second = context_of(&envelope("2", "a").to_structured()).await;

        // A rollback removes the row with the effect.
        let mut transaction = pool.begin().await.unwrap();
        assert_eq!(transaction.admit(&first).await.unwrap(), Admission::New);
        transaction.rollback().await.unwrap();

        let mut transaction = pool.begin().await.unwrap();
        assert_eq!(transaction.admit(&first).await.unwrap(), Admission::New);
        assert_eq!(transaction.admit(&second).await.unwrap(), Admission::New);
        transaction.commit().await.unwrap();

        let mut transaction = pool.begin().await.unwrap();
        assert_eq!(transaction.admit(&first).await.unwrap(), Admission::Duplicate);
        assert_eq!(transaction.admit(&other).await.unwrap(), Admission::IdReused);
        transaction.commit().await.unwrap();

        let mut connection = pool.acquire().await.unwrap();
        assert_eq!(connection.clean_inbox(Duration::from_secs(60), 10).await.unwrap(), 0);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(connection.clean_inbox(Duration::ZERO, 1).await.unwrap(), 1);
        assert_eq!(connection.clean_inbox(Duration::ZERO, 10).await.unwrap(), 1);
        assert_eq!(connection.clean_inbox(Duration::MAX, 10).await.unwrap(), 0);
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_has_one_effect_on_postgres() {
    laws!(postgres().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_has_one_effect_on_sqlite() {
    let (pool, _folder) = sqlite().await;
    laws!(pool);
}

/// Eight deliveries of the same 20 events at the same time change a counter once for each event.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_deliveries_have_one_effect() {
    let pool = postgres().await;
    sqlx::query("CREATE TABLE effects (id TEXT NOT NULL)").execute(&pool).await.unwrap();
    let counters = Arc::new(Counters::default());
    let handler = |_event: EventDeadlettered, context: Context| {
        let pool = pool.clone();
        async move {
            let effect = async {
                let mut transaction = pool.begin().await?;
                if let Some(outcome) = transaction.admit(&context).await?.outcome() {
                    return Ok(outcome);
                }
                let insert = sqlx::query("INSERT INTO effects VALUES ($1)").bind(context.id());
                insert.execute(&mut *transaction).await?;
                transaction.commit().await?;
                Ok(Outcome::Done)
            };
            effect.await.unwrap_or_else(|error: sqlx::Error| Outcome::retry(error))
        }
    };
    let store = Arc::new(MemoryStore::default());
    let consumer = Consumer::new("effects", handler, store.clone()).recorder(counters.clone());
    let messages: Vec<Vec<u8>> = (0..20).map(|id| envelope(&id.to_string(), "x").to_structured()).collect();
    let deliveries = messages.iter().cycle().take(160).map(|message| async {
        let delivery = Delivery::new(Transport::Structured, [], message, 1);
        assert_eq!(consumer.process(&delivery).await, Disposition::Done);
    });
    futures_util::future::join_all(deliveries).await;
    let effects: i64 = sqlx::query_scalar("SELECT count(*) FROM effects").fetch_one(&pool).await.unwrap();
    assert_eq!(effects, 20);
    assert_eq!(counters.count(Measure::Done), 20);
    assert_eq!(counters.count(Measure::Duplicate), 140);

    let reused = envelope("7", "another payload").to_structured();
    let delivery = Delivery::new(Transport::Structured, [], &reused, 1);
    assert_eq!(consumer.process(&delivery).await, Disposition::DeadLettered);
    assert_eq!(counters.count(Measure::DeadLettered(Class::IdReused)), 1);
}
