use std::io;
use std::time::Duration;

/// Returns the processor time of this thread. The kernel updates it only at intervals.
///
/// # Errors
///
/// If the kernel does not provide this time.
pub(crate) fn thread_time() -> io::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = stat.split_whitespace().next().and_then(|first| first.parse().ok());
    nanoseconds.map(Duration::from_nanos).ok_or_else(|| io::Error::other("no /proc/thread-self/schedstat"))
}
