//! Pages for browsers, with the same content as the JSON answers.
//!
//! A view prepares all texts, and a template only prints them. The template escapes every text. A page runs no script
//! (`http/security_headers.rs`).

mod diff;
mod feed;
mod highlight;
mod problem;
mod subject;
mod subjects;
mod version;

use evschema_model::Pointer;
use handlebars::{Context, Handlebars, Helper, Output, RenderContext, RenderError};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

/// The style sheet of all pages.
pub(crate) const STYLE: &str = include_str!("pages/style.css");

const TEMPLATES: [(&str, &str); 8] = [
    ("layout", include_str!("pages/templates/layout.hbs")),
    ("subjects", include_str!("pages/templates/subjects.hbs")),
    ("subject", include_str!("pages/templates/subject.hbs")),
    ("version", include_str!("pages/templates/version.hbs")),
    ("diff", include_str!("pages/templates/diff.hbs")),
    ("feed", include_str!("pages/templates/feed.hbs")),
    ("problem", include_str!("pages/templates/problem.hbs")),
    ("plain", "<!doctype html><title>{{title}}</title><p>{{title}}"),
];

/// The parsed templates.
#[derive(Debug)]
pub(crate) struct Pages {
    templates: Handlebars<'static>,
}

/// A time, as an attribute for programs and as text for people.
#[derive(Debug, Serialize)]
struct Moment {
    machine: String,
    people: String,
}

impl Pages {
    pub(crate) fn new() -> Self {
        let mut templates = Handlebars::new();
        templates.set_strict_mode(true);
        templates.register_helper("prose", Box::new(prose));
        for (name, template) in TEMPLATES {
            if let Err(error) = templates.register_template_string(name, template) {
                // A test parses all templates. Without its template, a page shows only its title.
                tracing::error!(name, %error, "cannot parse a template");
            }
        }
        Self { templates }
    }

    /// Renders a template; `search` is the text in the search field.
    fn render(&self, template: &str, title: &str, search: &str, view: &impl Serialize) -> String {
        let mut view = serde_json::to_value(view).unwrap_or_default();
        if let Value::Object(members) = &mut view {
            members.insert("title".to_owned(), Value::from(format!("{title} · evschema")));
            members.insert("search".to_owned(), Value::from(search));
            members.insert("style".to_owned(), Value::from(style_path()));
            members.insert("release".to_owned(), Value::from(env!("CARGO_PKG_VERSION")));
        }
        self.templates.render(template, &view).unwrap_or_else(|error| {
            tracing::error!(template, %error, "cannot render a page");
            self.templates.render("plain", &serde_json::json!({ "title": title })).unwrap_or_default()
        })
    }
}

/// Prints a text, with each part in backticks as code. The messages of the registry quote names in backticks.
fn prose(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> Result<(), RenderError> {
    let text = helper.param(0).and_then(|param| param.value().as_str()).unwrap_or_default();
    // A last backtick without a pair is a normal character.
    let paired = text.matches('`').count() / 2 * 2;
    for (at, part) in text.splitn(paired + 1, '`').enumerate() {
        let escaped = handlebars::html_escape(part);
        match at % 2 {
            0 => out.write(&escaped)?,
            _ => out.write(&format!("<code>{escaped}</code>"))?,
        }
    }
    Ok(())
}

/// Returns the path of the style sheet. A new style sheet gets a new path, so browsers may cache it.
pub(crate) fn style_path() -> String {
    // FNV-1a. The hash only names the content, and needs no protection against attacks.
    let hash = STYLE.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("/assets/style-{hash:016x}.css")
}

fn moment(at: OffsetDateTime) -> Moment {
    let (date, time) = (at.date(), at.time());
    let (hour, minute, second) = time.as_hms();
    Moment {
        machine: format!("{date}T{hour:02}:{minute:02}:{second:02}Z"),
        people: format!("{date} {hour:02}:{minute:02} UTC"),
    }
}

/// Returns a pointer as text for people. The pointer to the root is empty, so it gets a name.
fn pointer_text(pointer: &Pointer) -> String {
    if pointer.as_str().is_empty() { "(root)".to_owned() } else { pointer.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses() {
        let mut templates = Handlebars::new();
        for (name, template) in TEMPLATES {
            templates.register_template_string(name, template).unwrap();
        }
    }

    #[test]
    fn prose_is_escaped_and_quotes_become_code() {
        let mut templates = Handlebars::new();
        templates.register_helper("prose", Box::new(prose));
        let render = |text: &str| {
            templates.render_template("{{prose text}}", &serde_json::json!({ "text": text })).unwrap()
        };
        assert_eq!(render("`a` is <b>"), "<code>a</code> is &lt;b&gt;");
        assert_eq!(render("one ` alone, `<i>`"), "one <code> alone, </code>&lt;i&gt;&#x60;");
        assert_eq!(render(""), "");
    }
}
