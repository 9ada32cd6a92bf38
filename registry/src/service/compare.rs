use evschema_compat::Diff;
use evschema_model::{Coordinates, Subject};

use super::{Refusal, Registry, Selection};

impl Registry {
    /// Returns two versions of a subject compared both ways.
    ///
    /// # Errors
    ///
    /// When one of them is not there.
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
        let (from, to) = (self.library.registered(&from).await?, self.library.registered(&to).await?);
        let settings = self.settings(policy);
        self.workers.run(move || evschema_compat::diff(&from, &to, &settings)).await
    }
}
