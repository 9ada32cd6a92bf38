//! The findings of a rejected version.

use std::sync::Arc;

use evschema_api::Problem;
use evschema_model::{Coordinates, Diagnostic, Digest};

use crate::finding::Finding;
use crate::findings_from_report;
use crate::project::{OwnSchema, Schemas};

/// Returns the findings of a report from the registry, with places in the files of the tree.
pub(super) fn findings_of_report(
    report: &serde_json::Value,
    own: &OwnSchema,
    schemas: &Schemas,
) -> Vec<Finding> {
    let Ok(report) = serde_json::from_value::<evschema_compat::Report>(report.clone()) else {
        return Vec::new();
    };
    findings_from_report::findings(&report, &own.source(), &|version| {
        schemas.source(&Coordinates { subject: report.subject.clone(), version: version.clone() })
    })
}

/// Returns the findings of a problem. At least one of them blocks the push of the version.
pub(super) fn findings_of_problem(problem: &Problem, own: &OwnSchema, schemas: &Schemas) -> Vec<Finding> {
    let reported = problem.report.iter().flat_map(|report| findings_of_report(report, own, schemas));
    let mut findings: Vec<Finding> = reported.collect();
    for error in &problem.errors {
        let mut diagnostic = Diagnostic::new(error.code, error.detail.clone()).at(error.pointer.clone());
        diagnostic.position = own.schema.document().closest_position(&error.pointer);
        diagnostic.help = error.help.clone();
        let text = Arc::from(own.schema.document().text());
        findings.push(Finding::from_diagnostic(diagnostic, own.file.clone(), Some(text)));
    }
    // The registry has rejected the version, so at least one finding must block it.
    if !findings.iter().any(Finding::is_blocking) {
        let mut finding = Finding::error(problem.code.as_str(), problem.detail.clone(), own.source().whole());
        finding.help = problem.help.clone();
        findings.push(finding);
    }
    findings
}

/// Returns the finding for a file that differs from the registered version.
pub(super) fn version_changed(own: &OwnSchema, registered: &Digest, registry: &str) -> Finding {
    let at = own.schema.at();
    Finding::error(
        "version-changed",
        format!("{at} is already registered with different content; a published version never changes"),
        own.source().whole(),
    )
    .note(format!(
        "the digest in {registry} is {registered}; the digest of the file is {}",
        own.schema.digest()
    ))
    .help(format!(
        "restore the file (`evschema show {at} --schema` prints the registered content), and publish the \
         change as a new version"
    ))
}
