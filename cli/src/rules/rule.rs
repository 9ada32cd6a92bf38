use evschema_compat::Rule;

/// Returns a rule without keywords and without an example.
pub(super) const fn rule(
    id: &'static str,
    summary: &'static str,
    why: &'static str,
    remedy: &'static str,
) -> Rule {
    Rule { id, summary, why, remedy, keywords: &[], example: None }
}
