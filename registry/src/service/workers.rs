mod queue;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use std::{io, thread};

use evschema_model::Stop;
use tokio::sync::oneshot;

use super::refusal::Refusal;
use crate::limits;
use crate::metrics::Metrics;
pub(crate) use queue::Client;
use queue::{Full, Queue};

tokio::task_local! {
    /// The client of the current task.
    static CLIENT: Client;
}

/// Threads for computations: to parse, check and validate.
///
/// The number of threads is the number of processors, but at least two, so that short requests stay fast. Work waits in
/// a bounded queue, and the clients take turns. One client never uses all threads. All clients without a token together
/// also never use all threads. So long checks of some clients do not delay the other clients. The async runtime has
/// other threads. The threads for computations need larger stacks, which must be deep enough for every document.
#[derive(Debug, Clone)]
pub(super) struct Workers {
    queue: Arc<Queue>,
    metrics: Arc<Metrics>,
    _end: Arc<End>,
}

/// Ends the threads when the last copy of the workers is dropped.
#[derive(Debug)]
struct End(Arc<Queue>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// When the caller of some work no longer waits, this value is dropped. The work then gets a request to stop.
struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.request();
    }
}

impl Workers {
    /// Starts the threads. They end when the last copy of the returned value is dropped.
    ///
    /// # Errors
    ///
    /// If the operating system does not start a thread.
    pub(super) fn start(metrics: Arc<Metrics>) -> io::Result<Self> {
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).max(2);
        let queue = Arc::new(Queue::new(threads));
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            let thread =
                thread::Builder::new().name("check".to_owned()).stack_size(limits::CHECK_STACK_BYTES);
            thread.spawn(move || queue.work())?;
        }
        Ok(Self { _end: Arc::new(End(Arc::clone(&queue))), queue, metrics })
    }

    /// Runs work on a thread, when it is the turn of the current client. If the caller no longer waits, the work does
    /// not begin, or gets a request to stop. The work also gets this request after it ran for
    /// [`limits::CHECK_TIME_MAX`].
    ///
    /// # Errors
    ///
    /// If too much work is waiting.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let client = CLIENT.try_with(Client::clone).unwrap_or_default();
        self.run_for(client, work).await
    }

    /// Like [`run`](Self::run), but for the given client.
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
            Full::Queue => Refusal::Busy,
            Full::Client => Refusal::TooManyChecks,
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
    /// Returns the client of the current task.
    pub(crate) fn current() -> Self {
        CLIENT.try_with(Self::clone).unwrap_or_default()
    }

    /// Runs a task for this client.
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
    async fn after_a_panic_the_next_work_still_runs() {
        let workers = Workers::start(Arc::default()).unwrap();
        let bug = workers.run(|| if true { panic!("broken") } else { 1 }).await;
        assert!(matches!(bug, Err(Refusal::Bug(message)) if message == "broken"));
        assert_eq!(workers.run(|| 2).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn work_stops_when_its_caller_no_longer_waits() {
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
