//! Generates the golden files of the code generator: `codegen/golden/<case>/x.rs` and its side files, beside `x.json`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evschema_codegen::{Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};

use super::generated::{Files, Generated};

pub(super) fn files(root: &Path) -> Files {
    let folder = PathBuf::from("codegen/golden");
    let mut cases: Vec<PathBuf> = fs::read_dir(root.join(&folder))?
        .map(|entry| entry.map(|e| folder.join(e.file_name())))
        .collect::<Result<_, _>>()?;
    cases.sort();
    let mut files = Vec::new();
    for case in cases {
        files.extend(golden(root, &case)?);
    }
    Ok(files)
}

fn golden(root: &Path, case: &Path) -> Files {
    let at = Coordinates { subject: Subject::parse("x")?, version: Version::new(1, 0, 0) };
    let bytes = fs::read(root.join(case).join("x.json"))?;
    let first = |problem: Option<String>| format!("{}: {}", case.display(), problem.unwrap_or_default());
    let schema = Schema::read(at.clone(), &bytes, &Dialects::default())
        .map_err(|wrong| first(wrong.first().map(ToString::to_string)))?;
    let mut catalog = Catalog::default();
    catalog.insert(Arc::new(schema))?;
    let options = Options {
        borrowed: case.ends_with("borrowed"),
        keep_unknown: case.ends_with("kept"),
        ..Options::default()
    };
    let files = generate(&catalog, &[at], &options)
        .map_err(|wrong| first(wrong.problems.first().map(|problem| problem.diagnostic.to_string())))?;
    // The test includes the file of the subject, so it needs no index.
    let files = files.into_iter().filter(|file| file.path != "mod.rs");
    Ok(files.map(|file| Generated { path: case.join(file.path), text: file.text }).collect())
}
