use std::collections::BTreeSet;
use std::sync::Arc;

use evschema_compat::{self as compat, Baseline, Report, Waivers};
use evschema_model::{Diagnostics, Resolved};

use super::waivers::explain_former;

/// Everything that a candidate is compared with.
#[derive(Debug, Clone, Default)]
pub(super) struct ComparisonInput {
    pub(super) baselines: Arc<Vec<Baseline>>,
    pub(super) waivers: Arc<Waivers>,
    /// The fingerprints of waivers in the old format, which had neither the version nor the change.
    pub(super) former: Arc<BTreeSet<String>>,
}

impl ComparisonInput {
    /// Checks a candidate. The check takes long, so it belongs on a worker thread.
    pub(super) fn check(
        &self,
        candidate: &Resolved,
        settings: &compat::Settings,
    ) -> Result<Report, Diagnostics> {
        // The compilation finds errors that the metaschema cannot find, such as an invalid pattern.
        candidate.try_validator(settings.formats)?;
        let mut report = compat::check(candidate, &self.baselines, settings, &self.waivers);
        explain_former(&mut report, &self.former);
        Ok(report)
    }
}
