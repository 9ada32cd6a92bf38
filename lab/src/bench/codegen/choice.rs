//! Chooses the types that the benchmark measures.

use std::collections::BTreeMap;

use evschema_codegen::generate;
use evschema_model::{Coordinates, Formats, Subject};
use serde_json::{Value, json};

use super::Failure;
use crate::corpus::Corpus;

/// A measured type.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The corpus and the version.
    pub(super) name: String,
    /// The index of its corpus.
    pub(super) corpus: usize,
    pub(super) at: Coordinates,
    /// The row of the input file of the measuring program.
    pub(super) row: Value,
    /// Whether serde buffers values of the plain type.
    pub(super) buffers: bool,
}

/// The maximum number of events, for one type.
const EVENTS_MAX: usize = 5;

/// Chooses types that have events, from each corpus.
pub(super) fn choose(corpora: &[(String, Corpus)], types: usize) -> Result<Vec<Chosen>, Failure> {
    let mut chosen = Vec::new();
    for (number, (name, corpus)) in corpora.iter().enumerate() {
        for at in of_corpus(corpus, types) {
            let row = row(corpus, &at, chosen.len())?;
            chosen.push(Chosen { name: format!("{name} {at}"), corpus: number, buffers: false, at, row });
        }
    }
    Ok(chosen)
}

/// Returns versions of a corpus: the version with the smallest events, the version with the largest events, and others
/// at equal distances between these two.
///
/// For each subject, only the newest version with events counts.
fn of_corpus(corpus: &Corpus, types: usize) -> Vec<Coordinates> {
    let mut newest: BTreeMap<&Subject, (&Coordinates, usize)> = BTreeMap::new();
    for event in corpus.events.iter().filter(|event| event.valid != Some(false)) {
        let (at, size) = (&event.at, event.instance.to_string().len());
        let (known, most) = newest.entry(&at.subject).or_insert((at, size));
        if known.version < at.version {
            (*known, *most) = (at, size);
        } else if known.version == at.version {
            *most = size.max(*most);
        }
    }
    let good =
        |at: &Coordinates| generate(&corpus.catalog, std::slice::from_ref(at), &corpus.options).is_ok();
    let sizes = newest.into_values().filter(|(at, _)| good(at));
    let mut by_size: Vec<_> = sizes.map(|(at, size)| (size, at)).collect();
    by_size.sort();
    let last = by_size.len().saturating_sub(1);
    let mut chosen: Vec<Coordinates> = (0..types)
        .filter_map(|n| by_size.get(n * last / types.saturating_sub(1).max(1)))
        .map(|(_, at)| (*at).clone())
        .collect();
    chosen.dedup();
    chosen
}

fn row(corpus: &Corpus, at: &Coordinates, number: usize) -> Result<Value, Failure> {
    let schema = corpus.catalog.get(&at.subject, &at.version).ok_or("a version is not there")?;
    let resolved = corpus.catalog.resolve(schema).map_err(|found| format!("{found:?}"))?;
    let resources: Vec<Value> =
        resolved.resources().map(|(uri, other)| json!([uri, other.value()])).collect();
    let events: Vec<String> = corpus
        .events
        .iter()
        .filter(|event| event.at == *at && event.valid != Some(false))
        .map(|event| event.instance.to_string())
        .take(EVENTS_MAX)
        .collect();
    Ok(json!({
        "number": number, "name": at.to_string(), "events": events, "draft": format!("{:?}", schema.draft()),
        "base": schema.base_uri(), "schema": schema.value(), "resources": resources,
        "formats": corpus.options.formats == Formats::Assert,
    }))
}
