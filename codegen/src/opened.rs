//! Opens the documents that a selection needs.

use std::collections::BTreeSet;

use evschema_model::graph::{DocumentId, Documents};
use evschema_model::{Catalog, Coordinates, Diagnostics, Formats};

use crate::disk::Problem;
use crate::generate_error::GenerateError;

/// Returns the documents of a selection, with the identifiers of the selected documents.
pub(crate) fn opened<'c>(
    catalog: &'c Catalog,
    selection: &[Coordinates],
    formats: Formats,
) -> Result<(Documents<'c>, BTreeSet<DocumentId>), GenerateError> {
    let mut problems = Vec::new();
    let mut documents = Documents::new(catalog, formats);
    let mut events = BTreeSet::new();
    for at in selection {
        let opened = compiles(catalog, at, formats).and_then(|()| documents.open(at));
        match opened {
            Ok(id) => {
                events.insert(id);
            }
            Err(diagnostics) => problems.extend(problems_of(at, diagnostics)),
        }
    }
    if problems.is_empty() { Ok((documents, events)) } else { Err(GenerateError::new(problems)) }
}

/// Returns an error if the schema does not compile. Generated code cannot check events with such a schema.
fn compiles(catalog: &Catalog, at: &Coordinates, formats: Formats) -> Result<(), Diagnostics> {
    match catalog.get(&at.subject, &at.version) {
        Some(schema) => catalog.resolve(schema)?.validator(formats).map(|_| ()),
        // `Documents::open` reports the missing version, with help.
        None => Ok(()),
    }
}

pub(crate) fn closure(documents: &Documents<'_>, events: &BTreeSet<DocumentId>) -> BTreeSet<DocumentId> {
    let mut found = events.clone();
    let mut open: Vec<DocumentId> = events.iter().copied().collect();
    while let Some(id) = open.pop() {
        for (_, other) in documents.resources(id) {
            if found.insert(other) {
                open.push(other);
            }
        }
    }
    found
}

fn problems_of(at: &Coordinates, diagnostics: Diagnostics) -> impl Iterator<Item = Problem> {
    let path = format!("{}/{}.json", at.subject, at.version);
    diagnostics.into_iter().map(move |diagnostic| Problem { path: path.clone().into(), diagnostic })
}
