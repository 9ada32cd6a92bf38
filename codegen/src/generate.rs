use evschema_model::graph::DocumentId;
use evschema_model::{Catalog, Code, Coordinates, Diagnostic, Formats, Position};

use crate::defaults::defaults;
use crate::disk::Problem;
use crate::generate_error::GenerateError;
use crate::opened::{closure, opened};
use crate::options::{GeneratedFile, Options, Templates};
use crate::plan::{Planner, modules, not_identifiers};
use crate::program::link;
use crate::render::{Input, PrintError, render};
use crate::upcast::upcasts;

/// Returns generated Rust for these versions and all documents that they refer to.
///
/// The function is pure: the same input gives the same bytes on every machine.
///
/// # Errors
///
/// If a problem prevents the generation of a version. The error has all such problems.
pub fn generate(
    catalog: &Catalog,
    selection: &[Coordinates],
    options: &Options,
) -> Result<Vec<GeneratedFile>, GenerateError> {
    let (documents, events) = opened(catalog, selection, options.formats)?;
    let ids = closure(&documents, &events);
    let mut planner = Planner::new(&documents, options.keep_unknown);
    planner.borrows(options.borrowed);
    planner.request(&options.types, &ids);
    for event in &events {
        planner.add_event(*event);
    }
    let problems = planner.request_problems();
    if !problems.is_empty() {
        return Err(GenerateError::new(problems));
    }
    let programs = link(&mut planner, &ids);
    let plan = planner.finish();
    let wrong = not_identifiers(&plan);
    if !wrong.is_empty() {
        let problem =
            |(document, name): (DocumentId, String)| of_name(documents.schema(document).at(), &name);
        return Err(GenerateError::new(wrong.into_iter().map(problem).collect()));
    }
    let modules = modules(&documents, &ids, &events);
    let upcasts = upcasts(catalog, &documents, &plan, options.formats);
    let defaults = defaults(catalog, &documents, &plan, options.formats);
    let input = Input {
        documents: &documents,
        plan: &plan,
        programs: &programs,
        modules: &modules,
        upcasts: &upcasts,
        defaults: &defaults,
    };
    render(&input, options).map_err(|error| GenerateError::new(vec![of_template(&error, &options.templates)]))
}

fn of_name(at: &Coordinates, name: &str) -> Problem {
    let message = format!("the name `{}` is not an identifier of Rust", name.escape_debug());
    let diagnostic = Diagnostic::new(Code::BadSetting, message).help("choose another name");
    Problem { path: format!("{}/{}.json", at.subject, at.version).into(), diagnostic }
}

fn of_template(error: &PrintError, templates: &Templates) -> Problem {
    let file = format!("{}.hbs", error.template);
    let text = templates.texts.get(&file).map_or("", String::as_str);
    let position = error.line.map(|line| {
        let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
        let start: usize = lines.map(str::len).sum();
        let rest = text.get(start..).unwrap_or_default();
        Position::of(text, start, rest.lines().next().map_or(0, str::len))
    });
    let diagnostic = Diagnostic::new(Code::BadTemplate, error.to_string())
        .position(position)
        .help("correct the template, or remove it to use the built-in one");
    Problem { path: templates.folder.join(file), diagnostic }
}

/// The linked form of a document. The runtime checks events with this form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The document.
    pub at: Coordinates,
    /// The text for `evschema_runtime::Program`.
    pub text: String,
    /// The documents that this document refers to, as positions in the list that [`linked`] returns.
    pub links: Vec<usize>,
    /// The number of the node for the document's root.
    pub root: u32,
}

/// Returns the linked forms of these versions and all documents that they refer to, without generated types. Tools use
/// the linked forms to check events of schemas that are unknown at compile time.
///
/// # Errors
///
/// If a problem prevents the linking of a version. The error has all such problems.
pub fn linked(
    catalog: &Catalog,
    selection: &[Coordinates],
    formats: Formats,
) -> Result<Vec<Linked>, GenerateError> {
    let (documents, events) = opened(catalog, selection, formats)?;
    let ids = closure(&documents, &events);
    let programs = link(&mut Planner::new(&documents, false), &ids);
    let position = |id: &DocumentId| programs.keys().position(|known| known == id);
    let linked = programs.iter().map(|(id, program)| Linked {
        at: documents.schema(*id).at().clone(),
        text: program.text.clone(),
        links: program.links.iter().filter_map(position).collect(),
        root: u32::try_from(program.root).unwrap_or(u32::MAX),
    });
    Ok(linked.collect())
}
