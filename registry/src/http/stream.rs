use std::collections::VecDeque;
use std::convert::Infallible;

use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use evschema_api::{CloudEvent, ProblemCode};
use futures_util::stream::unfold;
use tokio::sync::watch;

use super::Failure;
use crate::app::{Admitted, App};
use crate::limits;
use crate::service::Actor;

/// Where a stream has got to.
struct Stream {
    app: App,
    actor: Actor,
    /// The position of the last event that was sent.
    after: u64,
    /// Events that are read and not sent yet.
    waiting: VecDeque<CloudEvent>,
    head: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    _admitted: Admitted,
}

/// Answers with every event after a position, those that are still to come included, as
/// server-sent events. The `id` of each is its position, from which a client that has lost the
/// connection goes on by itself.
pub(crate) fn stream(app: &App, actor: Actor, after: u64) -> Result<Response, Failure> {
    let admitted = app.admit_stream(actor.client()).ok_or_else(|| {
        let detail = format!(
            "too many streams of the feed are open; the registry allows {} in total, and {} for one client",
            limits::STREAMS_MAX,
            limits::STREAMS_OF_CLIENT_MAX
        );
        Failure::new(
            ProblemCode::TooManyRequests,
            detail,
            "read pages with GET /feed?after=… instead, or try again later",
        )
    })?;
    let stream = Stream {
        app: app.clone(),
        actor,
        after,
        waiting: VecDeque::new(),
        head: app.registry().follow_feed(),
        stopping: app.stopping(),
        _admitted: admitted,
    };
    let events = unfold(stream, async |mut stream| {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(frame(&event)), stream))
    });
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(limits::KEEP_ALIVE)).into_response();
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("accept"));
    // Said to nginx, which would otherwise collect what should arrive at once.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// Returns the position after which a client that comes again goes on, if it says one.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    // A client that has had no event yet sends nothing in it.
    if value.is_empty() {
        return Ok(None);
    }
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    position.map(Some).ok_or_else(|| {
        Failure::new(
            ProblemCode::InvalidHeader,
            "`Last-Event-ID` is not a position in the feed",
            "send the `id` of the last event that you received, or leave out the header",
        )
    })
}

impl Stream {
    /// Returns the next event, or nothing at the end: when the registry stops, the database is away, or
    /// the token is of no use any more. The client then asks again and is told which.
    async fn next(&mut self) -> Option<CloudEvent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if *self.stopping.borrow() {
                return None;
            }
            let page = match self.app.registry().feed(self.after, limits::PAGE_DEFAULT, &self.actor).await {
                Ok(page) => page,
                Err(refusal) => {
                    tracing::warn!(%refusal, "cannot read the feed; the registry ends a stream");
                    return None;
                }
            };
            // After the read: a token that is revoked between a check and the read would see what came after it.
            if !self.app.registry().is_still_known(&self.actor).await.ok()? {
                return None;
            }
            self.after = page.next;
            self.waiting.extend(page.events);
            if self.waiting.is_empty() {
                self.wait().await;
            }
        }
    }

    /// Waits until there is something new, or it is time to see whether the client may still know.
    async fn wait(&mut self) {
        let after = self.after;
        tokio::select! {
            _ = self.head.wait_for(|head| after < *head) => {}
            _ = self.stopping.changed() => {}
            () = tokio::time::sleep(limits::KEEP_ALIVE) => {}
        }
    }
}

fn frame(event: &CloudEvent) -> Event {
    // An event is texts and JSON, which always have a JSON form, on one line.
    Event::default().id(&event.id).data(serde_json::to_string(event).unwrap_or_default())
}
