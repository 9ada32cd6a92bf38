//! Decides how an event of one version becomes an event of the next generated version.
//!
//! A step is *derived* if generated code can convert every event of the old version, and if this module proves that the
//! new schema accepts every converted event. Parts without such a proof become methods of a trait, which people
//! implement. The module never guesses: a keyword that it does not understand prevents a derived step.
//!
//! - `describe` collects the schemas that apply to a value.
//! - `same` compares two schemas by their texts.
//! - `wider` proves keywords of scalars and arrays.
//! - `convert` and `fields` pair the types of both versions, and use these proofs.
//! - `signs` finds the content by which the versions of a subject differ.

mod convert;
mod describe;
mod explain;
mod fields;
mod judge;
mod literal;
mod same;
mod signs;
mod step;
mod wider;

use std::collections::BTreeMap;

use evschema_model::graph::{DocumentId, Documents};
use evschema_model::{Catalog, Coordinates, Formats, Subject};

use crate::plan::Plan;
use convert::Converter;

pub use explain::{ExplainedStep, MissingPart, explain_upcasts};
pub(crate) use judge::accept_each;
pub(crate) use literal::{Literal, literal};
pub(crate) use step::{Conversion, Pair, PairBody, Rest, Signs, Source, Step, VersionEvent, Versions};

/// Returns the versions of each subject that has a generated event, with the steps between them.
pub(crate) fn upcasts(
    catalog: &Catalog,
    documents: &Documents<'_>,
    plan: &Plan,
    formats: Formats,
) -> BTreeMap<Subject, Versions> {
    let mut subjects: BTreeMap<Subject, BTreeMap<Coordinates, DocumentId>> = BTreeMap::new();
    for event in &plan.events {
        let at = documents.schema(event.document).at();
        subjects.entry(at.subject.clone()).or_default().insert(at.clone(), event.document);
    }
    let mut all = BTreeMap::new();
    for (subject, versions) in subjects {
        let in_order: Vec<DocumentId> = versions.values().copied().collect();
        let signs = signs::signs(documents, &in_order);
        let events = versions.into_iter().zip(signs);
        let events =
            events.map(|((at, document), signs)| VersionEvent { document, at, signs }).collect::<Vec<_>>();
        let steps = in_order
            .windows(2)
            .filter_map(|pair| Some((pair.first().copied()?, pair.get(1).copied()?)))
            .map(|(old, new)| Converter::new(catalog, documents, plan, formats).step(old, new))
            .collect();
        all.insert(subject, Versions { events, steps });
    }
    all
}

#[cfg(test)]
mod tests;
