use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::failure::Attempt;

/// A task that runs until it is stopped.
#[derive(Debug)]
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Attempt>,
}

/// Is ready when the task must stop.
pub(crate) type Stop = oneshot::Receiver<()>;

impl Running {
    /// Starts a task. It gets the future that is ready when it must stop.
    pub(crate) fn start<F>(task: impl FnOnce(Stop) -> F) -> Self
    where
        F: Future<Output = Attempt> + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(task(stopped)) }
    }

    /// Stops the task, and waits for its end.
    ///
    /// # Errors
    ///
    /// If the task has failed.
    pub(crate) async fn stop(self) -> Attempt {
        // If the task has ended already, its result says why.
        let _ended = self.stop.send(());
        self.task.await?
    }
}

/// Waits for the signal to stop.
pub(crate) async fn stopped(stop: Stop) {
    // An error means that the owner of the task is gone, so the task must stop, too.
    let _gone = stop.await;
}
