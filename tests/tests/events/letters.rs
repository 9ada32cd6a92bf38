use evschema_events::dead_letter::{
    DeadLetterStore, EventDeadlettered, Filter, PostgresDeadLetters, SqliteDeadLetters, preview, replay,
};
use evschema_events::nats::JetStreamDeadLetters;
use evschema_events::{Class, Consumer, Context, Delivery, Disposition, FromEnvelope, Outcome, Transport};
use evschema_tests::Nats;

use super::{envelope, postgres, sqlite};

async fn count(_event: EventDeadlettered, _context: Context) -> Outcome {
    Outcome::permanent("never")
}

/// The laws of a store of dead letters.
async fn laws<S: DeadLetterStore + Clone>(store: S) {
    let consumer = Consumer::new("worker", count, store.clone());
    let valid = envelope("1", "x").to_structured();
    let broken = br#"{"specversion":"1.0","id":"2","source":"/test","type":"evschema.event.deadlettered","data":{"consumer":7}}"#;
    for (body, sequence) in [(&b"not json"[..], "1"), (&broken[..], "2"), (&valid[..], "3")] {
        let delivery = Delivery::new(Transport::Structured, [], body, 1).with_place("S", "orders", sequence);
        // The second delivery has the same id, so the store keeps one dead letter.
        for _ in 0..2 {
            assert_eq!(consumer.process(&delivery).await, Disposition::DeadLettered);
        }
    }
    let all = store.list(&Filter::default(), 0, 10).await.unwrap();
    let classes: Vec<Class> = all.iter().map(|stored| stored.letter.event().class).collect();
    assert_eq!(classes, [Class::NotJson, Class::Invalid, Class::HandlerPermanent]);
    assert_eq!(all[0].letter.payload().unwrap(), b"not json");
    let violations = &all[1].letter.event().violations;
    assert!(violations.iter().any(|violation| violation.instance == "/consumer"
        && violation.keyword == "type"
        && violation.line == 1_i64));
    assert_eq!(all[1].letter.event().id.as_deref(), Some("2"));
    assert_eq!(all[2].letter.event().origin.sequence.as_deref(), Some("3"));

    let next = store.list(&Filter::default(), all[0].position, 1).await.unwrap();
    assert_eq!(next, all[1..2]);
    let invalid = Filter::default().with_class(Class::Invalid).with_consumer("worker");
    assert_eq!(store.list(&invalid, 0, 10).await.unwrap(), all[1..2]);
    assert!(store.list(&Filter::default().with_consumer("other"), 0, 10).await.unwrap().is_empty());
    assert_eq!(store.get(all[2].letter.id()).await.unwrap().as_ref(), Some(&all[2]));
    assert_eq!(store.get("*").await.unwrap(), None);

    // Only the third event passes, because its handler failed and not its schema.
    let check = |envelope: &evschema_events::Envelope<'_>| {
        EventDeadlettered::from_envelope(envelope).map(drop).map_err(Into::into)
    };
    let previews = preview(&store, &Filter::default(), 10, check).await.unwrap();
    let passing: Vec<bool> = previews.iter().map(|preview| preview.now.is_ok()).collect();
    assert_eq!(passing, [false, false, true]);
    let ids: Vec<String> =
        previews.into_iter().map(|preview| preview.id).chain(["missing".to_owned()]).collect();
    let published = std::sync::Mutex::new(Vec::new());
    let report = replay(&store, ids.clone(), check, |_letter, payload| {
        published.lock().unwrap().push(payload);
        std::future::ready(Ok::<(), std::io::Error>(()))
    })
    .await
    .unwrap();
    assert_eq!(report.replayed, ids[2..3]);
    assert_eq!(report.kept, ids[..2]);
    assert_eq!(report.missing, ["missing"]);
    assert_eq!(published.into_inner().unwrap(), [valid]);
    assert!(!store.remove(&ids[2]).await.unwrap());
    assert!(store.remove(&ids[0]).await.unwrap());
    assert_eq!(store.list(&Filter::default(), 0, 10).await.unwrap(), all[1..2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_of_postgres() {
    laws(PostgresDeadLetters::new(postgres().await)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_of_sqlite() {
    let (pool, _folder) = sqlite().await;
    laws(SqliteDeadLetters::new(pool)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_of_jetstream() {
    let url = tokio::task::spawn_blocking(Nats::shared).await.unwrap();
    let context = async_nats::jetstream::new(async_nats::connect(url).await.unwrap());
    laws(JetStreamDeadLetters::open(context, "LETTERS", "letters").await.unwrap()).await;
}
