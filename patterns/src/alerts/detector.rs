use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::consumer::PullConsumer;
use evschema_events::dead_letter::PostgresDeadLetters;
use evschema_events::nats::{JetStreamPublisher, Worker};
use evschema_events::{
    Consumer, Context, Counters, Envelope, Outcome, Outgoing, Publisher as _, RetryPolicy, TraceParent,
};
use evschema_runtime::Number;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::names::ALERTS;
use super::window::{Counted, LENGTH, PAYMENTS_MAX, Windows};
use crate::clock;
use crate::events::commerce_payment_captured::AnyPaymentCaptured;
use crate::events::commerce_payment_captured::v1::{Method, PaymentCaptured};
use crate::events::fraud_alert_raised::v1::{
    AlertRaised, Reason, ReasonVelocity, Severity, alert_raised, reason_velocity,
};
use crate::failure::{Attempt, Failure};
use crate::latency::Latencies;
use crate::running::{Running, stopped};

/// Counts payments in windows, and raises an alert for each means of payment that is used too often.
#[derive(Debug, Clone)]
pub(super) struct Detector {
    windows: Arc<Mutex<Windows>>,
    currencies: Arc<Mutex<HashSet<String>>>,
    publisher: JetStreamPublisher,
    letters: PostgresDeadLetters,
    counters: Arc<Counters>,
    latencies: Arc<Latencies>,
}

/// Number of messages that are handled at the same time. Only alerts wait for the broker.
const CONCURRENCY: usize = 250;

impl Detector {
    /// Returns a detector without payments.
    pub(super) fn new(context: jetstream::Context, letters: PostgresDeadLetters) -> Self {
        Self {
            windows: Arc::default(),
            currencies: Arc::new(Mutex::new(HashSet::from(["EUR".to_owned()]))),
            publisher: JetStreamPublisher::new(context),
            letters,
            counters: Arc::default(),
            latencies: Arc::default(),
        }
    }

    /// Starts a task that handles payments.
    pub(super) fn run(&self, source: PullConsumer) -> Running {
        let detector = self.clone();
        Running::start(|stop| async move {
            let own = detector.clone();
            let handler = move |payment, context| detect(own.clone(), payment, context);
            let consumer = Consumer::<AnyPaymentCaptured, _, _>::new("detector", handler, detector.letters)
                .retries(RetryPolicy::new(50, Duration::from_millis(50), Duration::from_secs(1)))
                .recorder(detector.counters);
            Ok(Worker::new().concurrency(CONCURRENCY).run(&consumer, &source, stopped(stop)).await?)
        })
    }

    /// Adds a currency to the rules.
    pub(super) fn allow(&self, currency: &str) {
        self.currencies.lock().unwrap_or_else(PoisonError::into_inner).insert(currency.to_owned());
    }

    /// Waits until the windows have this number of payments.
    ///
    /// # Errors
    ///
    /// If they do not arrive within two minutes.
    pub(super) async fn wait_for(&self, payments: usize) -> Attempt {
        let start = Instant::now();
        while self.counted() < payments {
            if 120 < start.elapsed().as_secs() {
                return Err(format!("the windows stay at {} of {payments} payments", self.counted()).into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Returns the number of counted payments.
    pub(super) fn counted(&self) -> usize {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).counted()
    }

    /// Returns the counters of all deliveries.
    pub(super) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns the times from the payment to its window.
    pub(super) fn latencies(&self) -> &Latencies {
        &self.latencies
    }

    fn knows(&self, currency: &str) -> bool {
        self.currencies.lock().unwrap_or_else(PoisonError::into_inner).contains(currency)
    }

    fn count(&self, payment: &PaymentCaptured, at: OffsetDateTime) -> Counted {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.count(means(&payment.method), &payment.payment_id, at)
    }

    /// Publishes an alert. Everything in it comes from the payment, so a second attempt publishes the same event.
    async fn raise(&self, payment: &PaymentCaptured, context: &Context) -> Result<(), Failure> {
        let window_seconds = i64::try_from(LENGTH.as_secs())?;
        let payments = i64::try_from(PAYMENTS_MAX + 1)?.into();
        let velocity = ReasonVelocity::new(reason_velocity::Required { payments, window_seconds });
        let alert = AlertRaised::new(alert_raised::Required {
            alert_id: payment.order_id.clone(),
            raised_at: payment.captured_at.clone(),
            payment_id: payment.payment_id.clone(),
            severity: Severity::High,
            score: Number::parse("0.95")?,
            reasons: vec![Reason::Velocity(velocity)],
        });
        let traceparent = context.traceparent().map(TraceParent::as_str);
        let envelope = Envelope::of_event(payment.payment_id.as_str(), "/fraud", &alert)?
            .time(payment.captured_at.as_str())
            .traceparent(traceparent)
            .build()?;
        self.publisher.publish(&[Outgoing::new(ALERTS, &envelope)]).await?;
        Ok(())
    }
}

/// Handles a payment. Payments of every version arrive in the newest form.
async fn detect(detector: Detector, payment: AnyPaymentCaptured, context: Context) -> Outcome {
    let payment = payment.into_latest();
    if !detector.knows(&payment.amount.currency) {
        return Outcome::permanent(format_args!("no rule for payments in {}", payment.amount.currency));
    }
    let Ok(at) = OffsetDateTime::parse(&payment.captured_at, &Rfc3339) else {
        return Outcome::permanent("the window cannot use this time");
    };
    match detector.count(&payment, at) {
        // The alert of an earlier delivery may be lost. The broker and the inbox drop a second one.
        Counted::Duplicate if 1 < context.attempt() => {
            detector.raise(&payment, &context).await.map_or_else(Outcome::retry, |()| Outcome::Duplicate)
        }
        Counted::Duplicate => Outcome::Duplicate,
        Counted::AboveLimit => match detector.raise(&payment, &context).await {
            Ok(()) => counted(&detector, &context),
            Err(error) => Outcome::retry(error),
        },
        Counted::Normal => counted(&detector, &context),
    }
}

fn counted(detector: &Detector, context: &Context) -> Outcome {
    if let Some(latency) = clock::since(context.time()) {
        detector.latencies.add(latency);
    }
    Outcome::Done
}

/// Returns the key of a means of payment.
fn means(method: &Method) -> String {
    match method {
        Method::Card(card) => format!("{:?} {}", card.brand, card.last4),
        Method::BankTransfer(transfer) => transfer.iban.clone(),
        Method::Wallet(wallet) => wallet.provider.clone(),
    }
}
