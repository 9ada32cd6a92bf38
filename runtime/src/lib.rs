#![doc = include_str!("../README.md")]

mod case;
mod check;
mod cursor;
mod decimal;
mod document;
mod error;
mod event;
mod events;
mod explain;
mod format;
mod integer;
mod json;
mod kinds;
mod macros;
mod maybe;
mod number;
mod owned;
mod place;
mod program;
mod read;
mod reject;
mod tokens;
mod write;

pub use case::Case;
pub use cursor::Cursor;
pub use document::{Document, Draft};
pub use error::{Error, UnknownText, Violation};
pub use event::Event;
pub use integer::Integer;
pub use json::{Json, Kind};
pub use maybe::Maybe;
pub use number::{NotANumber, Number};
pub use owned::IntoOwned;
pub use program::{At, Program};
pub use read::{Members, Read, choose, read};
pub use reject::Reject;
pub use write::{ObjectWriter, Write};

/// The serialization framework, which generated types use by way of this crate.
pub use serde;
pub use serde::{Deserialize, Serialize};

/// A JSON object whose members have one type.
pub type Map<T> = std::collections::BTreeMap<String, T>;

/// The same whose names are borrowed from the event where they have no escapes.
pub type MapRef<'a, T> = std::collections::BTreeMap<Cow<'a, str>, T>;

/// Text that is borrowed from the event where it has no escapes.
pub use std::borrow::Cow;

/// There where the feature `idn` is: what asserts one of its formats does not compile without it,
/// instead of accepting what its schema refuses.
#[cfg(feature = "idn")]
#[doc(hidden)]
pub mod idn {}

// What the macros of this crate name in the crates that call them.
#[doc(hidden)]
pub mod private {
    pub use crate::events::{check_bytes, deserialize, from_slice, from_value, serialize, to_vec, written};
}
