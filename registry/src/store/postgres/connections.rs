use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Connection as _, Executor, Postgres as Driver, Transaction, query_scalar};

use super::hosts::Hosts;
use super::statements::{ACQUIRE_TIMEOUT, STATEMENTS_MAX, Statements, TRUSTED_FOR};
use crate::store::migrations;
use crate::store::outcome::{Access, StoreError};

/// The maximum number of connections of one registry for transactions with several statements. Such transactions are
/// rarer than registrations.
const TRANSACTIONS_MAX: u32 = 4;
/// With these settings, the server plans each statement only once, for all values. One plan is enough, because each
/// statement uses an index for all values. A new plan for each append would take longer than the append itself. The
/// settings also turn off sequential scans. The server would plan such scans while the tables are empty. It would also
/// plan them because its planner ignores the cost of values that are stored outside the table.
const PLANS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off";

/// The connections of one registry.
///
/// INVARIANT: if the server answers a single statement, this statement is committed. On a connection with an open
/// transaction, the server would answer the statement, but never commit it. No connection for single statements has an
/// open transaction, because the value of [`statements`](Self::statements) cannot begin one. Transactions have their
/// own connections, and an explicit commit.
#[derive(Debug)]
pub(super) struct Connections {
    statements: Statements,
    transactions: PgPool,
}

impl Connections {
    /// Connects, and updates the tables. If the URL names several servers, the connections follow the primary.
    pub(super) async fn open(url: &str, access: Access) -> Result<Self, StoreError> {
        let hosts = Hosts::parse(url)?;
        // The first connection is not from the pool. If the server rejects a connection, the pool would retry until its
        // timeout, and then report only the timeout.
        let (mut first, options) = hosts.connect(access).await?;
        match access {
            Access::Write => migrations::run(&migrations::postgres(), &mut first).await?,
            Access::ReadOnly => {
                let applied =
                    query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut first).await?;
                migrations::check(&migrations::postgres(), applied)?;
            }
        }
        let transactions = pool(TRANSACTIONS_MAX).connect_lazy_with(options.clone());
        let statements = pool(STATEMENTS_MAX).connect_lazy_with(options);
        if hosts.has_several() {
            let pools = [transactions.clone(), statements.clone()];
            // The task ends when the pools are closed.
            drop(tokio::spawn(hosts.follow(first, access, pools)));
        } else {
            first.close().await?;
        }
        Ok(Self { statements: Statements::new(statements), transactions })
    }

    /// Returns an executor for single statements. Each statement is a transaction.
    pub(super) fn statements(&self) -> impl Executor<'_, Database = Driver> + Copy {
        &self.statements
    }

    /// Begins a transaction, even if the request is cancelled at the same time.
    ///
    /// If the caller of sqlx stops waiting while `BEGIN` is running, sqlx forgets the transaction. The connection then
    /// returns to the pool with an open transaction, and the server cannot vacuum. So a separate task waits for the
    /// answer. If the caller no longer waits, the task rolls the transaction back.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Driver>, StoreError> {
        let pool = self.transactions.clone();
        let begun = tokio::spawn(async move { pool.begin().await }).await;
        // The task always sends an answer, except if the program stops.
        Ok(begun.map_err(|_| sqlx::Error::WorkerCrashed)??)
    }

    /// Waits until all connections are unused, and closes them.
    pub(super) async fn close(&self) {
        self.transactions.close().await;
        self.statements.close().await;
    }
}

fn pool(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // The settings are not options of the connection, because a pooler between registry and server would reject
        // such options.
        .after_connect(|connection, _| Box::pin(async move { connection.execute(PLANS).await.map(|_| ()) }))
        .test_before_acquire(false)
        .before_acquire(|connection, of| {
            Box::pin(async move {
                // A ping costs a round trip, so a connection that was used recently gets no ping.
                if TRUSTED_FOR < of.idle_for {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}
