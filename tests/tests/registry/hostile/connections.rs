//! Connects clients that send slowly, that close half of the connection, or that are too many.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use evschema_registry::{Config, Timeouts};
use serde_json::{Value, json};

use crate::registry::world::World;

/// Maximum time until a connection ends, even on a busy machine.
const END_MAX: Duration = Duration::from_secs(20);
/// The timeout for clients in these tests.
const PATIENCE: Duration = Duration::from_millis(400);
/// Maximum number of connections in these tests.
pub(super) const CONNECTIONS: usize = 8;

/// A client, with its behaviour and the expected result.
pub(super) struct Client {
    pub(super) what: &'static str,
    pub(super) act: fn(&World) -> String,
    pub(super) answer: &'static str,
}

const fn client(what: &'static str, act: fn(&World) -> String, answer: &'static str) -> Client {
    Client { what, act, answer }
}

pub(super) const CLIENTS: &[Client] = &[
    client("opens a connection and sends nothing", |world| end_of(connect(world)), "closed"),
    client("sends the head of a request slowly and never ends the head", slow_head, "closed"),
    client("sends the body of a request slowly and never ends the body", slow_body, "408 request-timeout"),
    client(
        "announces a body, but does not send the body",
        |world| raw(world, PUT_HEAD),
        "408 request-timeout",
    ),
    client("sends requests, but does not read the answers", deaf, "closed"),
    client("closes its sending side directly after the request", half_closed, "closed"),
    client("closes its sending side in the middle of the body", cut, "400 invalid-body"),
    client("sends 100 requests without waiting for answers", pipelined, "100 answers, in order"),
    client("sends a request head of 200 kB", |world| raw(world, &long_head()), "431"),
    client("sends 1,000 headers", |world| raw(world, &many_headers()), "431"),
    client("uses TLS", |world| raw(world, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), "400"),
    client("uses HTTP/2", |world| raw(world, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "closed"),
    client("sends two `Content-Length` headers", |world| raw(world, TWO_LENGTHS), "400"),
    client("sends `Content-Length` and `Transfer-Encoding`", |world| raw(world, LENGTH_AND_CHUNKS), "400"),
    client(
        "sends no `Host` header",
        |world| raw(world, b"GET /schemas HTTP/1.1\r\n\r\n"),
        "400 invalid-header",
    ),
    client("sends two `Host` headers", |world| raw(world, TWO_HOSTS), "400 invalid-header"),
    client("sends the host name of another site", |world| raw(world, OTHER_HOST), "421 unknown-host"),
    client(
        "sends the host name of another site, to get a cached schema",
        |world| raw(world, OTHER_HOST_STORED),
        "421 unknown-host",
    ),
    client("sends two `Origin` headers", |world| raw(world, TWO_ORIGINS), "400 invalid-header"),
    client("sends the `Origin` of another site", |world| raw(world, OTHER_ORIGIN), "403 cross-site"),
    client(
        "sends `Transfer-Encoding: gzip, chunked`",
        |world| raw(world, PACKED_CHUNKS),
        "400 invalid-header",
    ),
    client(
        "sends two `Transfer-Encoding: chunked` headers",
        |world| raw(world, TWO_CHUNKED),
        "400 invalid-header",
    ),
    client("sends chunks that are not valid", |world| raw(world, NO_CHUNKS), "400 invalid-body"),
    client("sends a body of 2 MiB in chunks", |world| raw(world, &large_chunks()), "413 body-too-large"),
    client("connects while the maximum number of connections is open", crowded, "503 busy"),
];

const PUT_HEAD: &[u8] =
    b"PUT /schemas/slow/1.0.0.json HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n";
const TWO_LENGTHS: &[u8] =
    b"PUT /schemas/b/1.0.0.json HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ";
const LENGTH_AND_CHUNKS: &[u8] =
    b"PUT /schemas/b/1.0.0.json HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ntransfer-encoding: gzip\r\n\r\n{}";
const NO_CHUNKS: &[u8] =
    b"PUT /schemas/b/1.0.0.json HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";

/// Starts a registry with short timeouts and few connections.
const TWO_HOSTS: &[u8] =
    b"GET /schemas HTTP/1.1\r\nhost: localhost\r\nhost: other.example\r\nconnection: close\r\n\r\n";
const OTHER_HOST: &[u8] = b"GET /schemas HTTP/1.1\r\nhost: other.example\r\nconnection: close\r\n\r\n";
const OTHER_HOST_STORED: &[u8] =
    b"GET /schemas/evschema.token.created/1.0.0.json HTTP/1.1\r\nhost: other.example\r\nconnection: close\r\n\r\n";
const TWO_ORIGINS: &[u8] = b"GET /schemas HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\n\
    origin: http://other.example\r\nconnection: close\r\n\r\n";
const OTHER_ORIGIN: &[u8] =
    b"GET /schemas HTTP/1.1\r\nhost: localhost\r\norigin: http://other.example\r\nconnection: close\r\n\r\n";
const PACKED_CHUNKS: &[u8] = b"POST /schemas/b/check HTTP/1.1\r\nhost: localhost\r\n\
    transfer-encoding: gzip, chunked\r\nconnection: close\r\n\r\n0\r\n\r\n";
const TWO_CHUNKED: &[u8] =
    b"POST /schemas/b/check HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\
    transfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n";

pub(super) fn impatient() -> World {
    let timeouts = Timeouts { head: PATIENCE, request: 10 * PATIENCE, reading: PATIENCE };
    World::with(Config {
        database: "sqlite::memory:".to_owned(),
        connections_max: CONNECTIONS,
        timeouts,
        ..Config::default()
    })
}

pub(super) fn connect(world: &World) -> TcpStream {
    let stream = TcpStream::connect(world.url().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(END_MAX)).unwrap();
    stream.set_write_timeout(Some(END_MAX)).unwrap();
    stream
}

/// Sends raw bytes, and returns a description of the response.
pub(super) fn raw(world: &World, bytes: &[u8]) -> String {
    let mut stream = connect(world);
    // Ignores an error, because the response and the end may arrive before all bytes are sent.
    let _ = stream.write_all(bytes);
    end_of(stream)
}

/// Reads until the connection ends. Returns the status and code of the first response, or a text for a missing
/// response.
fn end_of(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("no end within {END_MAX:?}: {error}"),
    }
    shown(&answer)
}

fn shown(answer: &[u8]) -> String {
    let answer = String::from_utf8_lossy(answer);
    let Some(rest) = answer.strip_prefix("HTTP/1.1 ") else {
        assert!(answer.is_empty(), "no HTTP: {answer}");
        return "closed".to_owned();
    };
    let status = &rest[..3];
    let code = rest.split_once("\"code\":\"").and_then(|(_, rest)| rest.split_once('"'));
    code.map_or_else(|| status.to_owned(), |(code, _)| format!("{status} {code}"))
}

fn slow_head(world: &World) -> String {
    let mut stream = connect(world);
    let begun = Instant::now();
    let head = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ".iter().chain(std::iter::repeat(&b'x'));
    for byte in head {
        if stream.write_all(&[*byte]).is_err() {
            return "closed".to_owned();
        }
        assert!(begun.elapsed() < END_MAX, "it is still listened to");
        sleep(PATIENCE / 20);
    }
    unreachable!("the head has no end")
}

fn slow_body(world: &World) -> String {
    let mut stream = connect(world);
    stream.write_all(PUT_HEAD).unwrap();
    for _ in 0..40 {
        sleep(PATIENCE / 4);
        if stream.write_all(b" ").is_err() {
            break;
        }
    }
    end_of(stream)
}

/// Sends many expensive requests, and reads no response.
fn deaf(world: &World) -> String {
    world.given("large@1.0.0", &format!("{{\"description\":\"{}\"}}", "x".repeat(1_000_000)));
    let mut stream = connect(world);
    let begun = Instant::now();
    while stream.write_all(b"GET /schemas/large/1.0.0.json HTTP/1.1\r\nhost: localhost\r\n\r\n").is_ok() {
        assert!(begun.elapsed() < END_MAX, "it is still waited for");
        sleep(PATIENCE / 20);
    }
    "closed".to_owned()
}

fn half_closed(world: &World) -> String {
    // The check takes so long that the registry sees the end of the requests before it has an answer.
    let properties = |from: usize| -> serde_json::Map<String, Value> {
        let target = |to: usize| json!({ "$ref": format!("#/$defs/d{}", (7 * from + 31 * to) % 200) });
        (0..8).map(|to| (format!("p{to}"), target(to))).collect()
    };
    let definitions: serde_json::Map<String, Value> =
        (0..200).map(|from| (format!("d{from}"), json!({ "properties": properties(from) }))).collect();
    let body = json!({ "$ref": "#/$defs/d0", "$defs": definitions }).to_string();
    let mut stream = connect(world);
    let head = format!(
        "POST /schemas/a/check HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    end_of(stream)
}

fn cut(world: &World) -> String {
    let mut stream = connect(world);
    stream.write_all(PUT_HEAD).unwrap();
    stream.write_all(b"{\"tit").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    end_of(stream)
}

fn pipelined(world: &World) -> String {
    let mut stream = connect(world);
    let mut requests = String::new();
    for number in 0..100 {
        let body = format!("{{\"title\":\"{number}\"}}");
        let last = if number == 99 { "connection: close\r\n" } else { "" };
        // The registry must not read the next request as a part of the body.
        requests += &format!(
            "PUT /schemas/piped.n{number}/1.0.0.json HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{last}content-length: {}\r\n\r\n{body}",
            body.len()
        );
    }
    stream.write_all(requests.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let place = |number| answers.find(&format!("\"piped.n{number}\"")).unwrap_or_else(|| panic!("{answers}"));
    assert!((0..100).map(place).is_sorted(), "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 201").count(), 100, "{answers}");
    "100 answers, in order".to_owned()
}

fn long_head() -> Vec<u8> {
    format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "x".repeat(200_000)).into_bytes()
}

fn many_headers() -> Vec<u8> {
    format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x: y\r\n".repeat(1_000)).into_bytes()
}

fn large_chunks() -> Vec<u8> {
    let head = "PUT /schemas/b/1.0.0.json HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
    format!("{head}{}0\r\n\r\n", chunk.repeat(32)).into_bytes()
}

fn crowded(world: &World) -> String {
    let others: Vec<TcpStream> = (0..CONNECTIONS).map(|_| connect(world)).collect();
    let mut answers =
        (0..3).map(|_| raw(world, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"));
    let answer = answers.next().unwrap();
    assert!(answers.all(|other| other == answer), "{answer}");
    drop(others);
    answer
}
