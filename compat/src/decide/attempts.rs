//! The attempts to answer a question, in their order.

use super::confirm::Confirmer;
use super::{Answer, Roots, UNSORTED_MAX, confirmed, consult_oracle, minimize, open, witnesses_in};
use crate::engine::Engine;
use crate::oracle::OracleAnswer;
use crate::question::Question;
use crate::refute::state::Effort;
use crate::report::Verdict;
use crate::tree::Id;

/// An attempt to answer a question.
#[derive(Debug, Clone, Copy)]
enum Attempt {
    /// Prove that the reader accepts every event of the writer. Under `tolerant`, the reader may first remove the
    /// undeclared properties.
    Prove,
    /// Search for events that break the reader, at the places without a proof.
    Refute,
    /// Search also among values of the difference between writer and reader.
    RefuteDifference,
    /// Consult the oracle. The engine accepts its proof, and searches for witnesses among the values of its difference.
    ConsultOracle,
}

/// The attempts in their order. Each attempt starts with the fuel of the question. The first attempt that finds an
/// answer ends the comparison.
const ATTEMPTS: [Attempt; 4] =
    [Attempt::Prove, Attempt::Refute, Attempt::RefuteDifference, Attempt::ConsultOracle];

/// Answers the question for one reader: for the reader of the question, or for a relaxed reader.
pub(super) fn answer(
    engine: &mut Engine,
    confirm: &mut Confirmer<'_>,
    question: &Question<'_, '_>,
    roots: Roots,
    reader: Id,
) -> Answer {
    let mut comparison = Comparison { engine, confirm, question, roots, reader, ran_out: false };
    for attempt in ATTEMPTS {
        comparison.engine.refuel(question.fuel);
        let answer = match attempt {
            Attempt::Prove => comparison.prove(),
            Attempt::Refute if question.is_brief => comparison.refute(Effort::First),
            Attempt::Refute => comparison.refute(Effort::Each),
            Attempt::RefuteDifference => comparison.refute(Effort::Deep),
            Attempt::ConsultOracle => comparison.consult_oracle(),
        };
        if let Some(answer) = answer {
            return answer;
        }
    }
    comparison.undecided()
}

/// The comparison of a writer with one reader.
struct Comparison<'c, 'v, 'q, 'm> {
    engine: &'c mut Engine,
    confirm: &'c mut Confirmer<'v>,
    question: &'c Question<'q, 'm>,
    roots: Roots,
    reader: Id,
    /// Whether the fuel was used up before the end of the proof.
    ran_out: bool,
}

impl Comparison<'_, '_, '_, '_> {
    fn prove(&mut self) -> Option<Answer> {
        let Roots { writer, left, may_prove, .. } = self.roots;
        let mut is_proven = may_prove && self.engine.covers(writer, self.reader);
        if let Some(left) = left.filter(|_| !is_proven) {
            self.engine.refuel(self.question.fuel);
            is_proven = may_prove && self.engine.covers(left, self.reader);
        }
        self.ran_out = self.engine.is_spent();
        is_proven.then(Answer::compatible)
    }

    fn refute(&mut self, effort: Effort) -> Option<Answer> {
        let Self { engine, confirm, question, roots, reader, .. } = self;
        let mut readers = vec![*reader];
        if roots.left.is_some() {
            readers.insert(0, engine.opened(*reader));
        }
        engine.begin_refutation(effort);
        let mut candidates = Vec::new();
        for reader in readers {
            candidates.extend(engine.refute(roots.writer, reader));
        }
        if engine.is_spent() {
            // The candidates are unsorted. The validator may need as much time for each candidate as the engine needed
            // for the search.
            candidates.truncate(UNSORTED_MAX);
        }
        engine.refuel(question.fuel);
        let mut witnesses = confirmed(engine, confirm, candidates, question.is_brief);
        if witnesses.is_empty() {
            return None;
        }
        if !question.is_brief {
            engine.refuel(question.fuel);
            minimize::minimize(engine, confirm, &mut witnesses, roots.writer, *reader);
        }
        Some(Answer { verdict: Verdict::Incompatible, witnesses, open: None })
    }

    fn consult_oracle(&mut self) -> Option<Answer> {
        let Roots { writer, may_prove, .. } = self.roots;
        match consult_oracle(self.engine, writer, self.reader) {
            // The oracle does not know whether a number is written as `1` or `1.0`. It treats both as integers, but
            // draft 4 does not.
            OracleAnswer::Covered if may_prove && !self.engine.tree.requires_integer_lexeme() => {
                Some(Answer::compatible())
            }
            OracleAnswer::Difference(difference) => {
                let witnesses = witnesses_in(self.engine, self.confirm, &difference, writer, self.reader);
                let is_broken = !witnesses.is_empty();
                is_broken.then(|| Answer { verdict: Verdict::Incompatible, witnesses, open: None })
            }
            OracleAnswer::Covered | OracleAnswer::Unknown => None,
        }
    }

    fn undecided(self) -> Answer {
        self.engine.refuel(self.question.fuel);
        // A tolerant reader removes undeclared properties, so they cannot be the reason for an undecided answer.
        let writer = self.roots.left.unwrap_or(self.roots.writer);
        let (place, why) = open::reason(self.engine, writer, self.reader, self.ran_out);
        Answer::undecided(place, why)
    }
}
