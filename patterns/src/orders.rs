//! An asynchronous API: the answer to an order is 202 and the URL of its status, and a worker does the rest.
//!
//! The API stores the order and its event in one transaction. A relay publishes the event to JetStream. Workers handle
//! it with an inbox: stock, payment, shipment and status commit together, or not at all.

mod api;
mod batch;
mod chaos;
mod client;
mod fulfilment;
mod names;
mod poison;
mod tables;
mod upcasts;
mod worker;

use std::time::Instant;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Stream;
use sqlx::PgPool;

use crate::account::Account;
use crate::arguments::Arguments;
use crate::failure::Attempt;
use crate::jetstream;
use crate::latency::{Milliseconds, rate};
use crate::published::Published;
use crate::servers::Servers;

pub(crate) use batch::run_function;
pub(crate) use worker::run_worker;

use api::Api;
use chaos::Chaos;
use client::Sent;
use names::PLACED;
use worker::Workers;

/// Runs the pattern.
pub(crate) async fn run(mut servers: Servers, arguments: &Arguments) -> Attempt {
    let mut account =
        Account::begin("orders", "an asynchronous API with outbox, inbox and a Lambda function");
    let jetstream = servers.jetstream().await?;
    let replicas = servers.cluster.len();
    let stream = jetstream::create_stream(&jetstream, "ORDERS", &["orders.>"], replicas).await?;
    let pool = servers.database().await?;
    tables::create(&pool).await?;
    let api = Api::start(pool.clone()).await?;
    let mut workers = Workers::start(&servers)?;

    let orders = arguments.events(200, 10_000);
    let start = Instant::now();
    let chaos = Chaos::new(orders, arguments.kill);
    let clients = tokio::task::spawn_blocking({
        let (url, pace) = (api.url(), chaos.pace());
        move || client::place(&url, orders, &pace)
    });
    let kills = chaos.run(&mut servers, &mut workers).await?;
    let sent = clients.await??;
    let accepted = start.elapsed();
    tables::wait_for_shipped(&pool, orders).await?;
    account.section("Orders are accepted at once, and handled later");
    account.figure("brokers, and replicas of each event", replicas);
    account.figure("accepted with 202", rate(orders, accepted));
    account.figure("accepted and handled", rate(orders, start.elapsed()));
    let [p50, p99] = tables::latencies(&pool).await?;
    account.figure("from the request to the shipment, p50", p50);
    account.figure("from the request to the shipment, p99", p99);
    let [p50, p99] = [50, 99].map(|percent| sent.answers.percentile(percent));
    account.figure("from the request to the answer, p50", p50);
    account.figure("from the request to the answer, p99", p99);
    account.figure("orders of old clients, in version 1.2.0", sent.old);
    account.figure("orders of new clients, in version 2.2.0", orders - sent.old);
    let status = client::status(&api.url(), &sent.last).await?;
    account.line(format_args!("status of the last order: {status}"));
    if arguments.kill {
        kills.show(&mut account, sent.repeated);
    }
    show_effects(&mut account, &pool, &sent, orders).await?;

    Published::read()?.show_refusal(
        &mut account,
        "commerce.order.placed",
        "`customer` becomes a required property",
        |schema| {
            schema["required"] = serde_json::json!(["order_id", "placed_at", "total", "lines", "customer"])
        },
    )?;
    poison::show(&mut account, &jetstream, &pool, &api.url()).await?;
    show_duplicates(&mut account, &jetstream, &stream, &pool, &sent, &api.url()).await?;
    batch::show(&mut account, &servers, &pool).await?;
    drop(workers);
    api.stop().await?;
    account.finish()
}

/// Counts the effects in the database.
async fn show_effects(account: &mut Account, pool: &PgPool, sent: &Sent, orders: usize) -> Attempt {
    account.section("Each event has one effect, counted in the database");
    let effects = tables::effects(pool).await?;
    account.check("events with an effect", effects.orders_paid, orders);
    account.check("effects", effects.payments, orders);
    account.check("shipments", effects.shipments, orders);
    account.check("pieces taken from the stock", effects.pieces, sent.pieces);
    Ok(())
}

/// Sends requests again, and publishes events again without the message id that the broker would recognize.
async fn show_duplicates(
    account: &mut Account,
    jetstream: &Context,
    stream: &Stream,
    pool: &PgPool,
    sent: &Sent,
    url: &str,
) -> Attempt {
    account.section("Duplicates have no second effect");
    let before = tables::effects(pool).await?;
    let requests: Vec<Vec<u8>> = sent.first.clone();
    let url = url.to_owned();
    let again = requests.len();
    let answers = tokio::task::spawn_blocking(move || client::repeat(&url, &requests)).await??;
    account.check("requests sent again, answered with 202", answers, again);
    let start = Instant::now();
    let published = jetstream::publish_again(jetstream, stream, PLACED, again).await?;
    jetstream::wait_until_handled(stream, "fulfilment").await?;
    account.check("events published again", published, again);
    let after = tables::effects(pool).await?;
    account.check("effects of duplicates", after.payments - before.payments, 0);
    account.check("pieces taken by duplicates", after.pieces - before.pieces, 0);
    account.figure("time for the duplicates", Milliseconds(start.elapsed()));
    Ok(())
}
