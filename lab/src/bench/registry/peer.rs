//! Registering and reading by id beside another registry, which runs already and speaks the API that Confluent's
//! schema registry has: the same documents, the same clients, in turns.

mod load;
mod target;

use std::error::Error;
use std::path::Path;

use evschema_tests::{Postgres, find_program};
use serde_json::json;

use super::inventory::Inventory;
use super::process::Process;
use super::reads::{self, Load, median};
use super::{Args, say};
use crate::running::{Database, Storage};
use load::Writes;
use target::Target;

const ROUNDS: usize = 5;
/// Documents that are registered, in turn.
const DOCUMENTS: usize = 300;
/// What has been acknowledged when ours says so; what the peer means by it is for its own documentation to say.
const OWN_GUARANTEE: &str = "checked, and on the disk";

/// Measures, on each database; there is no bar, and so none is missed.
pub(super) fn run(args: &Args, url: &str) -> Result<usize, Box<dyn Error>> {
    let wrk = find_program("wrk", &[]).ok_or("`wrk` is not installed: apt-get install wrk")?;
    let peer = Target::peer(url);
    let documents = documents(&peer, &Inventory::read(&args.events)?)?;
    let left_out = DOCUMENTS - documents.len();
    say(args, &json!({ "what": "documents", "both_take": documents.len(), "the_peer_refuses": left_out }))?;
    for database in &args.database {
        let (registry, _storage) = start(*database)?;
        let own = Target::own(registry.url());
        writes(args, *database, &own, &peer, &documents)?;
        read(args, *database, &wrk, &own, &peer, &documents)?;
    }
    Ok(0)
}

/// Where a registry keeps what it has; dropped, it goes away.
enum Kept {
    File(#[expect(dead_code, reason = "it lives as long as the registry")] Storage),
    Server(#[expect(dead_code, reason = "it lives as long as the registry")] Postgres),
}

/// Starts ours, so that what it acknowledges is on the disk.
fn start(database: Database) -> Result<(Process, Kept), Box<dyn Error>> {
    Ok(match database {
        Database::Sqlite => {
            let storage = Storage::new(database)?;
            (Process::start(&storage.url)?, Kept::File(storage))
        }
        Database::Postgres => {
            let server = Postgres::try_start_safe()?;
            (Process::start(&server.url())?, Kept::Server(server))
        }
    })
}

/// Returns real schemas that the peer takes. It may know fewer drafts than they are written in.
fn documents(peer: &Target, inventory: &Inventory) -> Result<Vec<String>, Box<dyn Error>> {
    let client = peer.client();
    let run = load::run_name();
    let mut documents = Vec::new();
    let mut refused = None;
    for number in 0..DOCUMENTS {
        let document = String::from_utf8(inventory.item(number, 0)?.bytes)?;
        match client.register(&format!("load.{run}.probe{number}"), &document) {
            Ok(_) => documents.push(document),
            Err(error) => refused = Some(error),
        }
    }
    match refused {
        Some(error) if documents.is_empty() => Err(error),
        Some(_) | None => Ok(documents),
    }
}

fn writes(
    args: &Args,
    database: Database,
    own: &Target,
    peer: &Target,
    documents: &[String],
) -> Result<(), Box<dyn Error>> {
    let mut rounds: Vec<(Writes, Writes)> = Vec::new();
    for _ in 0..ROUNDS {
        let theirs = load::writes(peer, documents)?;
        rounds.push((theirs, load::writes(own, documents)?));
    }
    let peers = |part: fn(&Writes) -> f64| median(rounds.iter().map(|(theirs, _)| part(theirs)));
    let owns = |part: fn(&Writes) -> f64| median(rounds.iter().map(|(_, own)| part(own)));
    let row = json!({
        "database": database.name(), "what": "register", "clients": load::CLIENTS,
        "peer_per_second": peers(|writes| writes.per_second),
        "own_per_second": owns(|writes| writes.per_second),
        "times": median(rounds.iter().map(|(theirs, own)| own.per_second / theirs.per_second)),
        "peer_p50_ms": peers(|writes| writes.latency.percentile(50)),
        "peer_p99_ms": peers(|writes| writes.latency.percentile(99)),
        "own_p50_ms": owns(|writes| writes.latency.percentile(50)),
        "own_p99_ms": owns(|writes| writes.latency.percentile(99)),
        "own_acknowledges": OWN_GUARANTEE,
    });
    Ok(say(args, &row)?)
}

fn read(
    args: &Args,
    database: Database,
    wrk: &Path,
    own: &Target,
    peer: &Target,
    documents: &[String],
) -> Result<(), Box<dyn Error>> {
    let subject = format!("load.{}.read", load::run_name());
    let document = documents.first().ok_or("no document")?;
    let [theirs, own] = [peer, own].map(|target| target.client().register(&subject, document));
    let (theirs, own) = (theirs?, own?);
    let mut rounds: Vec<(Load, Load)> = Vec::new();
    for _ in 0..ROUNDS {
        let their_load = reads::load(wrk, &theirs, None)?;
        rounds.push((their_load, reads::load(wrk, &own, None)?));
    }
    let peers = |part: fn(&Load) -> f64| median(rounds.iter().map(|(theirs, _)| part(theirs)));
    let owns = |part: fn(&Load) -> f64| median(rounds.iter().map(|(_, own)| part(own)));
    let row = json!({
        "database": database.name(), "what": "read by id", "connections": reads::CONNECTIONS,
        "bytes": document.len(),
        "peer_per_second": peers(|load| load.per_second), "own_per_second": owns(|load| load.per_second),
        "times": median(rounds.iter().map(|(theirs, own)| own.per_second / theirs.per_second)),
        "peer_p50_ms": peers(|load| load.p50_ms), "peer_p99_ms": peers(|load| load.p99_ms),
        "own_p50_ms": owns(|load| load.p50_ms), "own_p99_ms": owns(|load| load.p99_ms),
    });
    Ok(say(args, &row)?)
}
