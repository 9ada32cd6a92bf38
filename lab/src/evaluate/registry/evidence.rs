//! Checks that a rejection contains its reasons.

use std::sync::Arc;

use evschema_api::{Problem, ProblemCode};
use evschema_compat::Report;
use evschema_model::{Catalog, Coordinates, Dialects, Formats, Schema, Validator};
use serde_json::Value;

/// Checks rejections against a catalog of the registered versions.
pub(super) struct Evidence<'d> {
    dialects: &'d Dialects,
    catalog: Catalog,
}

impl<'d> Evidence<'d> {
    pub(super) fn new(dialects: &'d Dialects) -> Self {
        Self { dialects, catalog: Catalog::default() }
    }

    /// Adds a version that the registry has accepted.
    pub(super) fn registered(&mut self, at: Coordinates, bytes: &[u8]) {
        if let Ok(schema) = Schema::read(at, bytes, self.dialects) {
            self.catalog.replace(Arc::new(schema));
        }
    }

    /// Returns the missing part of a rejection, or `None` if the rejection contains all its reasons.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a registration must not get any other code")]
    pub(super) fn lacking(&self, at: &Coordinates, sent: &[u8], problem: &Problem) -> Option<String> {
        if problem.detail.is_empty() || problem.help.is_none() {
            return Some("a refusal without words or help".to_owned());
        }
        match problem.code {
            ProblemCode::Incompatible | ProblemCode::Undecided | ProblemCode::VersionTooSmall => {
                let report = problem.report.clone().map(serde_json::from_value::<Report>);
                match report {
                    Some(Ok(report)) => self.report_lacks(at, sent, problem.code, &report),
                    Some(Err(error)) => Some(format!("a report that cannot be read: {error}")),
                    None => Some("no report".to_owned()),
                }
            }
            ProblemCode::NotASchema | ProblemCode::ReferenceMissing => {
                let placed = problem.errors.iter().any(|error| {
                    error.line.is_some() || !error.pointer.as_str().is_empty() || error.help.is_some()
                });
                (!placed).then(|| "no error with a place".to_owned())
            }
            // The detail contains the coordinates of the other version.
            ProblemCode::IdTaken | ProblemCode::VersionExists => {
                (!problem.detail.contains('@')).then(|| "the other version is not named".to_owned())
            }
            other => Some(format!("an unexpected code, {other}")),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other rejection with a report needs witnesses")]
    fn report_lacks(
        &self,
        at: &Coordinates,
        sent: &[u8],
        code: ProblemCode,
        report: &Report,
    ) -> Option<String> {
        match code {
            ProblemCode::VersionTooSmall => {
                (report.required_version == at.version).then(|| "a larger version is not named".to_owned())
            }
            ProblemCode::Undecided => {
                report.findings.is_empty().then(|| "undecided, without a reason".to_owned())
            }
            _ => {
                let mut witnesses = report
                    .findings
                    .iter()
                    .filter_map(|finding| finding.witness.as_ref().map(|witness| (finding, witness)))
                    .peekable();
                if witnesses.peek().is_none() {
                    return Some("incompatible, without a witness".to_owned());
                }
                // The comparison ignores a property that repeats the version. So this property can have a wrong value
                // in a witness.
                if !report.masked.is_empty() {
                    return None;
                }
                let candidate = self.candidate(at, sent)?;
                witnesses.find_map(|(finding, witness)| {
                    let baseline = self.baseline(&Coordinates {
                        subject: at.subject.clone(),
                        version: finding.baseline.clone(),
                    })?;
                    let (writer, reader) = match finding.direction {
                        evschema_compat::Direction::Backward => (&baseline, &candidate),
                        evschema_compat::Direction::Forward => (&candidate, &baseline),
                    };
                    unconfirmed(writer, reader, witness)
                        .map(|why| format!("{} of {}: {why}", finding.rule, finding.baseline))
                })
            }
        }
    }

    fn candidate(&self, at: &Coordinates, sent: &[u8]) -> Option<Validator> {
        let schema = Schema::read(at.clone(), sent, self.dialects).ok()?;
        self.catalog.resolve(&Arc::new(schema)).ok()?.validator(Formats::Assert).ok()
    }

    fn baseline(&self, at: &Coordinates) -> Option<Validator> {
        let schema = self.catalog.get(&at.subject, &at.version)?;
        self.catalog.resolve(schema).ok()?.validator(Formats::Assert).ok()
    }
}

fn unconfirmed(writer: &Validator, reader: &Validator, witness: &Value) -> Option<String> {
    match (writer.is_valid(witness), reader.is_valid(witness)) {
        (true, false) => None,
        (false, _) => Some(format!("the writer's schema refuses the witness {witness}")),
        (true, true) => Some(format!("the reader's schema accepts the witness {witness}")),
    }
}
