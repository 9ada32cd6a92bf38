//! The changes that a push will make, and the scopes that it needs.

use std::collections::BTreeMap;
use std::fmt;

use evschema_api::{AccessView, State, SubjectPatch, SubjectView};
use evschema_model::{Coordinates, Subject};
use serde_json::{Value, json};

use crate::finding::{Finding, Place};
use crate::project::OwnSchema;
use crate::subject_file::SubjectFile;

/// A change on the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A new subject.
    Create(Subject),
    /// Another value of a setting.
    Set { subject: Subject, setting: &'static str, from: String, to: String },
    /// A registration of a version.
    Register(Coordinates),
    /// Another state of a version.
    State { at: Coordinates, from: State, to: State },
    /// Another value of `never_used` for a yanked version. This value decides whether the version is a baseline.
    NeverUsed { at: Coordinates, to: bool },
    /// The policy of a subject, after its history is restored.
    Settle(Subject),
}

/// The scope that a change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Register,
    Waive,
    Admin,
}

impl Change {
    fn subject(&self) -> &Subject {
        match self {
            Self::Create(subject) | Self::Set { subject, .. } | Self::Settle(subject) => subject,
            Self::Register(at) | Self::State { at, .. } | Self::NeverUsed { at, .. } => &at.subject,
        }
    }

    /// Returns the scope that the change needs. A change that can permit breaking changes needs more than `register`.
    fn need(&self) -> Need {
        match self {
            Self::Set { setting, .. } if ["mode", "content_model"].contains(setting) => Need::Admin,
            Self::Settle(_) => Need::Admin,
            Self::NeverUsed { to: true, .. } => Need::Waive,
            Self::Set { .. }
            | Self::NeverUsed { .. }
            | Self::Create(_)
            | Self::Register(_)
            | Self::State { .. } => Need::Register,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Create(subject) => json!({ "change": "create", "subject": subject }),
            Self::Set { subject, setting, from, to } => {
                json!({ "change": "set", "subject": subject, "setting": setting, "from": from, "to": to })
            }
            Self::Register(at) => {
                json!({ "change": "register", "subject": at.subject, "version": at.version })
            }
            Self::State { at, from, to } => json!({
                "change": "state", "subject": at.subject, "version": at.version, "from": from, "to": to,
            }),
            Self::NeverUsed { at, to } => {
                json!({ "change": "never_used", "subject": at.subject, "version": at.version, "to": to })
            }
            Self::Settle(subject) => json!({ "change": "settle", "subject": subject }),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(subject) => write!(f, "create the subject {subject}"),
            Self::Set { subject, setting, from, to } => {
                write!(f, "set `{setting}` of {subject} from `{from}` to `{to}`")
            }
            Self::Register(at) => write!(f, "register {at}"),
            Self::State { at, from, to } => write!(f, "set the state of {at} from `{from}` to `{to}`"),
            Self::NeverUsed { at, to } => write!(f, "set `never_used` of {at} to `{to}`"),
            Self::Settle(subject) => {
                write!(f, "set the policy of {subject} after the registration of its versions")
            }
        }
    }
}

/// Returns the changes of the settings of a subject and of its versions.
pub(super) fn changes(
    subject: &Subject,
    view: Option<&SubjectView>,
    wanted: &SubjectPatch,
    file: &SubjectFile,
    own: &[&OwnSchema],
) -> Vec<Change> {
    let mut changes = Vec::new();
    match view {
        None => changes.push(Change::Create(subject.clone())),
        Some(view) => {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            for (setting, from, to) in [
                ("mode", view.mode.to_string(), wanted.mode.value().map(ToString::to_string)),
                (
                    "content_model",
                    view.content_model.to_string(),
                    wanted.content_model.value().map(ToString::to_string),
                ),
                ("owner", text(&view.owner), wanted.owner.value().cloned()),
                ("description", text(&view.description), wanted.description.value().cloned()),
            ] {
                if let Some(to) = to.filter(|to| from != *to) {
                    changes.push(Change::Set { subject: subject.clone(), setting, from, to });
                }
            }
        }
    }
    for own in own {
        let at = own.schema.at();
        let there = view.iter().flat_map(|view| &view.versions).find(|known| known.version == at.version);
        let (from, was_never_used) = match there {
            None => {
                changes.push(Change::Register(at.clone()));
                (State::Active, false)
            }
            // The registered version has a different schema. The registry will reject the schema of the tree, so the
            // push does not change the state of the version.
            Some(there) if &there.digest != own.schema.digest() => continue,
            Some(there) => (there.state, there.never_used),
        };
        let Some(entry) = file.versions.get(&at.version) else { continue };
        let Some(to) = entry.state else { continue };
        if from != to {
            changes.push(Change::State { at: at.clone(), from, to });
        }
        let never_used = to == State::Yanked && entry.never_used;
        if to == State::Yanked && never_used != was_never_used {
            changes.push(Change::NeverUsed { at: at.clone(), to: never_used });
        }
    }
    changes
}

/// Returns a finding for each scope that the token lacks, with the changes that need this scope.
pub(super) fn missing_scopes(changes: &[Change], access: &AccessView) -> Vec<Finding> {
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for change in changes {
        let subject = change.subject();
        let (name, has) = match change.need() {
            Need::Admin => ("admin".to_owned(), access.policies),
            Need::Waive => {
                (format!("waive:{subject}"), access.scopes.iter().any(|scope| scope.allows_waive(subject)))
            }
            Need::Register => (
                format!("register:{subject}"),
                access.scopes.iter().any(|scope| scope.allows_register(subject)),
            ),
        };
        if !has {
            missing.entry(name).or_default().push(change.to_string());
        }
    }
    missing
        .into_iter()
        .map(|(scope, changes)| {
            let message = match &access.token {
                Some(token) => format!("the token `{token}` does not have the scope `{scope}`"),
                None => format!("the push needs a token with the scope `{scope}`"),
            };
            changes
                .iter()
                .fold(Finding::error("missing-scope", message, Place::default()), |finding, change| {
                    finding.note(format!("the push needs this scope to {change}"))
                })
                .help(format!(
                    "set EVSCHEMA_TOKEN to a token with `{scope}`; `evschema token create` creates one"
                ))
        })
        .collect()
}

/// Returns the changes as JSON.
pub(super) fn json_of(changes: &[Change]) -> Value {
    changes.iter().map(Change::json).collect()
}
