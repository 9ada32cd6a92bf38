//! The limits of all inputs. Without them, one document or event could use up the memory, the stack or the time of its
//! reader.

/// The maximum size of a document in bytes: 1 MiB, four times the size of the largest schema in public registries.
pub const DOCUMENT_BYTES_MAX: usize = 1 << 20;

/// The maximum nesting of arrays and objects in a document or an event.
///
/// This is the limit of `serde_json`. The readers recurse once per level, and the stack of every thread has more than
/// enough room for this number of levels.
pub const NESTING_MAX: usize = 127;

/// The maximum number of subschemas in one document.
pub const SCHEMA_NODES_MAX: usize = 50_000;

/// The maximum length of a URI in bytes, both of a document and of the documents that it refers to. Postgres can index
/// URIs of this length, and browsers and proxies accept them.
pub const URI_BYTES_MAX: usize = 2_000;

/// The maximum number of documents that one schema may reach through its references.
pub const REACHABLE_DOCUMENTS_MAX: usize = 256;

/// The maximum length of a path from subschema to subschema, through nesting and references. Readers and validators
/// recurse once per step.
pub const SCHEMA_WAY_MAX: usize = 400;

/// The maximum memory of one compiled pattern in bytes, as estimated from its syntax. A class of all letters takes
/// about 100 kB for each repetition.
pub const PATTERN_BYTES_MAX: u64 = 32 << 20;

/// The maximum memory of all compiled patterns of a schema and of the documents that it refers to, in bytes.
pub const PATTERNS_BYTES_MAX: u64 = 48 << 20;

/// The maximum number of steps for one text, if a pattern needs backtracking. If a text needs more steps, it is unknown
/// whether the text matches, and an event is undecided if its answer depends on that.
pub const BACKTRACKING_MAX: usize = 100_000;

/// The maximum number of steps of the validator for one event. In one step, the validator applies one subschema to one
/// part of the event. This number of steps takes about a second.
pub const VALIDATION_STEPS_MAX: u64 = 5_000_000;

/// The maximum nesting of these steps, so that they fit in the stack of every thread.
pub const VALIDATION_DEPTH_MAX: usize = 2_000;
