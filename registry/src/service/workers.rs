use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::{io, thread};

use tokio::sync::{Semaphore, oneshot};

use super::Refusal;
use crate::limits;

/// A piece of work, which answers by itself.
type Work = Box<dyn FnOnce() + Send>;

/// Threads for work that computes: parsing, checking, validating.
///
/// There are as many as processors, so that requests which only read stay quick, and a bounded number of pieces
/// waits for them. They are not the runtime's: their stacks must be deep enough for any document.
#[derive(Debug, Clone)]
pub(super) struct Workers {
    queue: mpsc::Sender<Work>,
    admitted: Arc<Semaphore>,
}

impl Workers {
    /// Starts the threads, which end when the last copy of what is returned does.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub(super) fn start() -> io::Result<Self> {
        let at_once = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (queue, pieces) = mpsc::channel::<Work>();
        let pieces = Arc::new(Mutex::new(pieces));
        for _ in 0..at_once {
            let pieces = Arc::clone(&pieces);
            let thread =
                thread::Builder::new().name("check".to_owned()).stack_size(limits::CHECK_STACK_BYTES);
            thread.spawn(move || {
                while let Some(work) = next(&pieces) {
                    work();
                }
            })?;
        }
        let admitted = Arc::new(Semaphore::new(at_once + limits::CHECKS_WAITING_MAX));
        Ok(Self { queue, admitted })
    }

    /// Does the work on one of the threads, when its turn comes.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Refusal::Busy)?;
        let (send, receive) = oneshot::channel();
        let work = move || {
            // Nobody waits for it when the client has gone.
            if !send.is_closed() {
                let _ = send.send(catch_unwind(AssertUnwindSafe(work)));
            }
        };
        self.queue.send(Box::new(work)).map_err(|_| gone())?;
        match receive.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(panic)) => Err(Refusal::Bug(panic_message(panic.as_ref()))),
            Err(_) => Err(gone()),
        }
    }
}

/// Waits for the next piece; `None` when there will be no more.
fn next(pieces: &Mutex<mpsc::Receiver<Work>>) -> Option<Work> {
    // Nobody panics while holding it.
    pieces.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn gone() -> Refusal {
    Refusal::Bug("the workers have gone".to_owned())
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
        let workers = Workers::start().unwrap();
        let bug = workers.run(|| if true { panic!("broken") } else { 1 }).await;
        assert!(matches!(bug, Err(Refusal::Bug(message)) if message == "broken"));
        assert_eq!(workers.run(|| 2).await.unwrap(), 2);
    }
}
