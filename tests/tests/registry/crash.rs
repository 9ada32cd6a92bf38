//! Crashes processes at random moments under load. No acknowledged write may be lost, and no incomplete write may be
//! visible.
//!
//! `EVSCHEMA_CRASHES` is the number of crashes of each kind; the default is 4.

use std::time::{Duration, Instant};

use evschema_api::client::Client;
use evschema_tests::Postgres;

use super::load::{Load, Process, check, registered};

const CLIENTS: u64 = 4;

fn crashes() -> u64 {
    std::env::var("EVSCHEMA_CRASHES").ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

/// Lets clients write while processes crash repeatedly. Compares the final state with the responses that the clients
/// received.
fn write_through(name: &str, processes: &mut [Process], mut crash: impl FnMut(&mut [Process], u64)) {
    let urls: Vec<String> = processes.iter().map(Process::url).collect();
    let load = Load::new();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (load, urls) = (&load, &urls);
            scope.spawn(move || load.run(urls, 1 + client));
        }
        for number in 0..crashes() {
            let before = load.created();
            // Waits for a random time before the crash.
            std::thread::sleep(Duration::from_millis(60 + number * 7919 % 170));
            crash(processes, number);
            let patience = Instant::now();
            while load.created() <= before {
                assert!(patience.elapsed() < Duration::from_secs(60), "{name}: it does not recover");
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        load.stop();
    });
    let created = load.created();
    let history = load.history();
    let there = registered(&Client::new(urls[0].as_str(), None));
    check(&history, &there).unwrap_or_else(|why| panic!("{name}: {why}"));
    // The feed must be complete too: it has one event for each version, and its positions have no gap.
    let client = Client::new(urls[0].as_str(), None);
    let (mut events, mut versions) = (0, 0);
    loop {
        let page = client.feed(events, Some(1_000)).unwrap();
        for event in &page.events {
            events += 1;
            assert_eq!(event.id, events.to_string(), "{name}");
            versions += usize::from(event.kind == "evschema.version.registered");
        }
        if page.events.is_empty() {
            break;
        }
    }
    assert_eq!(versions, there.values().map(Vec::len).sum::<usize>(), "{name}");
    println!(
        "{name}: {} crashes, {} operations, {created} registrations acknowledged",
        crashes(),
        history.len()
    );
}

#[test]
fn a_registry_that_is_killed_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("registry.db").display());
    for (name, url, count) in [("sqlite", file, 1), ("postgres", Postgres::fresh_database(), 2)] {
        let mut processes: Vec<Process> = (0..count).map(|_| Process::start(&url)).collect();
        write_through(name, &mut processes, |processes, number| {
            let killed = &mut processes[number as usize % count];
            killed.crash();
            killed.run();
            killed.wait_until_ready();
        });
    }
}

#[test]
fn a_postgres_that_is_killed_loses_nothing_and_is_found_again() {
    let mut server = Postgres::start_durable();
    let url = server.create_database();
    let mut processes = [Process::start(&url), Process::start(&url)];
    write_through("postgres", &mut processes, |_, _| {
        server.crash();
        server.restart();
    });
}

#[test]
fn a_promoted_standby_has_every_acknowledged_write_and_is_found() {
    let mut primary = Postgres::start_durable();
    let database = primary.create_database();
    let standby = primary.start_standby();
    let url = primary.url_with(&standby, &database);
    let mut processes = [Process::start(&url), Process::start(&url)];
    write_through("postgres with a standby", &mut processes, |processes, number| {
        if number == 0 {
            primary.crash();
            standby.promote();
        } else {
            // From now on, a registry starts although the first host of its URL is gone.
            processes[0].crash();
            processes[0].run();
            processes[0].wait_until_ready();
        }
    });
}

#[test]
fn while_the_database_is_away_reads_go_on_and_all_recovers_by_itself() {
    let mut server = Postgres::start_durable();
    let process = Process::start(&server.create_database());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let get = |path: &str| agent.get(format!("{}{path}", process.url())).call().unwrap();
    let put = |version: &str| {
        agent
            .put(format!("{}/schemas/a/{version}.json", process.url()))
            .send(format!(r#"{{"title":"{version}"}}"#))
            .unwrap()
    };
    assert_eq!(put("1.0.0").status().as_u16(), 201);
    assert_eq!(get("/schemas/a/1.0.0.json").status().as_u16(), 200);
    server.crash();
    for _ in 0..3 {
        assert_eq!(get("/schemas/a/1.0.0.json").status().as_u16(), 200);
        let refused = put("1.0.1");
        assert_eq!(refused.status().as_u16(), 503);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(get("/readyz").status().as_u16(), 503);
        assert_eq!(get("/healthz").status().as_u16(), 200);
    }
    server.restart();
    let patience = Instant::now();
    while get("/readyz").status().as_u16() != 200 {
        assert!(patience.elapsed() < Duration::from_secs(30), "it does not find its database again");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(put("1.0.1").status().as_u16(), 201);
}

#[test]
fn a_full_disk_causes_an_error_and_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("registry.db").display());
    // The process may write at most 1 MB to a file. A longer write returns an error, and does not kill the process.
    let full = Process::start_after(&url, Some("trap '' XFSZ; ulimit -f 2000"));
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let put = |process: &Process, number: usize| {
        let schema = format!(r#"{{"title":"{}"}}"#, number.to_string().repeat(20_000));
        let url = format!("{}/schemas/big/1.0.{number}.json", process.url());
        agent.put(url).send(schema).unwrap()
    };
    let mut there = 0;
    let refused = loop {
        let answer = put(&full, there);
        if answer.status().as_u16() != 201 {
            break answer;
        }
        there += 1;
        assert!(there < 500, "the limit is never met");
    };
    assert!([503, 507].contains(&refused.status().as_u16()), "{}", refused.status());
    assert!(0 < there);
    let count = |process: &Process| {
        Client::new(process.url(), None).subject(&super::world::subject("big")).unwrap().versions.len()
    };
    assert_eq!(count(&full), there, "reads go on, and nothing half-written is seen");
    drop(full);
    let roomy = Process::start(&url);
    assert_eq!(count(&roomy), there, "what was acknowledged is there");
    assert_eq!(put(&roomy, there).status().as_u16(), 201, "and it goes on where it stopped");
}

/// A small disk, which exists as long as this value.
struct Disk(tempfile::TempDir);

impl Disk {
    fn mount(mib: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mib}m");
        let mut mount = std::process::Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &size, "none"])
            .arg(folder.path())
            .stderr(std::process::Stdio::null());
        let is_mounted = mount.status().is_ok_and(|status| status.success());
        if !is_mounted {
            println!("left out: only root can mount a disk");
        }
        is_mounted.then(|| Self(folder))
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.0.path().join("registry.db").display())
    }

    /// Fills the rest of the disk.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.path().join("filler")).unwrap();
        for piece in [&[0; 1 << 16][..], &[0; 1 << 12]] {
            while std::io::Write::write_all(&mut file, piece).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.path().join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _gone = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_over_when_there_is_room_again() {
    let Some(disk) = Disk::mount(8) else { return };
    let process = Process::start(&disk.database());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let put = |number: usize| {
        let schema = format!(r#"{{"title":"{}"}}"#, number.to_string().repeat(2_000));
        agent
            .put(format!("{}/schemas/a/1.0.{number}.json", process.url()))
            .send(schema)
            .unwrap()
            .status()
            .as_u16()
    };
    let ready = || agent.get(format!("{}/readyz", process.url())).call().unwrap().status().as_u16();
    assert_eq!(put(0), 201);
    for round in 0..3 {
        disk.fill();
        let mut full = 0;
        // SQLite may still have free pages in its log for a few writes.
        for number in 0..200 {
            let status = put(1_000 * (round + 1) + number);
            assert!([201, 503, 507].contains(&status), "{status}");
            full += usize::from(status != 201);
        }
        println!("round {round}: {full} of 200 had no room");
        assert!(20 < full, "the disk is never full");
        assert_eq!(ready(), 507);
        disk.free();
        assert_eq!(put(round + 1), 201, "the first write that has room is written");
        assert_eq!(ready(), 200);
    }
}

#[test]
fn a_registry_that_is_killed_on_a_full_disk_loses_nothing() {
    let Some(disk) = Disk::mount(32) else { return };
    let mut processes = [Process::start(&disk.database())];
    write_through("sqlite on a full disk", &mut processes, |processes, number| {
        disk.fill();
        std::thread::sleep(Duration::from_millis(50 + number * 31 % 100));
        processes[0].crash();
        disk.free();
        processes[0].run();
        processes[0].wait_until_ready();
    });
}
