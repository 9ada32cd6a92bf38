//! The identity and the fingerprint of a finding.
//!
//! A waiver accepts only one finding: its change, its place, its use and the candidate version. The identity leaves out
//! the version. With the identity, evschema recognizes the same accepted change in a later version.

use evschema_model::{Digest, Pointer, Resolved, Subject, Version};
use sha2::{Digest as _, Sha256};

use super::places::SourceLocation;
use super::sides::Sides;
use crate::assertion::Assertion;
use crate::decision::Change;
use crate::report::Fingerprint;

/// The rule of every undecided place.
const UNDECIDED: &str = "undecided";

/// The number of bytes of a fingerprint, and of a fingerprint of the former scheme.
const BYTES: usize = 8;
const FORMER_BYTES: usize = 6;

/// The identity of a finding, without the candidate's version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity(String);

/// The schemas of the properties and items on the way from the event to a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses(pub(super) Vec<Use>);

/// One schema on the way to a place.
#[derive(Debug, Clone)]
pub(super) struct Use {
    /// The subject of the document that contains the schema, if this is not the compared document.
    pub(super) subject: Option<Subject>,
    pub(super) pointer: Pointer,
}

impl Uses {
    /// Returns the use of a shared schema: the last schema on the way that is in the compared document and does not
    /// contain the place.
    pub(super) fn shown(&self, place: &Pointer) -> Option<Pointer> {
        let own = self.0.iter().filter(|step| step.subject.is_none());
        own.map(|step| &step.pointer).rfind(|pointer| !is_around(pointer, place)).cloned()
    }
}

fn is_around(outer: &Pointer, inner: &Pointer) -> bool {
    inner.as_str().strip_prefix(outer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Identity {
    /// Returns the identity of a finding. An undecided finding has a reason.
    pub(super) fn of(
        assertion: &Assertion,
        sides: &Sides<'_>,
        location: &SourceLocation,
        uses: &Uses,
        change: &Change,
        undecided: Option<&str>,
    ) -> Self {
        let rule = if undecided.is_some() { UNDECIDED } else { assertion.rule().id };
        let subject = &sides.candidate.schema().at().subject;
        let mut text = format!("{rule}\n{subject}\n{}\n{}\n", sides.direction, place(location, assertion));
        for step in &uses.0 {
            let document = step.subject.as_ref().map_or("", Subject::as_str);
            text.push_str(&format!("{document}#{}\n", step.pointer));
        }
        text.push_str(&format!("{}\n{}\n", undecided.unwrap_or_default(), change.text));
        if change.is_of_documents {
            for version in [sides.candidate, sides.baseline] {
                for digest in digests(version) {
                    text.push_str(&format!("{digest}\n"));
                }
            }
        }
        Self(text)
    }

    /// Returns the fingerprint of the finding for a candidate version.
    pub(crate) fn fingerprint(&self, version: &Version) -> Fingerprint {
        Fingerprint(hash(&format!("{version}\n{}", self.0), BYTES))
    }
}

/// Returns the digests of a version and of all documents to which it refers.
fn digests(version: &Resolved) -> Vec<&Digest> {
    let others = version.documents().into_iter().map(|document| document.digest());
    std::iter::once(version.schema().digest()).chain(others).collect()
}

/// Returns the text for a place. A property counts as a place of its own, even if it is not declared. So two properties
/// of one object are two findings. For a place in another document, the text has that document's subject.
fn place(location: &SourceLocation, assertion: &Assertion) -> String {
    let mut place = location.local.clone();
    if let Some(name) = assertion.name() {
        place = place.child("properties").child(name);
    }
    match &location.within {
        Some(within) => format!("{}#{place}", within.at.subject),
        None => place.to_string(),
    }
}

/// Returns the fingerprint of the former scheme, a hash of rule, subject, place and direction. Messages use it for
/// people who have an old waiver.
pub(super) fn former_fingerprint(
    rule: &str,
    sides: &Sides<'_>,
    location: &SourceLocation,
    assertion: &Assertion,
) -> Fingerprint {
    let subject = &sides.candidate.schema().at().subject;
    let place = place(location, assertion);
    Fingerprint(hash(&format!("{rule}\n{subject}\n{place}\n{}", sides.direction), FORMER_BYTES))
}

fn hash(text: &str, bytes: usize) -> String {
    Sha256::digest(text.as_bytes()).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}
