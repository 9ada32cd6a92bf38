use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use super::Refusal;
use crate::limits;

/// Threads for work that computes: parsing, checking, validating.
///
/// As many run at once as there are processors, so that requests which only read stay quick, and
/// a bounded number waits. Each piece of work gets a thread of its own, because the stack must be
/// deep enough for any document whatever the runtime's threads have; starting one takes a few
/// microseconds of the milliseconds that the work takes.
#[derive(Debug, Clone)]
pub(super) struct Workers {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Workers {
    pub(super) fn new() -> Self {
        let at_once = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(at_once + limits::CHECKS_WAITING_MAX)),
        }
    }

    /// Does the work on a thread of its own, when its turn comes.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Refusal::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Refusal::Busy)?;
        let (send, receive) = oneshot::channel();
        thread::Builder::new()
            .name("check".to_owned())
            .stack_size(limits::CHECK_STACK_BYTES)
            .spawn(move || {
                let result = catch_unwind(AssertUnwindSafe(work));
                // Free the place before the answer: who gets it may want the next one at once.
                drop(running);
                // Nobody listens when the client has gone.
                let _ = send.send(result);
            })
            .map_err(|_| Refusal::Busy)?;
        match receive.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(panic)) => Err(Refusal::Bug(panic_message(panic.as_ref()))),
            Err(_) => Err(Refusal::Bug("a worker has gone".to_owned())),
        }
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_bug_and_the_next_work_goes_on() {
        let workers = Workers::new();
        let bug = workers.run(|| if true { panic!("broken") } else { 1 }).await;
        assert!(matches!(bug, Err(Refusal::Bug(message)) if message == "broken"));
        assert_eq!(workers.run(|| 2).await.unwrap(), 2);
    }
}
