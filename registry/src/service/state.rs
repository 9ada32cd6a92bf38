use evschema_api::{State, StateChange, VersionView};
use evschema_model::{Coordinates, Version};

use super::register::length;
use super::{Refusal, Registry, Signature};
use crate::feed::{self, Stamp};
use crate::limits;
use crate::store::{StateChanged, Written};

impl Registry {
    /// Deprecates, yanks or restores a version.
    ///
    /// A yanked version was nobody's baseline, so what came later may not fit it: to come back it
    /// is checked as if it were new.
    ///
    /// # Errors
    ///
    /// When there is no such version, or it no longer fits the others.
    pub(crate) async fn set_state(
        &self,
        at: &Coordinates,
        change: StateChange,
        signature: Signature,
    ) -> Result<VersionView, Refusal> {
        length("the reason", Some(&change.reason), 1, limits::MESSAGE_CHARS_MAX)?;
        length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.existing(&at.subject).await?;
            let Some(record) = history.versions.iter().find(|record| record.version == at.version) else {
                return Err(self.missing(at).await?);
            };
            let from = record.state;
            if from == change.state {
                return self.version(at).await;
            }
            if from == State::Yanked {
                let report = self.recheck(at, &history).await?;
                if !report.is_accepted() {
                    return Err(Refusal::Check(Box::new(report)));
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
                latest: latest(states).cloned(),
                changed_at: now,
                event: feed::state_changed(at, from, change.state, &change.reason, &stamp),
            };
            if let Written::Done(()) = self.store.set_state(changed).await? {
                return self.version(at).await;
            }
        }
        Err(Refusal::Contended { subject: at.subject.clone() })
    }
}

/// Returns the latest version: the highest that is neither yanked nor a pre-release.
fn latest<'v>(versions: impl Iterator<Item = (&'v Version, State)>) -> Option<&'v Version> {
    versions
        .filter(|(version, state)| *state != State::Yanked && !version.is_prerelease())
        .map(|(version, _)| version)
        .max()
}
