use std::time::Instant;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Config, Stream};

use super::journal::{ALL, Journal};
use super::rebuild::{States, all};
use crate::account::Account;
use crate::failure::Attempt;
use crate::jetstream;
use crate::latency::Milliseconds;

/// The newest snapshot of all accounts, in a stream that keeps only one message.
#[derive(Debug)]
pub(crate) struct Snapshots {
    context: Context,
    stream: Stream,
}

/// The subject of the snapshot.
const SUBJECT: &str = "snapshots.ledger";

impl Snapshots {
    /// Creates the stream.
    ///
    /// # Errors
    ///
    /// If JetStream rejects the stream.
    pub(crate) async fn create(context: &Context, replicas: usize) -> Attempt<Self> {
        let stream = jetstream::create_stream(context, "SNAPSHOTS", &["snapshots.*"], replicas).await?;
        let config = Config { max_messages_per_subject: 1, ..stream.cached_info().config.clone() };
        context.update_stream(config).await?;
        Ok(Self { context: context.clone(), stream })
    }

    /// Saves the states, and returns the number of events that they contain.
    ///
    /// # Errors
    ///
    /// If the broker does not acknowledge the snapshot.
    pub(crate) async fn save(&self, states: &States) -> Attempt<usize> {
        let bytes = serde_json::to_vec(states)?;
        self.context.publish(SUBJECT, bytes.into()).await?.await?;
        Ok(states.values().map(|state| usize::try_from(state.sequence).unwrap_or_default()).sum())
    }

    /// Returns the newest snapshot.
    ///
    /// # Errors
    ///
    /// If the broker has no valid snapshot.
    pub(crate) async fn newest(&self) -> Attempt<States> {
        let message = self.stream.get_last_raw_message_by_subject(SUBJECT).await?;
        Ok(serde_json::from_slice(&message.payload)?)
    }
}

/// Rebuilds the states from the snapshot and the events after it, and compares them with a complete rebuild.
///
/// # Errors
///
/// If the broker fails.
pub(crate) async fn show(
    account: &mut Account,
    journal: &Journal,
    snapshots: &Snapshots,
    saved: usize,
    complete: &States,
) -> Attempt {
    account.section("A snapshot saves most of the replay");
    let start = Instant::now();
    all(journal).await?;
    account.figure("complete rebuild of all accounts", Milliseconds(start.elapsed()));
    let start = Instant::now();
    let mut states = snapshots.newest().await?;
    // Each account has its own position. The replay begins after the last event of the whole snapshot.
    let after = states.values().map(|state| state.position).max().unwrap_or_default();
    let read = journal
        .read(ALL, after, |recorded| {
            let state = states.entry(recorded.account).or_default();
            Ok(state.apply(recorded.event, recorded.position)?)
        })
        .await?;
    account.figure("rebuild from the snapshot", Milliseconds(start.elapsed()));
    account.figure("events in the snapshot", saved);
    account.figure("events read after the snapshot", read);
    let differences = complete.iter().filter(|(name, state)| states.get(*name) != Some(state)).count();
    account.check("accounts that differ from the complete rebuild", differences, 0);
    Ok(())
}
