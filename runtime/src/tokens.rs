//! Names under which serde_json hands over text instead of a value.
//!
//! They are private to serde_json but part of its data format: a visitor that knows them gets the
//! digits of a number as they were written, which `visit_f64` has already lost. Tests in
//! `number.rs` and `json.rs` fail should they ever change.

/// Asks for, and announces, the text of a value.
pub(crate) const RAW: &str = "$serde_json::private::RawValue";

/// Announces the digits of a number, where serde_json's `arbitrary_precision` is on.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";
