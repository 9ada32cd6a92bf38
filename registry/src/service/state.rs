use evschema_api::{State, StateChange, VersionView};
use evschema_model::{Coordinates, Version};

use super::actor::Actor;
use super::refusal::Refusal;
use super::registry::Registry;
use super::right::Right;
use super::text_length::check_length;
use crate::feed::{self, Stamp};
use crate::limits;
use crate::store::{StateChanged, Written};

impl Registry {
    /// Deprecates, yanks or restores a version.
    ///
    /// A yanked version that was never used was no baseline, so later versions may be incompatible with it. Before the
    /// registry restores a version, it checks this version like a new one. If an actor marks a version as never used,
    /// this can allow a breaking change. So the actor needs the right to waive.
    ///
    /// # Errors
    ///
    /// If the version does not exist, is not compatible with the other versions, or the actor lacks the right.
    pub(crate) async fn set_state(
        &self,
        at: &Coordinates,
        change: StateChange,
        actor: &Actor,
        author: Option<String>,
    ) -> Result<VersionView, Refusal> {
        let signature = actor.sign(author);
        check_length("the reason", Some(&change.reason), 1, limits::MESSAGE_CHARS_MAX)?;
        check_length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        let is_yanked = change.state == State::Yanked;
        if change.never_used == Some(true) && !is_yanked {
            return Err(Refusal::NeverUsed { state: change.state });
        }
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.existing(&at.subject).await?;
            let Some(record) = history.versions.iter().find(|record| record.version == at.version) else {
                return Err(self.version_not_found(at).await?);
            };
            let from = record.state;
            let never_used = is_yanked && change.never_used.unwrap_or(record.never_used);
            if from == change.state && record.never_used == never_used {
                return self.version(at).await;
            }
            if never_used && !record.never_used {
                actor.require(Right::Waive(at.subject.clone()))?;
            }
            let is_restored = from == State::Yanked && (!is_yanked || record.never_used && !never_used);
            if is_restored {
                let report = self.recheck(at, &history).await?;
                if !report.is_accepted() {
                    return Err(Refusal::Restore(Box::new(report)));
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

/// Returns the latest version: the highest version that is neither yanked nor a pre-release.
pub(crate) fn latest<'v>(versions: impl Iterator<Item = (&'v Version, State)>) -> Option<&'v Version> {
    versions
        .filter(|(version, state)| *state != State::Yanked && !version.is_prerelease())
        .map(|(version, _)| version)
        .max()
}
