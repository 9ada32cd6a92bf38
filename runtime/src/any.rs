//! Finds the version of an event, so that generated code can decode events of any version.

mod content;
mod error;
mod hint;
mod number;

pub use content::Signs;
pub use error::AnyError;
pub use hint::Hint;

use crate::error::Error;
use crate::reject::Reject;
use content::matching;
use number::{Line, VersionNumber};

/// One version that a generated enum has a variant for. The table of an enum is ordered, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct KnownVersion {
    /// The version, such as `1.2.0`.
    pub version: &'static str,
    /// The URL or path of the version's schema.
    pub dataschema: &'static str,
    /// The content by which events of this version differ from events of the other versions.
    pub signs: Signs,
}

/// The variant that reads an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The position of the variant.
    pub variant: usize,
    /// The version that the hint names, if it is newer than the variant.
    newer: Option<String>,
}

/// The result of one hint.
enum Found {
    One(Choice),
    /// The hint leaves several variants.
    Several(Vec<usize>),
    /// The hint names no version.
    Nothing,
}

/// Chooses the variant that reads an event. [`Hint`] describes the rules.
///
/// # Errors
///
/// If the hint names a version without a variant or another subject, or if nothing identifies one variant.
pub fn choose_version(
    subject: &'static str,
    versions: &'static [KnownVersion],
    hint: Hint<'_>,
    bytes: &[u8],
) -> Result<Choice, AnyError> {
    let known = Known { subject, versions };
    if let Some(dataschema) = hint.dataschema_text()
        && let Found::One(choice) = known.by_dataschema(dataschema)?
    {
        return Ok(choice);
    }
    let by_type = match hint.event_type_text() {
        Some(event_type) => known.by_type(event_type)?,
        None => Found::Nothing,
    };
    match by_type {
        Found::One(choice) => Ok(choice),
        Found::Several(variants) => known.by_content(&variants, bytes),
        Found::Nothing => known.by_content(&(0..versions.len()).collect::<Vec<_>>(), bytes),
    }
}

impl Choice {
    fn of(variant: usize) -> Self {
        Self { variant, newer: None }
    }

    /// Returns the error for an event that the variant's type rejects.
    #[must_use]
    pub fn refused(&self, versions: &'static [KnownVersion], error: Error) -> AnyError {
        let version = versions.get(self.variant).map_or("", |known| known.version);
        match &self.newer {
            // A later version of the code does not accept such bytes either.
            None => AnyError::Refused { version, error },
            Some(_) if matches!(error, Error::NotJson { .. } | Error::Undecided { .. }) => {
                AnyError::Refused { version, error }
            }
            Some(newer) => AnyError::NewerThanKnown { version: newer.clone(), newest: version, error },
        }
    }
}

struct Known {
    subject: &'static str,
    versions: &'static [KnownVersion],
}

impl Known {
    fn by_dataschema(&self, dataschema: &str) -> Result<Found, AnyError> {
        if let Some(at) = self.versions.iter().position(|known| known.dataschema == dataschema) {
            return Ok(Found::One(Choice::of(at)));
        }
        let Some((subject, version)) = parts_of(dataschema) else { return Ok(Found::Nothing) };
        let Some(number) = VersionNumber::parse(version) else { return Ok(Found::Nothing) };
        if subject != self.subject {
            return Err(AnyError::OtherSubject { subject: subject.to_owned(), expected: self.subject });
        }
        if let Some(at) = self.numbers().position(|known| known == Some(number)) {
            return Ok(Found::One(Choice::of(at)));
        }
        let Some(at) = self.newest(|known| known.line() == number.line()) else {
            return self.unknown_line(version, number.line());
        };
        let is_newer = self.numbers().nth(at).flatten().is_some_and(|known| known < number);
        Ok(Found::One(Choice { variant: at, newer: is_newer.then(|| version.to_owned()) }))
    }

    fn by_type(&self, event_type: &str) -> Result<Found, AnyError> {
        let suffix = event_type.strip_prefix(self.subject).and_then(|rest| rest.strip_prefix(".v"));
        let Some(line) = suffix.and_then(Line::parse) else { return Ok(Found::Nothing) };
        let in_line: Vec<usize> = self
            .numbers()
            .enumerate()
            .filter(|(_, known)| known.is_some_and(|known| known.line() == line))
            .map(|(at, _)| at)
            .collect();
        match in_line.as_slice() {
            [] => self.unknown_line(suffix.unwrap_or_default(), line),
            [only] => Ok(Found::One(Choice::of(*only))),
            _ => Ok(Found::Several(in_line)),
        }
    }

    /// Returns the newest version for a line that is newer than all known lines.
    fn unknown_line(&self, version: &str, line: Line) -> Result<Found, AnyError> {
        let newest = self.newest(|_| true);
        let is_newer =
            newest.and_then(|at| self.numbers().nth(at).flatten()).is_some_and(|known| known.line() < line);
        match newest {
            Some(at) if is_newer => Ok(Found::One(Choice { variant: at, newer: Some(version.to_owned()) })),
            Some(_) | None => {
                Err(AnyError::NotGenerated { version: version.to_owned(), known: self.names(|_| true) })
            }
        }
    }

    fn by_content(&self, variants: &[usize], bytes: &[u8]) -> Result<Choice, AnyError> {
        if let [only] = variants {
            return Ok(Choice::of(*only));
        }
        let signs: Vec<Signs> =
            variants.iter().filter_map(|at| self.versions.get(*at)).map(|known| known.signs).collect();
        let matches = matching(bytes, &signs)
            .map_err(|reject: Reject| AnyError::NotJson(Error::not_json(bytes, reject)))?;
        let fitting: Vec<usize> =
            variants.iter().zip(matches).filter(|(_, fits)| *fits).map(|(at, _)| *at).collect();
        match fitting.as_slice() {
            [only] => Ok(Choice::of(*only)),
            [] => Err(AnyError::NoVersionMatches { known: self.names(|at| variants.contains(&at)) }),
            several => Err(AnyError::Ambiguous { versions: self.names(|at| several.contains(&at)) }),
        }
    }

    fn numbers(&self) -> impl Iterator<Item = Option<VersionNumber<'static>>> {
        self.versions.iter().map(|known| VersionNumber::parse(known.version))
    }

    fn newest(&self, matches: impl Fn(&VersionNumber<'_>) -> bool) -> Option<usize> {
        let numbers = self.numbers().enumerate();
        let matching = numbers.filter_map(|(at, known)| known.filter(&matches).map(|known| (known, at)));
        matching.max().map(|(_, at)| at)
    }

    fn names(&self, matches: impl Fn(usize) -> bool) -> Vec<&'static str> {
        let all = self.versions.iter().enumerate();
        all.filter(|(at, _)| matches(*at)).map(|(_, known)| known.version).collect()
    }
}

/// Returns the subject and the version of a URL that ends in `/schemas/<subject>/<version>.json`.
fn parts_of(dataschema: &str) -> Option<(&str, &str)> {
    let (rest, file) = dataschema.rsplit_once('/')?;
    let (rest, subject) = rest.rsplit_once('/')?;
    let folder = rest.rsplit_once('/').map_or(rest, |(_, folder)| folder);
    (folder == "schemas").then_some((subject, file.strip_suffix(".json")?))
}

#[cfg(test)]
mod tests;
