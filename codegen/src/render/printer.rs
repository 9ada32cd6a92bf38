use handlebars::{Handlebars, RenderErrorReason};
use serde::Serialize;

use super::blame;
use crate::options::{TEMPLATE_MODEL, Templates};

/// The built-in templates by name.
pub(super) const TEMPLATES: [(&str, &str); 10] = [
    ("any.rs", include_str!("../../templates/any.rs.hbs")),
    ("any_glue.rs", include_str!("../../templates/any_glue.rs.hbs")),
    ("glue.rs", include_str!("../../templates/glue.rs.hbs")),
    ("index.rs", include_str!("../../templates/index.rs.hbs")),
    ("integers.rs", include_str!("../../templates/integers.rs.hbs")),
    ("newtype.rs", include_str!("../../templates/newtype.rs.hbs")),
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
        check(&printed).map_err(|error| {
            let (name, line) = blame::culprit(self.templates, template, view);
            let why = format!("the template does not print valid Rust: {error}");
            PrintError { template: name, line, why }
        })?;
        Ok(laid_out(&printed))
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

/// Returns an error if a text is not Rust.
pub(super) fn check(printed: &str) -> Result<(), String> {
    syn::parse_file(printed).map(|_| ()).map_err(|error| one_line(&error))
}

/// Returns printed code with the indentation of its brackets. Only single empty lines remain, and none beside a bracket.
///
/// This is safe, because every literal and every comment is on one line.
fn laid_out(printed: &str) -> String {
    let opens = |line: &str| !line.starts_with("//") && line.ends_with(['{', '[', '(']);
    let mut code = String::with_capacity(printed.len() + printed.len() / 4);
    let (mut depth, mut wants_empty) = (0_usize, false);
    for line in printed.lines().map(str::trim) {
        if line.is_empty() {
            wants_empty = !code.is_empty();
            continue;
        }
        let closes = line.starts_with(['}', ']', ')']);
        depth = depth.saturating_sub(closes.into());
        if wants_empty && !closes && !code.ends_with("{\n") {
            code.push('\n');
        }
        wants_empty = false;
        code.extend(std::iter::repeat_n("    ", depth));
        code.push_str(line);
        code.push('\n');
        depth += usize::from(opens(line));
    }
    code
}
