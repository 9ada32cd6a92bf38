//! The results that are computed once for a schema.

use std::sync::{Arc, OnceLock};

use crate::formats::Formats;
use crate::validation_cost::ValidationCost;

/// Results for a schema and the documents that it reaches. Each is computed at its first use, and all copies of the
/// schema share it.
#[derive(Debug, Default)]
pub(crate) struct Computed {
    pub(crate) asserting: OnceLock<Arc<jsonschema::Validator>>,
    pub(crate) annotating: OnceLock<Arc<jsonschema::Validator>>,
    pub(crate) cost: OnceLock<Option<ValidationCost>>,
    /// The number of references, the bytes of the documents, and whether all patterns have few places.
    pub(crate) size: OnceLock<(usize, u64, bool)>,
}

impl Computed {
    pub(crate) fn compiled(&self, formats: Formats) -> &OnceLock<Arc<jsonschema::Validator>> {
        match formats {
            Formats::Assert => &self.asserting,
            Formats::Annotate => &self.annotating,
        }
    }

    pub(crate) fn keeps_validator(&self) -> bool {
        self.asserting.get().or(self.annotating.get()).is_some()
    }
}
