//! Limits on what is read, each so that one document cannot exhaust the reader.

/// Longest document in bytes: 1 MiB, four times the largest schema seen in public registries.
pub const DOCUMENT_BYTES_MAX: usize = 1 << 20;

/// Deepest nesting of arrays and objects in a document or an event.
///
/// It is what `serde_json` lets through: readers here recurse once a level, and so many levels fit
/// every thread's stack with room to spare.
pub const NESTING_MAX: usize = 127;

/// Most subschemas in one document.
pub const SCHEMA_NODES_MAX: usize = 50_000;

/// Longest URI of a document, its own and one that it refers to, in bytes: what Postgres can have in an index, and as
/// long as browsers and proxies pass on.
pub const URI_BYTES_MAX: usize = 2_000;

/// Most documents that one schema may reach through its references.
pub const REACHABLE_DOCUMENTS_MAX: usize = 256;

/// Longest way from subschema to subschema, nesting and references together: what reads or validates
/// recurses once a step.
pub const SCHEMA_WAY_MAX: usize = 400;

/// Most memory that one pattern may take when compiled, in bytes, as estimated from its syntax. A class of all letters
/// takes about 100 kB each time it is repeated.
pub const PATTERN_BYTES_MAX: u64 = 32 << 20;

/// Most memory that all patterns of a schema, and of what it refers to, may take when compiled, in bytes.
pub const PATTERNS_BYTES_MAX: u64 = 48 << 20;

/// Most steps of a pattern that only backtracking can match, for one text. A text that takes more is taken not to match.
pub const BACKTRACKING_MAX: usize = 100_000;

/// Most steps that the validator may take for one event, each the look of one subschema at one part;
/// they take it about a second.
pub const VALIDATION_STEPS_MAX: u64 = 5_000_000;

/// Deepest nesting of those steps, so that they fit every thread's stack.
pub const VALIDATION_DEPTH_MAX: usize = 2_000;
