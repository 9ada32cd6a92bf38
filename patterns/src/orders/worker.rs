use std::time::Duration;

use async_nats::jetstream::stream::Stream;
use evschema_events::Consumer;
use evschema_events::RetryPolicy;
use evschema_events::dead_letter::PostgresDeadLetters;
use evschema_events::nats::{JetStreamPublisher, Worker};
use evschema_events::outbox::Relay;

use super::fulfilment::{CONSUMER, fulfil};
use super::names::PLACED;
use crate::child::{self, Child, Role};
use crate::events::commerce_order_placed::AnyOrderPlaced;
use crate::failure::Attempt;
use crate::servers::Servers;
use crate::{jetstream, servers};

/// Number of worker processes.
const WORKERS: usize = 2;

/// The worker processes. Each of them has a relay and a consumer.
#[derive(Debug)]
pub(super) struct Workers {
    children: Vec<Child>,
    variables: Vec<(&'static str, String)>,
}

impl Workers {
    /// Starts the processes.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub(super) fn start(servers: &Servers) -> Attempt<Self> {
        let variables =
            vec![(child::NATS, servers.cluster.urls()), (child::DATABASE, servers.postgres.url())];
        let children: Attempt<Vec<Child>> =
            (0..WORKERS).map(|_| Child::start(Role::OrdersWorker, &variables)).collect();
        Ok(Self { children: children?, variables })
    }

    /// Kills a process with SIGKILL, and starts a new one.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub(super) fn kill(&mut self, number: usize) -> Attempt {
        if let Some(worker) = self.children.get_mut(number % WORKERS) {
            worker.kill()?;
            *worker = Child::start(Role::OrdersWorker, &self.variables)?;
        }
        Ok(())
    }
}

/// Runs a worker process until its parent is gone.
///
/// # Errors
///
/// If the servers do not answer.
pub(crate) async fn run_worker() -> Attempt {
    let gone = child::parent_gone();
    let (urls, database) = (child::variable(child::NATS)?, child::variable(child::DATABASE)?);
    // A new worker may start while a server is down.
    let (context, pool, stream) = loop {
        match open(&urls, &database).await {
            Ok(open) => break open,
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    };
    let relay = Relay::new(pool.clone(), JetStreamPublisher::new(context)).batch(200).in_flight(50);
    let relay = relay.poll_interval(Duration::from_millis(20));
    let letters = PostgresDeadLetters::new(pool.clone());
    let handler = move |order, context| fulfil(pool.clone(), order, context);
    let consumer = Consumer::<AnyOrderPlaced, _, _>::new(CONSUMER, handler, letters)
        .retries(RetryPolicy::new(1_000, Duration::from_millis(100), Duration::from_secs(1)));
    let source = loop {
        match jetstream::durable(&stream, "fulfilment", PLACED).await {
            Ok(source) => break source,
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    };
    let work = async {
        tokio::join!(
            relay.run(std::future::pending()),
            Worker::new().concurrency(8).run(&consumer, &source, std::future::pending())
        )
    };
    tokio::select! {
        _gone = gone => Ok(()),
        ((), worked) = work => Ok(worked?),
    }
}

async fn open(urls: &str, database: &str) -> Attempt<(async_nats::jetstream::Context, sqlx::PgPool, Stream)> {
    let context = jetstream::connect(urls).await?;
    let stream = context.get_stream("ORDERS").await?;
    Ok((context, servers::connect(database).await?, stream))
}
