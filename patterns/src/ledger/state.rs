use serde::{Deserialize, Serialize};

use crate::events::LedgerEvent;
use crate::events::ledger_entry_posted::v1::Side;

/// The state of an account: the result of its events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountState {
    /// The currency.
    pub(crate) currency: String,
    /// The balance in the smallest unit.
    pub(crate) balance: i64,
    /// How far the balance may be below zero.
    pub(crate) overdraft: i64,
    /// The number of the last event in the history of the account.
    pub(crate) sequence: i64,
    /// The number of entries.
    pub(crate) entries: usize,
    /// The number of entries that undo another entry.
    pub(crate) reversals: usize,
    /// Whether the account has ended.
    pub(crate) is_closed: bool,
    /// The position of the last event in the stream. The next append expects it.
    pub(crate) position: u64,
}

impl AccountState {
    /// Applies the next event. Events of all versions come here in their newest form.
    ///
    /// # Errors
    ///
    /// If the event does not follow the last one.
    pub(crate) fn apply(&mut self, event: LedgerEvent, position: u64) -> Result<(), String> {
        let sequence = match event {
            LedgerEvent::Opened(event) => {
                let opened = event.into_latest();
                self.currency = opened.currency;
                self.overdraft = opened.overdraft_limit.map_or(0, |limit| limit.minor);
                1
            }
            LedgerEvent::Posted(event) => {
                let entry = event.into_latest();
                self.balance += match entry.side {
                    Side::Credit => entry.amount.minor,
                    Side::Debit => -entry.amount.minor,
                };
                self.entries += 1;
                self.reversals += usize::from(entry.reverses.is_some());
                entry.sequence.as_i64().unwrap_or_default()
            }
            LedgerEvent::Closed(event) => {
                self.is_closed = true;
                event.into_latest().sequence.as_i64().unwrap_or_default()
            }
        };
        if sequence != self.sequence + 1 {
            return Err(format!("event {sequence} does not follow event {}", self.sequence));
        }
        self.sequence = sequence;
        self.position = position;
        Ok(())
    }
}
