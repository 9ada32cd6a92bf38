//! Writes and builds the scratch workspace with all types that the benchmark compares.

use std::collections::BTreeSet;
use std::path::PathBuf;

use evschema_codegen::{GenerateError, GeneratedFile, Options, Templates, generate};
use evschema_model::Coordinates;
use serde_json::Value;

use super::choice::Chosen;
use super::{BUILD, Failure, typify};
use crate::compiled_corpus::event_paths;
use crate::corpus::Corpus;
use crate::scratch::{Scratch, runtime};

/// The templates of the plain serde types.
const PLAIN: &[(&str, &str)] = &[
    ("struct.rs.hbs", include_str!("plain/struct.rs.hbs")),
    ("union.rs.hbs", include_str!("plain/union.rs.hbs")),
    ("texts.rs.hbs", include_str!("plain/texts.rs.hbs")),
    ("newtype.rs.hbs", include_str!("plain/newtype.rs.hbs")),
    ("subject.rs.hbs", include_str!("plain/subject.rs.hbs")),
    ("glue.rs.hbs", include_str!("plain/glue.rs.hbs")),
];

/// The crate of the plain types. Its module `plain` replaces the runtime.
const PLAIN_LIB: &str = "//! Plain serde types.\n#![allow(dead_code, unused_imports)]\n\n\
    /// The usual types instead of the types of the runtime.\npub mod plain {\n    \
    pub type Integer = i64;\n    pub type Number = f64;\n    pub type Json = serde_json::Value;\n    \
    pub type Maybe<T> = Option<T>;\n    pub type Map<T> = std::collections::BTreeMap<String, T>;\n}\n\n";

/// The dependency on the `jsonschema` crate with its macro for validators. Cargo cannot resolve version 0.61 of the
/// crate with macros.
const MACRO: &str = "macro-jsonschema = { package = \"jsonschema\", version = \"=0.60.2\", \
    default-features = false, features = [\"macros\"] }\n";

const SERDE: &str = "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";

/// The maximum number of builds. Each build omits the code that did not compile in the previous build.
const ROUNDS_MAX: usize = 6;

/// The paths of the types for one event.
#[derive(Default, Clone)]
struct Paths {
    ours: String,
    /// The borrowed type, if the event contains strings.
    borrowed: Option<String>,
    plain: String,
    typified: Option<String>,
}

/// Generates and compiles all types, and returns the path of the program.
pub(super) fn built(
    corpora: &[(String, Corpus)],
    chosen: &mut [Chosen],
    alone: bool,
) -> Result<PathBuf, Failure> {
    let typified = if alone { Vec::new() } else { typify::generated(chosen.iter().map(|one| &one.row))? };
    let mut left_out = BTreeSet::new();
    for _ in 0..ROUNDS_MAX {
        let mut scratch = Scratch::new("bench")?;
        let paths = write_types(&mut scratch, corpora, chosen)?;
        let paths: Vec<Paths> = paths
            .into_iter()
            .enumerate()
            .map(|(number, paths)| {
                let one = typified.iter().find(|one| one.number == number && one.text.is_some());
                let kept = one.filter(|_| !left_out.contains(&format!("typified/src/t{number}.rs")));
                let root = kept.and_then(|one| one.root.as_ref());
                Paths { typified: root.map(|root| format!("typified::t{number}::{root}")), ..paths }
            })
            .collect();
        for (number, paths) in paths.iter().enumerate() {
            let text = typified.iter().find(|one| one.number == number).and_then(|one| one.text.as_ref());
            if let (Some(_), Some(text)) = (&paths.typified, text) {
                scratch.write(&format!("typified/src/t{number}.rs"), text)?;
            }
        }
        let libraries: Vec<usize> = (0..chosen.len())
            .filter(|number| !alone && !left_out.contains(&format!("library/src/v{number}.rs")))
            .collect();
        for number in &libraries {
            let text = validator(&mut scratch, *number, &chosen[*number].row)?;
            scratch.write(&format!("library/src/v{number}.rs"), &text)?;
        }
        write_program(&mut scratch, &paths, &libraries)?;
        let errors = match scratch.build("bench-program", BUILD)? {
            Ok(program) => return Ok(program),
            Err(errors) => errors,
        };
        let foreign = |file: &str| file.starts_with("typified/src/t") || file.starts_with("library/src/v");
        let bad: Vec<String> =
            errors.iter().map(|error| error.file.clone()).filter(|file| foreign(file)).collect();
        if bad.is_empty() {
            let shown: Vec<&str> = errors.iter().take(10).map(|error| error.message.as_str()).collect();
            return Err(format!("the program does not build:\n{}", shown.join("\n")).into());
        }
        left_out.extend(bad);
    }
    Err("some code of other generators still does not compile".into())
}

/// Writes our types and the plain types, and returns the paths for each chosen type.
fn write_types(
    scratch: &mut Scratch,
    corpora: &[(String, Corpus)],
    chosen: &mut [Chosen],
) -> Result<Vec<Paths>, Failure> {
    let mut paths = vec![Paths::default(); chosen.len()];
    let mut modules = String::new();
    for (number, (name, corpus)) in corpora.iter().enumerate() {
        let ats: Vec<Coordinates> =
            chosen.iter().filter(|one| one.corpus == number).map(|one| one.at.clone()).collect();
        if ats.is_empty() {
            continue;
        }
        let plain = Options {
            templates: Templates {
                folder: "plain".into(),
                texts: PLAIN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
            },
            runtime: "crate::plain".to_owned(),
            ..corpus.options.clone()
        };
        let ours = Options { borrowed: true, ..corpus.options.clone() };
        let ours = generate(&corpus.catalog, &ats, &ours).map_err(first_problem)?;
        let plain = generate(&corpus.catalog, &ats, &plain).map_err(first_problem)?;
        for (package, files) in [("ours", &ours), ("plain", &plain)] {
            for file in files {
                scratch.write(&format!("{package}/src/{name}/{}", file.path), &file.text)?;
            }
        }
        modules.push_str(&format!("pub mod {name};\n"));
        for file in &ours {
            for event in event_paths(file) {
                let mut all = chosen.iter_mut().zip(&mut paths);
                let found = all.find(|(one, _)| one.corpus == number && one.at == event.at);
                if let Some((one, paths)) = found {
                    let subject = file.path.split('/').next().unwrap_or_default();
                    one.buffers = plain
                        .iter()
                        .any(|other| other.path.trim_end_matches(".rs") == subject && buffers(other));
                    let path = event.path();
                    paths.ours = format!("ours::{name}::{path}");
                    paths.plain = format!("plain::{name}::{path}");
                    let borrowed = event.borrowed.as_ref();
                    paths.borrowed = borrowed.map(|of| format!("ours::{name}::{}::{of}", event.module));
                }
            }
        }
    }
    scratch.write("ours/src/lib.rs", &format!("//! Generated types.\n\n{modules}"))?;
    scratch.write("plain/src/lib.rs", &format!("{PLAIN_LIB}{modules}"))?;
    Ok(paths)
}

fn buffers(file: &GeneratedFile) -> bool {
    file.text.contains("#[serde(untagged)]") || file.text.contains("#[serde(flatten)]")
}

/// Writes the schema of a type, and returns the module of its validator.
fn validator(scratch: &mut Scratch, number: usize, row: &Value) -> Result<String, Failure> {
    let mut resources = String::new();
    let path = |at: usize| format!("schemas/{number}-{at}.json");
    scratch.write(&format!("library/{}", path(0)), &row["schema"].to_string())?;
    for (at, resource) in row["resources"].as_array().into_iter().flatten().enumerate() {
        scratch.write(&format!("library/{}", path(at + 1)), &resource[1].to_string())?;
        resources.push_str(&format!("{} => {{ path = {:?} }}, ", resource[0], path(at + 1)));
    }
    let draft = row["draft"].as_str().unwrap_or("Draft202012");
    let resources = if resources.is_empty() { resources } else { format!(", resources = {{ {resources} }}") };
    Ok(format!(
        "#[macro_jsonschema::validator(path = {:?}, draft = {draft}, base_uri = {}, validate_formats = {}{resources}, \
         methods = {{ is_valid = true, validate = false, iter_errors = false }})]\npub struct Validator;\n",
        path(0),
        row["base"],
        row["formats"],
    ))
}

fn write_program(scratch: &mut Scratch, paths: &[Paths], libraries: &[usize]) -> Result<(), Failure> {
    let package = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{dependencies}"
        )
    };
    // If no code uses these dependencies, Cargo need not compile them.
    let library = &format!("serde_json = \"1\"\n{MACRO}");
    let needs = &format!("{SERDE}{}", typify::NEEDS);
    let typified = if paths.iter().all(|paths| paths.typified.is_none()) { "" } else { needs };
    let members = ["ours", "plain", "typified", "library"];
    let ours: String = members.iter().map(|name| format!("{name} = {{ path = \"../{name}\" }}\n")).collect();
    scratch.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"ours\", \"plain\", \"typified\", \"library\", \"program\"]\n\
             [profile.release]\ndebug = \"line-tables-only\"\n",
    )?;
    scratch.write("ours/Cargo.toml", &package("ours", &runtime()))?;
    scratch.write("plain/Cargo.toml", &package("plain", SERDE))?;
    scratch
        .write("library/Cargo.toml", &package("library", if libraries.is_empty() { "" } else { library }))?;
    scratch.write("typified/Cargo.toml", &package("typified", typified))?;
    let modules = |prefix: &str, numbers: Vec<usize>| -> String {
        numbers.iter().map(|n| format!("#[allow(warnings, clippy::all)]\npub mod {prefix}{n};\n")).collect()
    };
    let typified = (0..paths.len()).filter(|n| paths[*n].typified.is_some()).collect();
    scratch.write("typified/src/lib.rs", &format!("//! Typify's types.\n\n{}", modules("t", typified)))?;
    let validators = modules("v", libraries.to_vec());
    scratch.write("library/src/lib.rs", &format!("//! Validators of the macro.\n\n{validators}"))?;
    scratch.write("program/Cargo.toml", &package("bench-program", &format!("{SERDE}{ours}")))?;
    let mut table = String::new();
    for (number, paths) in paths.iter().enumerate() {
        let library = if libraries.contains(&number) {
            format!("Some(library::v{number}::Validator::is_valid)")
        } else {
            "None".to_owned()
        };
        let typified = match &paths.typified {
            Some(path) => format!("Some(read::<{path}>)"),
            None => "None".to_owned(),
        };
        let borrowed = match &paths.borrowed {
            Some(path) => format!("Some(|event| black_box({path}::from_slice(event)).is_ok())"),
            None => "None".to_owned(),
        };
        table.push_str(&format!(
            "    timed!({}, {borrowed}, {}, {library}, {typified}),\n",
            paths.ours, paths.plain
        ));
    }
    let main = include_str!("program/main.rs");
    scratch.write("program/src/main.rs", &format!("{main}\nstatic TYPES: &[Timed] = &[\n{table}];\n"))?;
    scratch.lock()?;
    scratch.sweep()?;
    Ok(())
}

pub(super) fn first_problem(error: GenerateError) -> String {
    error.problems.first().map(|problem| problem.diagnostic.to_string()).unwrap_or_default()
}
