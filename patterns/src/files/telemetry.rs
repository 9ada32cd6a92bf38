use std::sync::Arc;
use std::time::Instant;

use evschema_events::dead_letter::PostgresDeadLetters;
use evschema_events::inbox::Inbox as _;
use evschema_events::nats::{JetStreamPublisher, Worker};
use evschema_events::{Consumer, Context, Counters, Envelope, Measure, Outcome, Outgoing, Publisher as _};
use evschema_runtime::{Event, Number};
use sqlx::{PgPool, Row as _};

use crate::account::Account;
use crate::clock;
use crate::events::telemetry_reading_recorded::{AnyReadingRecorded, ReadingRecordedUpcasts, v0_1, v0_2, v1};
use crate::failure::{Attempt, Failure};
use crate::identifier::uuid;
use crate::jetstream;
use crate::latency::{Latencies, rate};
use crate::running::{Running, stopped};
use crate::servers::Servers;

/// The subject of readings.
const READINGS: &str = "readings.recorded";

/// A temperature above this is an anomaly.
const CELSIUS_MAX: f64 = 60.0;

/// Every reading with a multiple of this number is an anomaly.
const ANOMALY_EVERY: usize = 50;

/// Number of devices.
const DEVICES: usize = 20;

/// The decisions that the generator cannot derive.
struct Upcasts;

impl ReadingRecordedUpcasts for Upcasts {
    fn v0_2_measurements(&self, old: &v0_1::ReadingRecorded) -> Vec<v0_2::Measurement> {
        use v0_2::{Measurement, MeasurementQuantity, measurement};
        let new = |quantity, value| Measurement::new(measurement::Required { quantity, value });
        let humidity = old.humidity_percent.clone();
        let humidity = humidity.map(|value| new(MeasurementQuantity::HumidityPercent, value));
        [new(MeasurementQuantity::TemperatureCelsius, old.celsius.clone())]
            .into_iter()
            .chain(humidity)
            .collect()
    }

    fn v1_sequence(&self, _old: &v0_2::ReadingRecorded) -> u32 {
        // Old devices do not count their readings.
        0
    }
}

/// Sends readings of all lines, and shows their aggregates.
///
/// # Errors
///
/// If a server fails.
pub(super) async fn show(account: &mut Account, servers: &Servers, pool: &PgPool, count: usize) -> Attempt {
    account.section("Readings of old and new devices become aggregates and anomalies");
    let context = servers.jetstream().await?;
    let stream =
        jetstream::create_stream(&context, "READINGS", &["readings.>"], servers.cluster.len()).await?;
    let tables = "CREATE TABLE aggregates (device_id TEXT PRIMARY KEY, readings BIGINT NOT NULL, \
                  sum_celsius FLOAT8 NOT NULL, max_celsius FLOAT8 NOT NULL); \
                  CREATE TABLE anomalies (device_id TEXT NOT NULL, celsius FLOAT8 NOT NULL)";
    sqlx::raw_sql(tables).execute(pool).await?;
    let (counters, latencies) = (Arc::new(Counters::default()), Arc::new(Latencies::default()));
    let source = jetstream::durable(&stream, "aggregator", READINGS).await?;
    let (own, own_counters, own_latencies) = (pool.clone(), counters.clone(), latencies.clone());
    let aggregating = Running::start(|stop| async move {
        let letters = PostgresDeadLetters::new(own.clone());
        let handler = move |reading, context| handle(own.clone(), own_latencies.clone(), reading, context);
        let consumer = Consumer::<AnyReadingRecorded, _, _>::new("aggregator", handler, letters);
        let consumer = consumer.recorder(own_counters);
        Ok(Worker::new().concurrency(8).run(&consumer, &source, stopped(stop)).await?)
    });
    let start = Instant::now();
    let publisher = JetStreamPublisher::new(context.clone());
    let numbers: Vec<usize> = (0..count).collect();
    for batch in numbers.chunks(50) {
        let envelopes: Attempt<Vec<Envelope<'_>>> = batch.iter().map(|number| reading(*number)).collect();
        let envelopes = envelopes?;
        let outgoing: Vec<Outgoing<'_>> =
            envelopes.iter().map(|envelope| Outgoing::new(READINGS, envelope)).collect();
        publisher.publish(&outgoing).await?;
    }
    jetstream::wait_until_handled(&stream, "aggregator").await?;
    account.figure("readings aggregated", rate(count, start.elapsed()));
    account.figure("from the reading to the aggregate, p50", latencies.percentile(50));
    account.figure("from the reading to the aggregate, p99", latencies.percentile(99));
    account.line("a third of the readings has version 0.1.1, a third 0.2.0, and a third 1.2.1");
    let again = jetstream::publish_again(&context, &stream, READINGS, 50).await?;
    jetstream::wait_until_handled(&stream, "aggregator").await?;
    let duplicates = usize::try_from(counters.count(Measure::Duplicate))?;
    account.check("readings published again, without an effect", duplicates, again);
    let query = "SELECT sum(readings)::BIGINT, count(*), max(max_celsius), (SELECT count(*) FROM anomalies) \
                 FROM aggregates";
    let row = sqlx::query(query).fetch_one(pool).await?;
    let number = |index: usize| -> Attempt<usize> { Ok(usize::try_from(row.try_get::<i64, _>(index)?)?) };
    account.check("readings in the aggregates", number(0)?, count);
    account.check("devices", number(1)?, DEVICES);
    account.figure("highest temperature", format_args!("{} °C", row.try_get::<f64, _>(2)?));
    account.check("anomalies", number(3)?, count.div_ceil(ANOMALY_EVERY));
    aggregating.stop().await
}

/// Returns the reading with a number. The devices have software of three generations.
fn reading(number: usize) -> Attempt<Envelope<'static>> {
    let device_id = format!("A4C138F0{:04X}", number % DEVICES);
    let recorded_at = clock::now()?;
    let tenths = if number.is_multiple_of(ANOMALY_EVERY) { 700 + number % 100 } else { 150 + number % 100 };
    let celsius = Number::parse(&format!("{}.{}", tenths / 10, tenths % 10))?;
    match number % 3 {
        0 => {
            use v0_1::{ReadingRecorded, reading_recorded};
            let required = reading_recorded::Required { device_id, recorded_at, celsius };
            envelope(&ReadingRecorded::new(required))
        }
        1 => {
            use v0_2::{Measurement, MeasurementQuantity, ReadingRecorded, measurement, reading_recorded};
            let quantity = MeasurementQuantity::TemperatureCelsius;
            let measurements = vec![Measurement::new(measurement::Required { quantity, value: celsius })];
            let required = reading_recorded::Required { device_id, recorded_at, measurements };
            envelope(&ReadingRecorded::new(required))
        }
        _ => {
            use v1::{Measurement, MeasurementQuantity, ReadingRecorded, measurement, reading_recorded};
            let quantity = MeasurementQuantity::TemperatureCelsius;
            let measurements = vec![Measurement::new(measurement::Required { quantity, value: celsius })];
            let sequence = u32::try_from(number)?;
            let required = reading_recorded::Required { device_id, sequence, recorded_at, measurements };
            envelope(&ReadingRecorded::new(required))
        }
    }
}

fn envelope<T: Event>(event: &T) -> Attempt<Envelope<'static>> {
    Ok(Envelope::of_event(uuid(), "/devices", event)?.time(clock::now()?).build()?)
}

async fn handle(
    pool: PgPool,
    latencies: Arc<Latencies>,
    reading: AnyReadingRecorded,
    context: Context,
) -> Outcome {
    let reading = match reading.into_latest_with(&Upcasts) {
        Ok(reading) => reading,
        Err(error) => return Outcome::permanent(error),
    };
    match aggregate(&pool, &reading, &context).await {
        Ok(None) => {
            if let Some(latency) = clock::since(context.time()) {
                latencies.add(latency);
            }
            Outcome::Done
        }
        Ok(Some(outcome)) => outcome,
        Err(error) => Outcome::retry(error),
    }
}

async fn aggregate(
    pool: &PgPool,
    reading: &v1::ReadingRecorded,
    context: &Context,
) -> Result<Option<Outcome>, Failure> {
    let mut transaction = pool.begin().await?;
    if let Some(outcome) = transaction.admit(context).await?.outcome() {
        return Ok(Some(outcome));
    }
    let mut temperatures =
        reading.measurements.iter().filter(|m| m.quantity == v1::MeasurementQuantity::TemperatureCelsius);
    if let Some(celsius) = temperatures.next().map(|measurement| measurement.value.to_f64()) {
        let upsert = "INSERT INTO aggregates VALUES ($1, 1, $2, $2) ON CONFLICT (device_id) DO UPDATE SET \
                      readings = aggregates.readings + 1, sum_celsius = aggregates.sum_celsius + $2, \
                      max_celsius = greatest(aggregates.max_celsius, $2)";
        sqlx::query(upsert).bind(&reading.device_id).bind(celsius).execute(&mut *transaction).await?;
        if CELSIUS_MAX < celsius {
            let insert = sqlx::query("INSERT INTO anomalies VALUES ($1, $2)");
            insert.bind(&reading.device_id).bind(celsius).execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await?;
    Ok(None)
}
