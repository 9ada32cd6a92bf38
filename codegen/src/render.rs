//! Prints a plan: builds the view, runs the templates, and formats the code.

mod any;
mod blame;
mod constructors;
mod literals;
mod printer;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::graph::{DocumentId, Documents};
use evschema_model::{Formats, Subject};

use crate::defaults::Defaults;
use crate::options::{GeneratedFile, Layout, Options};
use crate::plan::{Borrowed, Module, Plan, TypeRef};
use crate::program::{PROGRAM_FORMAT, Program};
use crate::text::{doc_lines, literal};
use crate::upcast::Versions;
use crate::view;

pub(crate) use printer::{PrintError, Printer};

/// All that is printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a, 'c> {
    pub(crate) documents: &'a Documents<'c>,
    pub(crate) plan: &'a Plan,
    pub(crate) programs: &'a BTreeMap<DocumentId, Program>,
    pub(crate) modules: &'a BTreeMap<DocumentId, Module>,
    pub(crate) upcasts: &'a BTreeMap<Subject, Versions>,
    pub(crate) defaults: &'a Defaults,
}

/// Returns all files of a plan.
///
/// # Errors
///
/// If a template is wrong, or if its output is not Rust.
pub(crate) fn render(input: &Input<'_, '_>, options: &Options) -> Result<Vec<GeneratedFile>, PrintError> {
    let Input { documents, plan, programs, modules, upcasts, defaults } = *input;
    let printer = Printer::new(&options.templates)?;
    let mut subjects: BTreeMap<&str, BTreeSet<(&Module, DocumentId)>> = BTreeMap::new();
    for (id, module) in modules {
        subjects.entry(&module.subject).or_default().insert((module, *id));
    }
    let borrowed = options.borrowed.then(|| Borrowed::of(plan));
    let types =
        types::Types { documents, plan, programs, modules, options, borrowed: borrowed.as_ref(), defaults };
    let mut files = Vec::new();
    let mut index = view::Index { included: options.layout == Layout::Included, modules: Vec::new() };
    for (subject, versions) in subjects {
        let mut file = view::File { versions: Vec::new(), any: None };
        let mut beside = Vec::new();
        for (module, id) in versions {
            let schema = documents.schema(id);
            let program = programs.get(&id);
            let version = version(&types, program, id, module);
            let path = |kind: &str| format!("{subject}/{}.{kind}", module.version);
            let glue = headed(&printer.print("glue.rs", &version)?);
            beside.push(GeneratedFile { path: path("glue.rs"), text: glue });
            let program = program.map(|program| program.text.clone()).unwrap_or_default();
            beside.push(GeneratedFile { path: path("program.json"), text: program });
            let text = schema.document().text().to_owned();
            beside.push(GeneratedFile { path: path("schema.json"), text });
            if index.modules.last().is_none_or(|entry| entry.name != subject) {
                index.modules.push(view::IndexEntry {
                    name: subject.to_owned(),
                    docs: doc_lines(&format!("The versions of `{}`.", schema.at().subject)),
                    path: literal(&format!("{subject}.rs")),
                });
            }
            file.versions.push(version);
            file.any =
                upcasts.get(&schema.at().subject).and_then(|versions| any::any(&types, subject, versions));
        }
        if let Some(any) = &file.any {
            let glue = headed(&printer.print("any_glue.rs", any)?);
            beside.push(GeneratedFile { path: format!("{subject}/any.glue.rs"), text: glue });
        }
        let code = printer.print("subject.rs", &file)?;
        files.push(GeneratedFile { path: format!("{subject}.rs"), text: headed(&code) });
        files.append(&mut beside);
    }
    let path = match options.layout {
        Layout::Modules => "mod.rs",
        Layout::Included => "events.rs",
    };
    let code = printer.print("index.rs", &index)?;
    files.insert(0, GeneratedFile { path: path.to_owned(), text: headed(&code) });
    Ok(files)
}

/// Returns the view of a version.
fn version(
    types: &types::Types<'_, '_>,
    program: Option<&Program>,
    id: DocumentId,
    module: &Module,
) -> view::Version {
    let printed = types.of(id);
    let beside = |kind: &str| literal(&format!("{}.{kind}", module.version));
    view::Version {
        module: module.version.clone(),
        attributes: deprecation(types.options.deprecated.get(types.documents.schema(id).at())),
        docs: vec![format!("Version {}.", types.documents.schema(id).at().version)],
        runtime: types.options.runtime.clone(),
        uses: types.uses(id),
        aliases: types.aliases(id),
        textless: types.textless(&printed),
        types: printed,
        glue: literal(&format!("{}/{}.glue.rs", module.subject, module.version)),
        generator: literal(env!("CARGO_PKG_VERSION")),
        program_format: PROGRAM_FORMAT,
        document: document(types, program, id, beside("schema.json"), beside("program.json")),
    }
}

/// Returns a type in Rust syntax, for use in the module of a document.
pub(crate) fn type_text(
    documents: &Documents<'_>,
    plan: &Plan,
    modules: &BTreeMap<DocumentId, Module>,
    value: &TypeRef,
    home: DocumentId,
) -> String {
    let programs = BTreeMap::new();
    let options = Options::default();
    let defaults = Defaults::new();
    types::Types {
        documents,
        plan,
        programs: &programs,
        modules,
        options: &options,
        borrowed: None,
        defaults: &defaults,
    }
    .named_in(home, value)
}

/// Returns the attribute of a deprecated version. A reason becomes its note.
fn deprecation(reason: Option<&String>) -> Vec<String> {
    match reason.map(|reason| reason.trim()) {
        None => Vec::new(),
        Some("") => vec!["#[deprecated]".to_owned()],
        Some(reason) => vec![format!("#[deprecated(note = {})]", literal(reason))],
    }
}

fn headed(code: &str) -> String {
    format!("// Generated by evschema from event schemas. Edit the schemas, not this file.\n\n{code}")
}

fn document(
    types: &types::Types<'_, '_>,
    program: Option<&Program>,
    id: DocumentId,
    schema_path: String,
    program_path: String,
) -> view::Document {
    let schema = types.documents.schema(id);
    let resources = types.documents.resources(id);
    view::Document {
        base: literal(&schema.base_uri()),
        draft: format!("{:?}", schema.draft()),
        references: resources
            .into_iter()
            .filter_map(|(uri, other)| {
                Some(view::DocumentReference { uri: literal(&uri), path: types.path(id, other, "DOCUMENT")? })
            })
            .collect(),
        asserts_formats: types.options.formats == Formats::Assert,
        needs_idn: program.is_some_and(|program| program.needs_idn),
        schema: schema_path,
        program: program_path,
        links: program
            .into_iter()
            .flat_map(|program| &program.links)
            .filter_map(|other| types.path(id, *other, "PROGRAM"))
            .collect(),
        root: program.map_or(0, |program| program.root),
    }
}
