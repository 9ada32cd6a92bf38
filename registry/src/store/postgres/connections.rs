use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor, Postgres as Driver, Transaction, query_scalar};

use super::statements::Statements;
use crate::store::{Access, StoreError, migrations};

/// Connections of one registry for statements by themselves; several registries share the server's 100 by default.
pub(super) const STATEMENTS_MAX: u32 = 12;
/// Connections of one registry for transactions of several statements, which are few beside registrations.
const TRANSACTIONS_MAX: u32 = 4;
/// Longest wait for a connection, after which the registry says that the database is away.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Plans are made once for all values: every statement goes by an index whatever the values, and to plan an
/// append takes the server longer than to run it. So does one that is planned while the tables are empty, or as the
/// planner takes what is kept beside a table for nothing.
const PLANS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off";
/// How long a connection is taken to work after it did: less than any server takes to start again.
pub(super) const TRUSTED_FOR: Duration = Duration::from_millis(50);

/// The connections of one registry.
///
/// INVARIANT: a statement by itself is committed when it is answered. On a connection that somebody has left inside
/// a transaction it would be answered and never committed. No connection for statements is ever in one, for what
/// [`statements`](Self::statements) returns cannot begin any; transactions have connections of their own, and are
/// committed by name.
#[derive(Debug)]
pub(super) struct Connections {
    statements: Statements,
    transactions: PgPool,
}

impl Connections {
    /// Connects, and brings the tables up to date.
    pub(super) async fn open(url: &str, access: Access) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?;
        // By itself: a pool tries a refused connection again until its time is up, and then says only that.
        let mut first = tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)??;
        match access {
            Access::Write => migrations::run(&migrations::postgres(), &mut first).await?,
            Access::ReadOnly => {
                let applied =
                    query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut first).await?;
                migrations::check(&migrations::postgres(), applied)?;
            }
        }
        first.close().await?;
        let transactions = pool(TRANSACTIONS_MAX).connect_lazy_with(options.clone());
        let statements = Statements::new(pool(STATEMENTS_MAX).connect_lazy_with(options));
        Ok(Self { statements, transactions })
    }

    /// Runs one statement at a time, each of which is a transaction.
    pub(super) fn statements(&self) -> impl Executor<'_, Database = Driver> {
        &self.statements
    }

    /// Begins a transaction, whatever becomes of the request that it is for.
    ///
    /// sqlx forgets a transaction whose `BEGIN` is on its way when nobody waits for it any more: the connection
    /// would go back to the pool inside it, and hold back what the server tidies up. A task of its own always gets
    /// the answer, and what it hands to nobody is rolled back.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Driver>, StoreError> {
        let pool = self.transactions.clone();
        let begun = tokio::spawn(async move { pool.begin().await }).await;
        // Only while the program stops does a task end without an answer.
        Ok(begun.map_err(|_| sqlx::Error::WorkerCrashed)??)
    }

    /// Waits until all are given back, and closes them.
    pub(super) async fn close(&self) {
        self.transactions.close().await;
        self.statements.close().await;
    }
}

fn pool(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // Said then, and not while connecting, which a pooler between the two would refuse.
        .after_connect(|connection, _| Box::pin(async move { connection.execute(PLANS).await.map(|_| ()) }))
        .test_before_acquire(false)
        .before_acquire(|connection, of| {
            Box::pin(async move {
                // Asking whether the server is still there is a round trip of its own.
                if TRUSTED_FOR < of.idle_for {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}
