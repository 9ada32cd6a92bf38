use std::sync::Arc;

use evschema_compat::{Direction, Report, Severity};
use evschema_model::{Bump, Diagnostic, Mode, Pointer, Position, Schema, Version};
use serde_json::Value;

/// A finding of a command: a breaking change, an error in a schema, a changed version, or a rejected event.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// The id of the rule, in kebab-case.
    pub(crate) rule: String,
    /// The severity.
    pub(crate) severity: Severity,
    /// The problem, in one sentence.
    pub(crate) message: String,
    /// The place of the problem.
    pub(crate) place: Place,
    /// The text under the underlined part of the source.
    pub(crate) label: Option<String>,
    /// The two versions and the witness, if the finding is about two versions.
    pub(crate) breakage: Option<Breakage>,
    /// The step and version number that the whole change requires.
    pub(crate) required: Option<Required>,
    /// Sentences that help to understand the problem.
    pub(crate) notes: Vec<String>,
    /// The next step.
    pub(crate) help: Option<String>,
    /// The fingerprint, which a waiver names.
    pub(crate) fingerprint: Option<String>,
    /// The fingerprint in the old format.
    pub(crate) former_fingerprint: Option<String>,
    /// The reason of the waiver that accepts the finding.
    pub(crate) waived: Option<String>,
    /// The fingerprint of this waiver.
    pub(crate) waived_by: Option<String>,
}

/// A place in a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// The subject and version of the file, `commerce.order.placed@1.3.0`.
    pub(crate) at: Option<String>,
    /// The file, as messages show it.
    pub(crate) file: String,
    /// The text of the file, if the file is text.
    pub(crate) text: Option<Arc<str>>,
    /// If `text` is only a part of the file, the line of the file at which `text` begins. Zero means the first line.
    pub(crate) first_line: u32,
    /// The place in the document, as a JSON Pointer.
    pub(crate) pointer: Pointer,
    /// The place in the text.
    pub(crate) position: Option<Position>,
}

/// The step and version number that a change requires.
#[derive(Debug, Clone)]
pub(crate) struct Required {
    /// The required bump.
    pub(crate) bump: Bump,
    /// The required version.
    pub(crate) version: Version,
    /// The mode under which the change requires this version.
    pub(crate) mode: Mode,
}

/// A breaking or undecided change between two versions.
#[derive(Debug, Clone)]
pub(crate) struct Breakage {
    /// The direction of the comparison.
    pub(crate) direction: Direction,
    /// The candidate.
    pub(crate) version: Version,
    /// The version that the candidate was compared with.
    pub(crate) baseline: Version,
    /// The place in the baseline, if the baseline has such a place.
    pub(crate) baseline_place: Option<Place>,
    /// The event that breaks; `None` if the change is undecided.
    pub(crate) witness: Option<Value>,
    /// The reason why the reader rejects the witness.
    pub(crate) refusal: Option<String>,
}

impl Finding {
    /// Returns an error at a place.
    pub(crate) fn error(rule: impl Into<String>, message: impl Into<String>, place: Place) -> Self {
        Self {
            rule: rule.into(),
            severity: Severity::Error,
            message: message.into(),
            place,
            label: None,
            breakage: None,
            required: None,
            notes: Vec::new(),
            help: None,
            fingerprint: None,
            former_fingerprint: None,
            waived: None,
            waived_by: None,
        }
    }

    /// Adds the next step.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a sentence that helps to understand the problem.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Returns the finding for an error in a document, at its place in a file.
    pub(crate) fn from_diagnostic(diagnostic: Diagnostic, file: String, text: Option<Arc<str>>) -> Self {
        let place = Place {
            at: None,
            file,
            text,
            first_line: 1,
            pointer: diagnostic.pointer,
            position: diagnostic.position,
        };
        let mut finding = Self::error(diagnostic.code.as_str(), diagnostic.message, place);
        finding.help = diagnostic.help;
        finding
    }

    /// Adds the bump and the version that the whole change requires.
    #[must_use]
    pub(crate) fn with_required_version(mut self, report: &Report) -> Self {
        self.required = Some(Required {
            bump: report.required_bump,
            version: report.required_version.clone(),
            mode: report.mode,
        });
        self
    }

    /// Converts a finding of the compatibility engine into a finding of the command.
    pub(crate) fn from_compat(
        found: &evschema_compat::Finding,
        candidate: &Source<'_>,
        baseline: Option<&Source<'_>>,
    ) -> Self {
        let baseline_place = baseline.and_then(|source| {
            let pointer = found.baseline_pointer.clone()?;
            Some(source.place(pointer, found.baseline_position))
        });
        Self {
            rule: found.rule.clone(),
            severity: found.severity,
            message: found.message.clone(),
            place: candidate.place(found.pointer.clone(), found.position),
            label: None,
            breakage: Some(Breakage {
                direction: found.direction,
                version: candidate.schema.at().version.clone(),
                baseline: found.baseline.clone(),
                baseline_place,
                witness: found.witness.clone(),
                refusal: found.refusal.clone(),
            }),
            required: None,
            notes: notes(found),
            help: Some(found.help.clone()),
            fingerprint: Some(found.fingerprint.as_str().to_owned()),
            former_fingerprint: Some(found.former_fingerprint.as_str().to_owned()),
            waived: found.waived.clone(),
            waived_by: found.waived_by.as_ref().map(ToString::to_string),
        }
    }

    /// Returns whether the finding blocks the change. If so, the command ends with exit code 100.
    pub(crate) fn is_blocking(&self) -> bool {
        self.severity == Severity::Error && self.waived.is_none()
    }

    /// Returns the remedies that every breaking change has: a larger version number, or a waiver.
    pub(crate) fn remedies(&self) -> Vec<String> {
        let Some(breakage) = self.breakage.as_ref().filter(|_| self.is_blocking()) else { return Vec::new() };
        let mut remedies = Vec::new();
        if let Some(required) = self.required.as_ref().filter(|d| breakage.version < d.version) {
            remedies.push(format!(
                "this change needs {} (mode {}): `evschema check --against … --fix` renames the file",
                required.version, required.mode
            ));
        }
        if let Some(fingerprint) = &self.fingerprint {
            remedies.push(format!(
                "to waive this finding, add to evschema.toml:\n  [[waivers]]\n  \
                 fingerprint = \"{fingerprint}\"\n  reason = \"why the break harms nobody\""
            ));
        }
        remedies
    }
}

/// Returns the notes about the place of a change, and about the waiver that accepts it.
fn notes(found: &evschema_compat::Finding) -> Vec<String> {
    let within = found.within.iter().map(|within| format!("the change is in {within}"));
    let used = found.used_at.iter().map(|used| format!("the definition is used at `{used}`"));
    let through = found.waived_through.iter().map(|version| {
        format!("version {version} made the same change, so its waiver also accepts this finding")
    });
    within.chain(used).chain(through).collect()
}

impl Breakage {
    /// Returns the version that wrote the witness, and the version whose readers reject it.
    pub(crate) fn writer_and_reader(&self) -> (&Version, &Version) {
        match self.direction {
            Direction::Backward => (&self.baseline, &self.version),
            Direction::Forward => (&self.version, &self.baseline),
        }
    }
}

/// A schema and its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'s> {
    /// The schema.
    pub(crate) schema: &'s Schema,
    /// The file, as messages show it.
    pub(crate) file: &'s str,
}

impl Source<'_> {
    /// Returns a place in the file. Without a position, the function finds the position of the pointer in the text.
    pub(crate) fn place(&self, pointer: Pointer, position: Option<Position>) -> Place {
        let document = self.schema.document();
        let position = position.or_else(|| document.closest_position(&pointer));
        Place {
            at: Some(self.schema.at().to_string()),
            file: self.file.to_owned(),
            text: Some(document.text().into()),
            first_line: 1,
            pointer,
            position,
        }
    }

    /// Returns the whole file as a place.
    pub(crate) fn whole(&self) -> Place {
        Place { position: None, ..self.place(Pointer::root(), None) }
    }
}
