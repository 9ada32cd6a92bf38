//! Wire types, problem codes and the HTTP client of the evschema registry.
//!
//! The registry writes these types and the client reads them, so that both sides agree by
//! construction. With feature `client` there is a blocking HTTP client; with feature `openapi`
//! the types describe themselves for the OpenAPI document.

mod access;
#[cfg(feature = "client")]
pub mod client;
mod event;
mod patch;
mod problem;
mod scope;
mod subject;
mod token;
mod validation;
mod version;
mod waiver;

pub use access::AccessView;
pub use event::{CloudEvent, FeedPage};
pub use patch::Patch;
pub use problem::{Problem, ProblemCode, ProblemError};
pub use scope::{Scope, ScopeError, SubjectPrefix};
pub use subject::{SubjectPage, SubjectPatch, SubjectSummary, SubjectView};
pub use token::{TokenCreated, TokenList, TokenRequest, TokenView};
pub use validation::{EventVerdict, Validation};
pub use version::{AcceptedFinding, Registration, State, StateChange, VersionSummary, VersionView};
pub use waiver::{WaiverList, WaiverRequest, WaiverView};

/// Media type of a registered schema.
pub const SCHEMA_MEDIA_TYPE: &str = "application/schema+json";
/// Media type of an error (RFC 9457).
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";
/// Media type of several events, one JSON text a line.
pub const NDJSON_MEDIA_TYPE: &str = "application/x-ndjson";
