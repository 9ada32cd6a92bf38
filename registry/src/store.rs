//! The data of the registry, and the trait [`Store`] that reads and changes the data.
//!
//! Two databases implement [`Store`]. One contract suite runs on both (`tests/tests/registry`). Each operation is one
//! transaction. A store makes no decisions: the services decide about a change, and the store applies the change only
//! if the subject still has the revision that the services saw.

mod changes;
mod migrations;
mod open;
mod operations;
mod outcome;
mod postgres;
mod records;
mod rows;
mod search;
mod shared_statements;
mod sort_key;
mod sqlite;
mod tokens;

pub use changes::{
    Addition, Derived, Head, NewEvent, Settings, StateChanged, SubjectChange, UnnumberedEvent, WaiverChange,
};
pub(crate) use open::is_known;
pub use open::open;
pub use operations::Store;
pub use outcome::{Access, Answer, Appended, StoreError, Written};
pub use records::{
    Content, FeedRecord, History, Links, Provenance, Reference, SubjectRecord, VersionRecord, WaiverRecord,
};
pub use search::{Indexing, Search, SubjectQuery};
pub use tokens::{Revocation, TokenRecord, Tokens};
