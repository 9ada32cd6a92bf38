use std::sync::{Arc, Mutex, PoisonError};

use evschema_events::Envelope;

use super::journal::{Appended, Journal};
use super::state::AccountState;
use super::writer::{Writer, Written, envelope};
use crate::clock;
use crate::events::common_money::v1_0_0::amount;
use crate::events::ledger_account_closed::v1::{AccountClosed, Reason, account_closed};
use crate::events::ledger_account_opened::v1::{AccountOpened, Amount, Kind, account_opened};
use crate::failure::Attempt;
use crate::published::Published;

/// The versions of `ledger.entry.posted`, one for each writer.
const RELEASES: [&str; 4] = ["1.0.0", "1.0.1", "1.1.0", "1.1.0"];

/// The accounts of a bank, and its writers.
#[derive(Debug)]
pub(crate) struct Bank {
    journal: Arc<Journal>,
    published: Arc<Published>,
    accounts: Vec<String>,
    totals: Mutex<Totals>,
    /// The first event of each account, to append it again.
    opened: Vec<(String, Envelope<'static>)>,
}

/// The numbers of acknowledged events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Opened accounts.
    pub(crate) opened: usize,
    /// Entries.
    pub(crate) entries: usize,
    /// Closed accounts.
    pub(crate) closed: usize,
    /// Conflicts of writers.
    pub(crate) conflicts: usize,
}

impl Totals {
    /// Returns the number of all events.
    pub(crate) fn all(self) -> usize {
        self.opened + self.entries + self.closed
    }
}

impl Bank {
    /// Opens accounts. Half of the events are of version 1.0.0, and half of version 1.1.0 with an overdraft.
    ///
    /// # Errors
    ///
    /// If the broker fails.
    pub(crate) async fn open(
        journal: Arc<Journal>,
        published: Arc<Published>,
        count: usize,
    ) -> Attempt<Self> {
        let accounts = (1..=count.max(8)).map(|number| format!("ACC-{number:010}")).collect();
        let mut bank = Self { journal, published, accounts, totals: Mutex::default(), opened: Vec::new() };
        for index in 0..bank.accounts.len() {
            let Some(account) = bank.accounts.get(index).cloned() else { continue };
            let overdraft = (index % 2 == 1).then_some(100_000);
            let envelope = bank.open_account(&account, "EUR", overdraft).await?;
            bank.opened.push((account, envelope));
        }
        Ok(bank)
    }

    /// Opens an account in another currency.
    ///
    /// # Errors
    ///
    /// If the broker fails, or if the account exists.
    pub(crate) async fn open_foreign(&self, account: &str, currency: &str) -> Attempt {
        self.open_account(account, currency, None).await?;
        Ok(())
    }

    async fn open_account(
        &self,
        account: &str,
        currency: &str,
        overdraft: Option<i64>,
    ) -> Attempt<Envelope<'static>> {
        let amount = |minor| Amount::new(amount::Required { minor, currency: currency.to_owned() });
        let mut event = AccountOpened::new(account_opened::Required {
            account_id: account.to_owned(),
            opened_at: clock::now()?,
            kind: Kind::Liability,
            currency: currency.to_owned(),
        });
        if let Some(minor) = overdraft {
            event = event.with_overdraft_limit(amount(minor));
        }
        let version = if overdraft.is_some() { "1.1.0" } else { "1.0.0" };
        let envelope = envelope(&format!("open-{account}"), &event, version)?;
        if self.journal.append(account, &envelope, 0).await? == Appended::Conflict {
            return Err(format!("account {account} exists already").into());
        }
        self.count(|totals| totals.opened += 1);
        Ok(envelope)
    }

    /// Posts entries with all releases at the same time. The accounts are divided among the writers, except for the
    /// first four, which all of them use.
    ///
    /// # Errors
    ///
    /// If a writer fails.
    pub(crate) async fn post(&self, count: usize) -> Attempt {
        let (shared, owned) = self.accounts.split_at(4);
        let mut tasks = tokio::task::JoinSet::new();
        for (number, version) in RELEASES.into_iter().enumerate() {
            let mut writer = Writer::new(self.journal.clone(), self.published.clone(), version);
            let own: Vec<String> = owned.iter().skip(number).step_by(RELEASES.len()).cloned().collect();
            let shared = shared.to_vec();
            let share = (count + number) / RELEASES.len();
            tasks.spawn(async move { writer.post(share, &own, &shared).await });
        }
        while let Some(written) = tasks.join_next().await {
            let Written { entries, conflicts } = written??;
            self.count(|totals| {
                totals.entries += entries;
                totals.conflicts += conflicts;
            });
        }
        Ok(())
    }

    /// Posts one entry with the newest release.
    ///
    /// # Errors
    ///
    /// If the broker fails.
    pub(crate) async fn post_one(&self, account: &str, amount: i64) -> Attempt {
        let mut writer = Writer::new(self.journal.clone(), self.published.clone(), "1.1.0");
        let conflicts = writer.post_one(account, amount).await?;
        self.count(|totals| {
            totals.entries += 1;
            totals.conflicts += conflicts;
        });
        Ok(())
    }

    /// Settles and closes two accounts, one with each version of `ledger.account.closed`.
    ///
    /// # Errors
    ///
    /// If the broker fails, or another writer still uses the account.
    pub(crate) async fn close_two(&self) -> Attempt {
        for (account, version) in self.accounts.iter().rev().zip(["1.0.0", "1.1.0"]) {
            Writer::new(self.journal.clone(), self.published.clone(), "1.1.0").settle(account).await?;
            self.count(|totals| totals.entries += 1);
            let state = self.journal.load(account, AccountState::default()).await?;
            let mut event = AccountClosed::new(account_closed::Required {
                account_id: account.clone(),
                sequence: (state.sequence + 1).into(),
                closed_at: clock::now()?,
                reason: Reason::OwnerRequest,
            });
            if version == "1.1.0" {
                event = event.with_successor(self.accounts.first().cloned().unwrap_or_default());
            }
            let envelope = envelope(&format!("close-{account}"), &event, version)?;
            self.published.validate(AccountClosed::SUBJECT, version, envelope.data().unwrap_or_default())?;
            if self.journal.append(account, &envelope, state.position).await? == Appended::Conflict {
                return Err(format!("account {account} has changed").into());
            }
            self.count(|totals| totals.closed += 1);
        }
        Ok(())
    }

    /// Appends the first event of each account again. Returns the number of these appends, and how many of them the
    /// broker dropped.
    ///
    /// # Errors
    ///
    /// If the broker fails.
    pub(crate) async fn append_again(&self) -> Attempt<(usize, usize)> {
        let mut dropped = 0;
        for (account, envelope) in &self.opened {
            // A conflict is safe, too: the account has later events, so the event was not stored again.
            let answer = self.journal.append(account, envelope, 0).await?;
            dropped += usize::from(!matches!(answer, Appended::At(_)));
        }
        Ok((self.opened.len(), dropped))
    }

    /// Returns the numbers of acknowledged events.
    pub(crate) fn totals(&self) -> Totals {
        *self.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, change: impl FnOnce(&mut Totals)) {
        change(&mut self.totals.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
