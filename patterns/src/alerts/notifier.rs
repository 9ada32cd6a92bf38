use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::PullConsumer;
use evschema_events::dead_letter::PostgresDeadLetters;
use evschema_events::inbox::Inbox as _;
use evschema_events::nats::Worker;
use evschema_events::{Consumer, Context, Counters, Outcome};
use sqlx::{PgPool, Row as _};

use crate::clock;
use crate::events::fraud_alert_raised::AnyAlertRaised;
use crate::failure::Attempt;
use crate::latency::Latencies;
use crate::running::{Running, stopped};

/// Records a notification for each alert.
///
/// The table has no unique key, so that a second notification would be visible. Only the inbox prevents it.
#[derive(Debug, Clone)]
pub(super) struct Notifier {
    pool: PgPool,
    letters: PostgresDeadLetters,
    counters: Arc<Counters>,
    latencies: Arc<Latencies>,
}

impl Notifier {
    /// Creates the table.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(super) async fn create(pool: PgPool) -> Attempt<Self> {
        let table = "CREATE TABLE notifications (payment_id TEXT NOT NULL, message TEXT NOT NULL)";
        sqlx::query(table).execute(&pool).await?;
        let letters = PostgresDeadLetters::new(pool.clone());
        Ok(Self { pool, letters, counters: Arc::default(), latencies: Arc::default() })
    }

    /// Starts a task that handles alerts.
    pub(super) fn run(&self, source: PullConsumer) -> Running {
        let notifier = self.clone();
        Running::start(|stop| async move {
            let own = notifier.clone();
            let handler = move |alert, context| handle(own.clone(), alert, context);
            let consumer = Consumer::<AnyAlertRaised, _, _>::new("notifier", handler, notifier.letters)
                .recorder(notifier.counters);
            Ok(Worker::new().concurrency(4).run(&consumer, &source, stopped(stop)).await?)
        })
    }

    /// Returns the number of notifications.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(super) async fn count(&self) -> Attempt<usize> {
        self.number("SELECT count(*) FROM notifications").await
    }

    /// Returns the number of different payments with a notification.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(super) async fn count_different(&self) -> Attempt<usize> {
        self.number("SELECT count(DISTINCT payment_id) FROM notifications").await
    }

    /// Waits until the database has this number of notifications.
    ///
    /// # Errors
    ///
    /// If they do not arrive within a minute.
    pub(super) async fn wait_for(&self, expected: usize) -> Attempt {
        let start = Instant::now();
        while self.count().await? < expected {
            if 60 < start.elapsed().as_secs() {
                return Err(format!("the {expected} notifications do not arrive").into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Returns the store of dead letters.
    pub(super) fn letters(&self) -> &PostgresDeadLetters {
        &self.letters
    }

    /// Returns the counters of all deliveries.
    pub(super) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns the times from the payment to its notification.
    pub(super) fn latencies(&self) -> &Latencies {
        &self.latencies
    }

    async fn number(&self, query: &'static str) -> Attempt<usize> {
        let count: i64 = sqlx::query(query).fetch_one(&self.pool).await?.try_get(0)?;
        Ok(usize::try_from(count)?)
    }
}

async fn handle(notifier: Notifier, alert: AnyAlertRaised, context: Context) -> Outcome {
    match notify(&notifier, alert, &context).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::retry(error),
    }
}

async fn notify(
    notifier: &Notifier,
    alert: AnyAlertRaised,
    context: &Context,
) -> Result<Outcome, sqlx::Error> {
    let mut transaction = notifier.pool.begin().await?;
    if let Some(outcome) = transaction.admit(context).await?.outcome() {
        return Ok(outcome);
    }
    let alert = alert.into_latest();
    let message = format!("alert {}: severity {:?}, score {}", alert.alert_id, alert.severity, alert.score);
    let insert =
        sqlx::query("INSERT INTO notifications VALUES ($1, $2)").bind(alert.payment_id).bind(message);
    insert.execute(&mut *transaction).await?;
    transaction.commit().await?;
    if let Some(latency) = clock::since(context.time()) {
        notifier.latencies.add(latency);
    }
    Ok(Outcome::Done)
}
