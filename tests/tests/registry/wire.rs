//! Sends bytes that are almost valid requests. The response must always arrive, and must never be a 500.
//!
//! `EVSCHEMA_REQUESTS` is the number of requests, and `EVSCHEMA_SEED` is the seed of the random numbers. If a test
//! fails, it prints the bytes.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use fastrand::Rng;

use super::world::{World, databases};

/// Maximum time until a response arrives, even on a busy machine.
const ANSWER_MAX: Duration = Duration::from_secs(20);

const REQUESTS: &[&str] = &[
    "GET /schemas/a/1.0.0.json HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\nif-none-match: \"sha256:ab\"\r\n\r\n",
    "HEAD /schemas?search=order&limit=3&after=a HTTP/1.1\r\nhost: localhost\r\naccept: text/html;q=0.9, */*;q=0.1\r\n\r\n",
    "GET /schemas/a/^1.0.json HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer evs_0123456789\r\n\r\n",
    "GET /schemas/a/diff/1.0.0...1.1.0 HTTP/1.1\r\nhost: localhost\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n",
    "GET /feed?after=3&limit=10 HTTP/1.1\r\nhost: localhost\r\nlast-event-id: 2\r\n\r\n",
    "GET /metrics HTTP/1.0\r\nconnection: keep-alive\r\n\r\n",
    "PUT /schemas/b/1.0.0.json?author=me&message=hi HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"type\":\"object\"}",
    "PUT /schemas/b HTTP/1.1\r\nhost: localhost\r\nif-match: \"1\"\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{\"owner\":\"me\"} ",
    "POST /schemas/a/check HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/schema+json\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"type\":\r\n9\r\n\"string\"}\r\n0\r\n\r\n",
    "POST /schemas/a/1.0.0/validate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\ncontent-length: 10\r\n\r\n{}\n[]\n1\n\n\n",
    "PATCH /schemas/a/1.0.0 HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 39\r\n\r\n{\"state\":\"deprecated\",\"reason\":\"older\"}",
    "PUT /schemas/a/waivers/0123456789abcdef HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{\"reason\":\"yes\"}",
    "POST /tokens HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
    "OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n",
];

/// Texts that parsers of other projects handled incorrectly.
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b":",
    b"%",
    b"%00",
    b"%2f..%2f",
    b"..",
    b"/",
    b"?",
    b"#",
    b"&&",
    b"=",
    b"\xff",
    b"\xf0\x9f\x92\xa9",
    b"\"",
    b"\\u0000",
    b"{",
    b"[[[[",
    b"1e999999999",
    b"-0",
    b"99999999999999999999",
    b"content-length: 99999999999999999999\r\n",
    b"content-length: -1\r\n",
    b"transfer-encoding: chunked\r\n",
    b"transfer-encoding: identity\r\n",
    b"upgrade: h2c\r\n",
    b"range: bytes=0-1\r\n",
    b"accept: \r\n",
    b"accept: ;q=\r\n",
    b"host: \r\n",
    b"host: y\r\n",
    b"http://evil.example/",
    b"latest",
    b"...",
    b"^",
    b">=0",
    b"ffffffffffffffff\r\n",
];

#[test]
fn almost_requests_are_answered() {
    let number = |name: &str, default| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (requests, seed): (u64, u64) = (number("EVSCHEMA_REQUESTS", 3_000), number("EVSCHEMA_SEED", 1));
    for (name, url) in databases() {
        let world = World::on(&url);
        world.given("a@1.0.0", r#"{"properties":{"order":{"type":"string"}}}"#);
        world.given("a@1.1.0", r#"{"properties":{"order":{"type":"string"},"more":{}}}"#);
        let mut answered = 0;
        for number in 0..requests / 2 {
            let mut random = Rng::with_seed(seed.wrapping_mul(1_000_000_007).wrapping_add(number));
            let bytes = drawn(&mut random);
            let shown = || format!("{name}, {number} of seed {seed}: {}", bytes.escape_ascii());
            let answer = exchange(&world, &bytes).unwrap_or_else(|error| panic!("{error}: {}", shown()));
            let statuses: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).map(|rest| &rest[..3]).collect();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1."), "{answer}: {}", shown());
            assert!(!statuses.iter().any(|status| status.starts_with('5')), "{answer}: {}", shown());
            answered += usize::from(!statuses.is_empty());
        }
        // Many of the drawn bytes must be so close to a request that the registry parses them.
        assert!(requests / 4 < answered as u64, "{name}: {answered} of {requests}");
        assert_eq!(world.get("/healthz").status, 200, "{name}: it goes on");
        assert!(!world.get("/metrics").body.contains("code=\"internal\""), "{name}");
    }
}

/// Draws one request, or two requests for the same connection, and changes a few bytes.
fn drawn(random: &mut Rng) -> Vec<u8> {
    let mut bytes = random.choice(REQUESTS).unwrap().as_bytes().to_vec();
    if random.u8(..4) == 0 {
        bytes.extend(random.choice(REQUESTS).unwrap().as_bytes());
    }
    for _ in 0..random.usize(1..5) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(..12)).min(bytes.len());
        match random.u8(..6) {
            0 if at < bytes.len() => bytes[at] = random.u8(..),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at.max(4)),
            3 => {
                let again = bytes[at..end].repeat(random.usize(1..40));
                bytes.splice(at..at, again);
            }
            4 => {
                let other = random.choice(REQUESTS).unwrap().as_bytes();
                let from = random.usize(..other.len());
                bytes.splice(at..end, other[from..(from + 30).min(other.len())].iter().copied());
            }
            _ => drop(bytes.splice(at..at, random.choice(PIECES).unwrap().iter().copied())),
        }
    }
    bytes
}

/// Sends bytes, closes the sending side, and returns the complete response.
fn exchange(world: &World, bytes: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(world.url().strip_prefix("http://").unwrap())?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    stream.set_write_timeout(Some(ANSWER_MAX))?;
    // The registry may respond, and close the connection, before all bytes are sent.
    let sent = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    let mut part = [0; 16 << 10];
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => answer.extend(&part[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset || sent.is_err() => break,
            Err(error) => return Err(error),
        }
        // A stream of events has no end.
        if answer.windows(17).any(|window| window == b"text/event-stream") {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
