use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::{Actor, Identity, Refusal, Registry};
use crate::limits;
use crate::store::Store;

/// Tells those who follow the feed that it has grown.
///
/// One task asks the database for all of them, and only while there are any. Asking is what also
/// sees the changes that other processes make.
#[derive(Debug)]
pub(super) struct Followers {
    store: Arc<dyn Store>,
    /// The highest position known.
    head: watch::Sender<u64>,
    /// Whether the task runs.
    asking: Mutex<bool>,
}

impl Followers {
    pub(super) fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, head: watch::Sender::new(0), asking: Mutex::new(false) })
    }

    fn follow(self: &Arc<Self>) -> watch::Receiver<u64> {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = self.head.subscribe();
        if !std::mem::replace(&mut *asking, true) {
            tokio::spawn(Arc::clone(self).ask());
        }
        receiver
    }

    async fn ask(self: Arc<Self>) {
        while self.is_followed() {
            match self.store.feed_head().await {
                Ok(head) => {
                    self.head.send_if_modified(|known| std::mem::replace(known, head) != head);
                }
                Err(error) => tracing::debug!(%error, "cannot read the new events of the feed"),
            }
            tokio::time::sleep(limits::FEED_INTERVAL).await;
        }
    }

    /// Tells whether anybody follows; if not, the next one who does starts the task again.
    fn is_followed(&self) -> bool {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        *asking = 0 < self.head.receiver_count();
        *asking
    }
}

impl Registry {
    /// Returns the highest position of the feed, from now on.
    pub(crate) fn follow_feed(&self) -> watch::Receiver<u64> {
        self.followers.follow()
    }

    /// Tells whether somebody may still do what they could when they came: a token may have been
    /// revoked, or have ended, since.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
    pub(crate) async fn is_still_known(&self, actor: &Actor) -> Result<bool, Refusal> {
        match &actor.identity {
            Identity::Token(token) => self.keyring.is_valid(&token.id).await,
            Identity::Publisher { ends_at, .. } => Ok(self.publishers.is_before(*ends_at)),
            Identity::Anonymous { .. } | Identity::Local => Ok(true),
        }
    }
}
