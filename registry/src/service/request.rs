use std::sync::Arc;

use evschema_api::Registration;
use evschema_model::Subject;

use super::version_choice::VersionChoice;
use crate::feed::Signature;

/// A request to register or to check a schema.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The subject.
    pub subject: Subject,
    /// The version.
    pub version: VersionChoice,
    /// The schema.
    pub bytes: Arc<[u8]>,
    /// The author.
    pub signature: Signature,
    /// The message.
    pub message: Option<String>,
}

/// The outcome of a registration.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The version is new.
    Created(Registration),
    /// The version already existed with the same schema.
    Unchanged(Registration),
}
