//! Analytics and alerts: a stream of payments, a window of time for each card, and a notification for each alert.

mod cards;
mod detector;
mod names;
mod notifier;
mod poison;
mod window;

use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Stream;
use evschema_events::Measure;

use crate::account::Account;
use crate::arguments::Arguments;
use crate::failure::Attempt;
use crate::jetstream;
use crate::latency::rate;
use crate::published::Published;
use crate::servers::Servers;

use cards::{Plan, produce};
use detector::Detector;
use names::{ALERTS, PAYMENTS, RATE};
use notifier::Notifier;

/// Runs the pattern.
pub(crate) async fn run(servers: &Servers, arguments: &Arguments) -> Attempt {
    let mut account = Account::begin("alerts", "payments, windows of time, alerts and notifications");
    let replicas = servers.cluster.len();
    let context = servers.jetstream().await?;
    let payments = jetstream::create_stream(&context, "PAYMENTS", &["payments.>"], replicas).await?;
    let alerts = jetstream::create_stream(&context, "ALERTS", &["alerts.>"], replicas).await?;
    let notifier = Notifier::create(servers.database().await?).await?;
    let detector = Detector::new(context.clone(), notifier.letters().clone());
    let detecting = detector.run(jetstream::durable(&payments, "detector", PAYMENTS).await?);
    let notifying = notifier.run(jetstream::durable(&alerts, "notifier", ALERTS).await?);

    let plan = Plan::new(arguments.events(2_000, 100_000));
    let published = Published::read()?;
    let start = Instant::now();
    produce(&context, &plan, &published).await?;
    let produced = start.elapsed();
    detector.wait_for(plan.payments()).await?;
    let detected = start.elapsed();
    notifier.wait_for(plan.bursts()).await?;
    account.section("Payments become alerts, and alerts become notifications");
    account.figure("brokers, and replicas of each event", replicas);
    account.figure("payments that producers try to send", format_args!("{RATE} events/s"));
    account.figure("payments published and acknowledged", rate(plan.payments(), produced));
    account.figure("payments in the windows", rate(plan.payments(), detected));
    account.figure("from the payment to the window, p50", detector.latencies().percentile(50));
    account.figure("from the payment to the window, p99", detector.latencies().percentile(99));
    account.figure("from the payment to the notification, p50", notifier.latencies().percentile(50));
    account.figure("from the payment to the notification, p99", notifier.latencies().percentile(99));
    account.figure("payments of old producers, in version 1.0.0", plan.payments() / 2);
    account.figure("payments of new producers, in version 1.1.1", plan.payments() - plan.payments() / 2);

    published.show_refusal(
        &mut account,
        "commerce.payment.captured",
        "`amount` becomes a decimal text",
        |schema| schema["properties"]["amount"] = serde_json::json!({ "type": "string" }),
    )?;
    poison::show(&mut account, &context, &detector, notifier.letters()).await?;
    show_duplicates(&mut account, &context, (&payments, &alerts), &detector, &notifier).await?;

    account.section("Each event has one effect, counted in the database");
    let counted = detector.counted();
    account.check("payments counted in the windows", counted, plan.payments() + poison::FOREIGN);
    account.check("events with an effect", notifier.count_different().await?, plan.bursts());
    account.check("effects", notifier.count().await?, plan.bursts());
    detecting.stop().await?;
    notifying.stop().await?;
    account.finish()
}

/// Publishes payments and alerts again, without the message id that the broker would recognize.
async fn show_duplicates(
    account: &mut Account,
    context: &Context,
    (payments, alerts): (&Stream, &Stream),
    detector: &Detector,
    notifier: &Notifier,
) -> Attempt {
    account.section("Duplicates have no second effect");
    let (counted, notified) = (detector.counted(), notifier.count().await?);
    let known = detector.counters().count(Measure::Duplicate) + notifier.counters().count(Measure::Duplicate);
    let mut again = 0;
    for (stream, subject) in [(payments, PAYMENTS), (alerts, ALERTS)] {
        let count = stream.get_info().await?.state.messages.min(100);
        for sequence in 1..=count {
            let message = stream.get_raw_message(sequence).await?;
            let headers = jetstream::without_message_id(&message.headers);
            context.publish_with_headers(subject, headers, message.payload).await?.await?;
            again += 1;
        }
    }
    let start = Instant::now();
    let duplicates = || {
        detector.counters().count(Measure::Duplicate) + notifier.counters().count(Measure::Duplicate) - known
    };
    while duplicates() < again && start.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    account.check("events published again", duplicates(), again);
    let effects = detector.counted() - counted + notifier.count().await? - notified;
    account.check("effects of duplicates", effects, 0);
    Ok(())
}
