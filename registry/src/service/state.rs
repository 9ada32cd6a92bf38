use evschema_api::{State, StateChange, VersionView};
use evschema_model::{Coordinates, Version};

use super::register::length;
use super::{Actor, Refusal, Registry, Right};
use crate::feed::{self, Stamp};
use crate::limits;
use crate::store::{StateChanged, Written};

impl Registry {
    /// Deprecates, yanks or restores a version.
    ///
    /// What came later may not fit a version that was never used, and was no baseline. To come back, a version is
    /// checked as if it were new. To say that a version was never used can let a break through, and needs that right.
    ///
    /// # Errors
    ///
    /// When there is no such version, it no longer fits the others, or the actor lacks the right.
    pub(crate) async fn set_state(
        &self,
        at: &Coordinates,
        change: StateChange,
        actor: &Actor,
        author: Option<String>,
    ) -> Result<VersionView, Refusal> {
        let signature = actor.sign(author);
        length("the reason", Some(&change.reason), 1, limits::MESSAGE_CHARS_MAX)?;
        length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        let is_yanked = change.state == State::Yanked;
        if change.never_used == Some(true) && !is_yanked {
            return Err(Refusal::NeverUsed { state: change.state });
        }
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.existing(&at.subject).await?;
            let Some(record) = history.versions.iter().find(|record| record.version == at.version) else {
                return Err(self.missing(at).await?);
            };
            let from = record.state;
            let never_used = is_yanked && change.never_used.unwrap_or(record.never_used);
            if from == change.state && record.never_used == never_used {
                return self.version(at).await;
            }
            if never_used && !record.never_used {
                actor.demand(Right::Waive(at.subject.clone()))?;
            }
            let comes_back = from == State::Yanked && (!is_yanked || record.never_used && !never_used);
            if comes_back {
                let report = self.recheck(at, &history).await?;
                if !report.is_accepted() {
                    return Err(Refusal::ComesBack(Box::new(report)));
                }
            }
            let states = history.versions.iter().map(|record| {
                let state = if record.version == at.version { change.state } else { record.state };
                (&record.version, state)
            });
            let now = self.environment.clock.now();
            let revision = history.subject.revision;
            let stamp = Stamp { revision: revision + 1, at: now, signature: signature.clone() };
            let changed = StateChanged {
                at: at.clone(),
                revision,
                state: change.state,
                reason: change.reason.clone(),
                never_used,
                latest: latest(states).cloned(),
                changed_at: now,
                event: feed::state_changed(at, from, &change, never_used, &stamp),
            };
            if let Written::Done(()) = self.store.set_state(changed).await? {
                return self.version(at).await;
            }
        }
        Err(Refusal::Contended { subject: at.subject.clone() })
    }
}

/// Returns the latest version: the highest that is neither yanked nor a pre-release.
pub(crate) fn latest<'v>(versions: impl Iterator<Item = (&'v Version, State)>) -> Option<&'v Version> {
    versions
        .filter(|(version, state)| *state != State::Yanked && !version.is_prerelease())
        .map(|(version, _)| version)
        .max()
}
