//! Finds the version of an event, so that generated code can decode events of any version.

mod content;
mod error;
mod hint;
mod number;

pub use content::Signs;
pub use error::AnyError;
pub use hint::Hint;

use crate::error::Error;
use crate::lexer::Lexer;
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
    let result = known.choose(hint, bytes);
    // No later version of the code can read such bytes.
    if let Err(AnyError::NewerThanKnown { .. }) = result {
        check_json(bytes).map_err(|reject| AnyError::NotJson(Error::not_json(bytes, reject)))?;
    }
    result
}

fn check_json(bytes: &[u8]) -> Result<(), Reject> {
    let mut lexer = Lexer::new(Lexer::decode_utf8(bytes)?);
    lexer.skip()?;
    lexer.end()
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
            Some(newer) if matches!(error, Error::Refused(_)) => {
                AnyError::NewerThanKnown { version: newer.clone(), newest: version, error: Some(error) }
            }
            // The version of the code is not the cause of another error, so a later version would return it too.
            Some(_) | None => AnyError::Refused { version, error },
        }
    }
}

struct Known {
    subject: &'static str,
    versions: &'static [KnownVersion],
}

impl Known {
    fn choose(&self, hint: Hint<'_>, bytes: &[u8]) -> Result<Choice, AnyError> {
        if let Some(dataschema) = hint.dataschema_text()
            && let Found::One(choice) = self.by_dataschema(dataschema)?
        {
            return Ok(choice);
        }
        let by_type = match hint.event_type_text() {
            Some(event_type) => self.by_type(event_type)?,
            None => Found::Nothing,
        };
        match by_type {
            Found::One(choice) => Ok(choice),
            Found::Several(variants) => self.by_content(&variants, bytes),
            Found::Nothing => self.by_content(&(0..self.versions.len()).collect::<Vec<_>>(), bytes),
        }
    }

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

    /// Returns the error for a line without a variant.
    ///
    /// The types of another line are not tried, even if it is the newest known line. A new line may give a property
    /// another meaning, such as cents instead of euros, and an older type would accept it.
    fn unknown_line<T>(&self, version: &str, line: Line) -> Result<T, AnyError> {
        let version = version.to_owned();
        let newest = self.numbers().enumerate().filter_map(|(at, known)| Some((known?, at))).max();
        match newest {
            Some((newest, at)) if newest.line() < line => {
                let newest = self.versions.get(at).map_or("", |known| known.version);
                Err(AnyError::NewerThanKnown { version, newest, error: None })
            }
            Some(_) | None => Err(AnyError::NotGenerated { version, known: self.names(|_| true) }),
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

/// Returns the subject and the version of a URL that ends in `/schemas/<subject>/<version>.json`. Errors quote both, so
/// any other text has no parts.
fn parts_of(dataschema: &str) -> Option<(&str, &str)> {
    /// Maximum length of a subject or version in bytes.
    const BYTES_MAX: usize = 128;
    let is_subject_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let (rest, file) = dataschema.rsplit_once('/')?;
    let (rest, subject) = rest.rsplit_once('/')?;
    let folder = rest.rsplit_once('/').map_or(rest, |(_, folder)| folder);
    let version = file.strip_suffix(".json").filter(|version| version.len() <= BYTES_MAX)?;
    let is_subject = (1..=BYTES_MAX).contains(&subject.len()) && subject.bytes().all(is_subject_byte);
    (folder == "schemas" && is_subject).then_some((subject, version))
}

#[cfg(test)]
mod tests;
