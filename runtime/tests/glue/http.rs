//! The feature `axum`: requests through a router.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use evschema_runtime::Error;
use evschema_runtime::axum::{EventBody, EventRejection};
use futures_util::FutureExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::order::{self, Order};

/// Returns the event, or an invalid one if the note says so.
async fn echo(EventBody(mut order): EventBody<Order>) -> EventBody<Order> {
    if order.note.as_deref() == Some("break") {
        order.id.clear();
    }
    EventBody(order)
}

struct Answer {
    status: u16,
    content_type: String,
    body: Value,
    /// The error that only a layer sees.
    error: Option<Arc<Error>>,
}

fn send_to(router: Router, content_type: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::post("/");
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    // The body is in memory, so every future is ready.
    Answer::of(router.oneshot(request.body(body.into()).unwrap()).now_or_never().unwrap().unwrap())
}

impl Answer {
    fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let error = response.extensions().get().cloned();
        let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
        let body = to_bytes(response.into_body(), usize::MAX).now_or_never().unwrap().unwrap();
        Self { status, content_type, body: serde_json::from_slice(&body).unwrap(), error }
    }
}

fn send(content_type: Option<&str>, body: impl Into<Body>) -> Answer {
    send_to(Router::new().route("/", post(echo)), content_type, body)
}

fn assert_problem(answer: &Answer, status: u16, title: &str) {
    assert_eq!((answer.status, answer.content_type.as_str()), (status, "application/problem+json"));
    assert_eq!((&answer.body["status"], &answer.body["title"]), (&status.into(), &title.into()));
    // A client must not see the server's own errors.
    let has_detail = answer.body["detail"].as_str().is_some_and(|detail| !detail.is_empty());
    assert_eq!((has_detail, answer.error.is_some()), (status != 500, status == 500));
}

#[test]
fn a_valid_event_passes() {
    let types = ["application/json", "Application/JSON; charset=utf-8", "application/cloudevents+json"];
    for content_type in types {
        let answer = send(Some(content_type), order::FULL);
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"));
        assert_eq!(answer.body, serde_json::from_str::<Value>(order::FULL).unwrap());
    }
}

#[test]
fn another_content_type_is_rejected() {
    for content_type in
        [None, Some("text/plain"), Some("text/json"), Some("application/+json"), Some("json"), Some("")]
    {
        assert_problem(&send(content_type, order::FULL), 415, "the content type is not JSON");
    }
}

#[test]
fn a_text_that_is_not_json_is_rejected() {
    for body in [b"".as_slice(), b"{", b"\xff", br#"{"id":"A","id":"A"}"#] {
        let answer = send(Some("application/json"), body);
        assert_problem(&answer, 400, "the body is not JSON");
        assert_eq!(answer.body.get("violations"), None);
    }
}

#[test]
fn an_invalid_event_is_rejected_with_its_violations() {
    for (event, ..) in order::INVALID {
        let answer = send(Some("application/json"), *event);
        assert_problem(&answer, 422, "the schema rejects the event");
        assert!(!answer.body["violations"].as_array().unwrap().is_empty());
    }
    let event = r#"{"id":"","kind":"order","lines":[{"sku":"x","qty":0}]}"#;
    let answer = send(Some("application/json"), event);
    let violations = answer.body["violations"].as_array().unwrap();
    let found: Vec<_> = violations
        .iter()
        .map(|violation| (violation["pointer"].as_str().unwrap(), violation["keyword"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("/id", "minLength"), ("/lines/0/qty", "minimum")]);
    assert_eq!((&violations[0]["line"], &violations[0]["column"]), (&1.into(), &7.into()));
}

#[test]
fn a_long_body_is_rejected() {
    let long = format!("{}{}", order::FULL, " ".repeat(2 << 20));
    assert_problem(&send(Some("application/json"), long.clone()), 413, "the body is not readable");
    let router = Router::new().route("/", post(echo)).layer(DefaultBodyLimit::max(3 << 20));
    assert_eq!(send_to(router, Some("application/json"), long).status, 200);
}

#[test]
fn an_invalid_response_is_not_sent() {
    let event = order::SMALL.replacen('{', "{\"note\":\"break\",", 1);
    let answer = send(Some("application/json"), event);
    assert_problem(&answer, 500, "the server built an invalid event");
    assert_eq!(answer.body.get("violations"), None);
    assert_eq!(answer.error.unwrap().violations()[0].pointer, "/id");
}

#[test]
fn an_error_of_the_server_is_not_sent() {
    let rejection = EventRejection::Event(Error::Internal("secret".to_owned()));
    let answer = Answer::of(rejection.into_response());
    assert_problem(&answer, 500, "the server cannot read the event");
    assert_eq!(*answer.error.unwrap(), Error::Internal("secret".to_owned()));
}
