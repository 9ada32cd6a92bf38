//! Runs many processes and many clients, and registers contradictory versions. The responses must be the same as those
//! of one registry that executes one operation at a time.
//!
//! `EVSCHEMA_CONTENTION_SECONDS` is the duration in seconds. The default is 3.

use std::time::{Duration, Instant};

use evschema_api::client::Client;
use evschema_tests::Postgres;

use super::load::{Load, Process, check, registered};

const CLIENTS: u64 = 8;

fn seconds() -> u64 {
    std::env::var("EVSCHEMA_CONTENTION_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

/// Lets clients contend for a time. Returns the number of registrations. If the history contains a contradiction,
/// returns this contradiction as an error.
fn contend(processes: &[Process], time: Duration) -> Result<usize, String> {
    let urls: Vec<String> = processes.iter().map(Process::url).collect();
    let load = Load::new();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (load, urls) = (&load, &urls);
            scope.spawn(move || load.run(urls, 1 + client));
        }
        std::thread::sleep(time);
        load.stop();
    });
    let history = load.history();
    // If the ordinals are wrong, even the read of the versions in the order of their ordinals fails.
    let registered = std::panic::catch_unwind(|| registered(&Client::new(urls[0].as_str(), None)));
    check(&history, &registered.map_err(|_| "ordinals repeat".to_owned())?)?;
    Ok(history.len())
}

#[test]
fn the_history_of_many_processes_is_linearizable() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("registry.db").display());
    for (name, url, count) in [("sqlite", file, 2), ("postgres", Postgres::fresh_database(), 3)] {
        let processes: Vec<Process> = (0..count).map(|_| Process::start(&url)).collect();
        let operations =
            contend(&processes, Duration::from_secs(seconds())).unwrap_or_else(|why| panic!("{name}: {why}"));
        println!("{name}: {operations} operations of {CLIENTS} clients on {count} processes");
        assert!(50 < operations, "{name}: {operations} operations are too few to tell anything");
    }
}

#[test]
fn without_the_guard_of_the_append_this_test_fails() {
    let url = Postgres::fresh_database();
    let processes: Vec<Process> = (0..3).map(|_| Process::start(&url)).collect();
    // Turns off the protections of the database. The revision of a subject stays the same, so every append succeeds.
    // Ordinals need not be unique.
    Postgres::run_sql(
        &url,
        "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql
             AS 'BEGIN NEW.revision := OLD.revision; RETURN NEW; END';
         CREATE TRIGGER forget BEFORE UPDATE ON subjects FOR EACH ROW EXECUTE FUNCTION forget();
         ALTER TABLE versions DROP CONSTRAINT versions_subject_id_ordinal_key;",
    );
    let patience = Instant::now();
    while contend(&processes, Duration::from_secs(2)).is_ok() {
        assert!(patience.elapsed() < Duration::from_secs(60), "nobody notices that the guard is gone");
    }
}
