//! Wire types, problem codes and the HTTP client of the evschema registry.
//!
//! The registry and the client share these types, so that both sides always agree. The feature `client` adds a blocking
//! HTTP client. The feature `openapi` adds the descriptions of the types for the OpenAPI document.

mod access;
#[cfg(feature = "client")]
pub mod client;
mod event;
mod media_types;
mod patch;
mod percent;
mod problem;
mod scope;
mod subject;
mod token;
mod validation;
mod version;
mod waiver;

pub use access::AccessView;
pub use event::{CloudEvent, FeedPage};
pub use media_types::{NDJSON_MEDIA_TYPE, PROBLEM_MEDIA_TYPE, SCHEMA_MEDIA_TYPE};
pub use patch::Patch;
pub use percent::percent_encode;
pub use problem::{Problem, ProblemCode, ProblemError};
pub use scope::{Scope, ScopeError, SubjectPrefix};
pub use subject::{SubjectPage, SubjectPatch, SubjectSummary, SubjectView};
pub use token::{TokenCreated, TokenList, TokenRequest, TokenView};
pub use validation::{EventVerdict, Validation};
pub use version::{AcceptedFinding, Registration, State, StateChange, VersionSummary, VersionView};
pub use waiver::{WaiverList, WaiverRequest, WaiverView};
