//! Processor time of this process and its descendants.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::time::Duration;

/// Kernel ticks per second in `/proc`, the same on all common Linux systems.
const TICKS_PER_SECOND: u32 = 100;

/// Returns the processor time of this process and of all its descendants, including those that have ended.
pub(super) fn processor_time() -> io::Result<Duration> {
    let mut processes = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        // If a process ends in the meantime, the time of its parent includes the time of this process.
        if let Some(number) = name.to_str().and_then(|name| name.parse::<u32>().ok())
            && let Ok(stat) = fs::read_to_string(format!("/proc/{number}/stat"))
            && let Some(process) = read(&stat)
        {
            processes.insert(number, process);
        }
    }
    let own = std::process::id();
    let is_ours = |mut number: u32| {
        while number != own {
            match processes.get(&number) {
                Some((parent, _)) => number = *parent,
                None => return false,
            }
        }
        true
    };
    let ticks: u64 =
        processes.iter().filter(|(number, _)| is_ours(**number)).map(|(_, (_, ticks))| ticks).sum();
    Ok(Duration::from_secs(ticks) / TICKS_PER_SECOND)
}

/// Parses the parent of a process, and the ticks of the process with those of its ended children.
fn read(stat: &str) -> Option<(u32, u64)> {
    // The name of the program can contain any character.
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some((fields.get(1)?.parse().ok()?, ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_of_the_kernel() {
        let stat = "7 (a) b) S 3 7 7 0 -1 4 1 2 3 4 10 20 300 4000 20 0 1 0 5";
        assert_eq!(read(stat), Some((3, 4330)));
        assert_eq!(read("7 (a"), None);
    }
}
