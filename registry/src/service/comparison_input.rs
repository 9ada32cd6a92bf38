use std::collections::BTreeSet;
use std::sync::Arc;

use evschema_compat::{self as compat, Baseline, Report, Waivers};
use evschema_model::{Diagnostics, Resolved};

use super::waivers::explain_former;

/// The input of a check, besides the candidate: the baselines and the waivers.
#[derive(Debug, Clone, Default)]
pub(super) struct ComparisonInput {
    pub(super) baselines: Arc<Vec<Baseline>>,
    pub(super) waivers: Arc<Waivers>,
    /// The fingerprints of waivers in the old format, which contained neither the version nor the change.
    pub(super) former: Arc<BTreeSet<String>>,
}

impl ComparisonInput {
    /// Checks a candidate. Call this function on a worker thread, because a check takes long.
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
