//! Explains which steps between versions are derived, and why others are not.

use evschema_model::graph::Documents;
use evschema_model::{Catalog, Coordinates};

use super::step::{PairBody, Rest, Source, Step};
use super::upcasts;
use crate::generate_error::GenerateError;
use crate::opened::opened;
use crate::options::Options;
use crate::plan::{Body, Plan, Planner};

/// How generated code converts the events of one version to the next generated version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedStep {
    /// The older version.
    pub from: Coordinates,
    /// The next generated version.
    pub to: Coordinates,
    /// The parts that people write, each with the reason. If the list is empty, the step is derived.
    pub missing: Vec<MissingPart>,
}

/// A part of an event that an older event does not determine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPart {
    /// The Rust type that has the part; `None` for the whole event.
    pub rust_type: Option<String>,
    /// The name of the property; `None` for the whole event, or for all properties without a field.
    pub property: Option<String>,
    /// The reason.
    pub why: String,
}

/// Returns the steps between the versions of each subject, ordered by subject and version.
///
/// # Errors
///
/// If a problem prevents the generation of a version. The error has all such problems.
pub fn explain_upcasts(
    catalog: &Catalog,
    selection: &[Coordinates],
    options: &Options,
) -> Result<Vec<ExplainedStep>, GenerateError> {
    let (documents, events) = opened(catalog, selection, options.formats)?;
    let mut planner = Planner::new(&documents, options.keep_unknown);
    planner.borrows(options.borrowed);
    for event in events {
        planner.add_event(event);
    }
    let plan = planner.finish();
    let all = upcasts(catalog, &documents, &plan, options.formats);
    Ok(all
        .values()
        .flat_map(|versions| &versions.steps)
        .map(|step| explained(&documents, &plan, step))
        .collect())
}

fn explained(documents: &Documents<'_>, plan: &Plan, step: &Step) -> ExplainedStep {
    let mut missing = Vec::new();
    if let Err(why) = &step.root {
        missing.push(MissingPart { rust_type: None, property: None, why: why.clone() });
    }
    for pair in step.pairs.iter().filter(|pair| step.root.is_ok() && pair.needs_methods) {
        let definition = plan.definition(pair.new);
        let (PairBody::Struct { fields, rest }, Body::Struct(new)) = (&pair.body, &definition.body) else {
            continue;
        };
        let mut add = |property: Option<&String>, why: &String| {
            missing.push(MissingPart {
                rust_type: Some(definition.name.clone()),
                property: property.cloned(),
                why: why.clone(),
            });
        };
        for (source, name) in fields.iter().zip(&new.names) {
            if let Source::Method(why) = source {
                add(Some(name), why);
            }
        }
        if let Rest::Method(why) = rest {
            add(None, why);
        }
    }
    let at = |document| documents.schema(document).at().clone();
    ExplainedStep { from: at(step.old), to: at(step.new), missing }
}
