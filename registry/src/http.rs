//! HTTP around the routes: the state of the server, the checks of each request, and the headers of each answer.
//!
//! The [`response_cache`] answers repeated requests for a schema. Every other request passes these layers, from the
//! outside in:
//!
//! 1. [`log_request`] gives the request an id, counts it and logs the answer.
//! 2. [`add_response_headers`] writes an error as JSON or as a page, and adds the headers of every answer.
//! 3. [`authorize()`] identifies the client, checks the right that the route declares, and limits the time.
//! 4. The route parses the request with the extractors of this module.
//!
//! Every error on the way is a [`Failure`].

mod accept;
mod access;
mod app;
mod authorize;
mod body;
mod conditional;
mod encode;
mod failure;
mod feed_stream;
mod hosts;
mod identify;
mod overload;
mod params;
mod path;
mod request_log;
mod response_cache;
mod response_headers;
mod security_headers;
mod serve;
mod trace;
mod validation_stream;

pub(crate) use accept::{Accept, Wants};
pub(crate) use access::{Access, AccessTable, PathAccess};
pub(crate) use app::App;
pub(crate) use authorize::authorize;
pub(crate) use body::{Document, Events, Json};
pub(crate) use conditional::{etag, if_match};
pub(crate) use failure::Failure;
pub(crate) use feed_stream::{last_event_id, stream_feed};
pub(crate) use params::{NoParams, Params};
pub(crate) use path::{
    ComparedPath, DocumentPath, StatePath, SubjectPath, TokenPath, VersionPath, WaiverPath,
};
pub(crate) use request_log::log_request;
pub(crate) use response_cache::CachedResponse;
pub(crate) use response_headers::add_response_headers;
pub(crate) use serve::serve;
pub(crate) use validation_stream::stream_validation;
