use axum::Router;
use axum::body::Body;
use axum::http::Request as HttpRequest;
use axum::routing::post;
use tower::util::ServiceExt as _;

use super::*;
use crate::dead_letter::EventDeadlettered;

const DATA: &str = r#"{"consumer":"c","class":"invalid","reason":"x","violations":[],"origin":{"transport":"http"},
    "attempts":1,"first_failed_at":"2026-05-20T08:00:00Z","at":"2026-05-20T08:00:00Z","payload_base64":"",
    "payload_bytes":0}"#;

async fn receive(event: CloudEvent<EventDeadlettered>) -> Outcome {
    assert_eq!(event.context.origin().transport, "http");
    match event.context.id() {
        "1" => Outcome::Done,
        "2" => Outcome::retry("busy"),
        "3" => Outcome::permanent("never"),
        _ => Outcome::IdReused,
    }
}

async fn send(headers: &[(&str, &str)], body: &str) -> (u16, String, String) {
    let mut request = HttpRequest::post("/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = Router::new().route("/", post(receive)).oneshot(request).await.unwrap();
    let header = |name| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let shown = format!("{} {}", header("content-type"), header("retry-after")).trim().to_owned();
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, shown, String::from_utf8(body.to_vec()).unwrap())
}

async fn structured(id: &str, kind: &str, data: &str) -> (u16, String, String) {
    let body = format!(r#"{{"specversion":"1.0","id":"{id}","source":"/s","type":"{kind}","data":{data}}}"#);
    send(&[("content-type", "application/cloudevents+json")], &body).await
}

#[tokio::test]
async fn answers() {
    let kind = "evschema.event.deadlettered";
    for (id, expected) in [("1", 202), ("2", 503), ("3", 422), ("4", 409)] {
        let binary = [
            ("ce-specversion", "1.0"),
            ("ce-id", id),
            ("ce-source", "/s"),
            ("ce-type", kind),
            ("content-type", "application/json"),
        ];
        assert_eq!(send(&binary, DATA).await.0, expected);
        assert_eq!(structured(id, kind, DATA).await.0, expected);
    }
    let (status, headers, body) = structured("1", kind, r#"{"consumer":7}"#).await;
    assert_eq!((status, headers.as_str()), (422, "application/problem+json"));
    assert!(body.contains(r#""pointer":"/consumer""#), "{body}");
    assert_eq!(structured("1", "other", DATA).await.0, 422);

    let of_version = |version: &str| {
        let schema = format!("https://e.example/schemas/evschema.event.deadlettered/{version}.json");
        format!(r#"evschema.event.deadlettered","dataschema":"{schema}"#)
    };
    assert_eq!(structured("1", &of_version("1.9.0"), DATA).await.0, 202);
    // The type of an older line reads no event of a newer line.
    for (version, data) in [("1.9.0", "{}"), ("2.0.0", DATA)] {
        let (status, headers, _) = structured("1", &of_version(version), data).await;
        assert_eq!((status, headers.as_str()), (503, "application/problem+json 30"), "{version}");
    }
    assert_eq!(send(&[("content-type", "application/json")], DATA).await.0, 415);
    assert_eq!(send(&[("content-type", "application/cloudevents-batch+json")], "[]").await.0, 415);
    let (status, _, body) = send(&[("content-type", "application/cloudevents+json")], "{").await;
    assert_eq!(status, 400);
    assert!(body.contains("1:1: not JSON"), "{body}");
}
