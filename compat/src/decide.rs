//! Decides one question: proves it, or refutes it with a confirmed event, or consults the oracle, or states why it is
//! undecided.

mod attempts;
mod change;
mod confirm;
mod minimize;
mod open;
mod search;

use std::rc::Rc;

use evschema_model::{ContentModel, Resolved};
use serde_json::Value;

use crate::assertion::Assertion;
use crate::candidate::Candidate;
use crate::decision::{Change, Decision, Open};
use crate::engine::{Engine, with_stack};
use crate::export::export;
use crate::lowered_pair::{Graphs, Pair, Pairs};
use crate::obligation::{Obligation, Step};
use crate::oracle::{self, OracleAnswer};
use crate::question::Question;
use crate::report::Verdict;
use crate::tree::{Id, Origin, PlaceReader, Tree};
use crate::witness::Witness;
use confirm::Confirmer;

/// The root nodes of a lowered pair.
#[derive(Clone, Copy)]
struct Roots {
    /// The writer under the content model.
    writer: Id,
    /// The reader as written.
    reader: Id,
    /// Under `tolerant`: the node of the writer's events without the properties that the reader removes.
    left: Option<Id>,
    may_prove: bool,
}

/// The answer for one reader: for the reader of the question, or for a relaxed reader (see `relax`).
struct Answer {
    verdict: Verdict,
    witnesses: Vec<Witness>,
    open: Option<Open>,
}

/// The maximum numbers of candidates that the validator examines. The first is for a brief comparison, the second for a
/// comparison that reports each place.
const CONFIRMATIONS_MAX: usize = 400;
const CONFIRMATIONS_MAX_OF_ALL: usize = 2_000;

/// The maximum number of candidates that the validator examines if the fuel was used up before the engine sorted them.
const UNSORTED_MAX: usize = 4;

/// Decides a question. `pairs` caches the pairs of documents that the check has already lowered.
pub(crate) fn decide<'a>(question: &Question<'a, '_>, pairs: &mut Pairs<'a>) -> Decision<'a> {
    with_stack(|| decide_here(question, pairs))
}

fn decide_here<'a>(question: &Question<'a, '_>, pairs: &mut Pairs<'a>) -> Decision<'a> {
    if are_the_same(question.writer, question.reader) {
        return Decision::of(Tree::default(), None, Vec::new(), Answer::compatible());
    }
    let Some(Pair { mut tree, writer: written, reader, graphs }) = pairs.lowered(question) else {
        let why = "a document's references cannot be resolved".to_owned();
        return Decision::of(Tree::default(), None, Vec::new(), Answer::undecided(None, why));
    };
    let may_prove = !tree.is_ill_founded();
    let writer = match question.model {
        ContentModel::Strict => written,
        ContentModel::Lenient | ContentModel::Tolerant => tree.place(written, Vec::new(), None),
    };
    let mut engine = Engine::new(tree, question.formats, question.is_brief, question.fuel);
    // A tolerant reader accepts an event if it accepts the whole event, or the event without the undeclared properties.
    let left = (question.model == ContentModel::Tolerant).then(|| {
        let removed = PlaceReader { surely: vec![reader], maybe: Vec::new() };
        engine.tree.place(written, Vec::new(), Some(removed))
    });
    engine.relaxations.root = Some(Step::to(&engine.tree, reader));
    let roots = Roots { writer, reader, left, may_prove };
    let mut confirm = Confirmer::new(question, Rc::clone(&graphs), written, reader);
    let answer = attempts::answer(&mut engine, &mut confirm, question, roots, reader);
    if question.is_brief || answer.verdict == Verdict::Compatible {
        let opened = engine.take_opened_places();
        return Decision::of(engine.tree, Some(graphs), opened, answer);
    }
    search::search(engine, confirm, graphs, question, roots, answer)
}

impl Answer {
    fn compatible() -> Self {
        Self { verdict: Verdict::Compatible, witnesses: Vec::new(), open: None }
    }

    fn undecided(obligation: Option<Obligation>, why: String) -> Self {
        let open = Some(Open { obligation, why, change: Change::of_documents() });
        Self { verdict: Verdict::Undecided, witnesses: Vec::new(), open }
    }
}

impl<'a> Decision<'a> {
    /// Converts one answer to a decision, without a search for more findings.
    fn of(tree: Tree, graphs: Option<Rc<Graphs<'a>>>, opened: Vec<Origin>, answer: Answer) -> Self {
        let is_compatible = answer.verdict == Verdict::Compatible;
        Self {
            verdict: answer.verdict,
            witnesses: answer.witnesses.into_iter().map(|witness| (witness, Change::default())).collect(),
            // If the undecided part has no place, its reason is about the whole comparison.
            is_settled: is_compatible || answer.open.as_ref().is_some_and(|open| open.obligation.is_none()),
            may_have_more: !is_compatible,
            open: answer.open.into_iter().collect(),
            opened,
            tree,
            graphs,
        }
    }
}

/// Returns whether two documents, and all documents to which they refer, have equal values.
fn are_the_same(a: &Resolved, b: &Resolved) -> bool {
    let (left, right) = (a.schema(), b.schema());
    left.draft() == right.draft()
        && left.value() == right.value()
        && a.resources().count() == b.resources().count()
        && a.resources()
            .zip(b.resources())
            .all(|((uri, own), (other, theirs))| uri == other && own.value() == theirs.value())
}

/// Confirms candidates with the validator, and keeps the first confirmed candidate of each obligation.
fn confirmed(
    engine: &mut Engine,
    confirm: &mut Confirmer<'_>,
    candidates: Vec<Candidate>,
    is_brief: bool,
) -> Vec<Witness> {
    let mut witnesses: Vec<Witness> = Vec::new();
    let mut spare: Option<Witness> = None;
    let most = if is_brief { CONFIRMATIONS_MAX } else { CONFIRMATIONS_MAX_OF_ALL };
    for candidate in candidates.into_iter().take(most) {
        let done = |known: &Witness| {
            let tree = &engine.tree;
            known.obligation.assertion == candidate.obligation.assertion
                && (is_brief
                    || engine.relaxations.way(&known.obligation)
                        == engine.relaxations.way(&candidate.obligation))
                && tree.origin(known.obligation.reader) == tree.origin(candidate.obligation.reader)
                && (is_brief
                    || tree.origin(known.obligation.writer) == tree.origin(candidate.obligation.writer))
        };
        if witnesses.iter().any(done) {
            continue;
        }
        let Some(refusal) = confirm.refusal(engine, &candidate, is_brief) else { continue };
        let witness = Witness {
            value: candidate.value,
            obligation: candidate.obligation,
            objection: refusal.objection,
        };
        if refusal.is_elsewhere {
            // The value breaks the reader, but at another assertion than the one for which the engine made the value.
            // The function uses such a value only if no better witness exists.
            spare.get_or_insert(witness);
            continue;
        }
        witnesses.push(witness);
        if is_brief {
            break;
        }
    }
    if witnesses.is_empty() { spare.into_iter().collect() } else { witnesses }
}

fn consult_oracle(engine: &Engine, writer: Id, reader: Id) -> OracleAnswer {
    // The library ignores the properties that the `if` of a condition evaluates.
    if engine.tree.has_unevaluated() && engine.tree.has_conditions() {
        return OracleAnswer::Unknown;
    }
    match (export(&engine.tree, writer), export(&engine.tree, reader)) {
        (Some(writer), Some(reader)) => oracle::compare(&writer, &reader, engine.formats),
        (None, _) | (_, None) => OracleAnswer::Unknown,
    }
}

/// Searches for witnesses among the values of the difference that the oracle returned.
fn witnesses_in(
    engine: &mut Engine,
    confirm: &mut Confirmer<'_>,
    difference: &Value,
    writer: Id,
    reader: Id,
) -> Vec<Witness> {
    let Some(root) = confirm.lower_difference(&mut engine.tree, difference, engine.formats) else {
        return Vec::new();
    };
    let assertion =
        open::first_unmet(engine, writer, reader).map_or(Assertion::AnyOf, |unmet| unmet.assertion);
    let mut values = engine.samples(root, 12);
    values.sort_by_key(|value| value.to_string().len());
    let candidates = values
        .into_iter()
        .map(|value| Candidate { value, obligation: Obligation::here(writer, reader, assertion.clone()) })
        .collect();
    confirmed(engine, confirm, candidates, true)
}
