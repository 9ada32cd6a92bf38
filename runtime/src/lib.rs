#![doc = include_str!("../README.md")]

mod any;
#[cfg(feature = "axum")]
pub mod axum;
mod bit_set;
mod case;
mod check;
mod checked_serde;
mod decimal;
mod document;
mod entry_points;
mod error;
mod event;
mod explain;
mod format;
mod formatted;
mod glue;
mod integer;
mod integer_types;
mod into_owned;
mod json;
mod json_string;
mod json_text;
mod kinds;
mod known_formats;
mod lexer;
mod line_column;
mod maybe;
mod number;
mod program;
mod read;
mod reject;
mod serde_json_tokens;
mod step_budget;
mod tuple;
mod via_serde;
mod write;

pub use any::{AnyError, Hint, Signs};
pub use case::Case;
pub use check::Checker;
pub use document::{Document, Draft};
pub use error::{Error, UnknownInteger, UnknownText, Violation};
pub use event::{Checked, Event};
pub use formatted::{Formatted, Rfc3339, Standard, TextFormat};
pub use integer::Integer;
pub use into_owned::IntoOwned;
pub use json::{Json, Kind, Map, MapRef};
pub use maybe::Maybe;
pub use number::{NotANumber, NotExact, Number};
pub use program::{NodeRef, PROGRAM_FORMAT, Program};
pub use read::{PropertyReader, Read, choose, read};
pub use reject::Reject;
pub use tuple::{ItemReader, ReadItem, Trailing, WriteItem};
pub use write::{ObjectSerializer, ObjectWriter, Unchecked, Write};

/// The serialization framework, re-exported for generated types.
pub use serde;
pub use serde::{Deserialize, Serialize};

/// A string that is borrowed from the event if it has no escapes.
pub use std::borrow::Cow;

/// Available with the feature `idn`, which implements the internationalized formats. Generated code that asserts such a
/// format refers to this module, so it does not compile without the feature. Otherwise the code would accept events
/// that its schema rejects.
#[cfg(feature = "idn")]
#[doc(hidden)]
pub mod idn {}

// The macros of this crate expand in other crates, and call these functions from there.
#[doc(hidden)]
pub mod private {
    pub use crate::any::{Choice, KnownVersion, choose_version};
    pub use crate::checked_serde::{deserialize_checked, serialize_checked};
    pub use crate::entry_points::{check_bytes, from_slice, from_value, number, to_vec, written};
    pub use crate::read::{read_only_property, read_text};
    /// Hides a tuple struct with the same name, when it is imported under another name.
    pub fn hide_type() {}

    pub use crate::via_serde::{read_via_serde, serialize_via_serde, write_via_serde};
}
