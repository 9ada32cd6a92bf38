//! Kafka: the key of a record, and partial batches. Available with the feature `kafka`.
//!
//! This crate depends on no client. For the headers, use [`Envelope::to_binary`] and [`Delivery::new`] with
//! [`Binding::Kafka`](crate::envelope::Binding::Kafka) and [`Transport::Kafka`](crate::Transport::Kafka).
//!
//! ```
//! use evschema_events::dead_letter::{EventDeadlettered, MemoryStore};
//! use evschema_events::kafka::Progress;
//! use evschema_events::{Consumer, Context, Delivery, Outcome, Transport};
//!
//! # async fn example(batch: Vec<(String, i32, i64, Vec<(String, Vec<u8>)>, Vec<u8>)>) {
//! # async fn handle(_: EventDeadlettered, _: Context) -> Outcome { Outcome::Done }
//! let consumer = Consumer::new("billing", handle, MemoryStore::default());
//! let mut progress = Progress::default();
//! for (topic, partition, offset, headers, value) in &batch {
//!     if progress.is_blocked(topic, *partition) {
//!         continue;
//!     }
//!     let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
//!     let attempt = progress.attempt(topic, *partition, *offset);
//!     let delivery = Delivery::new(Transport::Kafka, headers, value, attempt)
//!         .with_place(topic, partition.to_string(), offset.to_string());
//!     progress.record(topic, *partition, *offset, consumer.process(&delivery).await);
//! }
//! for commit in progress.take_commits() {
//!     // Commit `commit.offset` of `commit.topic` and `commit.partition`.
//! }
//! for retry in progress.take_retries() {
//!     // Pause the partition for `retry.after`, then seek to `retry.offset`.
//! }
//! # }
//! ```
//!
//! [`Envelope::to_binary`]: crate::Envelope::to_binary
//! [`Delivery::new`]: crate::Delivery::new

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::consumer::Disposition;
use crate::envelope::{AttributeValue, Envelope};

/// Returns the key of a record: the extension attribute `partitionkey` (Kafka binding, section 3.1).
#[must_use]
pub fn key_of<'e>(envelope: &'e Envelope<'_>) -> Option<Cow<'e, str>> {
    envelope.extension("partitionkey").map(AttributeValue::to_text)
}

/// The progress of a consumer in its partitions.
///
/// Kafka acknowledges by offset, so an event that waits for a retry blocks its partition. The other partitions
/// continue. Keep the value over several batches, because it counts the attempts. After a restart, the count begins
/// again.
#[derive(Debug, Default)]
pub struct Progress {
    partitions: BTreeMap<(String, i32), PartitionProgress>,
}

#[derive(Debug, Default)]
struct PartitionProgress {
    commit: Option<i64>,
    blocked: Option<(i64, Duration)>,
    /// The offset that failed last, and the number of its deliveries.
    failed: Option<(i64, u32)>,
}

/// An offset to commit: the offset of the next event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commit {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset of the next event.
    pub offset: i64,
}

/// An offset that must be read again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset of the event.
    pub offset: i64,
    /// The delay until the next delivery.
    pub after: Duration,
}

impl Progress {
    /// Returns whether an event of this partition waits for a retry. Then skip the later events of the batch.
    #[must_use]
    pub fn is_blocked(&self, topic: &str, partition: i32) -> bool {
        self.find(topic, partition).is_some_and(|progress| progress.blocked.is_some())
    }

    /// Returns the number of deliveries of an event, including the one that begins now.
    #[must_use]
    pub fn attempt(&self, topic: &str, partition: i32, offset: i64) -> u32 {
        let failed = self.find(topic, partition).and_then(|progress| progress.failed);
        failed.filter(|(known, _)| *known == offset).map_or(1, |(_, count)| count.saturating_add(1))
    }

    /// Records the disposition of an event.
    pub fn record(&mut self, topic: &str, partition: i32, offset: i64, disposition: Disposition) {
        let attempt = self.attempt(topic, partition, offset);
        let progress = self.partitions.entry((topic.to_owned(), partition)).or_default();
        match disposition {
            Disposition::Done | Disposition::DeadLettered => {
                progress.commit = Some(offset.saturating_add(1));
                progress.failed = None;
            }
            Disposition::Retry { after } => {
                progress.blocked = Some((offset, after));
                progress.failed = Some((offset, attempt));
            }
        }
    }

    /// Returns the offsets to commit, and forgets them.
    pub fn take_commits(&mut self) -> Vec<Commit> {
        let take = |((topic, partition), progress): (&(String, i32), &mut PartitionProgress)| {
            let offset = progress.commit.take()?;
            Some(Commit { topic: topic.clone(), partition: *partition, offset })
        };
        self.partitions.iter_mut().filter_map(take).collect()
    }

    /// Returns the offsets to read again, and removes the blocks of their partitions.
    pub fn take_retries(&mut self) -> Vec<Retry> {
        let take = |((topic, partition), progress): (&(String, i32), &mut PartitionProgress)| {
            let (offset, after) = progress.blocked.take()?;
            Some(Retry { topic: topic.clone(), partition: *partition, offset, after })
        };
        self.partitions.iter_mut().filter_map(take).collect()
    }

    /// Forgets a partition that the group has assigned to another consumer.
    pub fn forget(&mut self, topic: &str, partition: i32) {
        self.partitions.remove(&(topic.to_owned(), partition));
    }

    fn find(&self, topic: &str, partition: i32) -> Option<&PartitionProgress> {
        self.partitions.get(&(topic.to_owned(), partition))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_blocks_only_its_partition() {
        let mut progress = Progress::default();
        let after = Duration::from_secs(1);
        progress.record("orders", 0, 5, Disposition::Done);
        progress.record("orders", 0, 6, Disposition::Retry { after });
        progress.record("orders", 1, 9, Disposition::DeadLettered);
        assert!(progress.is_blocked("orders", 0) && !progress.is_blocked("orders", 1));
        let commits: Vec<_> = progress.take_commits().into_iter().map(|c| (c.partition, c.offset)).collect();
        assert_eq!(commits, [(0, 6), (1, 10)]);
        let retry = Retry { topic: "orders".to_owned(), partition: 0, offset: 6, after };
        assert_eq!(progress.take_retries(), [retry]);
        assert!(!progress.is_blocked("orders", 0) && progress.take_commits().is_empty());
        assert_eq!((progress.attempt("orders", 0, 6), progress.attempt("orders", 0, 7)), (2, 1));
        progress.record("orders", 0, 6, Disposition::Done);
        assert_eq!(progress.attempt("orders", 0, 6), 1);
    }

    #[test]
    fn keys() {
        let envelope = Envelope::builder("1", "/s", "t").extension("partitionkey", "k").build().unwrap();
        assert_eq!(key_of(&envelope).as_deref(), Some("k"));
    }
}
