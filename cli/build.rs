//! Embeds the example schemas, so that an installed `evschema demo` needs no checkout.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::{env, io};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("schemas");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut list = String::from("&[\n");
    for subject in sorted(&root)?.into_iter().filter(|path| path.is_dir()) {
        for file in sorted(&subject)? {
            if file.extension().is_some_and(|extension| extension == "json") {
                let path = file.canonicalize()?;
                let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
                let _infallible =
                    writeln!(list, "    ({name:?}, include_str!({:?})),", path.display().to_string());
            }
        }
    }
    list.push(']');
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("examples.rs");
    fs::write(out, list)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    entries.sort();
    Ok(entries)
}
