#![doc = include_str!("../README.md")]

mod access;
/// Available with feature `client`.
///
/// ```no_run
/// use evschema_api::client::{Client, ClientError};
/// use evschema_model::{Subject, Version};
///
/// fn main() -> Result<(), ClientError> {
///     let subject = Subject::parse("shop.order.placed").unwrap();
///     let client = Client::new("http://127.0.0.1:8080", None);
///     let registered = client.register(&subject, &Version::new(1, 0, 0), br#"{"type": "object"}"#)?;
///     println!("registered at {}", registered.registration().url);
///     Ok(())
/// }
/// ```
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
