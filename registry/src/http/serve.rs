use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use futures_util::future::Either;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;

use super::app::App;
use super::identify::Peer;
use super::overload::OverloadAnswers;
use super::request_log::answer_from_cache;
use crate::config::Timeouts;
use crate::limits;

/// The pause after the operating system rejects a connection, for example because no file descriptor is free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves connections until `shutdown` resolves. Then waits for the running requests, for at most
/// [`limits::SHUTDOWN_TIMEOUT`].
///
/// `axum::serve` lacks three things that this function needs: time limits for slow clients, a limit for the number of
/// connections, and a time limit for the shutdown.
pub(crate) async fn serve(
    listener: TcpListener,
    app: &App,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let overload = OverloadAnswers::default();
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Some(permit) = app.admit_connection() else {
            app.metrics().connection_refused();
            overload.answer(stream);
            continue;
        };
        let routes = TowerToHyperService::new(router.clone());
        let routes = Routes { app: app.clone(), peer: Peer(peer), routes };
        let serving = graceful.watch(connection(stream, app.timeouts(), routes));
        let metrics = Arc::clone(app.metrics());
        metrics.connection_opened();
        tokio::spawn(async move {
            // The client disconnected, or did not send HTTP. Neither is an error of the registry.
            if let Err(error) = serving.await {
                tracing::debug!(%error, "a connection failed");
            }
            metrics.connection_closed();
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits::SHUTDOWN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("the shutdown took too long; the registry ends the requests that still run");
    }
    Ok(())
}

type Io = TokioIo<Pin<Box<TimeoutStream<TcpStream>>>>;

fn connection(stream: TcpStream, timeouts: Timeouts, routes: Routes) -> http1::Connection<Io, Routes> {
    // The registry writes each short answer at once. Without this option, the operating system could wait for more
    // bytes before it sends the answer.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(timeouts.reading));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.head)
        .max_buf_size(limits::HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(Box::pin(stream)), routes)
}

/// The response cache and the routes, for one connection.
struct Routes {
    app: App,
    peer: Peer,
    routes: TowerToHyperService<Router>,
}

impl Service<Request<Incoming>> for Routes {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<
        Ready<Result<Response, Infallible>>,
        <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future,
    >;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        if let Some(response) = answer_from_cache(&self.app, &request) {
            return Either::Left(ready(Ok(response)));
        }
        request.extensions_mut().insert(self.peer);
        Either::Right(self.routes.call(request))
    }
}
