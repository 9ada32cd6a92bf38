use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::limits;
use crate::store::Store;

/// Notifies all streams of the feed about new events.
///
/// One task polls the database for all streams, and runs only while a stream exists. So the streams also see the
/// changes that other registries make.
#[derive(Debug)]
pub(super) struct FeedWatch {
    store: Arc<dyn Store>,
    /// The highest known position.
    head: watch::Sender<u64>,
    /// Whether the task runs.
    is_polling: Mutex<bool>,
}

impl FeedWatch {
    pub(super) fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, head: watch::Sender::new(0), is_polling: Mutex::new(false) })
    }

    /// Returns a receiver for the highest position of the feed, and starts the task if it does not run.
    pub(super) fn subscribe(self: &Arc<Self>) -> watch::Receiver<u64> {
        let mut is_polling = self.is_polling.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = self.head.subscribe();
        if !std::mem::replace(&mut *is_polling, true) {
            tokio::spawn(Arc::clone(self).poll());
        }
        receiver
    }

    async fn poll(self: Arc<Self>) {
        while self.has_receivers() {
            match self.store.feed_head().await {
                Ok(head) => {
                    self.head.send_if_modified(|known| std::mem::replace(known, head) != head);
                }
                Err(error) => tracing::debug!(%error, "cannot read the new events of the feed"),
            }
            tokio::time::sleep(limits::FEED_INTERVAL).await;
        }
    }

    /// Returns whether a receiver exists. If no receiver exists, the task ends, and the next subscription starts it
    /// again.
    fn has_receivers(&self) -> bool {
        let mut is_polling = self.is_polling.lock().unwrap_or_else(PoisonError::into_inner);
        *is_polling = 0 < self.head.receiver_count();
        *is_polling
    }
}
