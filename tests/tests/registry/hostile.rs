//! Sends hostile input. The response must always be a problem document. It must never be a 500, and must never be
//! missing.

mod connections;
mod rows;

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use connections::{CLIENTS, CONNECTIONS, connect, impatient, raw};
use evschema_tests::repository;
use rows::{ALLOWED, DOCUMENTS, EVENTS, REQUESTS, Sent};

use super::world::{Reply, World, databases};

/// The page that shows the rows of `rows.rs`.
const SHOWN: &str = "docs/bad-input.md";

#[test]
fn bad_requests() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("a@1.0.0", "{}");
        for row in REQUESTS {
            let (method, path) = row.request.split_once(' ').unwrap();
            let body: &[u8] = if ["PUT", "POST"].contains(&method) { b"{}" } else { b"" };
            let headers: Vec<_> = row.header.into_iter().collect();
            let reply = world.send(method, path, &headers, body);
            assert_eq!(answer(&reply), row.answer, "{name}: {} {headers:?}: {reply}", row.request);
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", row.request);
            assert!(reply.json()["help"].is_string(), "{name}: {reply}");
        }
        assert_eq!(world.get("/schemas/a").json()["versions"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(world.get("/feed?after=9223372036854775807").status, 200, "{name}: nothing is after that");
        assert_eq!(world.get("/schemas?after=%F0%9F%92%A9").status, 200, "{name}");
    }
}

#[test]
fn bad_documents() {
    for (name, url) in databases() {
        let world = World::on(&url);
        for Sent { what, body, answer: expected } in DOCUMENTS {
            let reply = world.send("PUT", "/schemas/a/1.0.0.json", &JSON, &body());
            assert_eq!(answer(&reply), *expected, "{name}: {what}: {reply}");
        }
        assert_eq!(world.get("/schemas/a").status, 404, "{name}: nothing was created");
        // A name of the maximum length fits into the index of the database.
        assert_eq!(
            world.send("PUT", "/schemas/c/1.0.0.json", &JSON, &rows::named(2_000)).status,
            201,
            "{name}"
        );
        for Sent { what, body, answer: expected } in ALLOWED {
            let world = World::start();
            let reply = world.send("PUT", "/schemas/b/1.0.0.json", &JSON, &body());
            assert_eq!(answer(&reply), *expected, "{name}: {what}: {reply}");
            let event = format!("\"{}!\"", "a".repeat(10_000));
            let reply = world.send("POST", "/schemas/b/1.0.0/validate", &JSON, event.as_bytes());
            assert_eq!(reply.status, 200, "{name}: {what}: {reply}");
        }
    }
}

#[test]
fn bad_events() {
    for row in EVENTS {
        let world = World::start();
        let registered = world.send("PUT", "/schemas/a/1.0.0.json", &JSON, &(row.schema)());
        assert_eq!(registered.status, 201, "{}: {registered}", row.what);
        let reply = world.send("POST", "/schemas/a/1.0.0/validate", &JSON, &(row.event)());
        let said = reply.json();
        let judged = match said["valid"].as_bool() {
            None => answer(&reply),
            Some(true) => "200, valid".to_owned(),
            Some(false) => "200, not valid".to_owned(),
        };
        assert_eq!(judged, row.answer, "{}: {reply}", row.what);
    }
}

/// If a change breaks thousands of places, the report lists only a few of them, and the check takes about as long as
/// for these few places.
#[test]
fn thousands_of_findings_do_not_slow_down_a_check() {
    // Without the limit on findings, the requests would take minutes. In a release build, each request takes less than
    // one second.
    const ELAPSED_MAX: Duration = Duration::from_secs(30);
    let world = World::start();
    world.given("a@1.0.0", r#"{"type":"object"}"#);
    let begun = Instant::now();
    let wanting = rows::requiring(40_000);
    let reply = world.send("PUT", "/schemas/a/1.1.0.json", &JSON, &wanting);
    // Without optimization, the check may reach its time limit.
    let code = reply.json()["code"].as_str().map(str::to_owned);
    assert!(["incompatible", "undecided"].contains(&code.as_deref().unwrap()), "{reply}");
    assert!(begun.elapsed() < ELAPSED_MAX, "checked in {:?}", begun.elapsed());
    assert_eq!(world.send("PUT", "/schemas/b/1.0.0.json", &JSON, &wanting).status, 201);
    let begun = Instant::now();
    let lines = [("content-type", "application/x-ndjson")];
    let reply = world.send("POST", "/schemas/b/1.0.0/validate", &lines, &b"{}\n".repeat(2_000));
    let (status, answer) = (reply.status, reply.json());
    // If the validation reaches its time limit, the response contains the number of the first event that it did not
    // validate.
    let next = answer["unchecked_from"].as_u64().unwrap_or(2_001);
    assert_eq!((status, answer["checked"].as_u64()), (200, Some(next - 1)), "{reply}");
    assert!(1 < next, "{reply}");
    assert!(begun.elapsed() < ELAPSED_MAX, "validated in {:?}", begun.elapsed());
}

#[test]
fn bad_clients() {
    let world = impatient();
    for client in CLIENTS {
        assert_eq!((client.act)(&world), client.answer, "who {}", client.what);
    }
    assert!(goes_on(&world), "it goes on");
}

/// Returns whether the registry answers, after it has noticed the closed connections.
fn goes_on(world: &World) -> bool {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while std::time::Instant::now() < until {
        if world.get("/healthz").status == 200 {
            return true;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    false
}

/// Many more clients connect than the registry accepts. Each client gets a response, a 503 or a closed connection, and
/// no client waits.
///
/// `EVSCHEMA_CROWD` is the number of clients, which connect one after the other from many threads.
#[test]
fn a_crowd_is_turned_away_politely() {
    let crowd = std::env::var("EVSCHEMA_CROWD").map_or(2_000, |count| count.parse().unwrap());
    let world = impatient();
    let idle: Vec<_> = (1..CONNECTIONS).map(|_| connect(&world)).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let answers: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..2 * CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut answers = Vec::new();
                    while next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < crowd {
                        let request = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
                        answers.push(raw(&world, request));
                    }
                    answers
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let count = |wanted: &str| answers.iter().filter(|answer| *answer == wanted).count();
    assert_eq!((answers.len(), count("200") + count("503 busy") + count("closed")), (crowd, crowd));
    assert!(0 < count("200") && 0 < count("503 busy"), "{} and {}", count("200"), count("503 busy"));
    drop(idle);
    assert!(goes_on(&world), "it goes on");
}

/// The page must show the current rows. With `EVSCHEMA_REGENERATE=1`, the test writes the page.
#[test]
fn the_page_shows_the_rows() {
    let mut page = include_str!("hostile/page.md").to_owned();
    page += "\n## Requests\n\nSubject `a` has version 1.0.0.\n\n| request | answer |\n|---|---|\n";
    for row in REQUESTS {
        let header = row.header.map_or(String::new(), |(name, value)| format!(", `{name}: {value}`"));
        writeln!(page, "| `{}`{header} | {} |", row.request, coded(row.answer)).unwrap();
    }
    page += "\n## Documents\n\nThe test sends each document to be registered.\n\n| document | answer |\n|---|---|\n";
    for row in DOCUMENTS.iter().chain(ALLOWED) {
        writeln!(page, "| {} | {} |", row.what, coded(row.answer)).unwrap();
    }
    page += "\n## Events\n\nThe test sends each event to be validated.\n\n| event | answer |\n|---|---|\n";
    for row in EVENTS {
        writeln!(page, "| {} | {} |", row.what, coded(row.answer)).unwrap();
    }
    page += "\n## Clients\n\n\"Closed\" means that the registry closes the connection and does not send a complete answer.\n";
    page += "\n| a client that | answer |\n|---|---|\n";
    for row in CLIENTS {
        writeln!(page, "| {} | {} |", row.what, coded(row.answer)).unwrap();
    }
    let file = repository().join(SHOWN);
    if std::env::var_os("EVSCHEMA_REGENERATE").is_some() {
        fs::write(&file, &page).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(there, page, "{SHOWN} is another: run this test with EVSCHEMA_REGENERATE=1");
}

/// Formats the codes of a response as Markdown code.
fn coded(answer: &str) -> String {
    match answer.split_once(' ') {
        Some((status, codes)) if status.len() == 3 && !codes.contains(',') => {
            format!(
                "{status} {}",
                codes.split(": ").map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
            )
        }
        _ => answer.to_owned(),
    }
}

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Returns the status, the code of the problem, and the code of the first error in the document.
fn answer(reply: &Reply) -> String {
    let problem = reply.json();
    let first = problem["errors"][0]["code"].as_str().map_or(String::new(), |code| format!(": {code}"));
    let code = problem["code"].as_str().map_or(String::new(), |code| format!(" {code}"));
    format!("{}{code}{first}", reply.status)
}

#[test]
fn names_that_a_database_or_a_page_could_choke_on() {
    for (name, url) in databases() {
        let world = World::on(&url);
        let schema = r#"{"title":"a\u0000b","description":"<script>alert(1)</script>","properties":{"\u0000":{},"<b>":{},"'; DROP TABLE subjects; --":{},"😀":{},"":{}}}"#;
        world.given("a@1.0.0", schema);
        let view = world.get("/schemas/a/1.0.0").json();
        assert_eq!(view["fields"].as_array().unwrap().len(), 5, "{name}");
        assert_eq!(
            world.get("/schemas?search=DROP%20TABLE").json()["subjects"].as_array().unwrap().len(),
            1,
            "{name}"
        );
        let deep_event = "[".repeat(100_000);
        let reply = world.send("POST", "/schemas/a/1.0.0/validate", &[], deep_event.as_bytes());
        assert_eq!((reply.status, reply.json()["code"].as_str()), (400, Some("invalid-body")), "{name}");
        let lines = [("content-type", "application/x-ndjson")];
        let reply = world.send("POST", "/schemas/a/1.0.0/validate", &lines, deep_event.as_bytes());
        assert_eq!((reply.status, &reply.json()["valid"]), (200, &false.into()), "{name}");
    }
}

#[test]
fn request_ids() {
    let world = World::start();
    let named = world.send("GET", "/healthz", &[("x-request-id", "mine-7")], b"");
    assert_eq!(named.header("x-request-id"), Some("mine-7"));
    let unfit = world.send("GET", "/healthz", &[("x-request-id", "a b\"c")], b"");
    assert_ne!(unfit.header("x-request-id"), Some("a b\"c"), "an id is fit to be logged, or replaced");
}
