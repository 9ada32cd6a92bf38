use std::collections::BTreeMap;

use evschema_model::{Bump, Formats, Resolved, SubjectPolicy};

use crate::{Containment, Diff, Report, Verdict};

/// How to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The subject's mode and content model.
    pub policy: SubjectPolicy,
    /// Whether formats refuse values.
    pub formats: Formats,
    /// Steps the engine may take per comparison before it answers undecided; the same input
    /// always takes the same number of steps.
    pub fuel: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { policy: SubjectPolicy::default(), formats: Formats::default(), fuel: 200_000 }
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
    let _ = waivers;
    let schema = candidate.schema();
    Report {
        subject: schema.at().subject.clone(),
        version: schema.at().version.clone(),
        mode: settings.policy.mode,
        content_model: settings.policy.content_model,
        formats: settings.formats,
        baselines: history.iter().map(|b| b.resolved.schema().at().version.clone()).collect(),
        verdict: Verdict::Undecided,
        required_bump: Bump::Major,
        deserved_version: schema.at().version.clone(),
        version_too_small: false,
        findings: Vec::new(),
        masked: Vec::new(),
        stricter: None,
    }
}

/// Compares two versions both ways.
pub fn diff(from: &Resolved, to: &Resolved, settings: &Settings) -> Diff {
    Diff {
        subject: to.schema().at().subject.clone(),
        from: from.schema().at().version.clone(),
        to: to.schema().at().version.clone(),
        content_model: settings.policy.content_model,
        backward: Verdict::Undecided,
        forward: Verdict::Undecided,
        required_bump: Bump::Major,
        findings: Vec::new(),
        changes: Vec::new(),
    }
}

/// Returns the step a change deserves: what `version = auto` takes.
pub fn required_bump(from: &Resolved, to: &Resolved, settings: &Settings) -> Bump {
    diff(from, to, settings).required_bump
}

/// Decides plain containment: whether everything `writer` accepts is accepted by `reader`.
pub fn containment(writer: &Resolved, reader: &Resolved, formats: Formats) -> Containment {
    let _ = (writer, reader, formats);
    Containment::Undecided { reason: "not looked at yet".to_owned() }
}
