use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The trace and the span of the client.
const TRACE: [u8; 16] = *b"\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6\xa3\xce\x92\x9d\x0e\x0e\x47\x36";
const PARENT: [u8; 8] = *b"\x00\xf0\x67\xaa\x0b\xa9\x02\xb7";
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A request that a collector received.
struct Export {
    head: String,
    body: Vec<u8>,
}

/// Starts a collector that answers the exporter. Returns the address of the collector, and a channel with the requests.
fn collector() -> (String, mpsc::Receiver<Export>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            while let Some(export) = stream.as_ref().ok().and_then(read) {
                stream.as_ref().unwrap().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
                if send.send(export).is_err() {
                    return;
                }
            }
        }
    });
    (url, receive)
}

fn read(stream: &TcpStream) -> Option<Export> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.to_lowercase();
    let (_, length) = head.split_once("content-length: ")?;
    let mut body = vec![0; length.lines().next()?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Export { head, body })
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

/// Builds the command with the feature, in the target folder of the running test.
fn program() -> std::path::PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let release = folder.file_name().is_some_and(|name| name == "release");
    let profile = if release { "--profile=release" } else { "--profile=test" };
    command.args(["build", "--quiet", profile, "--package=evschema", "--features=otlp"]);
    assert!(command.current_dir(evschema_tests::repository()).status().unwrap().success());
    folder.join("evschema")
}

#[test]
#[ignore = "builds the command once more, with the feature `otlp`; `cargo xtask test` runs it"]
fn traces_reach_a_collector() {
    let (url, exports) = collector();
    let folder = tempfile::tempdir().unwrap();
    let mut registry = Command::new(program())
        .args(["serve", "--db", "sqlite::memory:", "--listen", "127.0.0.1:0"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
        .env("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=events")
        .env("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
        .env("OTEL_BSP_SCHEDULE_DELAY", "200")
        .current_dir(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(registry.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = log.find_map(|line| {
        line.split_once("http://").map(|(_, rest)| rest.trim_end_matches("/schemas").to_owned())
    });
    let address = address.unwrap();
    // Another thread reads the later output, because the test does not need it.
    std::thread::spawn(move || log.for_each(drop));
    let mut client = TcpStream::connect(&address).unwrap();
    write!(
        client,
        "PUT /schemas/a/1.0.0.json HTTP/1.1\r\nhost: {address}\r\ntraceparent: {TRACEPARENT}\r\n\
         content-length: 2\r\nconnection: close\r\n\r\n{{}}"
    )
    .unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");

    let texts: [&[u8]; 10] = [
        b"PUT /schemas/{subject}/{version}",
        b"http.response.status_code",
        b"http.route",
        b"/schemas/a/1.0.0.json",
        b"history",
        b"check",
        b"append",
        b"service.name",
        b"evschema",
        b"deployment.environment.name",
    ];
    let parts: Vec<&[u8]> = texts.into_iter().chain([&TRACE[..], &PARENT[..]]).collect();
    // The spans of a request end at different times, and may arrive in separate exports.
    let mut bodies = Vec::new();
    while !parts.iter().all(|part| holds(&bodies, part)) {
        let Ok(Export { head, mut body }) = exports.recv_timeout(Duration::from_secs(20)) else { break };
        assert!(head.starts_with("post /v1/traces "), "{head}");
        assert!(head.contains("content-type: application/x-protobuf"), "{head}");
        assert!(head.contains("x-tenant: events"), "{head}");
        bodies.append(&mut body);
    }
    registry.kill().unwrap();
    registry.wait().unwrap();
    for part in parts {
        assert!(
            holds(&bodies, part),
            "no {} in {:?}",
            part.escape_ascii(),
            bodies.escape_ascii().to_string()
        );
    }
}
