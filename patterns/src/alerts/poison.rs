use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use evschema_events::dead_letter::{DeadLetter, PostgresDeadLetters};
use evschema_events::nats::JetStreamPublisher;
use evschema_events::{Outgoing, Publisher as _};

use super::cards::{envelope, payment};
use super::detector::Detector;
use super::names::PAYMENTS;
use crate::account::Account;
use crate::events::commerce_payment_captured::AnyPaymentCaptured;
use crate::events::commerce_payment_captured::v1::{Method, MethodWallet, method_wallet};
use crate::failure::{Attempt, Failure};
use crate::{jetstream, letters};

/// Number of payments in a currency without a rule.
pub(super) const FOREIGN: usize = 3;

/// A payment of a service that does not use the generated types. Its card number is complete.
const INVALID: &str = r#"{"specversion":"1.0","id":"legacy-7","source":"/legacy","type":"commerce.payment.captured",
"dataschema":"/schemas/commerce.payment.captured/1.1.1.json","data":{
  "payment_id": "pay_4cJq8Wz2LrT91xYv",
  "order_id": "6f1c2a8e-0d3b-4c57-9a41-2f5f8f1f0b11",
  "captured_at": "2026-03-01T09:30:04Z",
  "amount": { "minor": 4990, "currency": "EUR" },
  "method": { "type": "card", "brand": "visa", "last4": "4242424242424242" }
}}"#;

/// Sends payments that the detector cannot handle, shows their dead letters, fixes the reason, and replays them.
///
/// # Errors
///
/// If a server fails, or if an event has no effect after the fix.
pub(super) async fn show(
    account: &mut Account,
    context: &Context,
    detector: &Detector,
    store: &PostgresDeadLetters,
) -> Attempt {
    account.section("Poisoned events are dead letters, and are replayed after a fix");
    let before = detector.counted();
    for number in 0..FOREIGN {
        let provider = format!("foreign {number}");
        let method = Method::Wallet(MethodWallet::new(method_wallet::Required { provider }));
        let envelope = envelope(&payment("XBT", method)?, "1.1.1")?;
        let publisher = JetStreamPublisher::new(context.clone());
        publisher.publish(&[Outgoing::new(PAYMENTS, &envelope)]).await?;
    }
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/cloudevents+json");
    context.publish_with_headers(PAYMENTS, headers, INVALID.into()).await?.await?;
    letters::wait_for(store, FOREIGN + 1).await?;
    letters::show(account, store).await?;
    detector.allow("XBT");
    account.line("fix: the detector gets a rule for XBT");
    letters::replay_all::<AnyPaymentCaptured, _>(account, store, (FOREIGN, 1), |letter, payload| {
        publish(context.clone(), letter, payload)
    })
    .await?;
    detector.wait_for(before + FOREIGN).await?;
    account.check("effects of the replay", detector.counted() - before, FOREIGN);
    Ok(())
}

/// Publishes the event again, without the message id. The broker still knows it, and would drop the event.
async fn publish(context: Context, letter: DeadLetter, payload: Vec<u8>) -> Result<(), Failure> {
    let headers = jetstream::without_message_id(&jetstream::from_pairs(letter.headers())?);
    context.publish_with_headers(PAYMENTS, headers, payload.into()).await?.await?;
    Ok(())
}
