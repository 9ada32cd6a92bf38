use evschema_api::{SubjectPage, SubjectSummary, percent_encode};
use serde::Serialize;

use super::{Moment, Pages, moment};

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
    /// Returns the page with a list of subjects, or with the results of a search.
    pub(crate) fn subjects(&self, page: SubjectPage, search: &str, limit: u32) -> String {
        let next = page.next.map(|after| {
            let search =
                if search.is_empty() { String::new() } else { format!("search={}&", percent_encode(search)) };
            format!("/schemas?{search}after={}&limit={limit}", percent_encode(&after))
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
