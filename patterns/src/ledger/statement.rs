use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use evschema_events::dead_letter::PostgresDeadLetters;
use evschema_events::inbox::Inbox as _;
use evschema_events::nats::Worker;
use evschema_events::{Consumer, Context, Counters, Delivery, Disposition, Outcome, RetryPolicy};
use sqlx::{PgPool, Row as _};

use super::rebuild::States;
use crate::clock;
use crate::events::LedgerEvent;
use crate::events::ledger_entry_posted::v1::Side;
use crate::failure::Attempt;
use crate::latency::Latencies;
use crate::running::{Running, stopped};

/// The statements of all accounts in a database: a projection of the journal.
///
/// The table has no unique key, so that a second effect of an event would be visible. Only the inbox prevents it.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pool: PgPool,
    letters: PostgresDeadLetters,
    counters: Arc<Counters>,
    latencies: Arc<Latencies>,
}

const TABLES: &str = "
    CREATE TABLE entries (account_id TEXT NOT NULL, entry_id TEXT NOT NULL, minor BIGINT NOT NULL);
    CREATE TABLE rates (currency TEXT PRIMARY KEY, thousandths BIGINT NOT NULL);
    INSERT INTO rates VALUES ('EUR', 1000)";

/// The events per page are handled at the same time. Statements do not depend on the order of entries.
const CONCURRENCY: usize = 8;

impl Statement {
    /// Creates the tables.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(crate) async fn create(pool: PgPool) -> Attempt<Self> {
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        let letters = PostgresDeadLetters::new(pool.clone());
        Ok(Self { pool, letters, counters: Arc::default(), latencies: Arc::default() })
    }

    /// Starts a task that handles the messages of a JetStream consumer.
    pub(crate) fn run(&self, source: PullConsumer) -> Running {
        let statement = self.clone();
        Running::start(|stop| async move {
            let own = statement.clone();
            let handler = move |event, context| handle(own.clone(), event, context);
            let consumer = Consumer::<LedgerEvent, _, _>::new("statement", handler, statement.letters)
                .retries(RetryPolicy::new(50, Duration::from_millis(50), Duration::from_secs(1)))
                .recorder(statement.counters);
            Ok(Worker::new().concurrency(CONCURRENCY).run(&consumer, &source, stopped(stop)).await?)
        })
    }

    /// Handles one message again, such as a dead letter after a fix.
    ///
    /// # Errors
    ///
    /// If the event still has no effect.
    pub(crate) async fn handle_again(&self, headers: Vec<(String, Vec<u8>)>, payload: &[u8]) -> Attempt {
        let own = self.clone();
        let handler = move |event, context| handle(own.clone(), event, context);
        let consumer = Consumer::<LedgerEvent, _, _>::new("statement", handler, self.letters.clone());
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        let delivery = Delivery::new(evschema_events::Transport::Nats, headers, payload, 1);
        let disposition = consumer.process(&delivery).await;
        if disposition == Disposition::Done {
            return Ok(());
        }
        Err(format!("the event ends as {disposition:?} again").into())
    }

    /// Records the rate of a currency.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(crate) async fn set_rate(&self, currency: &str, thousandths: i64) -> Attempt {
        let insert = sqlx::query("INSERT INTO rates VALUES ($1, $2)").bind(currency).bind(thousandths);
        insert.execute(&self.pool).await?;
        Ok(())
    }

    /// Returns the number of entries in the database.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(crate) async fn count_entries(&self) -> Attempt<usize> {
        let count: i64 =
            sqlx::query("SELECT count(*) FROM entries").fetch_one(&self.pool).await?.try_get(0)?;
        Ok(usize::try_from(count)?)
    }

    /// Returns the number of different entries in the database.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(crate) async fn count_different_entries(&self) -> Attempt<usize> {
        let query = "SELECT count(DISTINCT entry_id) FROM entries";
        let count: i64 = sqlx::query(query).fetch_one(&self.pool).await?.try_get(0)?;
        Ok(usize::try_from(count)?)
    }

    /// Waits until the database has this number of entries.
    ///
    /// # Errors
    ///
    /// If no entry arrives for a minute.
    pub(crate) async fn wait_for_entries(&self, expected: usize) -> Attempt {
        let (mut known, mut polls_without_progress) = (0, 0);
        while known < expected {
            let count = self.count_entries().await?;
            polls_without_progress = if known < count { 0 } else { polls_without_progress + 1 };
            if 2_400 < polls_without_progress {
                return Err(format!("the statement stays at {known} of {expected} entries").into());
            }
            known = count;
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Ok(())
    }

    /// Returns the number of accounts in euros whose entries have another sum than their state.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(crate) async fn differences(&self, states: &States) -> Attempt<usize> {
        let mut differences = 0;
        for (account, state) in states.iter().filter(|(_, state)| state.currency == "EUR") {
            let sum = "SELECT coalesce(sum(minor), 0)::BIGINT, count(*) FROM entries WHERE account_id = $1";
            let row = sqlx::query(sum).bind(account).fetch_one(&self.pool).await?;
            let (sum, count): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            let is_equal = sum == state.balance && usize::try_from(count)? == state.entries;
            differences += usize::from(!is_equal);
        }
        Ok(differences)
    }

    /// Returns the store of dead letters.
    pub(crate) fn letters(&self) -> &PostgresDeadLetters {
        &self.letters
    }

    /// Returns the counters of all deliveries.
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns the times from the append to the commit.
    pub(crate) fn latencies(&self) -> &Latencies {
        &self.latencies
    }
}

async fn handle(statement: Statement, event: LedgerEvent, context: Context) -> Outcome {
    match project(&statement, event, &context).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::retry(error),
    }
}

/// Records an event in the transaction of its inbox row.
async fn project(
    statement: &Statement,
    event: LedgerEvent,
    context: &Context,
) -> Result<Outcome, sqlx::Error> {
    let mut transaction = statement.pool.begin().await?;
    if let Some(outcome) = transaction.admit(context).await?.outcome() {
        return Ok(outcome);
    }
    if let LedgerEvent::Posted(event) = event {
        // Events of every version arrive here in the newest form.
        let entry = event.into_latest();
        let rate = sqlx::query("SELECT thousandths FROM rates WHERE currency = $1")
            .bind(&entry.amount.currency)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(rate) = rate else {
            return Ok(Outcome::permanent(format_args!("no exchange rate for {}", entry.amount.currency)));
        };
        let signed = if entry.side == Side::Credit { entry.amount.minor } else { -entry.amount.minor };
        let minor = signed * rate.try_get::<i64, _>(0)? / 1_000;
        let insert = sqlx::query("INSERT INTO entries VALUES ($1, $2, $3)");
        insert.bind(entry.account_id).bind(entry.entry_id).bind(minor).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    if let Some(latency) = clock::since(context.time()) {
        statement.latencies.add(latency);
    }
    Ok(Outcome::Done)
}
