use evschema_api::{SubjectPage, SubjectSummary};
use serde::Serialize;

use super::{Moment, Pages, encode, moment};

#[derive(Serialize)]
struct View {
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    subject: String,
    description: Option<String>,
    latest: Option<String>,
    versions: u32,
    owner: Option<String>,
    updated: Moment,
}

impl Pages {
    /// Returns the list of subjects, or of those that a search found.
    pub(crate) fn subjects(&self, page: SubjectPage, search: &str, limit: u32) -> String {
        let next = page.next.map(|after| {
            let search =
                if search.is_empty() { String::new() } else { format!("search={}&", encode(search)) };
            format!("/schemas?{search}after={}&limit={limit}", encode(&after))
        });
        let view = View { rows: page.subjects.into_iter().map(row).collect(), next };
        self.render("subjects", "Subjects", search, &view)
    }
}

fn row(summary: SubjectSummary) -> Row {
    Row {
        subject: summary.subject.to_string(),
        description: summary.description,
        latest: summary.latest.map(|version| version.to_string()),
        versions: summary.versions,
        owner: summary.owner,
        updated: moment(summary.updated_at),
    }
}
