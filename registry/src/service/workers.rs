mod queue;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use std::{io, thread};

use evschema_model::Stop;
use tokio::sync::oneshot;

use super::Refusal;
use crate::limits;
use crate::metrics::Metrics;
pub(crate) use queue::Client;
use queue::{Full, Queue};

tokio::task_local! {
    /// For whom the current task works.
    static CLIENT: Client;
}

/// Threads for work that computes: parsing, checking, validating.
///
/// There are as many as processors, and at least two, so that requests which only read stay quick. Work waits in a
/// bounded queue in which clients take turns. One client never has all threads, and neither have those without a token
/// together, so that their longest checks do not delay what others want. The threads are not the runtime's: their stacks must be deep enough for any document.
#[derive(Debug, Clone)]
pub(super) struct Workers {
    queue: Arc<Queue>,
    metrics: Arc<Metrics>,
    _end: Arc<End>,
}

/// Ends the threads when the last copy of the workers goes.
#[derive(Debug)]
struct End(Arc<Queue>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Requests a stop of work when nobody waits for it any more.
struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.request();
    }
}

impl Workers {
    /// Starts the threads, which end when the last copy of what is returned does.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub(super) fn start(metrics: Arc<Metrics>) -> io::Result<Self> {
        let at_once = thread::available_parallelism().map_or(1, std::num::NonZero::get).max(2);
        let queue = Arc::new(Queue::new(at_once));
        for _ in 0..at_once {
            let queue = Arc::clone(&queue);
            let thread =
                thread::Builder::new().name("check".to_owned()).stack_size(limits::CHECK_STACK_BYTES);
            thread.spawn(move || queue.work())?;
        }
        Ok(Self { _end: Arc::new(End(Arc::clone(&queue))), queue, metrics })
    }

    /// Does the work on one of the threads, when the turn of the current client comes. If the caller stops waiting,
    /// the work is not begun, or is asked to stop; also if it takes longer than [`limits::CHECK_TIME_MAX`].
    ///
    /// # Errors
    ///
    /// When too much work waits already.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let client = CLIENT.try_with(Client::clone).unwrap_or_default();
        self.run_for(client, work).await
    }

    /// Does the same for a client.
    pub(super) async fn run_for<T: Send + 'static>(
        &self,
        client: Client,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (send, mut receive) = oneshot::channel();
        let (begin, begun) = oneshot::channel();
        let stop = StopWhenDropped(Stop::default());
        let (flag, metrics, since) = (stop.0.clone(), Arc::clone(&self.metrics), Instant::now());
        let piece = move || {
            metrics.waited(since.elapsed());
            if !flag.is_requested() {
                let _ = begin.send(());
                let _ = send.send(catch_unwind(AssertUnwindSafe(|| flag.rule(work))));
            }
        };
        self.queue.push(client, Box::new(piece)).map_err(|full| match full {
            Full::OfAll => Refusal::Busy,
            Full::OfClient => Refusal::TooManyChecks,
        })?;
        let timer = async {
            let _begun = begun.await;
            tokio::time::sleep(limits::CHECK_TIME_MAX).await;
        };
        let answer = tokio::select! {
            biased;
            answer = &mut receive => answer,
            () = timer => {
                stop.0.request();
                receive.await
            }
        };
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(panic)) => Err(Refusal::Bug(panic_message(panic.as_ref()))),
            Err(_) => Err(Refusal::Bug("the worker threads have stopped".to_owned())),
        }
    }
}

impl Client {
    /// Returns the client for whom the current task works.
    pub(crate) fn current() -> Self {
        CLIENT.try_with(Self::clone).unwrap_or_default()
    }

    /// Answers a request of this client.
    pub(crate) async fn serve<T>(self, answer: impl Future<Output = T>) -> T {
        CLIENT.scope(self, answer).await
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_bug_and_the_next_work_goes_on() {
        let workers = Workers::start(Arc::default()).unwrap();
        let bug = workers.run(|| if true { panic!("broken") } else { 1 }).await;
        assert!(matches!(bug, Err(Refusal::Bug(message)) if message == "broken"));
        assert_eq!(workers.run(|| 2).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_asked_to_stop() {
        let workers = Workers::start(Arc::default()).unwrap();
        let (send, receive) = oneshot::channel();
        let work = workers.run(move || {
            while !Stop::is_current_requested() {
                thread::yield_now();
            }
            let _ = send.send(());
        });
        assert!(tokio::time::timeout(Duration::from_millis(50), work).await.is_err());
        tokio::time::timeout(Duration::from_secs(10), receive).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn one_client_does_not_delay_another() {
        let workers = Workers::start(Arc::default()).unwrap();
        let hostile = Client::at([192, 0, 2, 1].into());
        let mut long = Vec::new();
        for _ in 0..limits::CHECKS_WAITING_OF_CLIENT_MAX {
            let (workers, hostile) = (workers.clone(), hostile.clone());
            let work =
                async move { workers.run_for(hostile, || thread::sleep(Duration::from_millis(100))).await };
            long.push(tokio::spawn(work));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let refused = workers.run_for(hostile, || ()).await;
        assert!(matches!(refused, Err(Refusal::TooManyChecks)), "{refused:?}");
        let since = Instant::now();
        workers.run_for(Client::Token("other".into()), || ()).await.unwrap();
        assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
        long.iter().for_each(tokio::task::JoinHandle::abort);
    }
}
