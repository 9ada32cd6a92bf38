use std::collections::BTreeMap;
use std::time::Instant;

use super::bank::Totals;
use super::journal::{ALL, Journal};
use super::state::AccountState;
use crate::account::Account;
use crate::failure::Attempt;
use crate::latency::rate;

/// The states of all accounts.
pub(crate) type States = BTreeMap<String, AccountState>;

/// All states, and the number of events of each version from which they were rebuilt.
#[derive(Debug, Default)]
pub(crate) struct Rebuilt {
    /// The states.
    pub(crate) accounts: States,
    /// The number of events by event type and version.
    pub(crate) versions: BTreeMap<String, usize>,
}

/// Rebuilds the states of all accounts from all events.
///
/// # Errors
///
/// If the broker fails, or if an event does not follow the one before.
pub(crate) async fn all(journal: &Journal) -> Attempt<Rebuilt> {
    let mut rebuilt = Rebuilt::default();
    journal
        .read(ALL, 0, |recorded| {
            *rebuilt.versions.entry(recorded.version).or_default() += 1;
            let state = rebuilt.accounts.entry(recorded.account).or_default();
            Ok(state.apply(recorded.event, recorded.position)?)
        })
        .await?;
    Ok(rebuilt)
}

/// Rebuilds all states, and shows from how many events of each version.
///
/// # Errors
///
/// Like [`all`].
pub(crate) async fn show(account: &mut Account, journal: &Journal, totals: Totals) -> Attempt<States> {
    account.section("State is rebuilt from events of every published version");
    let start = Instant::now();
    let rebuilt = all(journal).await?;
    let count: usize = rebuilt.versions.values().sum();
    account.figure("replayed, decoded and validated", rate(count, start.elapsed()));
    for (version, events) in &rebuilt.versions {
        account.figure(version, events);
    }
    account.check("versions in the journal", rebuilt.versions.len(), 7);
    account.check("events in the rebuilt states", count, totals.all());
    let reversals: usize = rebuilt.accounts.values().map(|state| state.reversals).sum();
    account.figure("entries with `reverses`, which is new in 1.1.0", reversals);
    Ok(rebuilt.accounts)
}
