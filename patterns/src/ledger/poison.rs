use async_nats::jetstream::Context;
use evschema_events::dead_letter::DeadLetter;

use super::bank::Bank;
use super::statement::Statement;
use crate::account::Account;
use crate::events::LedgerEvent;
use crate::failure::{Attempt, Failure};
use crate::letters;

/// Number of entries in a currency whose rate the statement does not know.
pub(crate) const FOREIGN_ENTRIES: usize = 3;

/// An account in pounds.
const FOREIGN: &str = "ACC-9000000001";

/// An event of another team, which does not use the generated types. `minor` is a text.
const INVALID: &str = r#"{
  "account_id": "ACC-0000000001",
  "sequence": 1,
  "entry_id": "5a0c1b7e-2f4d-4b8a-9c3e-7d6f5e4a3b2c",
  "posted_at": "2026-01-02T08:15:00Z",
  "side": "credit",
  "amount": { "minor": "250000", "currency": "EUR" }
}"#;

/// Appends entries that the statement cannot handle yet, and publishes an invalid event.
///
/// # Errors
///
/// If the broker fails.
pub(crate) async fn append(bank: &Bank, jetstream: &Context) -> Attempt {
    bank.open_foreign(FOREIGN, "GBP").await?;
    for amount in 0..FOREIGN_ENTRIES {
        bank.post_one(FOREIGN, 1_001 + 2 * i64::try_from(amount)?).await?;
    }
    let mut headers = async_nats::HeaderMap::new();
    for (name, value) in [
        ("ce-specversion", "1.0"),
        ("ce-id", "import-7"),
        ("ce-source", "/import"),
        ("ce-type", "ledger.entry.posted"),
        ("ce-dataschema", "/schemas/ledger.entry.posted/1.1.0.json"),
        ("content-type", "application/json"),
    ] {
        headers.insert(name, value);
    }
    jetstream.publish_with_headers("ledger.import", headers, INVALID.into()).await?.await?;
    Ok(())
}

/// Shows the dead letters, fixes the reason, and replays them.
///
/// # Errors
///
/// If the store fails, or if an event has no effect after the fix.
pub(crate) async fn show(account: &mut Account, statement: &Statement) -> Attempt {
    account.section("Poisoned events are dead letters, and are replayed after a fix");
    letters::wait_for(statement.letters(), FOREIGN_ENTRIES + 1).await?;
    letters::show(account, statement.letters()).await?;
    let before = statement.count_entries().await?;
    statement.set_rate("GBP", 1_170).await?;
    account.line("fix: the table of rates gets GBP");
    // The journal has the event already, so the replay goes to the consumer and not to the journal.
    letters::replay_all::<LedgerEvent, _>(
        account,
        statement.letters(),
        (FOREIGN_ENTRIES, 1),
        |letter, payload| replay(statement.clone(), letter, payload),
    )
    .await?;
    account.check("effects of the replay", statement.count_entries().await? - before, FOREIGN_ENTRIES);
    Ok(())
}

async fn replay(statement: Statement, letter: DeadLetter, payload: Vec<u8>) -> Result<(), Failure> {
    let headers = letter.headers().map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
    statement.handle_again(headers, &payload).await
}
