use evschema_api::{CloudEvent, FeedPage};
use serde::Serialize;
use serde_json::Value;

use super::{Moment, Pages, moment};

/// The kind of change whose text depends on the data of the event.
const SUBJECT_CHANGED: &str = "evschema.subject.changed";

#[derive(Serialize)]
struct View {
    rows: Vec<Row>,
    /// The position after which the page begins; `None` at the beginning of the feed.
    after: Option<u64>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    position: String,
    at: Moment,
    what: String,
    words: Option<String>,
    /// The path of the subject or version; empty for a token.
    href: String,
    name: String,
    author: Option<String>,
}

impl Pages {
    /// Returns a page of the feed.
    pub(crate) fn feed(&self, page: FeedPage, after: u64, limit: u32) -> String {
        let is_full = limit as usize <= page.events.len();
        let next = is_full.then(|| format!("/feed?after={}&limit={limit}", page.next));
        let rows = page.events.into_iter().map(row).collect();
        self.render("feed", "Changes", "", &View { rows, after: (0 < after).then_some(after), next })
    }
}

/// Returns the old and the new policy, if the event has the old one.
fn policy_change(data: &Value) -> Option<String> {
    let policy = |of: &Value| {
        Some(format!("mode {} and content model {}", of["mode"].as_str()?, of["content_model"].as_str()?))
    };
    Some(format!("from {} to {}", policy(data.get("before")?)?, policy(data)?))
}

fn row(event: CloudEvent) -> Row {
    let text = |name: &str| event.data.get(name).and_then(Value::as_str).map(str::to_owned);
    let version = text("version");
    let verb_after = |prefix: &str| event.kind.strip_prefix(prefix);
    let what = match verb_after("evschema.version.") {
        Some(verb) => format!("version {verb}"),
        None if event.kind != SUBJECT_CHANGED => {
            event.kind.strip_prefix("evschema.").unwrap_or(&event.kind).replace('.', " ")
        }
        None if event.data.get("created") == Some(&Value::Bool(true)) => "subject created".to_owned(),
        None => "subject changed".to_owned(),
    };
    let (href, name) = match &version {
        Some(version) => {
            (format!("/schemas/{}/{version}", event.subject), format!("{}@{version}", event.subject))
        }
        None if verb_after("evschema.token.").is_some() => (String::new(), text("name").unwrap_or_default()),
        None => (format!("/schemas/{}", event.subject), event.subject.clone()),
    };
    Row {
        words: text("reason").or_else(|| text("message")).or_else(|| policy_change(&event.data)),
        author: text("author"),
        position: event.id,
        at: moment(event.time),
        what,
        href,
        name,
    }
}
