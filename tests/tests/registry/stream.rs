//! Tests the feed as server-sent events. The events are in order, without a gap or a repetition, even across several
//! connections.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use evschema_api::CloudEvent;
use evschema_api::client::Client;
use evschema_registry::Config;
use serde_json::Value;

use super::tokens::first_token;
use super::world::{World, databases, subject, version};

const ANY: &str = r#"{"type":"object"}"#;

/// A connection that receives events.
struct Reader {
    lines: std::io::Lines<BufReader<TcpStream>>,
}

impl Reader {
    fn open(world: &World, query: &str, headers: &str) -> Self {
        let address = world.url().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let request = format!(
            "GET /feed{query} HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        Self { lines: BufReader::new(stream).lines() }
    }

    /// Returns the next event with its position, or `None` after the end of the stream. The position is the event's id.
    fn next(&mut self) -> Option<(u64, CloudEvent)> {
        let mut id = None;
        // The other lines are the framing of chunks, and comments that keep the connection open.
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            if let Some(text) = line.strip_prefix("id: ") {
                id = Some(text.parse().unwrap());
            } else if let Some(text) = line.strip_prefix("data: ") {
                return Some((id.take().unwrap(), serde_json::from_str(text).unwrap()));
            } else if line == "0" {
                // This is the last chunk. The connection itself may stay open.
                return None;
            }
        }
        None
    }
}

#[test]
fn a_stream_sends_old_and_new_events() {
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("a@1.0.0", ANY);
        let mut reader = Reader::open(&world, "", "");
        assert_eq!(reader.next().unwrap().0, 1, "{name}");
        assert_eq!(reader.next().unwrap().1.kind, "evschema.version.registered", "{name}");
        world.given("b@1.0.0", ANY);
        let (position, event) = reader.next().unwrap();
        assert_eq!((position, event.id.as_str(), event.subject.as_str()), (3, "3", "b"), "{name}");
        drop(reader);
        // The last event id has priority over the query.
        let mut again = Reader::open(&world, "?after=0", "last-event-id: 3\r\n");
        assert_eq!(again.next().unwrap().0, 4, "{name}");
        let polled = world.client().feed(3, None).unwrap();
        assert_eq!(polled.events.len(), 1, "{name}: and a poller is told the same");
        // When a registry stops, it ends all streams.
        drop(world);
        assert_eq!(again.next(), None, "{name}");
    }
    let world = World::start();
    for header in ["-1", "x", "1.0.0", "18446744073709551616"] {
        let headers = [("accept", "text/event-stream"), ("last-event-id", header)];
        let reply = world.send("GET", "/feed", &headers, b"");
        assert_eq!((reply.status, reply.json()["code"].as_str()), (400, Some("invalid-header")), "{header}");
    }
}

#[test]
fn a_stream_ends_with_its_token() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("registry.db").display());
    let admin = first_token(&url, "ops", &["admin"]).token;
    let world = World::with(Config { database: url.clone(), private: true, ..Config::default() });
    let read = first_token(&url, "reader", &["read"]);
    let client = Client::new(world.url(), Some(admin));
    client.register(&subject("a"), &version("1.0.0"), ANY.as_bytes()).unwrap();
    let mut reader = Reader::open(&world, "", &format!("authorization: Bearer {}\r\n", read.token));
    for position in 1..=4 {
        assert_eq!(reader.next().unwrap().0, position);
    }
    client.revoke_token(&read.view.id).unwrap();
    assert_eq!(reader.next(), None, "not even of its own revocation does it hear");
}

#[test]
fn followers_and_pollers_see_one_order_while_many_write() {
    const WRITERS: usize = 8;
    const EACH: usize = 10;
    // Each registration creates a subject and a version.
    const EVENTS: usize = 2 * WRITERS * EACH;
    for (name, url) in databases() {
        // A database in memory belongs to one process.
        let count = if name == "sqlite" { 1 } else { 3 };
        let worlds: Vec<World> = (0..count).map(|_| World::on(&url)).collect();
        let orders: Vec<Vec<(u64, String)>> = std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let client = worlds[writer % count].client();
                scope.spawn(move || {
                    for number in 0..EACH {
                        let at = subject(&format!("load.w{writer}.s{number}"));
                        client.register(&at, &version("1.0.0"), ANY.as_bytes()).unwrap();
                    }
                });
            }
            let followers = worlds.iter().enumerate().map(|(number, world)| {
                scope.spawn(move || {
                    let mut seen: Vec<(u64, String)> = Vec::new();
                    while seen.len() < EVENTS {
                        // Each client closes its connection repeatedly, at different moments.
                        let last = seen.last().map_or(0, |(position, _)| *position);
                        let mut reader = Reader::open(world, "", &format!("last-event-id: {last}\r\n"));
                        for _ in 0..7 + 13 * number {
                            if seen.len() == EVENTS {
                                break;
                            }
                            let (position, event) = reader.next().unwrap();
                            seen.push((position, format!("{} {}", event.kind, event.subject)));
                        }
                    }
                    seen
                })
            });
            let pollers = worlds.iter().map(|world| {
                let client = world.client();
                scope.spawn(move || {
                    let (mut after, mut seen) = (0, Vec::new());
                    while seen.len() < EVENTS {
                        let page = client.feed(after, Some(5)).unwrap();
                        after = page.next;
                        let told = page.events.into_iter();
                        seen.extend(
                            told.map(|e| (e.id.parse().unwrap(), format!("{} {}", e.kind, e.subject))),
                        );
                    }
                    seen
                })
            });
            let readers: Vec<_> = followers.chain(pollers).collect();
            readers.into_iter().map(|reader| reader.join().unwrap()).collect()
        });
        let positions: Vec<u64> = orders[0].iter().map(|(position, _)| *position).collect();
        assert_eq!(positions, (1..=EVENTS as u64).collect::<Vec<_>>(), "{name}: no gap, no repeat");
        for order in &orders[1..] {
            assert_eq!(order, &orders[0], "{name}: everybody sees the same order");
        }
    }
}

#[test]
fn a_page_has_no_stream_in_it() {
    let world = World::start();
    let both = world.send("GET", "/feed", &[("accept", "text/html, text/event-stream;q=0.5")], b"");
    assert_eq!(both.header("content-type"), Some("text/html; charset=utf-8"));
    let neither = world.send("GET", "/feed", &[("accept", "image/png")], b"");
    assert_eq!(neither.status, 406);
    let json: Value = world.get("/feed").json();
    assert_eq!(json["next"], 0);
}

#[test]
fn one_client_cannot_use_all_streams_and_a_closed_stream_is_free_at_once() {
    let world = World::start();
    world.given("a@1.0.0", ANY);
    let limit = evschema_registry::limits::STREAMS_OF_CLIENT_MAX;
    let mut readers: Vec<Reader> = (0..limit).map(|_| Reader::open(&world, "", "")).collect();
    for reader in &mut readers {
        assert!(reader.next().is_some(), "it is open");
    }
    let more = || world.send("GET", "/feed", &[("accept", "text/event-stream")], b"");
    let refused = more();
    assert_eq!((refused.status, refused.json()["code"].as_str()), (429, Some("too-many-requests")));
    assert!(refused.headers.iter().any(|(name, _)| name == "retry-after"));
    drop(readers.pop());
    // The registry notices the end of a connection as soon as the system reports it.
    let freed = (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        Reader::open(&world, "", "").next().is_some()
    });
    assert!(freed, "a closed stream still counts");
}
