//! HTTP around the routes: what a request may look like, and what every answer has in common.
//!
//! What is asked for again and again lies ready on the [`Shelf`]. Everything else goes, from the outside in:
//! [`observe`] names and counts the request; [`finish`] writes a problem out
//! as JSON or as a page and adds the headers every answer has; [`guard`] finds out who asks, and
//! refuses what they may not do and what takes too long; then the routes, which read a request through the extractors
//! of this module. Every error on the way is a [`Failure`].

mod accept;
mod body;
mod conditional;
mod encode;
mod failure;
mod finish;
mod guard;
mod hosts;
mod identify;
mod lines;
mod observe;
mod params;
mod path;
mod refusals;
mod serve;
mod shelf;
mod stream;
mod trace;

pub(crate) use accept::{Accept, Wants};
pub(crate) use body::{Document, Events, Json};
pub(crate) use conditional::{etag, if_match, is_unchanged};
pub(crate) use failure::Failure;
pub(crate) use finish::finish;
pub(crate) use guard::guard;
pub(crate) use hosts::{KnownHosts, check_framing};
pub(crate) use identify::Peer;
pub(crate) use lines::answer_lines;
pub(crate) use observe::observe;
pub(crate) use params::{NoParams, Params};
pub(crate) use path::{
    ComparedPath, DocumentPath, StatePath, SubjectPath, TokenPath, VersionPath, WaiverPath,
};
pub(crate) use serve::serve;
pub(crate) use shelf::{Ready, Shelf};
pub(crate) use stream::{last_event_id, stream};
