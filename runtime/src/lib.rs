#![doc = include_str!("../README.md")]

mod case;
#[cfg(feature = "explain")]
mod check;
mod decimal;
mod document;
mod error;
mod event;
mod integer;
mod json;
mod maybe;
mod members;
mod number;
mod tokens;
mod wire;

pub use case::Case;
pub use document::{Document, Draft};
pub use error::{Error, Violation};
pub use event::Event;
pub use integer::Integer;
pub use json::{Json, Kind};
pub use maybe::Maybe;
pub use members::{Members, write_member};
pub use number::{NotANumber, Number};
pub use wire::{FromWire, present, some, wire};

/// The serialization framework, which generated types use by way of this crate.
pub use serde;
pub use serde::{Deserialize, Serialize};

/// A JSON object whose members have one type.
pub type Map<T> = std::collections::BTreeMap<String, T>;

// What the macros of this crate name in the crates that call them.
#[doc(hidden)]
pub mod private {
    #[cfg(feature = "explain")]
    pub use crate::check::{from_slice, from_value, to_vec, validate};
    pub use serde_json::Value;
}
