//! Generates the golden files of the code generator: `codegen/golden/<case>/x.rs` and its side files, beside `x.json`.
//! Also generates those of cases with several versions: `codegen/golden_lines/<case>/shop_order_placed.rs` and its side
//! files, beside `<version>.json`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use evschema_codegen::{Options, generate, newest_of_lines};
use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};

use super::generated::{Files, Generated};

pub(super) fn files(root: &Path) -> Files {
    of_cases(root, "codegen/golden", golden)
}

pub(super) fn files_of_lines(root: &Path) -> Files {
    of_cases(root, "codegen/golden_lines", golden_of_lines)
}

fn of_cases(root: &Path, folder: &str, golden: fn(&Path, &Path) -> Files) -> Files {
    let folder = PathBuf::from(folder);
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
    let mut catalog = Catalog::default();
    insert(&mut catalog, at.clone(), &root.join(case).join("x.json"))?;
    let options = Options {
        borrowed: case.ends_with("borrowed"),
        keep_unknown: case.ends_with("kept"),
        ..Options::default()
    };
    generated(case, &catalog, &[at], &options)
}

fn golden_of_lines(root: &Path, case: &Path) -> Files {
    let subject = Subject::parse("shop.order.placed")?;
    let mut catalog = Catalog::default();
    for entry in fs::read_dir(root.join(case))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(version) = name.strip_suffix(".json") {
            let at = Coordinates { subject: subject.clone(), version: Version::parse(version)? };
            insert(&mut catalog, at, &path)?;
        }
    }
    generated(case, &catalog, &newest_of_lines(&catalog, &subject), &Options::default())
}

fn insert(catalog: &mut Catalog, at: Coordinates, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let wrong = |problem: Option<String>| format!("{}: {}", path.display(), problem.unwrap_or_default());
    let schema = Schema::read(at, &fs::read(path)?, &Dialects::default())
        .map_err(|all| wrong(all.first().map(ToString::to_string)))?;
    catalog.insert(Arc::new(schema))?;
    Ok(())
}

fn generated(case: &Path, catalog: &Catalog, selection: &[Coordinates], options: &Options) -> Files {
    let wrong = |problem: Option<String>| format!("{}: {}", case.display(), problem.unwrap_or_default());
    let files = generate(catalog, selection, options)
        .map_err(|all| wrong(all.problems.first().map(|problem| problem.diagnostic.to_string())))?;
    // The test includes the file of the subject, so it needs no index.
    let files = files.into_iter().filter(|file| file.path != "mod.rs");
    Ok(files.map(|file| Generated { path: case.join(file.path), text: file.text }).collect())
}
