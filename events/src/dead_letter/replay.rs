use std::future::Future;

use super::letter::{DeadLetter, DeadLetterError};
use super::store::{DeadLetterStore, Filter, StoreError};
use crate::decode::DecodeError;
use crate::envelope::{Envelope, EnvelopeError};
use crate::generated::evschema_event_deadlettered::v1::Class;

/// The answer to the question: would this event pass now?
#[derive(Debug)]
#[non_exhaustive]
pub struct Preview {
    /// The id of the dead letter.
    pub id: String,
    /// The class of the dead letter.
    pub class: Class,
    /// `Ok` if the event can be decoded now. Otherwise, the reason.
    pub now: Result<(), Unplayable>,
}

/// Why an event still cannot be decoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unplayable {
    /// The dead letter has no complete payload.
    #[error(transparent)]
    Letter(#[from] DeadLetterError),
    /// The message is not a CloudEvent.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The version is unknown, or the schema rejects the event.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The caller's check rejects the event, such as with the newest schemas of a registry.
    #[error("{0}")]
    Other(String),
}

/// The result of a replay.
#[derive(Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplayReport {
    /// The ids of the dead letters that were published again and removed.
    pub replayed: Vec<String>,
    /// The ids of the dead letters that still do not pass. They stay in the store.
    pub kept: Vec<String>,
    /// The ids that are not in the store.
    pub missing: Vec<String>,
}

/// Why a replay stopped. The dead letters before this one were replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event was not published. Its dead letter stays in the store.
    #[error("the event of dead letter `{id}` was not published: {cause}")]
    Publish {
        /// The id of the dead letter.
        id: String,
        /// The error of the caller's function.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Number of dead letters that are read at once.
const PAGE: usize = 100;

/// Reports which dead letters would pass now, without publishing anything.
///
/// `check` decodes the event with today's types or schemas, such as
/// `|envelope| ShopEvent::from_envelope(envelope).map(drop).map_err(Into::into)`.
///
/// # Errors
///
/// If the store cannot be read.
pub async fn preview<S: DeadLetterStore>(
    store: &S,
    filter: &Filter,
    limit: usize,
    mut check: impl FnMut(&Envelope<'_>) -> Result<(), Unplayable>,
) -> Result<Vec<Preview>, StoreError> {
    let (mut previews, mut after) = (Vec::new(), 0);
    while previews.len() < limit {
        let page = store.list(filter, after, PAGE.min(limit - previews.len())).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        previews.extend(page.iter().map(|stored| Preview {
            id: stored.letter.id().to_owned(),
            class: stored.letter.event().class,
            now: check_letter(&stored.letter, &mut check),
        }));
    }
    Ok(previews)
}

fn check_letter(
    letter: &DeadLetter,
    check: &mut impl FnMut(&Envelope<'_>) -> Result<(), Unplayable>,
) -> Result<(), Unplayable> {
    let payload = letter.payload()?;
    check(&letter.original(&payload)?)
}

/// Publishes events again whose dead letters pass now, and removes these dead letters.
///
/// `publish` gets the dead letter and its payload, and returns after the broker has acknowledged the event. If the
/// process ends between the acknowledgement and the removal, the event is published twice. The inbox of the consumer
/// recognizes the second delivery.
///
/// # Errors
///
/// If the store fails, or if `publish` fails.
pub async fn replay<S, F, E>(
    store: &S,
    ids: impl IntoIterator<Item = String>,
    mut check: impl FnMut(&Envelope<'_>) -> Result<(), Unplayable>,
    mut publish: impl FnMut(DeadLetter, Vec<u8>) -> F,
) -> Result<ReplayReport, ReplayError>
where
    S: DeadLetterStore,
    F: Future<Output = Result<(), E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut report = ReplayReport::default();
    for id in ids {
        let Some(stored) = store.get(&id).await? else {
            report.missing.push(id);
            continue;
        };
        let payload = stored.letter.payload();
        let (Ok(payload), Ok(())) = (payload, check_letter(&stored.letter, &mut check)) else {
            report.kept.push(id);
            continue;
        };
        if let Err(cause) = publish(stored.letter, payload).await {
            return Err(ReplayError::Publish { id, cause: cause.into() });
        }
        store.remove(&id).await?;
        report.replayed.push(id);
    }
    Ok(report)
}
