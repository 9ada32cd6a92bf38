//! A handler that only returns prepared bytes: the fastest server that is possible with the framework of the registry.

use std::error::Error;
use std::io::Read as _;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::IntoResponse as _;
use axum::routing::get;

use super::process::Answer;

/// Returns the input of [`serve`]: the path, the headers, an empty line, and the body.
pub(super) fn request(path: &str, answer: &Answer) -> Vec<u8> {
    let mut text = format!("{path}\n");
    for (name, value) in &answer.headers {
        // The server adds these two headers itself.
        if name != "content-length" && name != "date" {
            text.push_str(&format!("{name}: {value}\n"));
        }
    }
    text.push('\n');
    let mut bytes = text.into_bytes();
    bytes.extend(&answer.body);
    bytes
}

/// Reads a response from the standard input, and sends this response to every request until the process is killed.
#[expect(clippy::print_stdout, reason = "the parent process reads the address")]
pub(super) fn serve() -> Result<(), Box<dyn Error>> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let head_end = input.windows(2).position(|two| two == b"\n\n").ok_or("no empty line")?;
    let head = String::from_utf8(input[..head_end].to_vec())?;
    let body = Bytes::from(input.split_off(head_end + 2));
    let mut lines = head.lines();
    let path = lines.next().ok_or("no path")?.to_owned();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").ok_or("no header")?;
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let handler = get(move || {
        let answer = (headers.clone(), body.clone());
        async move { answer.into_response() }
    });
    let router: Router = Router::new().route(&path, handler);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        axum::serve(listener, router).await?;
        Ok(())
    })
}
