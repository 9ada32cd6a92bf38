//! An emulator of the runtime API of AWS Lambda. The functions are real programs with the crate `lambda_runtime`.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::child::{Child, Role};
use crate::failure::Attempt;
use crate::identifier::uuid;
use crate::running::{Running, stopped};

/// The answer of a function: its response, or its error.
type Answer = Result<Vec<u8>, String>;

/// A Lambda function that runs as a child process, and the runtime API for it.
#[derive(Debug)]
pub(crate) struct Lambda {
    invocations: mpsc::Sender<Invocation>,
    server: Running,
    _function: Child,
}

#[derive(Debug)]
struct Invocation {
    payload: Vec<u8>,
    answer: oneshot::Sender<Answer>,
}

/// The invocations that wait for the function, and those that wait for their answer.
#[derive(Debug)]
struct Shared {
    queue: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    running: Mutex<HashMap<String, oneshot::Sender<Answer>>>,
}

/// Maximum time of an invocation.
const TIMEOUT: Duration = Duration::from_secs(60);

impl Lambda {
    /// Starts the runtime API on a free port, and a function that uses it.
    ///
    /// # Errors
    ///
    /// If the port or the process cannot be opened.
    pub(crate) async fn start(role: Role, variables: &[(&str, String)]) -> Attempt<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (invocations, queue) = mpsc::channel(16);
        let shared = Arc::new(Shared { queue: tokio::sync::Mutex::new(queue), running: Mutex::default() });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(respond))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(fail))
            .with_state(shared);
        let server = Running::start(|stop| async move {
            tokio::select! {
                served = axum::serve(listener, routes) => Ok(served?),
                () = stopped(stop) => Ok(()),
            }
        });
        let own = [
            ("AWS_LAMBDA_RUNTIME_API", address.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", "function".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128".to_owned()),
        ];
        let variables: Vec<_> = own.into_iter().chain(variables.iter().cloned()).collect();
        Ok(Self { invocations, server, _function: Child::start(role, &variables)? })
    }

    /// Invokes the function, and returns its response.
    ///
    /// # Errors
    ///
    /// If the function returns an error, or does not answer in time.
    pub(crate) async fn invoke(&self, payload: Vec<u8>) -> Attempt<Vec<u8>> {
        let (answer, answered) = oneshot::channel();
        self.invocations.send(Invocation { payload, answer }).await?;
        let answer = tokio::time::timeout(TIMEOUT, answered).await??;
        Ok(answer.map_err(|error| format!("the function failed: {error}"))?)
    }

    /// Stops the runtime API and the function.
    ///
    /// # Errors
    ///
    /// If the runtime API has failed.
    pub(crate) async fn stop(self) -> Attempt {
        self.server.stop().await
    }
}

/// `GET /2018-06-01/runtime/invocation/next` waits for an invocation.
async fn next(State(shared): State<Arc<Shared>>) -> Response {
    let Some(invocation) = shared.queue.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = uuid();
    let deadline = OffsetDateTime::now_utc() + TIMEOUT;
    let headers = [
        ("lambda-runtime-aws-request-id", id.clone()),
        ("lambda-runtime-deadline-ms", (deadline.unix_timestamp_nanos() / 1_000_000).to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:local:0:function:function".to_owned()),
    ];
    let mut running = shared.running.lock().unwrap_or_else(PoisonError::into_inner);
    running.insert(id, invocation.answer);
    (headers, invocation.payload).into_response()
}

/// `POST /2018-06-01/runtime/invocation/{id}/response` has the response of the function.
async fn respond(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    shared.answer(&id, Ok(body.to_vec()))
}

/// `POST /2018-06-01/runtime/invocation/{id}/error` has the error of the function.
async fn fail(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    let error = serde_json::from_slice::<Value>(&body)
        .ok()
        .and_then(|error| error["errorMessage"].as_str().map(str::to_owned));
    shared.answer(&id, Err(error.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned())))
}

impl Shared {
    fn answer(&self, id: &str, answer: Answer) -> StatusCode {
        let waiting = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        match waiting.map(|waiting| waiting.send(answer)) {
            Some(Ok(())) => StatusCode::ACCEPTED,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}
