//! Processor time of a registry and its database.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// The processor time of a registry and of its database.
///
/// Other work on the machine delays a response, but has little effect on the processor time.
#[derive(Debug)]
pub(super) struct Processor {
    /// The `schedstat` file of each thread.
    threads: Vec<PathBuf>,
}

impl Processor {
    /// Finds the threads of a process, and the Postgres processes that serve this database.
    pub(super) fn of(process: u32, database: &str) -> io::Result<Self> {
        let mut threads = Vec::new();
        for thread in fs::read_dir(format!("/proc/{process}/task"))? {
            threads.push(thread?.path().join("schedstat"));
        }
        if let Some(served) = served(database) {
            for process in fs::read_dir("/proc")? {
                let process = process?.path();
                // If a process has ended in the meantime, its command line is missing.
                if fs::read_to_string(process.join("cmdline")).is_ok_and(|line| line.starts_with(&served)) {
                    threads.push(process.join("schedstat"));
                }
            }
        }
        Ok(Self { threads })
    }

    /// Returns the sum of the processor times.
    pub(super) fn time(&self) -> Duration {
        let taken = |path: &PathBuf| {
            let text = fs::read_to_string(path).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        };
        Duration::from_nanos(self.threads.iter().filter_map(taken).sum())
    }
}

/// Returns the start of the command line of a Postgres process that serves this database.
fn served(database: &str) -> Option<String> {
    let (_, rest) = database.strip_prefix("postgres")?.split_once("://")?;
    let (user, rest) = rest.split_once('@')?;
    let name = rest.rsplit('/').next()?.split('?').next()?;
    Some(format!("postgres: {} {name} ", user.split(':').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_of_a_database() {
        let served = |url| super::served(url).unwrap_or_default();
        assert_eq!(
            served("postgres://me:secret@127.0.0.1:5432/events?sslmode=disable"),
            "postgres: me events "
        );
        assert_eq!(served("postgresql://me@127.0.0.1:5432/events"), "postgres: me events ");
        assert_eq!(served("sqlite:events.db"), "");
    }

    #[test]
    fn own_work_is_seen() {
        let processor = Processor::of(std::process::id(), "sqlite:x").unwrap();
        let before = processor.time();
        let start = std::time::Instant::now();
        let mut number = 0_u64;
        while start.elapsed() < Duration::from_millis(50) {
            number = std::hint::black_box(number).wrapping_add(1);
        }
        assert!(before < processor.time());
    }
}
