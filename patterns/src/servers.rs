use std::time::Duration;

use async_nats::jetstream::Context;
use evschema_events::migrations::migrate_postgres;
use evschema_tests::Postgres;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::cluster::Cluster;
use crate::failure::Attempt;
use crate::jetstream;

/// The servers of a pattern. They stop when the value is dropped.
#[derive(Debug)]
pub(crate) struct Servers {
    /// The NATS servers.
    pub(crate) cluster: Cluster,
    /// The database server.
    pub(crate) postgres: Postgres,
}

impl Servers {
    /// Starts the servers. If the pattern kills the database, it must be durable.
    ///
    /// # Errors
    ///
    /// If a server does not start.
    pub(crate) fn start(nodes: usize, is_durable: bool) -> Attempt<Self> {
        let cluster = Cluster::start(nodes)?;
        let postgres = if is_durable { Postgres::try_start_durable()? } else { Postgres::try_start()? };
        Ok(Self { cluster, postgres })
    }

    /// Connects to JetStream.
    ///
    /// # Errors
    ///
    /// If no server answers.
    pub(crate) async fn jetstream(&self) -> Attempt<Context> {
        jetstream::connect(&self.cluster.urls()).await
    }

    /// Connects to the database, and creates the tables for inbox, outbox and dead letters.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(crate) async fn database(&self) -> Attempt<PgPool> {
        let pool = connect(&self.postgres.url()).await?;
        migrate_postgres(&mut *pool.acquire().await?).await?;
        Ok(pool)
    }
}

/// Connects to a database.
///
/// # Errors
///
/// If the database does not answer.
pub(crate) async fn connect(url: &str) -> Attempt<PgPool> {
    let options = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10));
    Ok(options.connect(url).await?)
}
