use std::collections::BTreeSet;

use evschema_api::{AcceptedFinding, WaiverList, WaiverRequest, WaiverView};
use evschema_compat::{Fingerprint, Report, Waivers};
use evschema_model::Subject;
use time::Date;
use time::format_description::well_known::Iso8601;

use super::refusal::Refusal;
use super::registry::Registry;
use super::text_length::check_length;
use crate::feed::{self, Signature, Stamp, moment};
use crate::limits;
use crate::store::{History, NewEvent, WaiverChange, WaiverRecord, Written};

impl Registry {
    /// Returns the waivers of a subject.
    ///
    /// # Errors
    ///
    /// If the subject does not exist.
    pub(crate) async fn waivers(&self, subject: &Subject) -> Result<WaiverList, Refusal> {
        let history = self.existing(subject).await?;
        Ok(WaiverList { waivers: history.waivers.into_iter().map(view).collect() })
    }

    /// Grants a waiver. Returns whether the waiver is new.
    ///
    /// # Errors
    ///
    /// If the subject does not exist, or a text is not valid.
    pub(crate) async fn grant_waiver(
        &self,
        subject: &Subject,
        fingerprint: &str,
        request: WaiverRequest,
        signature: Signature,
    ) -> Result<(WaiverView, bool), Refusal> {
        check_length("the reason", Some(&request.reason), 1, limits::MESSAGE_CHARS_MAX)?;
        check_length("the reason", Some(request.reason.trim()), 1, limits::MESSAGE_CHARS_MAX)?;
        check_length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        check_fingerprint(fingerprint, &[Fingerprint::DIGITS])?;
        if let Some(until) = &request.until {
            day(until).ok_or_else(|| Refusal::Day { text: until.chars().take(40).collect() })?;
        }
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.existing(subject).await?;
            let existing = history.waivers.iter().find(|waiver| waiver.fingerprint == fingerprint);
            let (reason, until) = (request.reason.clone(), request.until.clone());
            if let Some(existing) = existing.filter(|waiver| waiver.reason == reason && waiver.until == until)
            {
                return Ok((view(existing.clone()), false));
            }
            if existing.is_none() && limits::WAIVERS_MAX <= history.waivers.len() {
                return Err(Refusal::TooManyWaivers { subject: subject.clone() });
            }
            let is_new = existing.is_none();
            let at = self.environment.clock.now();
            let author = signature.name.clone();
            let fingerprint = fingerprint.to_owned();
            let waiver = WaiverRecord { fingerprint, reason, until, author, granted_at: at };
            let stamp = Stamp { revision: history.subject.revision + 1, at, signature: signature.clone() };
            let event = feed::waiver_granted(subject.as_str(), &waiver, &stamp);
            let granted = view(waiver.clone());
            if self.change_waiver(history, waiver.fingerprint.clone(), Some(waiver), at, event).await? {
                return Ok((granted, is_new));
            }
        }
        Err(Refusal::Contended { subject: subject.clone() })
    }

    /// Withdraws a waiver. Versions that the registry accepted because of the waiver stay registered.
    ///
    /// # Errors
    ///
    /// If the subject or the waiver does not exist.
    pub(crate) async fn withdraw_waiver(
        &self,
        subject: &Subject,
        fingerprint: &str,
        signature: Signature,
    ) -> Result<WaiverView, Refusal> {
        check_length("the author", signature.name.as_deref(), 1, limits::NAME_CHARS_MAX)?;
        check_fingerprint(fingerprint, &[Fingerprint::DIGITS, Fingerprint::FORMER_DIGITS])?;
        for _ in 0..limits::APPEND_ATTEMPTS_MAX {
            let history = self.existing(subject).await?;
            let existing = history.waivers.iter().find(|waiver| waiver.fingerprint == fingerprint).cloned();
            let Some(existing) = existing else {
                let fingerprint = fingerprint.to_owned();
                return Err(Refusal::WaiverNotFound { subject: subject.clone(), fingerprint });
            };
            let at = self.environment.clock.now();
            let stamp = Stamp { revision: history.subject.revision + 1, at, signature: signature.clone() };
            let event = feed::waiver_withdrawn(subject.as_str(), fingerprint, &stamp);
            if self.change_waiver(history, fingerprint.to_owned(), None, at, event).await? {
                return Ok(view(existing));
            }
        }
        Err(Refusal::Contended { subject: subject.clone() })
    }

    async fn change_waiver(
        &self,
        history: History,
        fingerprint: String,
        waiver: Option<WaiverRecord>,
        at: i64,
        event: NewEvent,
    ) -> Result<bool, Refusal> {
        let change = WaiverChange {
            subject: history.subject.subject,
            revision: history.subject.revision,
            fingerprint,
            waiver,
            at,
            event,
        };
        Ok(self.store.set_waiver(change).await? == Written::Done(()))
    }

    /// Returns the waivers of a subject that apply today, for the compatibility check.
    pub(super) fn waivers_of(&self, history: &History) -> Waivers {
        let today = moment(self.environment.clock.now()).date();
        let applies = |waiver: &&WaiverRecord| match waiver.until.as_deref() {
            None => true,
            Some(until) => day(until).is_some_and(|last| today <= last),
        };
        let mut waivers = Waivers::default();
        for waiver in history.waivers.iter().filter(applies) {
            // A waiver without a reason accepts nothing. Earlier versions of evschema did not require a reason.
            if let Err(error) = waivers.add(&waiver.fingerprint, &waiver.reason) {
                tracing::debug!(subject = %history.subject.subject, %error, "ignoring an invalid waiver");
            }
        }
        waivers.name_versions(history.versions.iter().map(|record| record.version.clone()));
        waivers
    }
}

/// Returns the fingerprints of waivers in the old format, which contained neither the version nor the change.
pub(super) fn former_fingerprints(history: &History) -> BTreeSet<String> {
    let names = history.waivers.iter().map(|waiver| waiver.fingerprint.clone());
    names.filter(|name| name.len() == Fingerprint::FORMER_DIGITS).collect()
}

/// If a waiver in the old format names a finding, adds to the finding's help why this waiver no longer accepts the
/// finding.
pub(super) fn explain_former(report: &mut Report, former: &BTreeSet<String>) {
    for finding in report.findings.iter_mut().filter(|finding| finding.waived.is_none()) {
        let name = finding.former_fingerprint.as_str();
        if former.contains(name) {
            finding.help.push_str(&format!(
                "; the waiver {name} no longer accepts anything, because its fingerprint has an old format: to accept \
                 this finding, grant a waiver with the fingerprint {}",
                finding.fingerprint
            ));
        }
    }
}

/// Returns the findings of a report that waivers accepted, as JSON, or `None` if no waiver accepted a finding.
pub(super) fn accepted_findings(report: &Report) -> Option<String> {
    let accepted: Vec<AcceptedFinding> = report
        .findings
        .iter()
        .filter_map(|finding| {
            Some(AcceptedFinding {
                rule: finding.rule.clone(),
                direction: finding.direction.to_string(),
                baseline: finding.baseline.to_string(),
                pointer: finding.pointer.to_string(),
                message: finding.message.clone(),
                witness: finding.witness.clone(),
                fingerprint: finding.fingerprint.to_string(),
                waiver: finding.waived_by.as_ref()?.to_string(),
                reason: finding.waived.clone()?,
            })
        })
        .collect();
    if accepted.is_empty() { None } else { serde_json::to_string(&accepted).ok() }
}

fn check_fingerprint(text: &str, digits: &[usize]) -> Result<(), Refusal> {
    let is_one = digits.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if is_one {
        return Ok(());
    }
    Err(Refusal::Fingerprint { text: text.chars().filter(|c| !c.is_control()).take(40).collect() })
}

/// Parses a date such as `2027-01-31`.
fn day(text: &str) -> Option<Date> {
    // The parser also accepts week dates, which no user expects.
    let has_no_week = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    has_no_week.then(|| Date::parse(text, &Iso8601::DATE).ok())?
}

fn view(waiver: WaiverRecord) -> WaiverView {
    WaiverView {
        fingerprint: waiver.fingerprint,
        reason: waiver.reason,
        until: waiver.until,
        author: waiver.author,
        granted_at: moment(waiver.granted_at),
    }
}
