//! Generates the golden files of the code generator: `codegen/golden/<case>/x.rs` beside `x.json`.

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
    cases.into_iter().map(|case| golden(root, &case)).collect()
}

fn golden(root: &Path, case: &Path) -> Result<Generated, Box<dyn std::error::Error>> {
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
    let file = files.into_iter().find(|file| file.path == "x.rs").ok_or_else(|| first(None))?;
    Ok(Generated { path: case.join("x.rs"), text: file.text })
}
