use std::collections::HashMap;
use std::sync::Arc;

use evschema_events::Envelope;
use evschema_runtime::Event;

use super::journal::{Appended, Journal};
use super::state::AccountState;
use crate::clock;
use crate::events::common_money::v1_0_0::amount;
use crate::events::ledger_entry_posted::v1::{Amount, EntryPosted, Side, entry_posted};
use crate::failure::Attempt;
use crate::identifier::uuid;
use crate::published::Published;

/// Number of events of each writer that are validated with exactly the writer's version.
const VALIDATED: usize = 20;

/// A writer with the code of one release. Several releases work side by side.
#[derive(Debug)]
pub(crate) struct Writer {
    journal: Arc<Journal>,
    published: Arc<Published>,
    /// The version of `ledger.entry.posted` that this release writes.
    version: &'static str,
    accounts: HashMap<String, AccountState>,
    written: usize,
}

/// The results of a writer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// The number of appended entries.
    pub(crate) entries: usize,
    /// The number of conflicts. After each of them, the writer has read the newer events and decided again.
    pub(crate) conflicts: usize,
}

impl Writer {
    /// Returns a writer that knows no account yet.
    pub(crate) fn new(journal: Arc<Journal>, published: Arc<Published>, version: &'static str) -> Self {
        Self { journal, published, version, accounts: HashMap::new(), written: 0 }
    }

    /// Posts entries to accounts. Most entries go to the writer's own accounts, and every fifth one to a shared account.
    ///
    /// # Errors
    ///
    /// If the broker fails, or the version of this release rejects an event.
    pub(crate) async fn post(&mut self, count: usize, own: &[String], shared: &[String]) -> Attempt<Written> {
        let mut written = Written::default();
        for index in 0..count {
            let accounts = if index % 5 == 0 { shared } else { own };
            let account = fastrand::choice(accounts).ok_or("the writer has no account")?;
            let amount = fastrand::i64(100..50_000);
            written.conflicts += self.post_one(account, amount).await?;
            written.entries += 1;
        }
        Ok(written)
    }

    /// Posts one entry, and returns the number of conflicts.
    ///
    /// # Errors
    ///
    /// Like [`Writer::post`].
    pub(crate) async fn post_one(&mut self, account: &str, amount: i64) -> Attempt<usize> {
        let mut state = match self.accounts.remove(account) {
            Some(known) => known,
            None => self.journal.load(account, AccountState::default()).await?,
        };
        let mut conflicts = 0;
        loop {
            let entry = self.decide(account, &state, amount)?;
            let envelope = envelope(&entry.entry_id, &entry, self.version)?;
            if self.written < VALIDATED {
                let data = envelope.data().unwrap_or_default();
                self.published.validate(EntryPosted::SUBJECT, self.version, data)?;
            }
            match self.journal.append(account, &envelope, state.position).await? {
                Appended::At(position) => {
                    state.apply(crate::events::LedgerEvent::Posted(entry.into()), position)?;
                    break;
                }
                // An earlier attempt was stored, but its answer was lost. The events have the position.
                Appended::Duplicate => {
                    state = self.journal.load(account, state).await?;
                    break;
                }
                Appended::Conflict => {
                    conflicts += 1;
                    state = self.journal.load(account, state).await?;
                }
            }
        }
        self.written += 1;
        self.accounts.insert(account.to_owned(), state);
        Ok(conflicts)
    }

    /// Posts the entry that makes the balance of an account zero.
    ///
    /// # Errors
    ///
    /// If the broker fails, or another writer uses the account.
    pub(crate) async fn settle(&self, account: &str) -> Attempt {
        let state = self.journal.load(account, AccountState::default()).await?;
        let side = if state.balance < 0 { Side::Credit } else { Side::Debit };
        let entry = new_entry(account, &state, side, state.balance.abs())?;
        let envelope = envelope(&entry.entry_id, &entry, self.version)?;
        match self.journal.append(account, &envelope, state.position).await? {
            Appended::Conflict => Err(format!("account {account} has changed").into()),
            Appended::At(_) | Appended::Duplicate => Ok(()),
        }
    }

    /// Decides from the state: a debit only if the balance allows it. Releases since 1.1.0 also reverse entries.
    fn decide(&self, account: &str, state: &AccountState, minor: i64) -> Attempt<EntryPosted> {
        let is_debit = minor % 2 == 0 && minor <= state.balance + state.overdraft;
        let side = if is_debit { Side::Debit } else { Side::Credit };
        let entry = new_entry(account, state, side, minor)?;
        let reverses = self.version == "1.1.0" && minor % 10 == 1 && 1 < state.sequence;
        Ok(if reverses { entry.with_reverses(state.sequence) } else { entry })
    }
}

fn new_entry(account: &str, state: &AccountState, side: Side, minor: i64) -> Attempt<EntryPosted> {
    Ok(EntryPosted::new(entry_posted::Required {
        account_id: account.to_owned(),
        sequence: (state.sequence + 1).into(),
        entry_id: uuid(),
        posted_at: clock::now()?,
        side,
        amount: Amount::new(amount::Required { minor, currency: state.currency.clone() }),
    }))
}

/// Returns the envelope of an event with the schema of an older version. An event without the newer properties is an
/// event of that version.
///
/// # Errors
///
/// If the newest schema rejects the event.
pub(crate) fn envelope<T: Event>(id: &str, event: &T, version: &str) -> Attempt<Envelope<'static>> {
    let dataschema = format!("/schemas/{}/{version}.json", T::SUBJECT);
    let builder = Envelope::of_event(id.to_owned(), "/bank", event)?;
    Ok(builder.dataschema(dataschema).time(clock::now()?).build()?)
}
