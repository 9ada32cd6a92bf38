//! Checks that a schema and the documents that it reaches can be used together.

use referencing::Uri;

use crate::ambiguity::ambiguous_ids;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::Positions;
use crate::limits;
use crate::patterns;
use crate::reference::{Reference, Target};
use crate::resolved::Resolved;
use crate::validation_cost::ValidationCost;

/// Returns the schema, if each of its references leads to an existing place, and its chains of references and its
/// patterns are within the limits.
///
/// # Errors
///
/// Diagnostics for missing targets, ambiguous URIs, long chains of references, and large patterns.
pub(crate) fn checked(resolved: Resolved) -> Result<Resolved, Diagnostics> {
    let mut wrong = dangling(&resolved);
    if wrong.is_empty() {
        wrong.extend(long_chain(&resolved));
        let others = resolved.documents();
        let all = others.into_iter().chain([resolved.schema()]).map(|document| &**document);
        wrong.extend(patterns::too_large(all));
    }
    if wrong.is_empty() { Ok(resolved) } else { Err(wrong) }
}

/// Reports the references whose target is missing, and the URIs that mean different documents.
fn dangling(resolved: &Resolved) -> Diagnostics {
    let root = resolved.schema();
    let positions = Positions::of(root.document());
    if root.is_plain() {
        let is_lost = |reference: &&Reference| root.follow(&reference.written).is_none();
        return root.references().iter().filter(is_lost).map(|lost| missing(&positions, lost)).collect();
    }
    let registry = match resolved.registry() {
        Ok(registry) => registry,
        Err(diagnostics) => return diagnostics,
    };
    let ambiguous = ambiguous_ids(resolved, &registry);
    if !ambiguous.is_empty() {
        return ambiguous;
    }
    let is_lost = |reference: &&Reference| {
        let Ok(base) = Uri::parse(reference.uri.clone()) else { return false };
        let fragment = reference.written.find('#').map_or("", |at| &reference.written[at..]);
        reference.target != Target::Metaschema && registry.resolver(base).lookup(fragment).is_err()
    };
    root.references().iter().filter(is_lost).map(|lost| missing(&positions, lost)).collect()
}

/// Reports a chain of references that is too long.
fn long_chain(resolved: &Resolved) -> Option<Diagnostic> {
    let mut documents = resolved.documents();
    documents.push(resolved.schema());
    let nodes: usize = documents.iter().map(|document| document.nodes()).sum();
    let references: usize = documents.iter().map(|document| document.references().len()).sum();
    // No chain is longer than this bound, which costs less than the chain itself.
    let at_most = nodes.min((1 + references).saturating_mul(limits::NESTING_MAX));
    if at_most <= limits::SCHEMA_WAY_MAX {
        return None;
    }
    let longest = ValidationCost::of(resolved)?.longest();
    let message = format!(
        "a chain of references leads through {longest} subschemas; at most {} are allowed",
        limits::SCHEMA_WAY_MAX
    );
    (limits::SCHEMA_WAY_MAX < longest).then(|| {
        Diagnostic::new(Code::TooDeep, message)
            .help("shorten the chain: refer directly to the schema at its end")
    })
}

fn missing(positions: &Positions<'_>, reference: &Reference) -> Diagnostic {
    Diagnostic::new(
        Code::DanglingReference,
        format!("`$ref` `{}` names a part that the target document does not have", reference.written),
    )
    .at(reference.pointer.clone())
    .position(positions.closest(&reference.pointer))
    .help("correct the fragment after `#`, or add the missing definition")
}
