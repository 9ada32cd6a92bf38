//! Finds the place and the reason for an undecided answer.

use evschema_model::Stop;

use crate::alternatives::Alternative;
use crate::assertion::Assertion;
use crate::engine::Engine;
use crate::obligation::{Obligation, Step};
use crate::tree::Id;
use crate::truth::Truth;

/// The maximum depth of the reported property or item.
const DEPTH_MAX: usize = 32;

/// The first assertion of a reader for which the engine has no proof that the writer's values of one type meet it.
pub(super) struct Unmet {
    alternative: Alternative,
    place: Id,
    pub(super) assertion: Assertion,
}

/// Returns the first assertion at a place for which the engine has no proof that the writer meets it.
pub(super) fn first_unmet(engine: &mut Engine, writer: Id, reader: Id) -> Option<Unmet> {
    let alternatives = engine.alternatives(writer);
    for alternative in alternatives.iter() {
        for one in alternative.types.each() {
            let only = alternative.only(one);
            if !engine.is_empty(&only)
                && let Some((place, assertion)) = engine.unmet(&only, reader, &mut Vec::new())
            {
                return Some(Unmet { alternative: only, place, assertion });
            }
        }
    }
    None
}

/// Returns the deepest place without a proof, and the reason why the comparison is undecided.
pub(super) fn reason(
    engine: &mut Engine,
    writer: Id,
    reader: Id,
    ran_out: bool,
) -> (Option<Obligation>, String) {
    if Stop::is_current_requested() {
        return (None, "the comparison reached its time limit".to_owned());
    }
    if ran_out {
        return (None, "the comparison reached its limit of steps".to_owned());
    }
    let Some(mut unmet) = first_unmet(engine, writer, reader) else {
        return (None, "neither a proof nor a counterexample was found".to_owned());
    };
    let mut writer = writer;
    let mut path: Vec<Step> = Vec::new();
    while path.len() < DEPTH_MAX
        && let Some((written, rule)) = below(engine, &unmet)
        && let Some(inner) = first_unmet(engine, written, rule)
    {
        path.insert(0, Step::to(&engine.tree, rule));
        (writer, unmet) = (written, inner);
    }
    let obligation = Obligation { path, ..Obligation::here(writer, unmet.place, unmet.assertion) };
    let obligation = engine.relaxations.as_written(obligation);
    let why = if let Assertion::Undecided(why) = &obligation.assertion {
        why.clone()
    } else {
        format!("found neither a proof nor a counterexample for {}", obligation.assertion.words())
    };
    (Some(obligation), why)
}

/// Returns the schemas of the property or item that an assertion is about: the writer's schema and the reader's schema.
fn below(engine: &mut Engine, unmet: &Unmet) -> Option<(Id, Id)> {
    let node = engine.tree.shared(unmet.place);
    if let Assertion::Property(name) = &unmet.assertion {
        let written = engine.property_schema(&unmet.alternative.objects, name);
        let mut rules: Vec<Id> = node.objects.properties.of(name).into_iter().collect();
        for (pattern, rule) in node.objects.patterns.iter() {
            if engine.patterns.is_match(pattern, name) == Truth::Yes {
                rules.push(*rule);
            }
        }
        let rule = rules.into_iter().find(|rule| !engine.covers(written, *rule))?;
        return Some((written, rule));
    }
    if unmet.assertion != Assertion::Items {
        return None;
    }
    let most = Engine::prefix_len(&unmet.alternative.arrays).max(node.arrays.prefix.len());
    (0..=most).find_map(|at| {
        let rule = node.arrays.prefix.get(at).copied().or(node.arrays.items)?;
        let written = engine.item_schema(&unmet.alternative.arrays, at);
        (!engine.covers(written, rule)).then_some((written, rule))
    })
}
