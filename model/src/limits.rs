//! Limits on what is read, each so that one document cannot exhaust the reader.

/// Longest document in bytes: 1 MiB, four times the largest schema seen in public registries.
pub const DOCUMENT_BYTES_MAX: usize = 1 << 20;

/// Deepest nesting of arrays and objects in a document or an event.
///
/// Readers here recurse once a level; 128 levels fit every thread's stack with room to spare.
pub const NESTING_MAX: usize = 128;

/// Most subschemas in one document.
pub const SCHEMA_NODES_MAX: usize = 50_000;

/// Most documents that one schema may reach through its references.
pub const REACHABLE_DOCUMENTS_MAX: usize = 256;
