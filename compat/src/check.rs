use std::collections::BTreeMap;

use evschema_model::{Bump, ContentModel, Formats, Mode, Resolved, SubjectPolicy, Version, fields};

use crate::changes::changes;
use crate::decide::{Decision, Question, decide};
use crate::findings::{Sides, findings};
use crate::mask::version_properties;
use crate::report::{Containment, Diff, Direction, Finding, Report, Severity, Verdict};
use crate::tree::Origin;

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The subject's mode and content model.
    pub policy: SubjectPolicy,
    /// Whether formats refuse values.
    pub formats: Formats,
    /// Steps the engine may take per phase of a comparison before it answers undecided; the same
    /// input always takes the same number of steps.
    pub fuel: u64,
}

/// Steps that decide all but a handful of the pairs seen in public histories.
const FUEL: u64 = 100_000;

impl Default for Settings {
    fn default() -> Self {
        Self { policy: SubjectPolicy::default(), formats: Formats::default(), fuel: FUEL }
    }
}

/// A registered version that a candidate may be held against.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The version and what it reaches.
    pub resolved: Resolved,
    /// Whether it was yanked; a yanked version is nobody's baseline.
    pub yanked: bool,
}

impl Baseline {
    fn version(&self) -> &Version {
        &self.resolved.schema().at().version
    }

    fn counts(&self) -> bool {
        !self.yanked && !self.version().is_prerelease()
    }
}

/// Holds a candidate against the registered versions of its subject.
///
/// `history` may hold every version of the subject in any order: the ones that count are chosen
/// by line, mode, yank and pre-release. Versions above the candidate's count too, the other way
/// round. `waivers` maps fingerprints to reasons.
pub fn check(
    candidate: &Resolved,
    history: &[Baseline],
    settings: &Settings,
    waivers: &BTreeMap<String, String>,
) -> Report {
    let at = candidate.schema().at().clone();
    let mode = settings.policy.mode;
    let mut below: Vec<&Baseline> =
        history.iter().filter(|b| b.counts() && *b.version() < at.version).collect();
    let mut above: Vec<&Baseline> =
        history.iter().filter(|b| b.counts() && at.version < *b.version()).collect();
    below.sort_by_key(|baseline| baseline.version().clone());
    above.sort_by_key(|baseline| baseline.version().clone());
    let previous = below.last().copied();
    let in_line = |baseline: &&&Baseline| baseline.version().line() == at.version.line();
    let mut predecessors: Vec<&Baseline> = below.iter().filter(in_line).copied().collect();
    let mut successors: Vec<&Baseline> = above.iter().filter(in_line).copied().collect();
    let line_previous = predecessors.last().copied();
    match (mode, mode.is_transitive()) {
        (Mode::None, _) => {
            predecessors.clear();
            successors.clear();
        }
        (_, true) => {}
        (_, false) => {
            predecessors.drain(..predecessors.len().saturating_sub(1));
            successors.truncate(1);
        }
    }
    let mut verdict = Verdict::Compatible;
    let mut found: Vec<Finding> = Vec::new();
    // What has been proven of the version before need not be proven again for the step.
    let mut proven: Vec<Direction> = Vec::new();
    for direction in directions(mode) {
        for baseline in predecessors.iter().rev() {
            let sides = sides(candidate, &baseline.resolved, direction, Severity::Error);
            let held = hold(&sides, settings, waivers, &mut found);
            verdict = verdict.and(held.verdict);
            let is_previous = previous.is_some_and(|previous| previous.version() == baseline.version());
            if is_previous && held.is_proven {
                proven.push(direction);
            }
        }
        for baseline in &successors {
            // The candidate is the older one here, so who reads is the other way round.
            let mirrored = match direction {
                Direction::Backward => Direction::Forward,
                Direction::Forward => Direction::Backward,
            };
            let sides = sides(candidate, &baseline.resolved, mirrored, Severity::Error);
            verdict = verdict.and(hold(&sides, settings, waivers, &mut found).verdict);
        }
    }
    let required_bump = previous.map_or(Bump::Patch, |previous| {
        let same_line = line_previous.is_some_and(|line| line.version() == previous.version());
        if same_line && verdict != Verdict::Compatible {
            return Bump::Major;
        }
        let waived = found.iter().any(|finding| finding.waived.is_some());
        let bump = required_bump_beside(&proven, &previous.resolved, candidate, settings);
        if same_line && waived { bump.min(Bump::Minor) } else { bump }
    });
    let version_too_small =
        line_previous.is_some_and(|line| at.version.step_from(line.version()) < required_bump);
    let deserved_version = if version_too_small || verdict != Verdict::Compatible {
        deserved(required_bump, line_previous, history).unwrap_or_else(|| at.version.clone())
    } else {
        at.version.clone()
    };
    let stricter =
        if verdict == Verdict::Compatible { stricter(candidate, &predecessors, settings) } else { None };
    Report {
        subject: at.subject,
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
        deserved_version,
        version_too_small,
        findings: found,
        masked: version_properties(candidate).into_iter().map(|(pointer, _)| pointer).collect(),
        stricter,
    }
}

/// Compares two versions both ways.
pub fn diff(from: &Resolved, to: &Resolved, settings: &Settings) -> Diff {
    let mut found = Vec::new();
    let mut verdicts = [Verdict::Compatible; 2];
    for (verdict, direction) in verdicts.iter_mut().zip([Direction::Backward, Direction::Forward]) {
        let counts = directions(settings.policy.mode).any(|checked| checked == direction);
        let severity = if counts { Severity::Error } else { Severity::Warning };
        let sides = sides(to, from, direction, severity);
        *verdict = hold(&sides, settings, &BTreeMap::new(), &mut found).verdict;
    }
    found.sort_by_key(|finding| finding.severity);
    Diff {
        subject: to.schema().at().subject.clone(),
        from: from.schema().at().version.clone(),
        to: to.schema().at().version.clone(),
        content_model: settings.policy.content_model,
        backward: verdicts[0],
        forward: verdicts[1],
        required_bump: bump_of(verdicts[0], verdicts[1], from, to, settings),
        findings: found,
        changes: changes(from.schema().document().value(), to.schema().document().value()),
    }
}

/// Returns the step a change deserves: what `version = auto` takes.
pub fn required_bump(from: &Resolved, to: &Resolved, settings: &Settings) -> Bump {
    required_bump_beside(&[], from, to, settings)
}

/// As [`required_bump`], where some directions are known to be compatible.
fn required_bump_beside(proven: &[Direction], from: &Resolved, to: &Resolved, settings: &Settings) -> Bump {
    let decided = |direction| {
        if proven.contains(&direction) {
            return Verdict::Compatible;
        }
        let sides = sides(to, from, direction, Severity::Error);
        decide_sides(&sides, settings, true).verdict
    };
    let mode = settings.policy.mode;
    let backward = if mode.checks_backward() { decided(Direction::Backward) } else { Verdict::Compatible };
    let forward = if mode.checks_forward() { decided(Direction::Forward) } else { Verdict::Compatible };
    bump_of(backward, forward, from, to, settings)
}

/// Decides plain containment: whether everything `writer` accepts is accepted by `reader`.
pub fn containment(writer: &Resolved, reader: &Resolved, formats: Formats) -> Containment {
    let question = Question {
        writer,
        reader,
        model: ContentModel::Strict,
        formats,
        fuel: FUEL,
        masked: &[],
        is_brief: true,
    };
    let decision = decide(&question);
    match (decision.verdict, decision.witnesses.into_iter().next()) {
        (Verdict::Compatible, _) => Containment::Contained,
        (Verdict::Incompatible, Some(witness)) => Containment::NotContained { witness: witness.value },
        (Verdict::Incompatible | Verdict::Undecided, _) => {
            Containment::Undecided { reason: decision.open.map_or_else(String::new, |(_, why)| why) }
        }
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

/// What holding a candidate against a baseline in one direction gave.
struct Held {
    /// Leaves waived findings aside.
    verdict: Verdict,
    /// Whether it is compatible without any waiver.
    is_proven: bool,
}

/// Decides one direction against one baseline.
fn hold(
    sides: &Sides<'_>,
    settings: &Settings,
    waivers: &BTreeMap<String, String>,
    found: &mut Vec<Finding>,
) -> Held {
    let decision = decide_sides(sides, settings, false);
    if decision.verdict == Verdict::Compatible {
        return Held { verdict: Verdict::Compatible, is_proven: true };
    }
    let mut here = findings(&decision, sides);
    for finding in &mut here {
        finding.waived = waivers.get(finding.fingerprint.as_str()).cloned();
    }
    let verdict = if here.iter().all(|finding| finding.waived.is_some()) {
        Verdict::Compatible
    } else {
        decision.verdict
    };
    for finding in here {
        // The same place breaks the same way against each version of a line: said once.
        if !found.iter().any(|known| known.fingerprint == finding.fingerprint) {
            found.push(finding);
        }
    }
    Held { verdict, is_proven: false }
}

fn decide_sides(sides: &Sides<'_>, settings: &Settings, is_brief: bool) -> Decision {
    let (writer, reader) = sides.writer_and_reader();
    ask(writer, reader, settings.policy.content_model, settings, is_brief)
}

fn ask(
    writer: &Resolved,
    reader: &Resolved,
    model: ContentModel,
    settings: &Settings,
    is_brief: bool,
) -> Decision {
    // Only where both versions carry their own number does it tell them apart.
    let both = !version_properties(writer).is_empty();
    let masked: Vec<Origin> = if both {
        version_properties(reader).into_iter().map(|(_, origin)| origin).collect()
    } else {
        Vec::new()
    };
    let formats = settings.formats;
    decide(&Question { writer, reader, model, formats, fuel: settings.fuel, masked: &masked, is_brief })
}

fn bump_of(backward: Verdict, forward: Verdict, from: &Resolved, to: &Resolved, settings: &Settings) -> Bump {
    let mode = settings.policy.mode;
    let breaks = (mode.checks_backward() && backward != Verdict::Compatible)
        || (mode.checks_forward() && forward != Verdict::Compatible);
    if breaks {
        return Bump::Major;
    }
    if accept_the_same(from, to, settings) { Bump::Patch } else { Bump::Minor }
}

/// Tells whether two versions are proven to accept the same events and to declare the same fields.
fn accept_the_same(from: &Resolved, to: &Resolved, settings: &Settings) -> bool {
    let names = |resolved: &Resolved| {
        let mut names: Vec<String> = fields(resolved.schema()).into_iter().map(|field| field.name).collect();
        names.sort();
        names.dedup();
        names
    };
    let same_documents = from.schema().digest() == to.schema().digest();
    same_documents
        || (names(from) == names(to)
            && [(from, to), (to, from)].into_iter().all(|(writer, reader)| {
                ask(writer, reader, ContentModel::Strict, settings, true).verdict == Verdict::Compatible
            }))
}

/// Returns the smallest free version that is a large enough step.
fn deserved(bump: Bump, line_previous: Option<&Baseline>, history: &[Baseline]) -> Option<Version> {
    let highest = history.iter().map(Baseline::version).max()?;
    Some(match bump {
        Bump::Major => highest.next(Bump::Major),
        Bump::Minor | Bump::Patch => line_previous.map_or(highest, |line| line.version()).next(bump),
    })
}

/// Says what a stricter content model would object to, where the chosen one does not.
fn stricter(candidate: &Resolved, predecessors: &[&Baseline], settings: &Settings) -> Option<String> {
    let latest = predecessors.last()?;
    let models = ContentModel::ALL.into_iter().rev().filter(|model| *model < settings.policy.content_model);
    for model in models {
        for direction in directions(settings.policy.mode) {
            let sides = sides(candidate, &latest.resolved, direction, Severity::Note);
            let (writer, reader) = sides.writer_and_reader();
            let decision = ask(writer, reader, model, settings, true);
            if decision.verdict == Verdict::Incompatible
                && let Some(finding) = findings(&decision, &sides).first()
            {
                return Some(format!("under `{model}`: {}", finding.message));
            }
        }
    }
    None
}
