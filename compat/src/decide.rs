//! Decides one pair: prove, refute and confirm, ask the library, or say why not.

mod confirm;
mod isolate;

use evschema_model::{ContentModel, Formats, Pointer, Resolved};
use serde_json::Value;

use crate::content::{close_writer, open_reader};
use crate::engine::{Effort, Engine};
use crate::export::export;
use crate::library::{self, Said};
use crate::pair::{Pair, Pairs};
use crate::prove::{Assertion, Obligation};
use crate::refute::Candidate;
use crate::report::Verdict;
use crate::tree::{Id, Origin, Tree};
use confirm::Confirm;

/// A question: does the reader accept what the writer sends?
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) writer: &'a Resolved,
    pub(crate) reader: &'a Resolved,
    pub(crate) model: ContentModel,
    pub(crate) formats: Formats,
    pub(crate) fuel: u64,
    /// Places of the reader that are taken to accept anything.
    pub(crate) masked: &'a [Origin],
    /// Whether one witness is enough, or each place that breaks wants its own.
    pub(crate) is_brief: bool,
}

/// A value that the validator accepts under the writer and refuses under the reader.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    pub(crate) value: Value,
    pub(crate) obligation: Obligation,
    /// What the reader objects to; not asked for in brief.
    pub(crate) objection: Option<Objection>,
}

/// What a reader objects to in an event, as the validator says it.
#[derive(Debug, Clone)]
pub(crate) struct Objection {
    pub(crate) message: String,
    /// Where in the event.
    pub(crate) place: Pointer,
}

/// The answer, with what it rests on.
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) witnesses: Vec<Witness>,
    /// Where the proof did not get through, and why, when undecided.
    pub(crate) open: Option<(Option<Obligation>, String)>,
    /// The lowered pair, for telling places and words.
    pub(crate) tree: Tree,
}

/// Most candidates that are put to the validator, in brief and where every place wants its own.
const CONFIRMATIONS_MAX: usize = 400;
const CONFIRMATIONS_MAX_OF_ALL: usize = 2_000;

/// Most of them where the fuel did not last to sort them.
const UNSORTED_MAX: usize = 4;

/// Decides a question; `pairs` are those of the check that asks it.
pub(crate) fn decide(question: &Question<'_>, pairs: &mut Pairs) -> Decision {
    if are_the_same(question.writer, question.reader) {
        return decided(Tree::default(), Verdict::Compatible);
    }
    let minds_spelling = question.model == ContentModel::Strict;
    let Some(Pair { mut tree, mut writer, mut reader }) = pairs.lowered(question, minds_spelling) else {
        let why = "a document's references cannot be resolved".to_owned();
        return undecided(Tree::default(), None, why);
    };
    if question.model != ContentModel::Strict {
        writer = close_writer(&mut tree, writer);
    }
    if question.model == ContentModel::Tolerant {
        reader = open_reader(&mut tree, reader);
    }
    let may_prove = !tree.has_paradox();
    let mut engine = Engine::new(tree, question.formats, question.is_brief, question.fuel);
    if may_prove && engine.covers(writer, reader) {
        return decision(engine, Verdict::Compatible, Vec::new(), None);
    }
    let ran_out = engine.is_spent();
    engine.refuel(question.fuel);
    let mut confirm = Confirm::new(question, writer, reader);
    let first = if question.is_brief { Effort::First } else { Effort::Each };
    for effort in [first, Effort::Deep] {
        engine.refuel(question.fuel);
        engine.look(effort);
        let mut candidates = engine.refute(writer, reader);
        if engine.is_spent() {
            // Unsorted, and the validator may take as long for each as the engine could not.
            candidates.truncate(UNSORTED_MAX);
        }
        let mut witnesses = confirmed(&engine.tree, &mut confirm, candidates, question.is_brief);
        if witnesses.is_empty() {
            continue;
        }
        if !question.is_brief {
            engine.refuel(question.fuel);
            isolate::isolate(&mut engine, &mut confirm, &mut witnesses, writer, reader);
        }
        return decision(engine, Verdict::Incompatible, witnesses, None);
    }
    engine.refuel(question.fuel);
    match ask_library(&engine, writer, reader) {
        // The library is told nothing of spellings: what it takes for an integer is wider than what
        // draft 4 does.
        Said::Covered if may_prove && !engine.tree.minds_spelling() => {
            return decision(engine, Verdict::Compatible, Vec::new(), None);
        }
        Said::Beyond(difference) => {
            let found = witnesses_in(&mut engine, &mut confirm, &difference, writer, reader);
            if !found.is_empty() {
                return decision(engine, Verdict::Incompatible, found, None);
            }
        }
        Said::Covered | Said::Silent => {}
    }
    let (place, why) = reason(&mut engine, writer, reader, ran_out);
    undecided(engine.tree, place, why)
}

/// Tells whether two documents, and all they refer to, say the same to the letter.
fn are_the_same(a: &Resolved, b: &Resolved) -> bool {
    let (left, right) = (a.schema(), b.schema());
    left.draft() == right.draft()
        && left.value() == right.value()
        && a.resources().count() == b.resources().count()
        && a.resources()
            .zip(b.resources())
            .all(|((uri, own), (other, theirs))| uri == other && own.value() == theirs.value())
}

fn decided(tree: Tree, verdict: Verdict) -> Decision {
    Decision { verdict, witnesses: Vec::new(), open: None, tree }
}

fn decision(
    engine: Engine,
    verdict: Verdict,
    witnesses: Vec<Witness>,
    open: Option<(Option<Obligation>, String)>,
) -> Decision {
    Decision { verdict, witnesses, open, tree: engine.tree }
}

fn undecided(tree: Tree, place: Option<Obligation>, why: String) -> Decision {
    Decision { verdict: Verdict::Undecided, witnesses: Vec::new(), open: Some((place, why)), tree }
}

/// Puts candidates to the validator; keeps the first that holds for each obligation.
fn confirmed(
    tree: &Tree,
    confirm: &mut Confirm<'_>,
    candidates: Vec<Candidate>,
    is_brief: bool,
) -> Vec<Witness> {
    let mut witnesses: Vec<Witness> = Vec::new();
    let mut spare: Option<Witness> = None;
    let most = if is_brief { CONFIRMATIONS_MAX } else { CONFIRMATIONS_MAX_OF_ALL };
    for candidate in candidates.into_iter().take(most) {
        let done = |known: &Witness| {
            known.obligation.assertion == candidate.obligation.assertion
                && tree.origin(known.obligation.reader) == tree.origin(candidate.obligation.reader)
                && (is_brief
                    || tree.origin(known.obligation.writer) == tree.origin(candidate.obligation.writer))
        };
        if witnesses.iter().any(done) {
            continue;
        }
        let Some(refusal) = confirm.refusal(tree, &candidate, is_brief) else { continue };
        let witness = Witness {
            value: candidate.value,
            obligation: candidate.obligation,
            objection: refusal.objection,
        };
        if refusal.is_elsewhere {
            // It breaks, but not for the reason it was made for: shown only if nothing better is.
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

fn ask_library(engine: &Engine, writer: Id, reader: Id) -> Said {
    match (export(&engine.tree, writer), export(&engine.tree, reader)) {
        (Some(writer), Some(reader)) => library::ask(&writer, &reader, engine.formats),
        (None, _) | (_, None) => Said::Silent,
    }
}

/// Looks for witnesses among the values of the library's difference.
fn witnesses_in(
    engine: &mut Engine,
    confirm: &mut Confirm<'_>,
    difference: &Value,
    writer: Id,
    reader: Id,
) -> Vec<Witness> {
    let Some(root) = confirm.lower_difference(&mut engine.tree, difference, engine.formats) else {
        return Vec::new();
    };
    let assertion = first_unmet(engine, writer, reader).map_or(Assertion::AnyOf, |(_, assertion)| assertion);
    let mut values = engine.samples(root, 12);
    values.sort_by_key(|value| value.to_string().len());
    let candidates = values
        .into_iter()
        .map(|value| Candidate {
            value,
            obligation: Obligation { writer, reader, assertion: assertion.clone() },
        })
        .collect();
    confirmed(&engine.tree, confirm, candidates, true)
}

fn first_unmet(engine: &mut Engine, writer: Id, reader: Id) -> Option<(Id, Assertion)> {
    let flats = engine.flats(writer);
    for flat in flats.iter() {
        for one in flat.types.each() {
            let only = flat.only(one);
            if !engine.is_empty(&only)
                && let Some(unmet) = engine.unmet(&only, reader, &mut Vec::new())
            {
                return Some(unmet);
            }
        }
    }
    None
}

fn reason(engine: &mut Engine, writer: Id, reader: Id, ran_out: bool) -> (Option<Obligation>, String) {
    if ran_out {
        return (None, "the comparison took more steps than it may (fuel)".to_owned());
    }
    let Some((place, assertion)) = first_unmet(engine, writer, reader) else {
        return (None, "neither a proof nor a counterexample was found".to_owned());
    };
    let why = if let Assertion::Opaque(why) = &assertion {
        why.clone()
    } else {
        format!("no proof nor counterexample was found for {}", assertion.words())
    };
    (Some(Obligation { writer, reader: place, assertion }), why)
}
