/// Media type of a registered schema.
pub const SCHEMA_MEDIA_TYPE: &str = "application/schema+json";
/// Media type of an error (RFC 9457).
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";
/// Media type of several events, one JSON text on each line.
pub const NDJSON_MEDIA_TYPE: &str = "application/x-ndjson";
