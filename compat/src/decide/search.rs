//! Searches for all findings of a change. After each finding, the engine relaxes the reader at this finding and
//! compares again. The search ends when the engine finds no more breaks.

use std::rc::Rc;

use super::attempts::answer;
use super::change::VALUES_MAX;
use super::confirm::Confirmer;
use super::{Answer, Roots};
use crate::assertion::Assertion;
use crate::decision::{Change, Decision, Open};
use crate::engine::Engine;
use crate::lowered_pair::Graphs;
use crate::obligation::{Obligation, Step};
use crate::question::Question;
use crate::relax::{Relaxed, relax};
use crate::report::Verdict;
use crate::tree::Origin;
use crate::witness::Witness;

/// The maximum number of rounds of a search. Each round relaxes the reader once.
const ROUNDS_MAX: usize = 32;

/// The maximum number of findings of a search: more than anyone reads.
const FOUND_MAX: usize = 1_000;

/// The maximum fuel of a whole search, as a multiple of the fuel of one phase.
const PHASES_MAX: u64 = 12;

/// The parts of a finding that distinguish it from other findings.
#[derive(PartialEq)]
struct Key {
    way: Vec<Step>,
    reader: Origin,
    writer: Origin,
    assertion: Assertion,
}

/// The findings so far.
struct Search {
    witnesses: Vec<(Witness, Change)>,
    open: Vec<Open>,
    known: Vec<Key>,
    relaxed: Vec<Relaxed>,
    /// Whether the search relaxed the reader at more assertions than its findings report.
    is_inexact: bool,
    /// The number of JSON values that the texts of further findings may have.
    values_left: usize,
}

/// Completes a decision that has a first finding.
pub(super) fn search<'a>(
    mut engine: Engine,
    mut confirm: Confirmer<'_>,
    graphs: Rc<Graphs<'a>>,
    question: &Question<'_, '_>,
    roots: Roots,
    first: Answer,
) -> Decision<'a> {
    let verdict = first.verdict;
    let mut search = Search {
        witnesses: Vec::new(),
        open: Vec::new(),
        known: Vec::new(),
        relaxed: Vec::new(),
        is_inexact: false,
        values_left: VALUES_MAX,
    };
    let spent_max = engine.spent().saturating_add(question.fuel.saturating_mul(PHASES_MAX));
    let mut next = first;
    let mut is_settled = false;
    let mut is_complete = false;
    for round in 0..ROUNDS_MAX {
        if next.open.as_ref().is_some_and(|open| open.obligation.is_none()) {
            // The undecided answer is about the whole rest of the comparison.
            search.open.extend(next.open);
            is_settled = true;
            break;
        }
        if !search.take_in(&mut engine, next) || FOUND_MAX < search.known.len() {
            break;
        }
        if round + 1 == ROUNDS_MAX || spent_max < engine.spent() || confirm.is_spent() {
            break;
        }
        engine.refuel(question.fuel);
        let Some(relaxed) = relax(&mut engine, roots.reader, &search.relaxed) else { break };
        confirm.relax(relaxed);
        next = answer(&mut engine, &mut confirm, question, roots, relaxed);
        if next.verdict == Verdict::Compatible {
            is_complete = true;
            break;
        }
    }
    let is_complete = is_complete && !search.is_inexact;
    let verdict = if search.witnesses.is_empty() { verdict } else { Verdict::Incompatible };
    Decision {
        verdict,
        witnesses: search.witnesses,
        open: search.open,
        is_settled: is_complete || (is_settled && !search.is_inexact),
        may_have_more: !is_complete,
        opened: engine.take_opened_places(),
        tree: engine.tree,
        graphs: Some(graphs),
    }
}

impl Search {
    /// Adds the findings of an answer, and returns whether the search can continue.
    fn take_in(&mut self, engine: &mut Engine, answer: Answer) -> bool {
        let mut is_new = false;
        for mut witness in answer.witnesses {
            witness.obligation = engine.relaxations.as_written(witness.obligation);
            match self.note(engine, &witness.obligation) {
                Noted::New => {
                    let change = Change::of(engine, &witness.obligation, &mut self.values_left);
                    self.witnesses.push((witness, change));
                    is_new = true;
                }
                Noted::Again => is_new = true,
                Noted::Known => {}
            }
        }
        if let Some(mut open) = answer.open
            && let Some(obligation) = &open.obligation
        {
            match self.note(engine, obligation) {
                Noted::New => {
                    open.change = Change::of(engine, obligation, &mut self.values_left);
                    self.open.push(open);
                    is_new = true;
                }
                Noted::Again => is_new = true,
                Noted::Known => {}
            }
        }
        is_new
    }

    fn note(&mut self, engine: &Engine, obligation: &Obligation) -> Noted {
        let key = Key {
            way: engine.relaxations.way(obligation),
            reader: engine.tree.origin(obligation.reader),
            writer: engine.tree.origin(obligation.writer),
            assertion: obligation.assertion.clone(),
        };
        let times = self.known.iter().filter(|known| **known == key).count();
        if 1 < times {
            return Noted::Known;
        }
        self.known.push(key);
        // If the same finding occurs again, the first relaxation was not wide enough. In this case, the search relaxes
        // all assertions of the place.
        self.relaxed.push(Relaxed::of(engine, obligation, times == 1));
        self.is_inexact |= times == 1;
        if times == 0 { Noted::New } else { Noted::Again }
    }
}

enum Noted {
    New,
    Again,
    Known,
}
