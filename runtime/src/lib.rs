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

/// The serialization framework, re-exported for generated types.
pub use serde;
pub use serde::{Deserialize, Serialize};

/// A JSON object whose properties all have one type.
pub type Map<T> = std::collections::BTreeMap<String, T>;

/// Like [`Map`], but borrows names without escapes from the event.
pub type MapRef<'a, T> = std::collections::BTreeMap<Cow<'a, str>, T>;

/// A string that is borrowed from the event if it has no escapes.
pub use std::borrow::Cow;

/// Available with feature `idn`. Generated code that asserts one of its formats does not compile without it, and so
/// cannot accept what its schema rejects.
#[cfg(feature = "idn")]
#[doc(hidden)]
pub mod idn {}

// What the macros of this crate name in the crates that call them.
#[doc(hidden)]
pub mod private {
    pub use crate::events::{check_bytes, deserialize, from_slice, from_value, serialize, to_vec, written};
}
