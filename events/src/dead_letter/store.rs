use std::future::Future;

use super::letter::{DeadLetter, DeadLetterError};
use crate::generated::evschema_event_deadlettered::v1::Class;

/// Stores dead letters. Consumers need only this trait.
pub trait DeadLetterSink: Send + Sync {
    /// Stores a dead letter, and returns after the store has acknowledged it. A dead letter with a known id is stored
    /// already; then the function changes nothing and succeeds.
    ///
    /// # Errors
    ///
    /// If the store did not acknowledge the dead letter. The consumer then keeps the event.
    fn put(&self, letter: &DeadLetter) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// A store of dead letters that can also list, return and remove them.
pub trait DeadLetterStore: DeadLetterSink {
    /// Returns dead letters in the order in which they were stored, beginning after a position. Pass 0 for the first
    /// page, and the last [`Stored::position`] for the next page.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn list(
        &self,
        filter: &Filter,
        after: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Stored>, StoreError>> + Send;

    /// Returns a dead letter, or `None` if the id is unknown.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn get(&self, id: &str) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send;

    /// Removes a dead letter, such as after a replay. Returns whether it existed.
    ///
    /// # Errors
    ///
    /// If the store cannot be written.
    fn remove(&self, id: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

impl<S: DeadLetterSink> DeadLetterSink for std::sync::Arc<S> {
    async fn put(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        (**self).put(letter).await
    }
}

/// Selects dead letters. The default selects all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// Only dead letters of this consumer.
    pub consumer: Option<String>,
    /// Only dead letters of this class.
    pub class: Option<Class>,
}

impl Filter {
    /// Selects only dead letters of this consumer.
    #[must_use]
    pub fn with_consumer(self, consumer: impl Into<String>) -> Self {
        Self { consumer: Some(consumer.into()), ..self }
    }

    /// Selects only dead letters of this class.
    #[must_use]
    pub fn with_class(self, class: Class) -> Self {
        Self { class: Some(class), ..self }
    }

    /// Returns whether the filter selects a dead letter.
    #[must_use]
    pub fn selects(&self, letter: &DeadLetter) -> bool {
        let event = letter.event();
        self.consumer.as_ref().is_none_or(|consumer| *consumer == event.consumer)
            && self.class.is_none_or(|class| class == event.class)
    }
}

/// A dead letter in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// The position in the order of the store. Positions grow, with gaps.
    pub position: u64,
    /// The dead letter.
    pub letter: DeadLetter,
}

/// Why a store of dead letters failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The dead letter is broken.
    #[error(transparent)]
    Letter(#[from] DeadLetterError),
    /// The database or broker failed.
    #[error("the store of dead letters failed: {0}")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Returns the error of a database or broker.
    pub fn backend(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Backend(cause.into())
    }
}
