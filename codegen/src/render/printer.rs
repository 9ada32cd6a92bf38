use std::collections::BTreeMap;

use handlebars::Handlebars;
use serde::Serialize;

/// The built-in templates by name.
const TEMPLATES: [(&str, &str); 8] = [
    ("document.rs", include_str!("../../templates/document.rs.hbs")),
    ("event.rs", include_str!("../../templates/event.rs.hbs")),
    ("index.rs", include_str!("../../templates/index.rs.hbs")),
    ("newtype.rs", include_str!("../../templates/newtype.rs.hbs")),
    ("struct.rs", include_str!("../../templates/struct.rs.hbs")),
    ("subject.rs", include_str!("../../templates/subject.rs.hbs")),
    ("texts.rs", include_str!("../../templates/texts.rs.hbs")),
    ("union.rs", include_str!("../../templates/union.rs.hbs")),
];

/// Why code cannot be printed; only a template that replaces a built-in one gives a reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PrintError {
    /// A template replaces none of the built-in ones.
    #[error("template `{name}` replaces none; the templates are {known}")]
    NoSuchTemplate { name: String, known: String },
    /// A template cannot be read or run.
    #[error("template `{name}`: {why}")]
    Template { name: String, why: String },
    /// What the templates print is not Rust.
    #[error("what template `{name}` prints is not Rust: {why}")]
    NotRust { name: String, why: String },
}

/// Runs templates and formats what they print.
pub(crate) struct Printer {
    handlebars: Handlebars<'static>,
}

impl Printer {
    /// Returns a printer with some templates replaced, by file name such as `struct.rs.hbs`.
    ///
    /// # Errors
    ///
    /// When a template replaces none, or is not one.
    pub(crate) fn new(replaced: &BTreeMap<String, String>) -> Result<Self, PrintError> {
        let mut handlebars = Handlebars::new();
        // The view is escaped where it is settled; the templates print code, not HTML.
        handlebars.register_escape_fn(handlebars::no_escape);
        for (name, template) in TEMPLATES {
            register(&mut handlebars, name, template)?;
        }
        for (file, template) in replaced {
            let name = file.strip_suffix(".hbs").unwrap_or(file);
            if !TEMPLATES.iter().any(|(known, _)| *known == name) {
                let known = TEMPLATES.map(|(known, _)| format!("`{known}.hbs`")).join(", ");
                return Err(PrintError::NoSuchTemplate { name: file.clone(), known });
            }
            register(&mut handlebars, name, template)?;
        }
        Ok(Self { handlebars })
    }

    /// Prints a view as formatted Rust.
    ///
    /// # Errors
    ///
    /// When a template fails, or what it prints is not Rust.
    pub(crate) fn print(&self, template: &str, view: &impl Serialize) -> Result<String, PrintError> {
        let printed = self
            .handlebars
            .render(template, view)
            .map_err(|error| PrintError::Template { name: template.to_owned(), why: one_line(&error) })?;
        let file = syn::parse_file(&printed)
            .map_err(|error| PrintError::NotRust { name: template.to_owned(), why: one_line(&error) })?;
        Ok(spaced(&prettyplease::unparse(&file)))
    }
}

fn register(handlebars: &mut Handlebars<'static>, name: &str, template: &str) -> Result<(), PrintError> {
    handlebars
        .register_template_string(name, template)
        .map_err(|error| PrintError::Template { name: name.to_owned(), why: one_line(&error) })
}

fn one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts an empty line between items, which the formatter leaves out.
///
/// No literal spans lines at this point, so that every line is code.
fn spaced(code: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut spaced = String::with_capacity(code.len() + code.len() / 20);
    let mut before: Option<&str> = None;
    for line in code.lines() {
        let ends_item = before.is_some_and(|before| {
            let is_comment = before.trim_start().starts_with("//");
            let ends = before.ends_with(['}', ';']) && !is_comment;
            ends && indent(before) == indent(line)
        });
        let start = line.trim_start();
        let starts_item = ["///", "#[", "pub ", "impl ", "rt::", "static ", "use "]
            .iter()
            .any(|item| start.starts_with(item));
        if ends_item && starts_item {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        before = Some(line);
    }
    spaced
}
