//! Finds vacuous places. A place is vacuous if the content model would permit no value at it. The oracle treats such a
//! place as a map, or as an array without a limit.
//!
//! The oracle decides the simple cases. If a declared value of the same branches exists, the place is not vacuous. If a
//! minimum is larger than the number of all declared members, the place is vacuous. In other cases, the answer is
//! `None`.

use std::collections::BTreeSet;

use fastrand::Rng;
use serde_json::{Value, json};

use super::answer::Answer;
use super::applied::{Applied, Inherited, of_writer, values};
use super::compiled::PlaceKey;
use super::declared::{is_open, names, tuple_max};
use super::documents::Node;
use super::evaluation::{Edge, Evaluation};
use super::writer::{all_inherited_by_member, place, strip};

/// Maximum number of attempts to complete an object with declared members. After that, the place is undecided.
const TRIES_MAX: usize = 24;

/// Maximum number of events for which the oracle examines a place. After that, the place stays undecided.
const EXAMINED_MAX: usize = 3;

/// Maximum nesting of candidates. A place in a more deeply nested candidate is undecided.
const LEVEL_MAX: usize = 2;

/// Maximum number of schemas in which the oracle searches for names.
const NODES_MAX: usize = 500;

/// Returns the key of a place, or `None` if enumerated values describe the place.
fn key_of<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    applied: &[Applied<'d>],
) -> Option<PlaceKey> {
    let of = |part: &Inherited<'d>| match part {
        Inherited::Schema { node, forced } => Some((node.address(), *forced)),
        Inherited::Listed(_) => None,
    };
    let inherited = inherited.iter().map(of).collect::<Option<_>>()?;
    Some((inherited, branches(applied), run.unusual(), run.level() == 0))
}

/// Returns the answer for a place, from the cache if possible. The cache is correct, because the answer does not depend
/// on the event.
fn remembered<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    applied: &[Applied<'d>],
    examine: impl FnOnce() -> Option<bool>,
) -> Option<bool> {
    let Some(key) = key_of(run, inherited, applied) else { return examine() };
    let (known, examined) = run.compiled.vacuous.borrow().get(&key).copied().unwrap_or((None, 0));
    if known.is_some() || EXAMINED_MAX <= examined {
        return known;
    }
    let answer = examine();
    run.compiled.vacuous.borrow_mut().insert(key, (answer, examined + 1));
    answer
}

/// Returns whether no object exists that a lenient writer could send at the place.
pub(super) fn is_vacuous_object<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    applied: &[Applied<'d>],
    value: &Value,
) -> Option<bool> {
    remembered(run, inherited, applied, || examine_object(run, inherited, applied, value))
}

/// Returns whether no array exists that a lenient writer could send at the place.
pub(super) fn is_vacuous_array<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    applied: &[Applied<'d>],
    value: &Value,
    max: usize,
) -> Option<bool> {
    remembered(run, inherited, applied, || examine_array(run, inherited, applied, value, max))
}

fn examine_object<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    applied: &[Applied<'d>],
    value: &Value,
) -> Option<bool> {
    if LEVEL_MAX < run.level() {
        return None;
    }
    let declared = strip(run, inherited, value);
    if is_sent_in_same_branches(run, inherited, applied, &declared) {
        return Some(false);
    }
    let reach = Reach::of(run, inherited);
    if let Some(names) = &reach.names
        && (names.len() as f64) < reach.min_properties
    {
        return Some(true);
    }
    let mut rng = Rng::with_seed(1);
    let tries = if run.level() == 0 { TRIES_MAX } else { 0 };
    for _ in 0..tries {
        let completed = complete(run, applied, value, &declared, &reach, &mut rng);
        if is_sent_in_same_branches(run, inherited, applied, &completed) {
            return Some(false);
        }
    }
    None
}

fn examine_array<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    applied: &[Applied<'d>],
    value: &Value,
    max: usize,
) -> Option<bool> {
    if LEVEL_MAX < run.level() {
        return None;
    }
    let mut declared = strip(run, inherited, value);
    if let Value::Array(items) = &mut declared {
        items.truncate(max);
        loop {
            let shortened = Value::Array(items.clone());
            if is_sent_in_same_branches(run, inherited, applied, &shortened) {
                return Some(false);
            }
            if items.pop().is_none() {
                break;
            }
        }
    }
    let reach = Reach::of(run, inherited);
    if reach.tuple.is_some_and(|longest| (longest as f64) < reach.min_items) { Some(true) } else { None }
}

/// Returns whether the writer sends a value at the place, with the same branches as the applied schemas.
fn is_sent_in_same_branches<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    applied: &[Applied<'d>],
    candidate: &Value,
) -> bool {
    let other = run.for_candidate();
    let fits = inherited.iter().all(|part| match part {
        Inherited::Schema { node, forced } => *forced || other.holds(*node, candidate, false),
        Inherited::Listed(values) => values.contains(&candidate),
    });
    fits && branches(&of_writer(&other, inherited, candidate)) == branches(applied)
        && place(&other, inherited, candidate, "") == Answer::Yes
}

/// Returns the branches of unions and conditions. The flag of a branch states whether the branch counts.
fn branches(applied: &[Applied<'_>]) -> BTreeSet<(usize, bool)> {
    let is_branch = |part: &&Applied<'_>| part.edge != Edge::Must;
    let of = |part: &Applied<'_>| part.node().map(|node| (node.address(), part.counts));
    applied.iter().filter(is_branch).filter_map(of).collect()
}

/// The names and limits of all schemas that could apply to a place, for any value.
struct Reach<'d> {
    /// The names that the schemas may declare; `None` if the number of these names is not limited.
    names: Option<BTreeSet<&'d str>>,
    /// The length of the longest tuple; `None` if an array without a limit is possible.
    tuple: Option<usize>,
    min_properties: f64,
    min_items: f64,
}

impl<'d> Reach<'d> {
    fn of(run: &Evaluation<'_, 'd>, inherited: &[Inherited<'d>]) -> Self {
        let mut reach =
            Self { names: Some(BTreeSet::new()), tuple: Some(0), min_properties: 0.0, min_items: 0.0 };
        let mut seen = BTreeSet::new();
        for part in inherited {
            match part {
                Inherited::Schema { node, forced } => reach.add(run, *node, !forced, &mut seen),
                Inherited::Listed(_) => (reach.names, reach.tuple) = (None, None),
            }
        }
        reach
    }

    fn add(
        &mut self,
        run: &Evaluation<'_, 'd>,
        node: Node<'d>,
        is_certain: bool,
        seen: &mut BTreeSet<(usize, bool)>,
    ) {
        if !seen.insert((node.address(), is_certain)) {
            return;
        }
        if NODES_MAX < seen.len() || !values(run, node).is_empty() {
            (self.names, self.tuple) = (None, None);
            return;
        }
        let bound = |keyword| run.keyword(node, keyword).and_then(Value::as_f64).unwrap_or(0.0);
        if is_certain {
            self.min_properties = self.min_properties.max(bound("minProperties"));
            self.min_items = self.min_items.max(bound("minItems"));
        }
        match &mut self.names {
            Some(_) if is_open(run, node) => self.names = None,
            Some(known) => known.extend(names(run, node)),
            None => {}
        }
        self.tuple = self.tuple.zip(tuple_max(run, node)).map(|(one, other)| one.max(other));
        for (part, is_must) in everything_in_place(run, node) {
            self.add(run, part, is_certain && is_must, seen);
        }
    }
}

/// Returns every subschema that could apply to the same value. The flag states whether the subschema must accept the
/// value.
fn everything_in_place<'d>(run: &Evaluation<'_, 'd>, node: Node<'d>) -> Vec<(Node<'d>, bool)> {
    let mut parts = Vec::new();
    if let Some(reference) = run.keyword(node, "$ref").and_then(Value::as_str)
        && let Some(target) = run.compiled.documents.follow(node, reference)
    {
        parts.push((target, true));
    }
    parts.extend(run.list(node, "allOf").iter().map(|part| (node.child(part), true)));
    for keyword in ["anyOf", "oneOf"] {
        parts.extend(run.list(node, keyword).iter().map(|part| (node.child(part), false)));
    }
    for keyword in ["if", "then", "else"] {
        parts.extend(run.keyword(node, keyword).map(|part| (node.child(part), false)));
    }
    for keyword in ["dependentSchemas", "dependencies"] {
        let all = run.object(node, keyword).into_iter().flatten();
        parts.extend(all.filter(|(_, part)| !part.is_array()).map(|(_, part)| (node.child(part), false)));
    }
    parts
}

/// Adds random declared members to an object.
fn complete<'d>(
    run: &Evaluation<'_, 'd>,
    applied: &[Applied<'d>],
    value: &Value,
    declared: &Value,
    reach: &Reach<'d>,
    rng: &mut Rng,
) -> Value {
    let mut completed = declared.clone();
    let Value::Object(members) = &mut completed else { return completed };
    let counting = applied.iter().filter(|part| part.counts).filter_map(Applied::node);
    let mut known: BTreeSet<&str> = counting.flat_map(|node| names(run, node)).collect();
    known.extend(reach.names.iter().flatten());
    for name in known {
        if members.contains_key(name) || rng.u8(..3) == 0 {
            continue;
        }
        let inherited = all_inherited_by_member(run, applied, value, name);
        let mut pool: Vec<Value> =
            vec![json!(""), json!("a"), json!(0), json!(1), json!(true), json!({}), json!([]), Value::Null];
        for part in &inherited {
            match part {
                Inherited::Schema { node, .. } => pool.extend(values(run, *node).into_iter().cloned()),
                Inherited::Listed(all) => pool.extend(all.iter().map(|one| (*one).clone())),
            }
        }
        let other = run.another();
        pool.retain(|member| {
            inherited.iter().all(|part| match part {
                Inherited::Schema { node, forced } => *forced || other.another().holds(*node, member, false),
                Inherited::Listed(all) => all.contains(&member),
            })
        });
        if let Some(member) = rng.choice(&pool) {
            members.insert(name.to_owned(), member.clone());
        }
    }
    completed
}
