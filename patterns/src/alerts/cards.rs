use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use evschema_events::nats::JetStreamPublisher;
use evschema_events::{Envelope, Outgoing, Publisher as _};

use super::names::{PAYMENTS, RATE};
use super::window::PAYMENTS_MAX;
use crate::clock;
use crate::events::commerce_payment_captured::v1::{
    Amount, Method, MethodBankTransfer, MethodCard, MethodCardBrand, MethodWallet, PaymentCaptured,
    method_bank_transfer, method_card, method_wallet, payment_captured,
};
use crate::events::common_money::v1_0_0::amount;
use crate::failure::{Attempt, Failure};
use crate::identifier::uuid;
use crate::published::Published;

/// The payments that the producers send. Some cards pay much too often.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    payments: usize,
}

/// Every burst has two payments more than the limit, and needs this number of payments in the plan.
const PAYMENTS_PER_BURST: usize = 500;

/// Number of payments that a producer sends before it waits for the acknowledgements.
const BATCH: usize = 100;

impl Plan {
    /// Returns a plan with this number of payments.
    pub(super) fn new(payments: usize) -> Self {
        Self { payments }
    }

    /// Returns the number of payments.
    pub(super) fn payments(&self) -> usize {
        self.payments
    }

    /// Returns the number of cards that pay too often: each of them must raise one alert.
    pub(super) fn bursts(&self) -> usize {
        self.payments.div_ceil(PAYMENTS_PER_BURST)
    }

    /// Returns the means of a payment. The payments at the beginning of each part are a burst of one card.
    fn method(number: usize, version: &str) -> Method {
        let (part, place) = (number / PAYMENTS_PER_BURST, number % PAYMENTS_PER_BURST);
        if place < PAYMENTS_MAX + 2 {
            let last4 = format!("{:04}", part % 10_000);
            let brand = MethodCardBrand::Visa;
            return Method::Card(MethodCard::new(method_card::Required { brand, last4 }));
        }
        if version == "1.0.0" || place % 2 == 0 {
            // Each account pays at most twice.
            let iban = format!("DE{:020}", number / 2);
            return Method::BankTransfer(MethodBankTransfer::new(method_bank_transfer::Required { iban }));
        }
        let provider = format!("wallet {number}");
        Method::Wallet(MethodWallet::new(method_wallet::Required { provider }))
    }
}

/// Sends all payments with an old and a new producer at the same time.
///
/// # Errors
///
/// If a producer fails, or if the schema of its version rejects its first payment.
pub(super) async fn produce(context: &Context, plan: &Plan, published: &Published) -> Attempt {
    let half = plan.payments / 2;
    for (number, version) in [(PAYMENTS_MAX + 2, "1.0.0"), (PAYMENTS_MAX + 3, "1.1.1")] {
        let payment = payment("EUR", Plan::method(number, version))?;
        published.validate(PaymentCaptured::SUBJECT, version, &payment.to_vec()?)?;
    }
    let old = tokio::spawn(send(context.clone(), 0..half, "1.0.0"));
    let new = tokio::spawn(send(context.clone(), half..plan.payments, "1.1.1"));
    old.await??;
    new.await?
}

async fn send(context: Context, numbers: std::ops::Range<usize>, version: &'static str) -> Attempt {
    let publisher = JetStreamPublisher::new(context);
    let start = Instant::now();
    let numbers: Vec<usize> = numbers.collect();
    for (index, batch) in numbers.chunks(BATCH).enumerate() {
        // Half of the rate, because two producers send.
        let due = Duration::from_micros(u64::try_from(index * BATCH * 2_000_000 / RATE)?);
        tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        let envelopes: Result<Vec<Envelope<'_>>, Failure> = batch
            .iter()
            .map(|number| envelope(&payment("EUR", Plan::method(*number, version))?, version))
            .collect();
        let envelopes = envelopes?;
        let outgoing: Vec<Outgoing<'_>> =
            envelopes.iter().map(|envelope| Outgoing::new(PAYMENTS, envelope)).collect();
        publisher.publish(&outgoing).await?;
    }
    Ok(())
}

/// Returns a payment in a currency.
///
/// # Errors
///
/// If the clock has no valid time.
pub(super) fn payment(currency: &str, method: Method) -> Attempt<PaymentCaptured> {
    Ok(PaymentCaptured::new(payment_captured::Required {
        payment_id: format!("pay_{:016x}", fastrand::u64(..)),
        order_id: uuid(),
        captured_at: clock::now()?,
        amount: Amount::new(amount::Required {
            minor: fastrand::i64(100..50_000),
            currency: currency.to_owned(),
        }),
        method,
    }))
}

/// Returns the envelope of a payment with the schema of a version.
///
/// # Errors
///
/// If the schema rejects the payment.
pub(super) fn envelope(payment: &PaymentCaptured, version: &str) -> Attempt<Envelope<'static>> {
    let dataschema = format!("/schemas/{}/{version}.json", PaymentCaptured::SUBJECT);
    let builder = Envelope::of_event(payment.payment_id.clone(), "/payments", payment)?;
    Ok(builder.dataschema(dataschema).time(payment.captured_at.clone()).build()?)
}
