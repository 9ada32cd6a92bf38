//! Telling whoever finds the registry full to come again.

use std::sync::Arc;

use axum::body::Bytes;
use evschema_api::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::finish::RETRY_AFTER_SECONDS;
use crate::limits;

/// Bytes of a request that are read, and forgotten, at once.
const READ_AT_ONCE: usize = 4 << 10;

/// The one answer to connections that are too many, and how many are getting it.
#[derive(Debug)]
pub(super) struct Refusals {
    answer: Bytes,
    running: Arc<Semaphore>,
}

impl Default for Refusals {
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
        Self { answer: answer.into(), running: Arc::new(Semaphore::new(limits::REFUSALS_MAX)) }
    }
}

impl Refusals {
    /// Answers a connection, whatever it asks, and closes it; without a word if there is a crowd.
    pub(super) fn refuse(&self, stream: TcpStream) {
        let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() else { return };
        let answer = self.answer.clone();
        tokio::spawn(async move {
            // Who is gone already need not be told.
            let _told = tokio::time::timeout(limits::REFUSAL_TIMEOUT, tell(stream, &answer)).await;
            drop(permit);
        });
    }
}

/// Sends the answer, and reads on until the client has closed too: a connection that is closed with something
/// unread is reset, and the answer may be lost with it (RFC 9112, section 9.6).
async fn tell(mut stream: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    stream.write_all(answer).await?;
    stream.shutdown().await?;
    let mut unread = [0; READ_AT_ONCE];
    while 0 < stream.read(&mut unread).await? {}
    Ok(())
}
