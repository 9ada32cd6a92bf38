use crate::finding::Finding;
use crate::terminal::escape::one_line;

/// Returns a finding on one line, in the form that editors read: `file:line:column: error[rule]: message`.
pub(super) fn render_finding(finding: &Finding) -> String {
    let place = &finding.place;
    let position = place.position.map(|p| format!(":{p}")).unwrap_or_default();
    let waived = finding.waived.as_ref().map(|reason| format!(" (waived: {reason})")).unwrap_or_default();
    let witness = finding
        .breakage
        .as_ref()
        .and_then(|b| b.witness.as_ref())
        .map(|event| format!(" [{event}]"))
        .unwrap_or_default();
    let baseline =
        finding.breakage.as_ref().map(|b| format!(" (compared with {})", b.baseline)).unwrap_or_default();
    let waive = finding.fingerprint.as_ref().filter(|_| finding.is_blocking());
    let waive =
        waive.map(|fingerprint| format!(" (to waive: fingerprint {fingerprint})")).unwrap_or_default();
    one_line(&format!(
        "{}{position}: {}[{}]: {}{baseline}{witness}{waive}{waived}",
        place.file, finding.severity, finding.rule, finding.message
    ))
}
