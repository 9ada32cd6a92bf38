//! The answer to connections above the limit.

use std::sync::Arc;

use axum::body::Bytes;
use evschema_api::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::response_headers::RETRY_AFTER_SECONDS;
use crate::limits;

/// The maximum number of bytes that one step reads from a request and drops.
const READ_AT_ONCE: usize = 4 << 10;

/// The answer to every connection above the limit, and the number of connections that receive it now.
#[derive(Debug)]
pub(super) struct OverloadAnswers {
    answer: Bytes,
    running: Arc<Semaphore>,
}

impl Default for OverloadAnswers {
    fn default() -> Self {
        let detail = "the registry has reached its maximum number of connections";
        let help = "try again later; an operator can raise `--connections`, or start another registry on the same database";
        let problem = Problem::new(ProblemCode::Busy, detail).help(help);
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: {PROBLEM_MEDIA_TYPE}\r\nretry-after: \
             {RETRY_AFTER_SECONDS}\r\ncache-control: no-store\r\nconnection: close\r\ncontent-length: \
             {}\r\n\r\n{body}",
            body.len()
        );
        Self { answer: answer.into(), running: Arc::new(Semaphore::new(limits::OVERLOAD_ANSWERS_MAX)) }
    }
}

impl OverloadAnswers {
    /// Answers the client without reading its request, and closes the connection. If too many connections receive this
    /// answer already, closes the connection without an answer.
    pub(super) fn answer(&self, stream: TcpStream) {
        let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() else { return };
        let answer = self.answer.clone();
        tokio::spawn(async move {
            // If the client has disconnected already, the error does not matter.
            let _result = tokio::time::timeout(limits::OVERLOAD_ANSWER_TIMEOUT, send(stream, &answer)).await;
            drop(permit);
        });
    }
}

/// Sends the answer, and then reads until the client closes the connection. If the registry closed a connection with
/// unread bytes, the connection would be reset, and the answer could be lost (RFC 9112, section 9.6).
async fn send(mut stream: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    stream.write_all(answer).await?;
    stream.shutdown().await?;
    let mut unread = [0; READ_AT_ONCE];
    while 0 < stream.read(&mut unread).await? {}
    Ok(())
}
