//! A document that stands alone: read, resolved and held against the history in one visit to the threads that
//! check, for each visit wakes two threads.

use std::sync::Arc;
use std::time::Instant;

use evschema_compat::{Report, Settings};
use evschema_model::{Catalog, Coordinates, Resolved, Schema};

use super::register::Past;
use super::{Refusal, Registry};

/// What a visit made of a document.
#[derive(Debug)]
pub(super) enum Visit {
    /// It refers to no other, and has been held against the history.
    Checked {
        /// The document.
        candidate: Arc<Resolved>,
        /// What there is to say of it.
        report: Box<Report>,
    },
    /// It refers to others, which have to be looked up first.
    Read(Arc<Schema>),
}

impl Registry {
    /// Reads a document, and holds it against the history if nothing has to be looked up for that.
    pub(super) async fn visit(
        &self,
        at: Coordinates,
        bytes: Arc<[u8]>,
        settings: Settings,
        past: Past,
    ) -> Result<Visit, Refusal> {
        let read = self.library.reader(at, bytes);
        let started = Instant::now();
        let visit = self.workers.run(move || {
            let schema = Arc::new(read()?);
            if schema.foreign_references().next().is_some() {
                return Ok(Visit::Read(schema));
            }
            let candidate = Arc::new(Catalog::default().resolve(&schema)?);
            let report = Box::new(past.hold(&candidate, &settings)?);
            Ok(Visit::Checked { candidate, report })
        });
        let visit = visit.await?.map_err(Refusal::Document)?;
        if let Visit::Checked { report, .. } = &visit {
            self.metrics.check(report.verdict, started.elapsed());
        }
        Ok(visit)
    }
}
