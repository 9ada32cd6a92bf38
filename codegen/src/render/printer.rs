use handlebars::{Handlebars, RenderErrorReason};
use serde::Serialize;

use super::{blame, layout};
use crate::options::{TEMPLATE_MODEL, Templates};

/// The built-in templates by name.
pub(super) const TEMPLATES: [(&str, &str); 9] = [
    ("document.rs", include_str!("../../templates/document.rs.hbs")),
    ("event.rs", include_str!("../../templates/event.rs.hbs")),
    ("index.rs", include_str!("../../templates/index.rs.hbs")),
    ("newtype.rs", include_str!("../../templates/newtype.rs.hbs")),
    ("shared.rs", include_str!("../../templates/shared.rs.hbs")),
    ("struct.rs", include_str!("../../templates/struct.rs.hbs")),
    ("subject.rs", include_str!("../../templates/subject.rs.hbs")),
    ("texts.rs", include_str!("../../templates/texts.rs.hbs")),
    ("union.rs", include_str!("../../templates/union.rs.hbs")),
];

/// The reason why code cannot be printed. Only custom templates, which replace built-in templates, cause such errors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub(crate) struct PrintError {
    /// The template that causes the error, such as `struct.rs`.
    pub(crate) template: String,
    /// The line in the template, counted from 1, if it is known.
    pub(crate) line: Option<usize>,
    pub(crate) why: String,
}

/// Runs templates, and formats their output.
pub(crate) struct Printer<'t> {
    handlebars: Handlebars<'static>,
    templates: &'t Templates,
}

impl<'t> Printer<'t> {
    /// Returns a printer with some templates replaced.
    ///
    /// # Errors
    ///
    /// If the name of a template is not the name of a built-in template. Also if a template is not valid, or is written
    /// for another model.
    pub(crate) fn new(templates: &'t Templates) -> Result<Self, PrintError> {
        let mut handlebars = Handlebars::new();
        // The text in the view is already escaped, and templates print code, not HTML.
        handlebars.register_escape_fn(handlebars::no_escape);
        // If a template uses a name that the model does not have, the template fails. Without this mode, it would print
        // an empty string.
        handlebars.set_strict_mode(true);
        for (name, template) in TEMPLATES {
            register(&mut handlebars, name, template)?;
        }
        for (file, template) in &templates.texts {
            let name = file.strip_suffix(".hbs").unwrap_or(file);
            if !TEMPLATES.iter().any(|(known, _)| *known == name) {
                let known = TEMPLATES.map(|(known, _)| format!("`{known}.hbs`")).join(", ");
                let why = format!("`{file}` is not the name of a template; the templates are {known}");
                return Err(PrintError { template: name.to_owned(), line: None, why });
            }
            check_model(name, template)?;
            register(&mut handlebars, name, template)?;
        }
        Ok(Self { handlebars, templates })
    }

    /// Returns a view as formatted Rust.
    ///
    /// # Errors
    ///
    /// If a template fails, or if its output is not Rust.
    pub(crate) fn print(&self, template: &str, view: &impl Serialize) -> Result<String, PrintError> {
        let printed = self.handlebars.render(template, view).map_err(|error| PrintError {
            template: error.template_name.clone().unwrap_or_else(|| template.to_owned()),
            line: error.line_no,
            why: if let RenderErrorReason::MissingVariable(Some(name)) = error.reason() {
                format!("the template model has no field `{name}` here; docs/templates.md lists the fields")
            } else {
                one_line(error.reason())
            },
        })?;
        let (file, bodies) = layout::check(&printed).map_err(|error| {
            let (name, line) = blame::culprit(self.templates, template, view);
            let why = format!("the template does not print valid Rust: {error}");
            PrintError { template: name, line, why }
        })?;
        Ok(layout::put_back(&spaced(&on_one_line(&prettyplease::unparse(&file))), &bodies))
    }
}

/// Returns an error if a template is written for another version of the model.
fn check_model(name: &str, template: &str) -> Result<(), PrintError> {
    const MARK: &str = "template model ";
    let first = template.lines().next().unwrap_or_default();
    let Some((_, rest)) = first.split_once(MARK).filter(|_| first.starts_with("{{!")) else { return Ok(()) };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    if digits.parse() == Ok(TEMPLATE_MODEL) {
        return Ok(());
    }
    let why = format!(
        "the template is written for template model {digits}, but this generator has model {TEMPLATE_MODEL}"
    );
    Err(PrintError { template: name.to_owned(), line: Some(1), why })
}

pub(super) fn register(
    handlebars: &mut Handlebars<'static>,
    name: &str,
    template: &str,
) -> Result<(), PrintError> {
    handlebars.register_template_string(name, template).map_err(|error| PrintError {
        template: name.to_owned(),
        line: error.pos().map(|(line, _)| line),
        why: one_line(error.reason()),
    })
}

pub(super) fn one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the code with each runtime macro and each lint attribute on one line, because only the compiler reads them.
/// The names of a `pub use` are on as few lines as possible.
///
/// This is safe: no literal has several lines here, and the formatter breaks lines only between tokens.
fn on_one_line(code: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut joined = String::with_capacity(code.len());
    let mut lines = code.lines();
    while let Some(first) = lines.next() {
        let start = first.trim_start();
        let begins = joined.len();
        let is_use = start.starts_with("pub use ") && first.ends_with('{');
        joined.push_str(first);
        if (start.starts_with("rt::") && first.ends_with("! {")) || start == "#[allow(" || is_use {
            for line in lines.by_ref() {
                let text = line.trim_start();
                if !joined.ends_with('(') && !text.starts_with(')') {
                    joined.push(' ');
                }
                joined.push_str(text);
                if indent(line) == indent(first) {
                    break;
                }
            }
        }
        if is_use {
            let line = joined.split_off(begins);
            joined.push_str(&layout::wrapped_use(&line));
        }
        joined.push('\n');
    }
    joined
}

/// Returns the code with empty lines between items, because the formatter does not add them.
///
/// No literal has several lines here, so every line is code.
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
        // The other macros of the runtime belong to the type above them, so no empty line separates them from it.
        let starts_item = ["///", "#[", "pub ", "impl ", "static ", "use ", "rt::types!"]
            .iter()
            .any(|item| start.starts_with(item));
        // No empty line separates lines that only name or embed something.
        let is_line = |line: &str| {
            let line = line.trim_start();
            let named = ["pub mod ", "pub use ", "pub const SCHEMA", "rt::event!", "rt::document!", "};"];
            named.iter().any(|start| line.starts_with(start)) && !line.ends_with('{')
        };
        let goes_on = before.is_some_and(is_line)
            && (is_line(line) || indent(line) == 0 || start.starts_with("pub use"));
        if ends_item && starts_item && !goes_on {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        before = Some(line);
    }
    spaced
}
