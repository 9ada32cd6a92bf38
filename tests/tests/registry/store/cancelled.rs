//! Tests clients that cancel their requests at any moment.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use evschema_registry::store::{
    self, Answer, Appended, Head, Indexing, Revocation, Store, SubjectChange, TokenRecord,
};
use sqlx::{PgPool, query_scalar};

use super::{at, databases, event, first, further, settings, subject};

/// Number of clients at the same time. The pool has fewer connections.
const CLIENTS: usize = 24;
/// Number of requests of each client; every second request is cancelled.
const ROUNDS: usize = 40;
/// Maximum number of polls of a request before the client cancels it. No request needs this number of polls.
const LOOKS: usize = 14;

/// Polls a future at most this number of times, and drops it.
async fn give_up<T>(mut future: Pin<Box<dyn Future<Output = T> + Send + '_>>, mut looks: usize) {
    poll_fn(|context| {
        let is_over = looks == 0 || future.as_mut().poll(context).is_ready();
        looks = looks.saturating_sub(1);
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Returns a request of the kind with this number. Requests of every kind begin a transaction or write.
fn request<'a>(store: &'a dyn Store, name: &'a str, kind: usize) -> Answer<'a, ()> {
    Box::pin(async move {
        match kind {
            0 => drop(store.append(first(&format!("{name}@1.0.0"))).await?),
            1 => drop(store.put_subject(change(name)).await?),
            2 => store.add_token(token(name), event("token")).await?,
            3 => drop(store.revoke_token(revocation(name)).await?),
            4 => store.touch_token(name, 9).await?,
            5 => store.index(indexing(name)).await?,
            _ => drop(store.feed(0, 10).await?),
        }
        Ok(())
    })
}

fn change(name: &str) -> SubjectChange {
    SubjectChange {
        subject: subject(name),
        head: Head::Absent,
        settings: settings(),
        about: vec![name.to_owned()],
        content: Some(Vec::new()),
        at: 7,
        event: event("changed"),
    }
}

fn token(name: &str) -> TokenRecord {
    TokenRecord {
        id: name.to_owned(),
        digest: name.as_bytes().to_vec(),
        name: name.to_owned(),
        scopes: "admin".to_owned(),
        created_at: 7,
        created_by: name.to_owned(),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
        revoked_by: None,
    }
}

fn revocation(name: &str) -> Revocation {
    Revocation { id: name.to_owned(), at: 8, by: name.to_owned(), event: event("revoked") }
}

fn indexing(name: &str) -> Indexing {
    let words = vec![name.to_owned()];
    Indexing { subject: subject(name), revision: 1, about: words.clone(), content: words }
}

/// Cancels one request after the other. After each cancelled request, registers a version, and checks that other
/// clients see it.
async fn client(number: usize, store: Arc<dyn Store>, others: PgPool) {
    let standing = format!("stands{number}");
    assert!(matches!(
        store.append(first(&format!("{standing}@1.0.0"))).await.unwrap(),
        Appended::Done { .. }
    ));
    let there = "SELECT count(*) FROM versions v JOIN subjects s ON s.id = v.subject_id
                 WHERE s.name = $1 AND v.version = $2";
    for round in 1..ROUNDS {
        let name = format!("given.up{number}.{round}");
        give_up(request(&*store, &name, (number + round) % 7), (number + round / 7) % LOOKS).await;
        let version = format!("1.{round}.0");
        let ordinal = u32::try_from(round).unwrap() + 1;
        let next = further(&format!("{standing}@{version}"), u64::from(ordinal), ordinal);
        assert!(matches!(store.append(next).await.unwrap(), Appended::Done { .. }), "{standing} {round}");
        let seen: i64 = query_scalar(there)
            .bind(at(&format!("{standing}@{version}")).subject.as_str())
            .bind(&version)
            .fetch_one(&others)
            .await
            .unwrap();
        assert_eq!(seen, 1, "{standing}@{version} was acknowledged, and nobody else sees it");
    }
}

/// If a connection returned to the pool inside a transaction, other clients would not see its later writes.
#[test]
fn a_cancelled_request_leaves_no_open_transaction() {
    let [_, (_, url)] = databases();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = store::open(&url, store::Access::Write).await.unwrap();
        let others = PgPool::connect(&url).await.unwrap();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| tokio::spawn(client(number, Arc::clone(&store), others.clone())))
            .collect();
        for client in clients {
            client.await.unwrap();
        }
        let open = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        let all_end = async {
            while 0 < query_scalar::<_, i64>(open).fetch_one(&others).await.unwrap() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let all_end = tokio::time::timeout(Duration::from_secs(10), all_end).await;
        assert!(all_end.is_ok(), "a transaction is open ten seconds after the last request");
        store.close().await.unwrap();
    });
}
