//! Names under which serde_json passes the text of a value instead of the value.
//!
//! The names are private to serde_json, but part of its data format. A visitor that knows them gets all digits of a
//! number; `visit_f64` would round the number. If the names ever change, tests in `number.rs` and `json.rs` fail.

/// Requests the text of a value, and marks it.
pub(crate) const RAW: &str = "$serde_json::private::RawValue";

/// Marks the digits of a number if the feature `arbitrary_precision` of serde_json is on.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

/// Marks a date of the crate `toml`, which has no other way to pass it.
pub(crate) const TOML_DATETIME: &str = "$__toml_private_datetime";
