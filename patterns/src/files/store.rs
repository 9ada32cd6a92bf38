use std::time::Duration;

use sqlx::{PgPool, Row as _};

use crate::failure::Attempt;
use crate::latency::Milliseconds;

/// The table of smaller pictures. It has no unique key, so that a second effect of an event would be visible.
#[derive(Debug, Clone)]
pub(super) struct Renditions {
    pool: PgPool,
}

impl Renditions {
    /// Creates the table.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(super) async fn create(pool: PgPool) -> Attempt<Self> {
        let table = "CREATE TABLE renditions (file_id TEXT NOT NULL, sent_at TIMESTAMPTZ NOT NULL, \
                     made_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())";
        sqlx::query(table).execute(&pool).await?;
        Ok(Self { pool })
    }

    /// Returns the number of rows.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(super) async fn count(&self) -> Attempt<usize> {
        self.number("SELECT count(*) FROM renditions").await
    }

    /// Returns the number of different files.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(super) async fn count_different(&self) -> Attempt<usize> {
        self.number("SELECT count(DISTINCT file_id) FROM renditions").await
    }

    /// Waits until the table has this number of rows.
    ///
    /// # Errors
    ///
    /// If no row arrives for a minute.
    pub(super) async fn wait_for(&self, expected: usize) -> Attempt {
        let (mut known, mut polls_without_progress) = (0, 0);
        while known < expected {
            let count = self.count().await?;
            polls_without_progress = if known < count { 0 } else { polls_without_progress + 1 };
            if 2_400 < polls_without_progress {
                return Err(format!("the function stays at {known} of {expected} files").into());
            }
            known = count;
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Ok(())
    }

    /// Returns the median and the 99th percentile of the times from the event to the row.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub(super) async fn latencies(&self) -> Attempt<[Milliseconds; 2]> {
        let query = "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), \
                     percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds) \
                     FROM (SELECT extract(epoch FROM made_at - sent_at)::FLOAT8 AS seconds FROM renditions) AS times";
        let row = sqlx::query(query).fetch_one(&self.pool).await?;
        let time = |index: usize| -> Attempt<Milliseconds> {
            Ok(Milliseconds(Duration::try_from_secs_f64(row.try_get::<f64, _>(index)?.max(0.0))?))
        };
        Ok([time(0)?, time(1)?])
    }

    async fn number(&self, query: &'static str) -> Attempt<usize> {
        let count: i64 = sqlx::query(query).fetch_one(&self.pool).await?.try_get(0)?;
        Ok(usize::try_from(count)?)
    }
}
