//! Finds the template whose output is not Rust, and the line that causes the error.

use handlebars::Handlebars;
use serde::Serialize;

use super::printer::{TEMPLATES, check, register};
use crate::options::Templates;

/// Returns the name of the first custom template that makes the output invalid even if all other templates are the
/// built-in ones. If the output becomes valid without one line of this template, also returns the number of this line.
pub(super) fn culprit(
    templates: &Templates,
    template: &str,
    view: &impl Serialize,
) -> (String, Option<usize>) {
    let replaced: Vec<(&str, &str)> = templates
        .texts
        .iter()
        .map(|(file, text)| (file.strip_suffix(".hbs").unwrap_or(file), text.as_str()))
        .collect();
    let guilty = replaced.iter().find(|one| !prints_rust(&[**one], template, view));
    let Some((name, text)) = guilty.or(replaced.first()) else { return (template.to_owned(), None) };
    let lines: Vec<&str> = text.lines().collect();
    let line = (0..lines.len()).find(|left_out| {
        let mut rest = lines.clone();
        rest[*left_out] = "";
        let rest = rest.join("\n");
        prints_rust(&[(*name, rest.as_str())], template, view)
    });
    ((*name).to_owned(), line.map(|line| line + 1))
}

fn prints_rust(replaced: &[(&str, &str)], template: &str, view: &impl Serialize) -> bool {
    let mut handlebars = Handlebars::new();
    handlebars.register_escape_fn(handlebars::no_escape);
    let built_in = TEMPLATES;
    let all = built_in.iter().chain(replaced);
    let registered = all.map(|(name, text)| register(&mut handlebars, name, text)).all(|done| done.is_ok());
    registered && handlebars.render(template, view).is_ok_and(|printed| check(&printed).is_ok())
}
