use evschema_compat::Diff;
use evschema_model::{Coordinates, Subject};

use super::refusal::Refusal;
use super::registry::Registry;
use super::selection::Selection;

impl Registry {
    /// Compares two versions of a subject in both directions.
    ///
    /// # Errors
    ///
    /// If the subject or one of the versions does not exist.
    pub(crate) async fn diff(
        &self,
        subject: &Subject,
        from: &Selection,
        to: &Selection,
    ) -> Result<Diff, Refusal> {
        let policy = self.existing(subject).await?.subject.policy;
        let at = |version| Coordinates { subject: subject.clone(), version };
        let from = at(self.select(subject, from).await?);
        let to = at(self.select(subject, to).await?);
        let (from, to) = (self.schemas.registered(&from).await?, self.schemas.registered(&to).await?);
        let settings = self.settings(policy);
        self.workers.run(move || evschema_compat::diff(&from, &to, &settings)).await
    }
}
