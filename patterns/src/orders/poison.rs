use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use evschema_events::dead_letter::{DeadLetter, PostgresDeadLetters};
use sqlx::PgPool;

use super::names::PLACED;
use super::{client, tables};
use crate::account::Account;
use crate::events::commerce_order_placed::AnyOrderPlaced;
use crate::failure::{Attempt, Failure};
use crate::{jetstream, letters};

/// Number of orders in a currency without a price list.
const FOREIGN: usize = 3;

/// An order of a service that does not use the generated types. `quantity` is a text.
const INVALID: &str = r#"{"specversion":"1.0","id":"legacy-7","source":"/legacy","type":"commerce.order.placed",
"dataschema":"/schemas/commerce.order.placed/2.2.0.json","data":{
  "order_id": "6f1c2a8e-0d3b-4c57-9a41-2f5f8f1f0b11",
  "placed_at": "2026-03-01T09:30:00Z",
  "total": { "minor": 2000, "currency": "EUR" },
  "lines": [{ "sku": "ITEM10", "quantity": "one", "unit_price": { "minor": 2000, "currency": "EUR" } }]
}}"#;

/// Sends orders that the worker cannot handle, shows their dead letters, fixes the reason, and replays them.
///
/// # Errors
///
/// If a server fails, or if an event has no effect after the fix.
pub(super) async fn show(account: &mut Account, jetstream: &Context, pool: &PgPool, url: &str) -> Attempt {
    account.section("Poisoned events are dead letters, and are replayed after a fix");
    let before = tables::effects(pool).await?.payments;
    let requests: Attempt<Vec<Vec<u8>>> = (0..FOREIGN).map(|_| client::foreign("XBT")).collect();
    let (requests, url) = (requests?, url.to_owned());
    tokio::task::spawn_blocking(move || client::repeat(&url, &requests)).await??;
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/cloudevents+json");
    jetstream.publish_with_headers(PLACED, headers, INVALID.into()).await?.await?;

    let store = PostgresDeadLetters::new(pool.clone());
    letters::wait_for(&store, FOREIGN + 1).await?;
    letters::show(account, &store).await?;
    account.check("effects before the fix", tables::effects(pool).await?.payments - before, 0);
    sqlx::query("INSERT INTO price_lists VALUES ('XBT')").execute(pool).await?;
    account.line("fix: the table of price lists gets XBT");
    letters::replay_all::<AnyOrderPlaced, _>(account, &store, (FOREIGN, 1), |letter, payload| {
        publish(jetstream.clone(), letter, payload)
    })
    .await?;
    for _ in 0..600 {
        if FOREIGN <= tables::effects(pool).await?.payments - before {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    account.check("effects of the replay", tables::effects(pool).await?.payments - before, FOREIGN);
    Ok(())
}

/// Publishes the event again, without the message id. The broker still knows it, and would drop the event.
async fn publish(jetstream: Context, letter: DeadLetter, payload: Vec<u8>) -> Result<(), Failure> {
    let headers = jetstream::without_message_id(&jetstream::from_pairs(letter.headers())?);
    jetstream.publish_with_headers(PLACED, headers, payload.into()).await?.await?;
    Ok(())
}
