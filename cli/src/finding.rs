use std::sync::Arc;

use evschema_compat::{Direction, Report, Severity};
use evschema_model::{Bump, Diagnostic, Mode, Pointer, Position, Schema, Version};
use serde_json::Value;

/// One thing a command found: a break, a bad schema, a changed version, a refused event.
///
/// Every renderer shows findings of this one shape, whatever found them.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// Kebab-case id of the rule.
    pub(crate) rule: String,
    /// Weight.
    pub(crate) severity: Severity,
    /// What is wrong, in one sentence.
    pub(crate) message: String,
    /// Where.
    pub(crate) place: Place,
    /// What to say under the underlined part.
    pub(crate) label: Option<String>,
    /// What makes it a break between two versions, when it is one.
    pub(crate) breakage: Option<Breakage>,
    /// The step and version number that the whole change requires.
    pub(crate) required: Option<Required>,
    /// More that helps to understand it, a sentence each.
    pub(crate) notes: Vec<String>,
    /// The next action.
    pub(crate) help: Option<String>,
    /// Name for waivers.
    pub(crate) fingerprint: Option<String>,
    /// The name by the scheme before.
    pub(crate) former_fingerprint: Option<String>,
    /// Reason of the waiver that accepts it.
    pub(crate) waived: Option<String>,
    /// Fingerprint of that waiver.
    pub(crate) waived_by: Option<String>,
}

/// A place in a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// The subject and version that stand there, `commerce.order.placed@1.3.0`.
    pub(crate) at: Option<String>,
    /// The file, as people would name it.
    pub(crate) file: String,
    /// The file's text, where it is text.
    pub(crate) text: Option<Arc<str>>,
    /// The line on which the text begins, when it is only a part of the file; zero means one.
    pub(crate) first_line: u32,
    /// Where in the structure.
    pub(crate) pointer: Pointer,
    /// Where in the text.
    pub(crate) position: Option<Position>,
}

/// The step and version number that a change requires.
#[derive(Debug, Clone)]
pub(crate) struct Required {
    /// The step.
    pub(crate) bump: Bump,
    /// The version that would do.
    pub(crate) version: Version,
    /// The mode by which it is so.
    pub(crate) mode: Mode,
}

/// What two versions disagree about.
#[derive(Debug, Clone)]
pub(crate) struct Breakage {
    /// Who reads.
    pub(crate) direction: Direction,
    /// The candidate.
    pub(crate) version: Version,
    /// The version it was held against.
    pub(crate) baseline: Version,
    /// The place in the baseline, if it has one.
    pub(crate) baseline_place: Option<Place>,
    /// The event that breaks; none when nobody can tell whether one does.
    pub(crate) witness: Option<Value>,
    /// What the reader says of the witness.
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

    /// Adds the next action.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a sentence that helps to understand it.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Returns what the model says of a bad document, at its place in a file.
    pub(crate) fn of_diagnostic(diagnostic: Diagnostic, file: String, text: Option<Arc<str>>) -> Self {
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

    /// Adds what the whole change requires.
    #[must_use]
    pub(crate) fn with_requirement(mut self, report: &Report) -> Self {
        self.required = Some(Required {
            bump: report.required_bump,
            version: report.required_version.clone(),
            mode: report.mode,
        });
        self
    }

    /// Returns what the engine found between two versions.
    pub(crate) fn of_break(
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
            notes: notes_of(found),
            help: Some(found.help.clone()),
            fingerprint: Some(found.fingerprint.as_str().to_owned()),
            former_fingerprint: Some(found.former_fingerprint.as_str().to_owned()),
            waived: found.waived.clone(),
            waived_by: found.waived_by.as_ref().map(ToString::to_string),
        }
    }

    /// Tells whether it makes a command end with findings.
    pub(crate) fn counts(&self) -> bool {
        self.severity == Severity::Error && self.waived.is_none()
    }

    /// Returns the ways out that are the same for every break: another number, or a waiver.
    pub(crate) fn ways_out(&self) -> Vec<String> {
        let Some(breakage) = self.breakage.as_ref().filter(|_| self.counts()) else { return Vec::new() };
        let mut ways = Vec::new();
        if let Some(required) = self.required.as_ref().filter(|d| breakage.version < d.version) {
            ways.push(format!(
                "this change needs {} (mode {}): `evschema check --against … --fix` renames the file",
                required.version, required.mode
            ));
        }
        if let Some(fingerprint) = &self.fingerprint {
            ways.push(format!(
                "to waive this finding, add to evschema.toml:\n  [[waivers]]\n  \
                 fingerprint = \"{fingerprint}\"\n  reason = \"why the break harms nobody\""
            ));
        }
        ways
    }
}

/// Returns what helps to find the change, and to understand its waiver.
fn notes_of(found: &evschema_compat::Finding) -> Vec<String> {
    let within = found.within.iter().map(|within| format!("the change is in {within}"));
    let used = found.used_at.iter().map(|used| format!("the definition is used at `{used}`"));
    let through = found.waived_through.iter().map(|version| {
        format!("version {version} made the same change, so its waiver also accepts this finding")
    });
    within.chain(used).chain(through).collect()
}

impl Breakage {
    /// Returns the version whose events break, and the one whose readers refuse them.
    pub(crate) fn writer_and_reader(&self) -> (&Version, &Version) {
        match self.direction {
            Direction::Backward => (&self.baseline, &self.version),
            Direction::Forward => (&self.version, &self.baseline),
        }
    }
}

/// A schema and the file it came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'s> {
    /// The schema.
    pub(crate) schema: &'s Schema,
    /// The file, as people would name it.
    pub(crate) file: &'s str,
}

impl Source<'_> {
    /// Returns a place in the file; the text's position is looked up unless it is known.
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
