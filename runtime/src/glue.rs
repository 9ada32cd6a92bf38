//! The macros that generated code calls: the *glue* between plain Rust items and this crate.
//!
//! Generated code declares its types as plain items. The glue names each field and variant of an item again, with its
//! name in JSON, and implements the traits of this crate and of serde. A glue that disagrees with its item does not
//! compile.
//!
//! A type with `at (PROGRAM, number)` implements serde's traits, and checks its values against that node. An event's
//! type has no `at`, because [`event!`](crate::event) implements serde's traits for it. Other types have no
//! implementation of serde, because nothing could check their values. They are still read and written as parts of an
//! event.

mod any;
mod checked_serde;
mod document;
mod event;
mod event_ref;
mod field;
mod generated_by;
mod integers;
mod object;
mod object_impls;
mod plain;
mod texts;
mod union;
mod variant;
mod wrapper;
