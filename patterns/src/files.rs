//! A file pipeline: a stored object becomes an event, and a Lambda function makes a smaller picture of it.
//!
//! A second stream has readings of devices, in three incompatible lines of versions.

mod dispatcher;
mod function;
mod names;
mod picture;
mod poison;
mod store;
mod telemetry;
mod uploads;

use std::time::Instant;

use evschema_events::nats::JetStreamPublisher;
use evschema_events::outbox::Relay;

use crate::account::Account;
use crate::arguments::Arguments;
use crate::failure::Attempt;
use crate::jetstream;
use crate::latency::rate;
use crate::published::Published;
use crate::running::{Running, stopped};
use crate::servers::Servers;

pub(crate) use function::run_function;

use dispatcher::Dispatcher;
use names::UPLOADED;
use store::Renditions;
use uploads::Uploads;

/// Runs the pattern.
pub(crate) async fn run(servers: &Servers, arguments: &Arguments) -> Attempt {
    let mut account = Account::begin("files", "objects, a Lambda function, and readings of devices");
    let replicas = servers.cluster.len();
    let context = servers.jetstream().await?;
    let stream = jetstream::create_stream(&context, "FILES", &["files.>"], replicas).await?;
    let pool = servers.database().await?;
    let renditions = Renditions::create(pool.clone()).await?;
    let uploads = Uploads::create(&context, replicas).await?;
    let dispatcher = Dispatcher::start(servers, "png").await?;
    let dispatching =
        dispatcher.run(jetstream::durable(&stream, "dispatcher", UPLOADED).await?, pool.clone());
    let relay = Relay::new(pool.clone(), JetStreamPublisher::new(context.clone()));
    let relaying = Running::start(|stop| async move {
        relay.run(stopped(stop)).await;
        Ok(())
    });

    let published = Published::read()?;
    let files = arguments.events(12, 200);
    let start = Instant::now();
    uploads.send(files, &published).await?;
    renditions.wait_for(files).await?;
    let elapsed = start.elapsed();
    account.section("Objects become smaller pictures");
    account.figure("brokers, and replicas of each event", replicas);
    account.figure("pictures stored, resized and stored again", rate(files, elapsed));
    let [p50, p99] = renditions.latencies().await?;
    account.figure("from the event to the rendition, p50", p50);
    account.figure("from the event to the rendition, p99", p99);
    account.figure("events of old producers, in version 1.0.0", files / 2);
    account.figure("events of new producers, in version 1.2.0", files - files / 2);
    let (before, after) = uploads.sizes_of_one().await?;
    account.figure("size of a picture", format_args!("{} x {} pixels", before.0, before.1));
    account.figure("size of its rendition", format_args!("{} x {} pixels", after.0, after.1));

    published.show_refusal(
        &mut account,
        "media.file.uploaded",
        "`key` may have at most 100 characters",
        |schema| schema["properties"]["key"]["maxLength"] = serde_json::json!(100),
    )?;
    poison::show(&mut account, servers, (&uploads, &renditions), (&context, &stream)).await?;

    account.section("Duplicates have no second effect");
    let before = renditions.count().await?;
    let again = jetstream::publish_again(&context, &stream, UPLOADED, files.min(50)).await?;
    jetstream::wait_until_handled(&stream, "dispatcher").await?;
    account.check("events published again", again, files.min(50));
    account.check("effects of duplicates", renditions.count().await? - before, 0);

    account.section("Each event has one effect, counted in the database");
    let expected = files + poison::OTHER_FORMAT;
    account.check("events with an effect", renditions.count_different().await?, expected);
    account.check("effects", renditions.count().await?, expected);
    account.check("smaller pictures in the store", uploads.count_renditions().await?, expected);
    let completed = jetstream::wait_for_messages(&stream, "files.completed", expected).await?;
    account.check("events `media.rendition.completed`", completed, expected);
    dispatching.stop().await?;
    relaying.stop().await?;
    telemetry::show(&mut account, servers, &pool, arguments.events(300, 5_000)).await?;
    account.finish()
}
