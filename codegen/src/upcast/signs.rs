//! Finds the content by which the versions of a subject differ.

use std::collections::BTreeSet;

use evschema_model::graph::{DocumentId, Documents};
use serde_json::Value;

use super::describe::{described, literals, member};
use super::step::Signs;
use crate::plan::distinguish;
use crate::shape::{Expression, Facts, Shapes};

/// Returns the signs of each version. If two versions have common events, these events have the signs of both.
pub(super) fn signs(documents: &Documents<'_>, ids: &[DocumentId]) -> Vec<Signs> {
    let mut shapes = Shapes::new(documents, false);
    let roots = ids.iter().map(|document| Expression::Schema(documents.root(*document)));
    let facts: Vec<Facts<'_>> = roots.map(|root| shapes.facts(&root)).collect();
    let constants: Vec<Vec<(&str, Vec<&Value>)>> =
        ids.iter().zip(&facts).map(|(document, facts)| constants(documents, *document, facts)).collect();
    let cases = distinguish(&facts);
    let mut all = Vec::new();
    for (at, case) in cases.into_iter().enumerate() {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for (other, others) in constants.iter().enumerate() {
            if other != at {
                names.extend(distinguishing(&constants[at], others));
            }
        }
        let mut signs = Signs { case, constants: Vec::new() };
        for (name, values) in constants[at].iter().filter(|(name, _)| names.contains(name)) {
            signs.constants.push(((*name).to_owned(), values.iter().map(ToString::to_string).collect()));
        }
        // The runtime compares constants of any type, so it needs no tags.
        for (name, texts) in std::mem::take(&mut signs.case.tags) {
            if !names.contains(name.as_str()) {
                let texts = texts.iter().map(|text| Value::from(text.as_str()).to_string()).collect();
                signs.constants.push((name, texts));
            }
        }
        all.push(signs);
    }
    all
}

/// Returns the required properties whose schema lists scalars, with these scalars.
fn constants<'c>(
    documents: &Documents<'c>,
    document: DocumentId,
    facts: &Facts<'c>,
) -> Vec<(&'c str, Vec<&'c Value>)> {
    let own = described(documents, &[documents.root(document)]).own;
    let is_scalar = |value: &&Value| !value.is_array() && !value.is_object();
    facts
        .required
        .iter()
        .filter_map(|name| {
            let listed = literals(documents, &described(documents, &member(documents, &own, name)).own)?;
            listed.iter().all(is_scalar).then_some((*name, listed))
        })
        .collect()
}

/// Returns the properties that have no value in common. Numbers are compared by value.
fn distinguishing<'n>(these: &[(&'n str, Vec<&Value>)], others: &[(&'n str, Vec<&Value>)]) -> Vec<&'n str> {
    let differ = |name: &str, values: &[&Value]| {
        let (_, others) = others.iter().find(|(other, _)| *other == name)?;
        let is_common = |value: &&Value| others.iter().any(|other| may_be_equal(value, other));
        (!values.iter().any(is_common)).then_some(())
    };
    these.iter().filter(|(name, values)| differ(name, values).is_some()).map(|(name, _)| *name).collect()
}

/// Returns whether two scalars may be equal in JSON Schema, in which `1` equals `1.0`.
fn may_be_equal(a: &Value, b: &Value) -> bool {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a == b,
        (_, _) => (a.is_number() && b.is_number()) || a == b,
    }
}
