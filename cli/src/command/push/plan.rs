//! Everything that a push changes, and the scopes that it needs, found before anything is changed.

use std::collections::BTreeMap;
use std::fmt;

use evschema_api::{AccessView, State, SubjectSettings, SubjectView};
use evschema_model::{Coordinates, Subject};
use serde_json::{Value, json};

use crate::finding::{Finding, Place};
use crate::project::OwnSchema;
use crate::subject_file::SubjectFile;

/// One change on the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A subject comes to be.
    Create(Subject),
    /// A setting of a subject gets another value.
    Set { subject: Subject, setting: &'static str, from: String, to: String },
    /// A version is registered.
    Register(Coordinates),
    /// A version gets another state.
    State { at: Coordinates, from: State, to: State },
}

impl Change {
    fn subject(&self) -> &Subject {
        match self {
            Self::Create(subject) | Self::Set { subject, .. } => subject,
            Self::Register(at) | Self::State { at, .. } => &at.subject,
        }
    }

    /// Returns whether the change needs the scope `waive`, because it can let a break through, and not `register`.
    fn waives(&self) -> bool {
        match self {
            Self::Set { setting, .. } => ["mode", "content_model"].contains(setting),
            Self::Create(_) | Self::Register(_) | Self::State { .. } => false,
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
        }
    }
}

/// Returns the changes of a subject: of its settings, and of the versions in the tree.
pub(super) fn changes(
    subject: &Subject,
    view: Option<&SubjectView>,
    wanted: &SubjectSettings,
    file: &SubjectFile,
    own: &[&OwnSchema],
) -> Vec<Change> {
    let mut changes = Vec::new();
    match view {
        None => changes.push(Change::Create(subject.clone())),
        Some(view) => {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            for (setting, from, to) in [
                (
                    "mode",
                    view.mode.to_string(),
                    wanted.mode.map_or_else(String::new, |mode| mode.to_string()),
                ),
                (
                    "content_model",
                    view.content_model.to_string(),
                    wanted.content_model.map_or_else(String::new, |model| model.to_string()),
                ),
                ("owner", text(&view.owner), text(&wanted.owner)),
                ("description", text(&view.description), text(&wanted.description)),
            ] {
                if from != to {
                    changes.push(Change::Set { subject: subject.clone(), setting, from, to });
                }
            }
        }
    }
    for own in own {
        let at = own.schema.at();
        let there = view.iter().flat_map(|view| &view.versions).find(|known| known.version == at.version);
        let from = match there {
            None => {
                changes.push(Change::Register(at.clone()));
                State::Active
            }
            // Another content is refused, and its state stays.
            Some(there) if &there.digest != own.schema.digest() => continue,
            Some(there) => there.state,
        };
        let to = file.versions.get(&at.version).and_then(|entry| entry.state).unwrap_or(from);
        if from != to {
            changes.push(Change::State { at: at.clone(), from, to });
        }
    }
    changes
}

/// Returns a finding for each scope that the changes need and the token lacks, with the changes that need it.
pub(super) fn missing_scopes(changes: &[Change], access: &AccessView) -> Vec<Finding> {
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for change in changes {
        let subject = change.subject();
        let (word, has) = if change.waives() {
            ("waive", access.scopes.iter().any(|scope| scope.allows_waive(subject)))
        } else {
            ("register", access.scopes.iter().any(|scope| scope.allows_register(subject)))
        };
        if !has {
            missing.entry(format!("{word}:{subject}")).or_default().push(change.to_string());
        }
    }
    let who =
        access.token.as_ref().map_or("a request without a token".to_owned(), |t| format!("the token `{t}`"));
    missing
        .into_iter()
        .map(|(scope, changes)| {
            let message = format!("{who} lacks the scope `{scope}`");
            changes
                .iter()
                .fold(Finding::error("missing-scope", message, Place::default()), |finding, change| {
                    finding.note(format!("it is needed to {change}"))
                })
                .help(format!(
                    "send a token with the scope `{scope}`, or one that covers it, in EVSCHEMA_TOKEN"
                ))
        })
        .collect()
}

/// Returns the changes for programs.
pub(super) fn json_of(changes: &[Change]) -> Value {
    changes.iter().map(Change::json).collect()
}
