//! Tests of the harness, which the other tests depend on.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use evschema_tests::{Browser, Postgres};

#[test]
fn a_server_answers_and_is_gone_when_dropped() {
    let server = Postgres::start();
    let address = server.url().replace("postgres://evschema@", "").replace("/postgres", "");
    // If a client asks for TLS, a Postgres server without TLS answers with one letter.
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
    let mut answer = [0];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"N");
    drop(server);
    assert!(TcpStream::connect(&address).is_err(), "the server outlived its value");
}

#[test]
fn a_server_is_stopped_when_the_test_that_owns_it_panics() {
    let (tell, told) = std::sync::mpsc::channel();
    let outcome = std::panic::catch_unwind(move || {
        let server = Postgres::start();
        tell.send(server.url()).unwrap();
        panic!("on purpose");
    });
    assert!(outcome.is_err());
    let url = told.recv().unwrap();
    let address = url.trim_start_matches("postgres://evschema@").trim_end_matches("/postgres");
    assert!(TcpStream::connect(address).is_err(), "the server outlived its test");
}

#[test]
fn databases_of_one_server_are_distinct() {
    let (a, b) = (Postgres::fresh_database(), Postgres::fresh_database());
    assert_ne!(a, b);
    assert_eq!(a.rsplit_once('/').unwrap().0, b.rsplit_once('/').unwrap().0);
}

#[test]
fn the_browser_shows_a_page() {
    let browser = Browser::find().unwrap_or_else(|missing| panic!("{missing}"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let page = "<!doctype html><title>t</title><p id=here>Shown";
            let length = page.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n");
            let _ = write!(stream, "{head}connection: close\r\n\r\n{page}");
        }
    });
    let dom = browser.dom(&url).unwrap();
    assert!(dom.contains("<p id=\"here\">Shown</p>"), "{dom}");
}
