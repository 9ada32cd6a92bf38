use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use evschema_events::Envelope;

use crate::clock;
use crate::events::commerce_order_placed::{v1, v2};
use crate::events::common_money::v1::amount;
use crate::failure::{Attempt, Failure};
use crate::identifier::uuid;
use crate::latency::Latencies;

/// Number of clients that send orders at the same time.
const CLIENTS: usize = 8;

/// Number of requests that are kept, so that they can be sent again.
const KEPT: usize = 20;

/// The acknowledged orders of all clients.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// The number of orders from old clients.
    pub(super) old: usize,
    /// The number of pieces in all orders.
    pub(super) pieces: usize,
    /// The number of requests that were repeated after an error.
    pub(super) repeated: usize,
    /// The first requests.
    pub(super) first: Vec<Vec<u8>>,
    /// The id of the last order.
    pub(super) last: String,
    /// The times from a request to its answer.
    pub(super) answers: Latencies,
}

/// Limits how many orders are sent. A limit grows with the number of kills.
pub(super) trait Pace: Send + Sync {
    /// Returns whether the order with this number may be sent now.
    fn allows(&self, number: usize) -> bool;
}

/// An order: the request, and the number of its pieces.
struct Order {
    id: String,
    request: Vec<u8>,
    pieces: usize,
}

/// Sends orders, and returns after all of them are acknowledged. A client repeats its request until the answer is 202.
///
/// # Errors
///
/// If the API rejects an order.
pub(super) fn place(url: &str, count: usize, pace: &dyn Pace) -> Attempt<Sent> {
    let next = AtomicUsize::new(0);
    let results: Vec<Attempt<Sent>> = thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(|| run_client(url, count, pace, &next))).collect();
        let joined = clients
            .into_iter()
            .map(|client| client.join().unwrap_or_else(|_| Err(Failure::from("a client has panicked"))));
        joined.collect()
    });
    let mut all = Sent::default();
    for sent in results {
        let mut sent = sent?;
        all.old += sent.old;
        all.pieces += sent.pieces;
        all.repeated += sent.repeated;
        all.first.append(&mut sent.first);
        all.last = sent.last;
        all.answers.append(sent.answers);
    }
    all.first.truncate(KEPT);
    Ok(all)
}

fn run_client(url: &str, count: usize, pace: &dyn Pace, next: &AtomicUsize) -> Attempt<Sent> {
    let agent = agent();
    let mut sent = Sent::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if count <= number {
            return Ok(sent);
        }
        while !pace.allows(number) {
            thread::sleep(Duration::from_millis(5));
        }
        // Old and new clients send at the same time.
        let is_old = number.is_multiple_of(2);
        let order = if is_old { old_order(number)? } else { new_order("EUR")? };
        let start = Instant::now();
        while post(&agent, url, &order.request)? != 202 {
            sent.repeated += 1;
            thread::sleep(Duration::from_millis(100));
        }
        sent.answers.add(start.elapsed());
        sent.old += usize::from(is_old);
        sent.pieces += order.pieces;
        if sent.first.len() < KEPT {
            sent.first.push(order.request);
        }
        sent.last = order.id;
    }
}

/// Sends requests again, and returns the number of answers with 202.
///
/// # Errors
///
/// If the API rejects a request.
pub(super) fn repeat(url: &str, requests: &[Vec<u8>]) -> Attempt<usize> {
    let agent = agent();
    let mut accepted = 0;
    for request in requests {
        accepted += usize::from(post(&agent, url, request)? == 202);
    }
    Ok(accepted)
}

/// Returns the request for an order in another currency.
///
/// # Errors
///
/// If the schema rejects the order.
pub(super) fn foreign(currency: &str) -> Attempt<Vec<u8>> {
    Ok(new_order(currency)?.request)
}

/// Returns the envelope of an order of one article, for a queue.
///
/// # Errors
///
/// If the schema rejects the order.
pub(super) fn queued(sku: &str) -> Attempt<String> {
    Ok(String::from_utf8(new_order_of(sku, "EUR")?.request)?)
}

/// Returns the body of the status of an order.
///
/// # Errors
///
/// If the API does not answer.
pub(super) async fn status(url: &str, order_id: &str) -> Attempt<String> {
    let url = format!("{url}/{order_id}");
    let read = move || -> Attempt<String> { Ok(agent().get(&url).call()?.body_mut().read_to_string()?) };
    tokio::task::spawn_blocking(read).await?
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build();
    config.into()
}

/// Sends a request, and returns the status of the answer. After a failed connection, the status is 503.
fn post(agent: &ureq::Agent, url: &str, request: &[u8]) -> Attempt<u16> {
    let sent = agent.post(url).content_type(Envelope::CONTENT_TYPE).send(request);
    match sent.map(|answer| answer.status().as_u16()) {
        Ok(status @ (202 | 503)) => Ok(status),
        Ok(status) => Err(format!("the API answers {status} to a valid order").into()),
        Err(_) => Ok(503),
    }
}

fn sku() -> String {
    format!("ITEM{}", fastrand::u8(10..60))
}

/// An order of version 1, as old clients send it. Some of them do not list their articles.
fn old_order(number: usize) -> Attempt<Order> {
    use v1::{Line, OrderPlaced, line, order_placed};
    let (order_id, quantity) = (uuid(), fastrand::i64(1..4));
    let event = OrderPlaced::new(order_placed::Required {
        order_id: order_id.clone(),
        placed_at: clock::now()?,
        currency: "EUR".to_owned(),
        total: (quantity * 1_495).into(),
    });
    if number.is_multiple_of(10) {
        return request(order_id, &event, 1);
    }
    let line = Line::new(line::Required { sku: sku(), quantity, unit_price: 1_495.into() });
    request(order_id, &event.with_lines(vec![line]), quantity)
}

fn new_order(currency: &str) -> Attempt<Order> {
    new_order_of(&sku(), currency)
}

/// An order of version 2, as new clients send it.
fn new_order_of(sku: &str, currency: &str) -> Attempt<Order> {
    use v2::{Amount, Line, OrderPlaced, line, order_placed};
    let money = |minor| Amount::new(amount::Required { minor, currency: currency.to_owned() });
    let (order_id, quantity) = (uuid(), fastrand::i64(1..4));
    let line = Line::new(line::Required { sku: sku.to_owned(), quantity, unit_price: money(2_000) });
    let event = OrderPlaced::new(order_placed::Required {
        order_id: order_id.clone(),
        placed_at: clock::now()?,
        total: money(quantity * 2_000),
        lines: vec![line],
    });
    request(order_id, &event, quantity)
}

fn request<T: evschema_runtime::Event>(order_id: String, event: &T, pieces: i64) -> Attempt<Order> {
    let envelope = Envelope::of_event(order_id.as_str(), "/shop", event)?.time(clock::now()?).build()?;
    let request = envelope.to_structured();
    Ok(Order { request, pieces: usize::try_from(pieces)?, id: order_id })
}
