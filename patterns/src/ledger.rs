//! Event sourcing: the events of an account are its only truth, and its state is their result.
//!
//! Each account has its own subject of NATS. A writer appends with the sequence of the last event that it has read, so
//! two writers never decide from the same state. Old and new writers work side by side.

mod audit;
mod bank;
mod journal;
mod poison;
mod rebuild;
mod snapshot;
mod state;
mod statement;
mod writer;

use std::sync::Arc;
use std::time::Instant;

use evschema_events::Measure;

use crate::account::Account;
use crate::arguments::Arguments;
use crate::failure::Attempt;
use crate::latency::{Milliseconds, rate};
use crate::published::Published;
use crate::servers::Servers;
use crate::{jetstream, letters};

use bank::Bank;
use journal::Journal;
use snapshot::Snapshots;
use statement::Statement;

/// Runs the pattern.
pub(crate) async fn run(servers: &Servers, arguments: &Arguments) -> Attempt {
    let mut account = Account::begin("ledger", "event sourcing with one subject for each account");
    let replicas = servers.cluster.len();
    let jetstream = servers.jetstream().await?;
    let stream = jetstream::create_stream(&jetstream, "LEDGER", &["ledger.>"], replicas).await?;
    let journal = Arc::new(Journal::new(jetstream.clone(), stream.clone()));
    let snapshots = Snapshots::create(&jetstream, replicas).await?;
    let published = Arc::new(Published::read()?);
    let pool = servers.database().await?;
    let statement = Statement::create(pool).await?;
    let projection = statement.run(jetstream::durable(&stream, "statement", "ledger.>").await?);

    let entries = arguments.events(400, 10_000);
    let bank = Bank::open(journal.clone(), published.clone(), entries / 20).await?;
    let start = Instant::now();
    bank.post(entries / 2).await?;
    let before_snapshot = start.elapsed();
    let saved = snapshots.save(&rebuild::all(&journal).await?.accounts).await?;
    let start = Instant::now();
    bank.post(entries - entries / 2).await?;
    let elapsed = before_snapshot + start.elapsed();
    bank.close_two().await?;
    poison::append(&bank, &jetstream).await?;
    let totals = bank.totals();
    statement.wait_for_entries(totals.entries - poison::FOREIGN_ENTRIES).await?;

    account.section("Writers append, and each conflict is found");
    account.figure("brokers, and replicas of each event", replicas);
    account.figure("appended", rate(entries, elapsed));
    account.figure("events in the journal", totals.all());
    account.figure("conflicts, decided again from newer events", totals.conflicts);
    account.figure("from the append to the statement, p50", statement.latencies().percentile(50));
    account.figure("from the append to the statement, p99", statement.latencies().percentile(99));

    let rebuilt = rebuild::show(&mut account, &journal, totals).await?;
    audit::show(&account, &journal, &rebuilt).await?;
    snapshot::show(&mut account, &journal, &snapshots, saved, &rebuilt).await?;
    published.show_refusal(
        &mut account,
        "ledger.entry.posted",
        "`side` gets the new value `fee`, but other teams read with older code",
        |schema| schema["properties"]["side"]["enum"] = serde_json::json!(["debit", "credit", "fee"]),
    )?;

    poison::show(&mut account, &statement).await?;
    projection.stop().await?;
    show_duplicates(&mut account, &bank, &statement, &stream).await?;

    account.section("Each event has one effect, counted in the database");
    account.check("events with an effect", statement.count_different_entries().await?, totals.entries);
    account.check("effects", statement.count_entries().await?, totals.entries);
    account.check("balances that differ from the events", statement.differences(&rebuilt).await?, 0);
    account.finish()
}

/// Appends events a second time, and delivers the whole journal a second time.
async fn show_duplicates(
    account: &mut Account,
    bank: &Bank,
    statement: &Statement,
    stream: &async_nats::jetstream::stream::Stream,
) -> Attempt {
    account.section("Duplicates have no second effect");
    let (again, dropped) = bank.append_again().await?;
    account.check("appended again, dropped by the broker", dropped, again);
    let before = statement.count_entries().await?;
    let duplicates = || statement.counters().count(Measure::Duplicate);
    let (known, start) = (duplicates(), Instant::now());
    let expected = u64::try_from(bank.totals().all())?;
    // A consumer that has lost its position reads everything again.
    let again = statement.run(jetstream::durable(stream, "statement-again", "ledger.>").await?);
    while duplicates() - known < expected && start.elapsed().as_secs() < 120 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    account.check("events delivered again", duplicates() - known, expected);
    account.figure("time for the second delivery", Milliseconds(start.elapsed()));
    again.stop().await?;
    account.check("effects of duplicates", statement.count_entries().await? - before, 0);
    letters::wait_for(statement.letters(), 1).await
}
