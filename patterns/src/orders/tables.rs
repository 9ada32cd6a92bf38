use std::time::Duration;

use sqlx::{PgPool, Row as _};

use crate::failure::Attempt;
use crate::latency::Milliseconds;

/// The tables have no unique keys for effects, so that a second effect of an event would be visible.
const TABLES: &str = "
    CREATE TABLE orders (order_id TEXT PRIMARY KEY, sent_at TIMESTAMPTZ NOT NULL, status TEXT NOT NULL,
                         shipped_at TIMESTAMPTZ);
    CREATE TABLE stock (sku TEXT PRIMARY KEY, taken BIGINT NOT NULL DEFAULT 0);
    CREATE TABLE price_lists (currency TEXT PRIMARY KEY);
    CREATE TABLE payments (order_id TEXT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL);
    CREATE TABLE shipments (order_id TEXT NOT NULL);
    INSERT INTO price_lists VALUES ('EUR'), ('GBP');
    INSERT INTO stock (sku) SELECT 'ITEM' || number FROM generate_series(10, 59) AS number;
    INSERT INTO stock (sku) VALUES ('UNLISTED')";

/// The effects in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effects {
    /// The number of payments.
    pub(super) payments: usize,
    /// The number of different orders with a payment.
    pub(super) orders_paid: usize,
    /// The number of shipments.
    pub(super) shipments: usize,
    /// The number of pieces taken from the stock.
    pub(super) pieces: usize,
}

/// Creates the tables.
///
/// # Errors
///
/// If the database fails.
pub(super) async fn create(pool: &PgPool) -> Attempt {
    sqlx::raw_sql(TABLES).execute(pool).await?;
    Ok(())
}

/// Counts the effects.
///
/// # Errors
///
/// If the database fails.
pub(super) async fn effects(pool: &PgPool) -> Attempt<Effects> {
    let query = "SELECT (SELECT count(*) FROM payments), (SELECT count(DISTINCT order_id) FROM payments), \
                 (SELECT count(*) FROM shipments), (SELECT sum(taken)::BIGINT FROM stock)";
    let row = sqlx::query(query).fetch_one(pool).await?;
    let count = |index: usize| -> Attempt<usize> { Ok(usize::try_from(row.try_get::<i64, _>(index)?)?) };
    Ok(Effects { payments: count(0)?, orders_paid: count(1)?, shipments: count(2)?, pieces: count(3)? })
}

/// Waits until this number of orders is shipped. After a killed server, this can take some seconds.
///
/// # Errors
///
/// If no order is shipped for two minutes.
pub(super) async fn wait_for_shipped(pool: &PgPool, expected: usize) -> Attempt {
    let (mut known, mut polls_without_progress) = (0, 0);
    while known < expected {
        let query = "SELECT count(*) FROM orders WHERE status = 'shipped'";
        let count = match sqlx::query(query).fetch_one(pool).await {
            Ok(row) => usize::try_from(row.try_get::<i64, _>(0)?)?,
            // The database starts again at the moment.
            Err(_) => known,
        };
        polls_without_progress = if known < count { 0 } else { polls_without_progress + 1 };
        if 2_400 < polls_without_progress {
            return Err(format!("the workers stay at {known} of {expected} orders").into());
        }
        known = known.max(count);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Returns the median and the 99th percentile of the times from the request to the shipment.
///
/// # Errors
///
/// If the database fails.
pub(super) async fn latencies(pool: &PgPool) -> Attempt<[Milliseconds; 2]> {
    let query = "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), \
                 percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds) \
                 FROM (SELECT extract(epoch FROM shipped_at - sent_at)::FLOAT8 AS seconds FROM orders \
                 WHERE shipped_at IS NOT NULL) AS times";
    let row = sqlx::query(query).fetch_one(pool).await?;
    let time = |index: usize| -> Attempt<Milliseconds> {
        Ok(Milliseconds(Duration::try_from_secs_f64(row.try_get::<f64, _>(index)?.max(0.0))?))
    };
    Ok([time(0)?, time(1)?])
}

/// Returns the status of an order; `None` if the order is unknown.
///
/// # Errors
///
/// If the database fails.
pub(super) async fn status(pool: &PgPool, order_id: &str) -> Result<Option<String>, sqlx::Error> {
    let select = sqlx::query("SELECT status FROM orders WHERE order_id = $1").bind(order_id);
    select.fetch_optional(pool).await?.map(|row| row.try_get(0)).transpose()
}
