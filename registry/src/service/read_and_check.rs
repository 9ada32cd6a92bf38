//! Reads, resolves and checks a schema in one step on a worker thread. Three steps would take longer, because each step
//! wakes two threads.

use std::sync::Arc;
use std::time::Instant;

use evschema_compat::{Report, Settings};
use evschema_model::{Catalog, Coordinates, Resolved, Schema};

use super::comparison_input::ComparisonInput;
use super::refusal::Refusal;
use super::registry::Registry;

/// The result of [`Registry::read_and_check`].
#[derive(Debug)]
pub(super) enum FirstStep {
    /// The schema has no reference to another document, and is checked.
    Checked {
        /// The schema.
        candidate: Arc<Resolved>,
        /// The report.
        report: Box<Report>,
    },
    /// The schema is only read, because it has references to other documents.
    Read(Arc<Schema>),
}

impl Registry {
    /// Reads a schema. If the schema has no reference to another document, also checks it.
    pub(super) async fn read_and_check(
        &self,
        at: Coordinates,
        bytes: Arc<[u8]>,
        settings: Settings,
        input: ComparisonInput,
    ) -> Result<FirstStep, Refusal> {
        let read = self.schemas.reader(at, bytes);
        let started = Instant::now();
        let step = self.workers.run(move || {
            let schema = Arc::new(read()?);
            if schema.foreign_references().next().is_some() {
                return Ok(FirstStep::Read(schema));
            }
            let candidate = Arc::new(Catalog::default().resolve(&schema)?);
            let report = Box::new(input.check(&candidate, &settings)?);
            Ok(FirstStep::Checked { candidate, report })
        });
        let step = step.await?.map_err(Refusal::Document)?;
        if let FirstStep::Checked { report, .. } = &step {
            self.metrics.check(report.verdict, started.elapsed());
        }
        Ok(step)
    }
}
