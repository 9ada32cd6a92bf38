use std::collections::BTreeSet;

use evschema_model::{Catalog, Code, Coordinates, Diagnostic, Diagnostics};

use crate::atlas::{Atlas, DocumentId};
use crate::link::link;
use crate::plan::{Planner, modules};
use crate::render::render;
use crate::{GeneratedFile, Options, Problem};

/// Generates Rust for these versions and everything they refer to.
///
/// Pure: the same input gives the same bytes, on any machine.
///
/// # Errors
///
/// Everything that keeps a version from being generated, all at once.
pub fn generate(
    catalog: &Catalog,
    selection: &[Coordinates],
    options: &Options,
) -> Result<Vec<GeneratedFile>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut atlas = Atlas::new(catalog);
    let mut events = BTreeSet::new();
    for at in selection {
        let opened = compiles(catalog, at, options).and_then(|()| atlas.open(at));
        match opened {
            Ok(id) => {
                events.insert(id);
            }
            Err(diagnostics) => problems.extend(problems_of(at, diagnostics)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let documents = closure(&atlas, &events);
    let mut planner = Planner::new(&atlas);
    for event in events {
        planner.add_event(event);
    }
    let programs = link(&mut planner, &documents, options.formats);
    let plan = planner.finish();
    let modules = modules(&atlas, &documents);
    render(&atlas, &plan, &programs, &modules, options).map_err(|error| {
        let diagnostic = Diagnostic::new(Code::NotASchema, error.to_string())
            .help("mend the template, or leave it out to have the built-in one");
        vec![Problem { path: "templates".into(), diagnostic }]
    })
}

/// Checks that the schema compiles, so that what is generated can check events.
fn compiles(catalog: &Catalog, at: &Coordinates, options: &Options) -> Result<(), Diagnostics> {
    match catalog.get(&at.subject, &at.version) {
        Some(schema) => catalog.resolve(schema)?.validator(options.formats).map(|_| ()),
        // The atlas says so, with what to do.
        None => Ok(()),
    }
}

fn closure(atlas: &Atlas<'_>, events: &BTreeSet<DocumentId>) -> BTreeSet<DocumentId> {
    let mut documents = events.clone();
    let mut open: Vec<DocumentId> = events.iter().copied().collect();
    while let Some(id) = open.pop() {
        for (_, other) in atlas.resources(id) {
            if documents.insert(other) {
                open.push(other);
            }
        }
    }
    documents
}

fn problems_of(at: &Coordinates, diagnostics: Diagnostics) -> impl Iterator<Item = Problem> {
    let path = format!("{}/{}.json", at.subject, at.version);
    diagnostics.into_iter().map(move |diagnostic| Problem { path: path.clone().into(), diagnostic })
}
