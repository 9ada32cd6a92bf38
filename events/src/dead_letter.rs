//! Dead letters: events that a consumer gave up, with the reasons and the unchanged bytes.
//!
//! A dead letter is itself an event: `evschema.event.deadlettered`. Its schema is in the folder `schemas/` of this
//! project. A consumer first waits until a [`DeadLetterSink`] has stored the dead letter. Only then it drops the
//! original event.

mod build;
mod letter;
mod memory;
mod replay;
#[cfg(all(feature = "dead-letters", any(feature = "postgres", feature = "sqlite")))]
mod sql;
mod store;

pub use crate::generated::evschema_event_deadlettered::AnyEventDeadlettered;
pub use crate::generated::evschema_event_deadlettered::v1::{
    Class, EventDeadlettered, Header, Origin, Violation, origin,
};
pub use letter::{DeadLetter, DeadLetterError};
pub use memory::MemoryStore;
pub use replay::{Preview, ReplayError, ReplayReport, Unplayable, preview, replay};
#[cfg(all(feature = "dead-letters", feature = "postgres"))]
pub use sql::PostgresDeadLetters;
#[cfg(all(feature = "dead-letters", feature = "sqlite"))]
pub use sql::SqliteDeadLetters;
pub use store::{DeadLetterSink, DeadLetterStore, Filter, StoreError, Stored};

pub(crate) use build::{Failure, Reason};

impl Origin {
    /// Returns the origin of a transport, such as `nats`.
    #[must_use]
    pub fn of(transport: impl Into<String>) -> Self {
        Self::new(origin::Required { transport: transport.into() })
    }
}
