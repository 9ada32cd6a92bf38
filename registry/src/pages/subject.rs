use evschema_api::SubjectView;
use evschema_model::{ContentModel, Mode};
use serde::Serialize;

use super::{Moment, Pages, moment};

#[derive(Serialize)]
struct View {
    subject: String,
    description: Option<String>,
    mode: &'static str,
    mode_means: &'static str,
    content_model: &'static str,
    content_model_means: &'static str,
    owner: Option<String>,
    revision: u64,
    created: Moment,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    version: String,
    is_latest: bool,
    state: &'static str,
    state_reason: Option<String>,
    never_used: bool,
    registered: Moment,
    message: Option<String>,
    /// The previous version, for the link to a comparison.
    before: Option<String>,
}

impl Pages {
    /// Returns the page of a subject, with the newest version first.
    pub(crate) fn subject(&self, view: SubjectView) -> String {
        let mut before = None;
        let mut rows = Vec::with_capacity(view.versions.len());
        for summary in view.versions {
            let version = summary.version.to_string();
            rows.push(Row {
                is_latest: view.latest.as_ref() == Some(&summary.version),
                before: before.replace(version.clone()),
                version,
                state: summary.state.as_str(),
                state_reason: summary.state_reason,
                never_used: summary.never_used,
                registered: moment(summary.registered_at),
                message: summary.message,
            });
        }
        rows.reverse();
        let name = view.subject.to_string();
        let view = View {
            subject: name.clone(),
            description: view.description,
            mode: view.mode.as_str(),
            mode_means: mode_means(view.mode),
            content_model: view.content_model.as_str(),
            content_model_means: content_model_means(view.content_model),
            owner: view.owner,
            revision: view.revision,
            created: moment(view.created_at),
            rows,
        };
        self.render("subject", &name, "", &view)
    }
}

fn mode_means(mode: Mode) -> &'static str {
    match mode {
        Mode::Backward => "a new version accepts events of the latest version in its line of versions",
        Mode::BackwardTransitive => "a new version accepts events of every version in its line of versions",
        Mode::Forward => "the latest version in the line of versions accepts events of a new version",
        Mode::ForwardTransitive => "every version in the line of versions accepts events of a new version",
        Mode::Full => {
            "a new version and the latest version in its line of versions accept each other's events"
        }
        Mode::FullTransitive => {
            "a new version and every version in its line of versions accept each other's events"
        }
        Mode::None => "the registry does not compare versions",
    }
}

fn content_model_means(model: ContentModel) -> &'static str {
    match model {
        ContentModel::Strict => "writers may send everything that their schema accepts",
        ContentModel::Lenient => "writers send only properties that their schema declares",
        ContentModel::Tolerant => {
            "writers send only properties that their schema declares, and readers ignore other properties"
        }
    }
}
