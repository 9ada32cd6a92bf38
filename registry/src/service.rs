//! The decisions of the registry: whether a version is compatible, which version a range means, which subjects match a
//! search.
//!
//! A service knows nothing about HTTP. It returns a wire type, or a [`Refusal`] with the reason. It reads and writes
//! only through [`crate::store::Store`].

mod actor;
mod assess;
mod comparison_input;
mod diff;
mod feed;
mod feed_watch;
mod problem;
mod publishers;
mod read_and_check;
mod refusal;
mod register;
mod registry;
mod request;
mod right;
mod schema_cache;
mod schema_id;
mod search;
mod selection;
mod state;
mod subjects;
mod text_length;
mod tokens;
mod validate;
mod version_choice;
mod versions;
mod waivers;
mod workers;

pub(crate) use actor::{Actor, Identity};
pub(crate) use problem::SEND_AGAIN;
pub(crate) use refusal::Refusal;
pub(crate) use registry::Registry;
pub(crate) use request::{Outcome, Request};
pub(crate) use right::Right;
pub(crate) use search::terms_of;
pub(crate) use selection::Selection;
pub(crate) use state::latest;
pub(crate) use subjects::Precondition;
pub(crate) use tokens::TokenService;
pub(crate) use validate::{Framing, Lines};
pub(crate) use version_choice::VersionChoice;
pub(crate) use workers::Client;
