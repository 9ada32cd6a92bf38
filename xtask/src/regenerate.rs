//! Writes the checked-in files that are generated: references in docs/, goldens, generated code.
//!
//! Everything generated is in [`GENERATORS`], so that one command writes it and one test holds it
//! to be current.

mod command;
mod feed;
mod openapi;
mod templates;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args as ClapArgs;
use evschema_tests::repository;

use crate::TaskResult;

mod goldens;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Writes nothing; exits 1 when a file is not what would be written.
    #[arg(long)]
    check: bool,
}

/// One kind of generated files.
struct Generator {
    /// What it writes, for the summary.
    name: &'static str,
    /// Returns the files with their content, given the root of the repository.
    files: fn(&Path) -> Files,
}

/// The files of one generator, or why they cannot be made.
pub(crate) type Files = Result<Vec<Generated>, Box<dyn std::error::Error>>;

/// One generated file.
pub(crate) struct Generated {
    /// Where it goes, relative to the root of the repository.
    pub(crate) path: PathBuf,
    /// What stands in it.
    pub(crate) text: String,
}

/// Everything generated. Add a line here, and a module that returns the files.
const GENERATORS: &[Generator] = &[
    Generator { name: "goldens of the generator", files: goldens::files },
    Generator { name: "the feed's events", files: feed::files },
    Generator { name: "the OpenAPI document", files: openapi::files },
    Generator { name: "the reference of the command", files: command::files },
    Generator { name: "the model of templates", files: templates::files },
];

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    Ok(if write(args.check)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks that every generated file is current.
pub(crate) fn check() -> Result<(), String> {
    match write(true) {
        Ok(true) => Ok(()),
        Ok(false) => Err("generated files are stale; run `cargo xtask regenerate`".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Writes the files, or only compares them; tells whether they are current now.
#[expect(clippy::print_stdout, reason = "the list of files is what the command is for")]
fn write(only_check: bool) -> Result<bool, Box<dyn std::error::Error>> {
    let root = repository();
    let mut stale = 0;
    let mut current = 0;
    for generator in GENERATORS {
        for file in (generator.files)(&root)? {
            let path = root.join(&file.path);
            if fs::read_to_string(&path).is_ok_and(|there| there == file.text) {
                current += 1;
                continue;
            }
            stale += 1;
            let shown = file.path.display();
            if only_check {
                println!("stale: {shown} ({})", generator.name);
            } else {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(&path, file.text)?;
                println!("wrote {shown} ({})", generator.name);
            }
        }
    }
    println!("{current} generated files were current, {stale} were not");
    Ok(!only_check || stale == 0)
}
