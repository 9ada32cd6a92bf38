//! The waivers of a tree, from its manifest and from its `subject.toml` files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evschema_compat as compat;
use evschema_model::{Manifest, Position, Subject, WaiverEntry};
use time::Date;
use time::format_description::well_known::Iso8601;

use crate::failure::Failure;
use crate::finding::{Finding, Place};
use crate::subject_file::WaiverNote;

/// The waivers, separated into valid and expired ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waivers {
    /// The waivers that are valid today, by fingerprint.
    pub(crate) valid: BTreeMap<String, WaiverNote>,
    /// The last days of the expired waivers, by fingerprint.
    pub(crate) expired: BTreeMap<String, Date>,
}

impl Waivers {
    /// Reads the waivers of a manifest, and separates the valid waivers from the expired ones.
    pub(crate) fn from_entries(entries: &[WaiverEntry], today: Date) -> Result<Self, Failure> {
        let mut waivers = Self::default();
        for WaiverEntry { fingerprint, reason, until } in entries {
            let note = WaiverNote { reason: reason.clone(), until: until.clone(), author: None };
            waivers.add(fingerprint, note, today)?;
        }
        Ok(waivers)
    }

    fn add(&mut self, fingerprint: &str, note: WaiverNote, today: Date) -> Result<(), Failure> {
        if let Err(error) = compat::Waivers::default().add(fingerprint, &note.reason) {
            return Err(Failure::new(format!("the waiver of {fingerprint} cannot be used: {error}"))
                .help("write in `reason` why the break harms nobody"));
        }
        let until = match &note.until {
            None => None,
            Some(text) => Some(Date::parse(text, &Iso8601::DATE).map_err(|_| {
                Failure::new(format!("`until = \"{text}\"` of waiver {fingerprint} is not a date"))
                    .help("write a date such as `2027-01-31`")
            })?),
        };
        match until {
            Some(last) if last < today => {
                self.expired.insert(fingerprint.to_owned(), last);
            }
            Some(_) | None => {
                self.valid.insert(fingerprint.to_owned(), note);
            }
        }
        Ok(())
    }

    /// Returns the valid waivers in the type of the compatibility engine.
    pub(crate) fn to_compat(&self) -> compat::Waivers {
        let mut waivers = compat::Waivers::default();
        for (fingerprint, note) in &self.valid {
            // `add` has checked that the engine accepts each waiver.
            let _accepted = waivers.add(fingerprint, &note.reason);
        }
        waivers
    }

    /// Returns the last day of the expired waiver of a finding.
    fn expired_on(&self, finding: &Finding) -> Option<Date> {
        let fingerprint = finding.fingerprint.as_ref().filter(|_| finding.waived.is_none())?;
        self.expired.get(fingerprint).copied()
    }
}

/// Rejects two waivers of the same finding in one file, because the later `until` would silently replace the other.
///
/// # Errors
///
/// If two entries have the same fingerprint.
pub(crate) fn reject_duplicates(entries: &[WaiverEntry], file: &str) -> Result<(), Failure> {
    let mut known = BTreeSet::new();
    match entries.iter().find(|entry| !known.insert(&entry.fingerprint)) {
        None => Ok(()),
        Some(WaiverEntry { fingerprint, .. }) => {
            Err(Failure::new(format!("`{file}` has two waivers of {fingerprint}")).help("remove one of them"))
        }
    }
}

/// A file with waivers; findings show its lines.
#[derive(Debug, Clone)]
pub(crate) struct WaiverFile {
    /// The file, as messages show it.
    pub(crate) file: String,
    /// Its text.
    pub(crate) text: Arc<str>,
}

/// Returns the place of a text in the first file that contains it.
fn place_in(files: &[WaiverFile], quoted: &str) -> Place {
    let mut found = files.iter().filter_map(|file| Some((file, file.text.find(quoted)?)));
    let Some((file, at)) = found.next() else { return Place::default() };
    Place {
        file: file.file.clone(),
        text: Some(Arc::clone(&file.text)),
        position: Some(Position::of(&file.text, at, quoted.len())),
        ..Place::default()
    }
}

/// Returns the findings about waivers that have expired, are unused, or have an invalid fingerprint.
///
/// The function reports unused waivers only if `all` is set: the check has compared all versions.
pub(crate) fn findings(
    waivers: &Waivers,
    files: &[WaiverFile],
    found: &[Finding],
    all: bool,
) -> Vec<Finding> {
    let used: BTreeSet<&str> = found.iter().filter_map(|own| own.waived_by.as_deref()).collect();
    let mut findings = Vec::new();
    for (fingerprint, last) in &waivers.expired {
        if waivers.valid.contains_key(fingerprint) {
            continue;
        }
        let place = place_in(files, fingerprint);
        let is_needed = found.iter().any(|own| own.fingerprint.as_deref() == Some(fingerprint.as_str()));
        let message = format!("the waiver of {fingerprint} expired after {last}");
        if is_needed {
            let help = "change the schema, or give the waiver a later `until`";
            findings.push(Finding::error("waiver-expired", message, place).help(help));
        } else if all {
            findings.push(unused(message, place));
        }
    }
    for fingerprint in waivers.valid.keys().filter(|own| !used.contains(own.as_str())) {
        let place = place_in(files, fingerprint);
        let is_former = is_hexadecimal(fingerprint, compat::Fingerprint::FORMER_DIGITS);
        if !is_former && !is_hexadecimal(fingerprint, compat::Fingerprint::DIGITS) {
            let message = format!("`{fingerprint}` is not a fingerprint, so this waiver has no effect");
            let help = "use the 16 hexadecimal digits that `evschema check` prints";
            findings.push(Finding::error("waiver-misaddressed", message, place).help(help));
            continue;
        }
        let new = found.iter().filter(|own| own.former_fingerprint.as_deref() == Some(fingerprint.as_str()));
        let new: BTreeSet<&str> = new.filter_map(|own| own.fingerprint.as_deref()).collect();
        if !new.is_empty() {
            findings.push(outdated(fingerprint, &new, place));
        } else if all {
            let message = format!("no finding needs the waiver of {fingerprint}");
            findings.push(unused(message, place));
        }
    }
    findings
}

fn unused(message: String, place: Place) -> Finding {
    let mut finding = Finding::error("waiver-unused", message, place).help("remove the waiver");
    finding.severity = compat::Severity::Warning;
    finding
}

fn outdated(fingerprint: &str, new: &BTreeSet<&str>, place: Place) -> Finding {
    let new: Vec<&str> = new.iter().copied().collect();
    let message =
        format!("the waiver of {fingerprint} has no effect, because it uses the old format with 12 digits");
    let mut finding = Finding::error("waiver-outdated", message, place)
        .note("a fingerprint now has 16 digits, and identifies one change in one version")
        .help(format!(
            "to accept the findings at this place of the schema, use their fingerprints instead: {}",
            new.join(", ")
        ));
    finding.severity = compat::Severity::Warning;
    finding
}

/// Returns a finding for each subject under `[compatibility.subjects]` that does not exist.
pub(crate) fn unknown_subjects(
    manifest: &Manifest,
    files: &[WaiverFile],
    is_known: impl Fn(&Subject) -> bool,
) -> Vec<Finding> {
    let unknown = manifest.compatibility.subjects.keys().filter(|subject| !is_known(subject));
    unknown
        .map(|subject| {
            let message =
                format!("`[compatibility.subjects]` names the subject `{subject}`, which does not exist");
            Finding::error("unknown-subject", message, place_in(files, subject.as_str()))
                .help("correct the name, or remove the entry; `evschema list` shows the subjects")
        })
        .collect()
}

/// Adds a note to each finding whose waiver has expired; findings from a registry lack this note.
pub(crate) fn note_expired(waivers: &Waivers, findings: &mut [Finding]) {
    for finding in findings {
        if let Some(last) = waivers.expired_on(finding) {
            finding.notes.push(format!("the waiver of this finding expired after {last}"));
        }
    }
}

fn is_hexadecimal(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
