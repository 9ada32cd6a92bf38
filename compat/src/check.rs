//! Checks a candidate against the versions of its line, and compares two versions.

mod accepted;
mod advice;
mod comparison;
mod selection;
mod subsumed;

use evschema_model::{Bump, ContentModel, Coordinates, Formats, Mode, Resolved, SubjectPolicy, Version};

use crate::changes::changes;
use crate::decide::decide;
use crate::findings::Sides;
use crate::lowered_pair::Pairs;
use crate::question::Question;
use crate::report::{Containment, Diff, Direction, Finding, Report, Severity, Verdict};
use crate::version_property::version_constants;
use crate::waivers::Waivers;
use accepted::Accepted;
pub use advice::advise;
use comparison::Comparer;
use selection::Selection;
pub use selection::{Standing, baselines};
pub use subsumed::sends_no_more;

/// The settings of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The subject's mode and content model.
    pub policy: SubjectPolicy,
    /// Whether `format` rejects values.
    pub formats: Formats,
    /// The maximum number of steps for each phase of a comparison. If a phase reaches the maximum, the answer may be
    /// undecided. The same input always takes the same number of steps.
    pub fuel: u64,
    /// Whether the check of a compatible change makes two more comparisons: one under the stricter content models
    /// ([`Report::stricter`]), and one with older readers ([`Report::old_readers`]).
    pub advises: bool,
}

/// The default for [`Settings::fuel`]. With this limit, only a handful of pairs from public schema histories are
/// undecided.
const FUEL: u64 = 100_000;

impl Default for Settings {
    fn default() -> Self {
        Self { policy: SubjectPolicy::default(), formats: Formats::default(), fuel: FUEL, advises: true }
    }
}

impl Settings {
    /// Returns settings with this policy. All other settings have their defaults.
    pub fn new(policy: SubjectPolicy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// Returns the same settings with another value for [`Settings::formats`].
    #[must_use]
    pub fn with_formats(self, formats: Formats) -> Self {
        Self { formats, ..self }
    }

    /// Returns the same settings without [`Settings::advises`].
    #[must_use]
    pub fn without_advice(self) -> Self {
        Self { advises: false, ..self }
    }
}

/// A registered version with which a check may compare a candidate.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The schema of the version, with the schemas to which it refers.
    pub resolved: Resolved,
    /// Whether the version is current or yanked.
    pub standing: Standing,
}

impl Baseline {
    pub(crate) fn version(&self) -> &Version {
        &self.resolved.schema().at().version
    }

    /// Returns the version, and whether it is current or yanked.
    pub(crate) fn about(&self) -> (&Version, Standing) {
        (self.version(), self.standing)
    }
}

/// Checks a candidate against the registered versions of its subject.
///
/// `history` may have every version of the subject, in any order. The function selects the baselines by line, mode,
/// standing and pre-release; [`baselines`] returns the versions that are enough. The function also compares the
/// candidate with versions above its own, in the opposite direction. If a candidate only repeats a change of an earlier
/// version of the line, a waiver for that version also accepts the candidate. `waivers` may name versions that are
/// missing from `history`.
pub fn check(candidate: &Resolved, history: &[Baseline], settings: &Settings, waivers: &Waivers) -> Report {
    let mut report = check_as(&candidate.schema().at().version, candidate, history, settings, waivers);
    let is_taken = |version: &Version| history.iter().any(|baseline| baseline.version() == version);
    report.required_version = advise(candidate, &report, history, &is_taken, settings);
    report
}

/// Checks a candidate as if it had the given version. The report states this version as the required version.
fn check_as(
    version: &Version,
    candidate: &Resolved,
    history: &[Baseline],
    settings: &Settings,
    waivers: &Waivers,
) -> Report {
    let at = Coordinates { version: version.clone(), ..candidate.schema().at().clone() };
    let mode = settings.policy.mode;
    let Selection { previous, line_previous, predecessors, successors, .. } =
        Selection::of(&at.version, mode, history, Baseline::about);
    let accepted = Accepted::of(waivers, history.iter().map(Baseline::version));
    let mut comparer = Comparer::new(settings);
    let mut may_have_more = false;
    let mut verdict = Verdict::Compatible;
    let mut found: Vec<Finding> = Vec::new();
    // The computation of the required bump reuses these proofs.
    let mut proven: Vec<Direction> = Vec::new();
    for direction in directions(mode) {
        // The last baseline that the loop proved compatible. The loop runs from newer to older versions. It skips a
        // version whose writers send no other events than the writers of this baseline.
        let mut standing_for: Option<&Baseline> = None;
        for baseline in predecessors.iter().rev().copied() {
            let is_subsumed = direction == Direction::Backward
                && standing_for.is_some_and(|later| {
                    sends_no_more(settings.policy.content_model, &baseline.resolved, &later.resolved)
                });
            if is_subsumed {
                standing_for = Some(baseline);
                continue;
            }
            let sides = sides(candidate, &baseline.resolved, direction, Severity::Error);
            let outcome = comparer.compare(&sides, &accepted, &mut found);
            verdict = verdict.and(outcome.verdict);
            may_have_more |= outcome.may_have_more;
            if outcome.is_proven {
                standing_for = Some(baseline);
            }
            let is_previous = previous.is_some_and(|previous| previous.version() == baseline.version());
            if is_previous && outcome.is_proven {
                proven.push(direction);
            }
        }
        for baseline in &successors {
            // Here the candidate is the older version, so the reader and the writer swap roles.
            let mirrored = match direction {
                Direction::Backward => Direction::Forward,
                Direction::Forward => Direction::Backward,
            };
            let sides = sides(candidate, &baseline.resolved, mirrored, Severity::Error);
            let outcome = comparer.compare(&sides, &accepted, &mut found);
            verdict = verdict.and(outcome.verdict);
            may_have_more |= outcome.may_have_more;
        }
    }
    let required_bump = previous.map_or(Bump::Patch, |previous| {
        let same_line = line_previous.is_some_and(|line| line.version() == previous.version());
        if same_line && verdict != Verdict::Compatible {
            return Bump::Major;
        }
        let waived = found.iter().any(|finding| finding.waived.is_some());
        let bump = comparer.required_bump(&proven, &previous.resolved, candidate);
        if same_line && waived { bump.min(Bump::Minor) } else { bump }
    });
    let version_too_small =
        line_previous.is_some_and(|line| at.version.step_from(line.version()) < required_bump);
    let is_advised = settings.advises && verdict == Verdict::Compatible;
    let stricter = if is_advised { comparer.stricter(candidate, &predecessors) } else { None };
    let old_readers = if is_advised { comparer.old_readers(candidate, &predecessors) } else { None };
    Report {
        subject: at.subject,
        required_version: at.version.clone(),
        version: at.version,
        mode,
        content_model: settings.policy.content_model,
        formats: settings.formats,
        baselines: predecessors
            .iter()
            .chain(&successors)
            .map(|baseline| baseline.version().clone())
            .collect(),
        verdict,
        required_bump,
        version_too_small,
        findings: found,
        may_have_more,
        masked: version_constants(candidate.schema()),
        stricter,
        old_readers,
        opened: comparer.opened,
    }
}

/// Compares two versions in both directions.
pub fn diff(from: &Resolved, to: &Resolved, settings: &Settings) -> Diff {
    let waivers = Waivers::default();
    let accepted = Accepted::of(&waivers, std::iter::empty());
    let mut comparer = Comparer::new(settings);
    let mut may_have_more = false;
    let mut found = Vec::new();
    let mut verdicts = [Verdict::Compatible; 2];
    for (verdict, direction) in verdicts.iter_mut().zip([Direction::Backward, Direction::Forward]) {
        let counts = directions(settings.policy.mode).any(|checked| checked == direction);
        let severity = if counts { Severity::Error } else { Severity::Warning };
        let sides = sides(to, from, direction, severity);
        let outcome = comparer.compare(&sides, &accepted, &mut found);
        *verdict = outcome.verdict;
        may_have_more |= outcome.may_have_more;
    }
    found.sort_by_key(|finding| finding.severity);
    Diff {
        subject: to.schema().at().subject.clone(),
        from: from.schema().at().version.clone(),
        to: to.schema().at().version.clone(),
        content_model: settings.policy.content_model,
        backward: verdicts[0],
        forward: verdicts[1],
        required_bump: comparer.bump_of(verdicts[0], verdicts[1], from, to),
        findings: found,
        may_have_more,
        changes: changes(from.schema().document().value(), to.schema().document().value()),
    }
}

/// Returns the bump that a change requires. `version = auto` uses it.
pub fn required_bump(from: &Resolved, to: &Resolved, settings: &Settings) -> Bump {
    Comparer::new(settings).required_bump(&[], from, to)
}

/// Decides whether `reader` accepts everything that `writer` accepts, without a content model.
pub fn containment(writer: &Resolved, reader: &Resolved, formats: Formats) -> Containment {
    containment_under(ContentModel::Strict, writer, reader, formats)
}

/// Decides whether a reader accepts everything that a writer sends under a content model.
pub fn containment_under(
    model: ContentModel,
    writer: &Resolved,
    reader: &Resolved,
    formats: Formats,
) -> Containment {
    let question = Question { writer, reader, model, formats, fuel: FUEL, masked: &[], is_brief: true };
    let decision = decide(&question, &mut Pairs::default());
    match (decision.verdict, decision.witnesses.into_iter().next()) {
        (Verdict::Compatible, _) => Containment::Contained,
        (Verdict::Incompatible, Some((witness, _))) => Containment::NotContained { witness: witness.value },
        (Verdict::Incompatible | Verdict::Undecided, _) => Containment::Undecided {
            reason: decision.open.into_iter().next().map_or_else(String::new, |open| open.why),
        },
    }
}

fn directions(mode: Mode) -> impl Iterator<Item = Direction> {
    let backward = mode.checks_backward().then_some(Direction::Backward);
    let forward = mode.checks_forward().then_some(Direction::Forward);
    backward.into_iter().chain(forward)
}

fn sides<'a>(
    candidate: &'a Resolved,
    baseline: &'a Resolved,
    direction: Direction,
    severity: Severity,
) -> Sides<'a> {
    Sides { candidate, baseline, direction, severity }
}
