//! The comparisons of one check. They share the documents in the form that the module `lower` produces.

use evschema_model::{Bump, ContentModel, Resolved, field_names};

use super::accepted::Accepted;
use super::{Baseline, Settings, directions, sides};
use crate::decide::decide;
use crate::decision::Decision;
use crate::findings::{Found, Sides, findings};
use crate::lowered_pair::Pairs;
use crate::question::Question;
use crate::report::{Direction, Finding, OldReaders, OpenedPlace, Severity, Stricter, Verdict};
use crate::tree::Side;
use crate::version_property::version_constants;

/// Compares pairs of versions.
pub(super) struct Comparer<'s> {
    settings: &'s Settings,
    pairs: Pairs<'s>,
    /// Places where the content model lets writers send undeclared properties. At these places, every valid value has
    /// an undeclared property.
    pub(super) opened: Vec<OpenedPlace>,
}

/// The outcome of one comparison between a candidate and a baseline.
pub(super) struct Outcome {
    /// The verdict without the waived findings.
    pub(super) verdict: Verdict,
    /// Whether the pair is compatible without a waiver.
    pub(super) is_proven: bool,
    /// Whether the pair may have more findings, because the search stopped at a limit.
    pub(super) may_have_more: bool,
}

impl<'s> Comparer<'s> {
    pub(super) fn new(settings: &'s Settings) -> Self {
        Self { settings, pairs: Pairs::default(), opened: Vec::new() }
    }

    /// Compares the candidate with one baseline in one direction, and adds the findings to `found`.
    pub(super) fn compare(
        &mut self,
        sides: &Sides<'s>,
        accepted: &Accepted<'_>,
        found: &mut Vec<Finding>,
    ) -> Outcome {
        let decision = self.decide(sides, false);
        self.note_opened(&decision, sides.writer_and_reader().0);
        if decision.verdict == Verdict::Compatible {
            return Outcome { verdict: Verdict::Compatible, is_proven: true, may_have_more: false };
        }
        let mut here = findings(&decision, sides);
        accepted.mark(&mut here, &decision, sides);
        let rest = here.iter().filter(|own| own.finding.waived.is_none());
        let verdicts = rest.map(|own| match own.finding.witness {
            Some(_) => Verdict::Incompatible,
            None => Verdict::Undecided,
        });
        // Waivers make a pair compatible only if the engine has proven everything else.
        let unwaived = if decision.is_settled { Verdict::Compatible } else { Verdict::Undecided };
        let verdict = verdicts.reduce(Verdict::and).unwrap_or(unwaived);
        for Found { finding, .. } in here {
            // If the same change breaks several baselines, the report has one finding.
            if !found.iter().any(|known| known.fingerprint == finding.fingerprint) {
                found.push(finding);
            }
        }
        Outcome { verdict, is_proven: false, may_have_more: decision.may_have_more }
    }

    /// Returns the bump that a change requires. The caller has already proven that the directions in `proven` are
    /// compatible.
    pub(super) fn required_bump(
        &mut self,
        proven: &[Direction],
        from: &'s Resolved,
        to: &'s Resolved,
    ) -> Bump {
        let mut verdicts = [Verdict::Compatible; 2];
        for (verdict, direction) in verdicts.iter_mut().zip([Direction::Backward, Direction::Forward]) {
            let is_checked = directions(self.settings.policy.mode).any(|checked| checked == direction);
            if is_checked && !proven.contains(&direction) {
                *verdict = self.decide(&sides(to, from, direction, Severity::Error), true).verdict;
            }
        }
        self.bump_of(verdicts[0], verdicts[1], from, to)
    }

    /// Returns the bump of a change whose verdicts are known.
    pub(super) fn bump_of(
        &mut self,
        backward: Verdict,
        forward: Verdict,
        from: &'s Resolved,
        to: &'s Resolved,
    ) -> Bump {
        let mode = self.settings.policy.mode;
        let breaks = (mode.checks_backward() && backward != Verdict::Compatible)
            || (mode.checks_forward() && forward != Verdict::Compatible);
        if breaks {
            return Bump::Major;
        }
        if self.accept_same_events(from, to) { Bump::Patch } else { Bump::Minor }
    }

    /// Returns whether two versions provably accept the same events, and declare the same fields.
    fn accept_same_events(&mut self, from: &'s Resolved, to: &'s Resolved) -> bool {
        from.schema().digest() == to.schema().digest()
            || (field_names(from.schema()) == field_names(to.schema())
                && [(from, to), (to, from)].into_iter().all(|(writer, reader)| {
                    let decision = self.compare_under(writer, reader, ContentModel::Strict, true);
                    decision.verdict == Verdict::Compatible
                }))
    }

    /// Returns the break under the nearest stricter content model that has one. The caller uses this for a change
    /// without a break under the chosen model.
    pub(super) fn stricter(
        &mut self,
        candidate: &'s Resolved,
        predecessors: &[&'s Baseline],
    ) -> Option<Stricter> {
        let latest = predecessors.last()?;
        let policy = self.settings.policy;
        for model in ContentModel::ALL.into_iter().rev().filter(|model| *model < policy.content_model) {
            for direction in directions(policy.mode) {
                let sides = sides(candidate, &latest.resolved, direction, Severity::Note);
                let (writer, reader) = sides.writer_and_reader();
                let decision = self.compare_under(writer, reader, model, true);
                if decision.verdict == Verdict::Incompatible
                    && let Some(finding) = findings(&decision, &sides).into_iter().next()
                {
                    let Finding { message, witness, .. } = finding.finding;
                    return Some(Stricter { content_model: model, message, witness });
                }
            }
        }
        None
    }

    /// Returns a break if the latest earlier version, as a reader, rejects an event of the candidate. Returns `None` if
    /// the mode already checks this direction.
    pub(super) fn old_readers(
        &mut self,
        candidate: &'s Resolved,
        predecessors: &[&'s Baseline],
    ) -> Option<OldReaders> {
        let mode = self.settings.policy.mode;
        if !mode.checks_backward() || mode.checks_forward() {
            return None;
        }
        let latest = predecessors.last()?;
        let sides = sides(candidate, &latest.resolved, Direction::Forward, Severity::Note);
        let decision = self.decide(&sides, true);
        let found = findings(&decision, &sides).into_iter().find(|found| found.finding.witness.is_some())?;
        let Finding { message, witness, .. } = found.finding;
        Some(OldReaders { version: latest.version().clone(), message, witness })
    }

    fn note_opened(&mut self, decision: &Decision<'_>, writer: &Resolved) {
        if decision.opened.is_empty() {
            return;
        }
        let Some(graphs) = &decision.graphs else { return };
        let opened = decision.opened.iter().filter_map(|origin| origin.on(Side::Writer));
        for location in opened.filter_map(|schema| graphs.writer.location(schema)) {
            if location.schema.at() != writer.schema().at() {
                continue;
            }
            let version = writer.schema().at().version.clone();
            let place = OpenedPlace { version, pointer: location.pointer };
            if !self.opened.contains(&place) {
                self.opened.push(place);
            }
        }
    }

    fn decide(&mut self, sides: &Sides<'s>, is_brief: bool) -> Decision<'s> {
        let (writer, reader) = sides.writer_and_reader();
        self.compare_under(writer, reader, self.settings.policy.content_model, is_brief)
    }

    fn compare_under(
        &mut self,
        writer: &'s Resolved,
        reader: &'s Resolved,
        model: ContentModel,
        is_brief: bool,
    ) -> Decision<'s> {
        // The comparison ignores version constants only if both versions have them. If one version has none, the
        // constants of the other version describe the event.
        let both = !version_constants(writer.schema()).is_empty();
        let masked = if both { version_constants(reader.schema()) } else { Vec::new() };
        let Settings { formats, fuel, .. } = *self.settings;
        let question = Question { writer, reader, model, formats, fuel, masked: &masked, is_brief };
        decide(&question, &mut self.pairs)
    }
}
