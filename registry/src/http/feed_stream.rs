use std::collections::VecDeque;
use std::convert::Infallible;

use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use evschema_api::{CloudEvent, ProblemCode};
use futures_util::stream::unfold;
use tokio::sync::watch;

use super::app::{App, StreamPermit};
use super::failure::Failure;
use crate::limits;
use crate::service::Actor;

/// The state of a stream.
struct Stream {
    app: App,
    actor: Actor,
    /// The position of the last event that was sent.
    after: u64,
    /// Events that the registry has read, but not sent yet.
    waiting: VecDeque<CloudEvent>,
    head: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    _permit: StreamPermit,
}

/// Answers with all events after a position, including future events, as server-sent events. The `id` of an event is
/// its position. After a lost connection, a client continues from this position.
pub(crate) fn stream_feed(app: &App, actor: Actor, after: u64) -> Result<Response, Failure> {
    let permit = app.admit_stream(actor.client()).ok_or_else(|| {
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
        head: app.registry().watch_feed(),
        stopping: app.stopping(),
        _permit: permit,
    };
    let events = unfold(stream, async |mut stream| {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(frame(&event)), stream))
    });
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(limits::KEEP_ALIVE)).into_response();
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("accept"));
    // Without this header, nginx would collect several events before it sends them to the client.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// Returns the position in the header `Last-Event-ID`, after which a reconnecting client continues. Returns `None` if
/// the request has no such header.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    // A client that has received no event yet sends an empty header.
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
    /// Returns the next event. Returns `None` if the registry stops, the database does not answer, or the token is no
    /// longer valid. The client then reconnects, and the answer to the new request has the reason.
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
            // The check of the token comes after the read of the events. Otherwise a token could read events after its
            // revocation.
            if !self.app.registry().is_still_valid(&self.actor).await.ok()? {
                return None;
            }
            self.after = page.next;
            self.waiting.extend(page.events);
            if self.waiting.is_empty() {
                self.wait().await;
            }
        }
    }

    /// Waits until a new event exists, the registry stops, or the token needs another check.
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
    // An event contains only strings and JSON, so it always has a JSON form, on one line.
    Event::default().id(&event.id).data(serde_json::to_string(event).unwrap_or_default())
}
