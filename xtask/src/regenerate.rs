//! Writes the generated files of the repository: references in docs/, golden files, and generated code.
//!
//! [`GENERATORS`] lists all generators. One command writes their files, and one test checks that they are current.

mod command;
mod feed;
mod generated;
mod goldens;
mod openapi;
mod templates;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use evschema_tests::repository;

use crate::task_result::TaskResult;
use generated::Files;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Writes nothing. Exits with code 1 if a file is stale.
    #[arg(long)]
    check: bool,
}

/// A generator of files.
struct Generator {
    /// The kind of files, for the summary.
    name: &'static str,
    /// Returns the files. The argument is the root of the repository.
    files: fn(&Path) -> Files,
}

/// All generators. To add a generator, write a module that returns its files, and add a line here.
const GENERATORS: &[Generator] = &[
    Generator { name: "goldens of the generator", files: goldens::files },
    Generator { name: "goldens of several versions", files: goldens::files_of_lines },
    Generator { name: "the feed's events", files: feed::files },
    Generator { name: "the dead letter", files: feed::files_of_consumers },
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

/// Writes the generated files, or only compares them. Returns whether the files are current afterwards.
#[expect(clippy::print_stdout, reason = "the list of files is the output of the command")]
fn write(only_check: bool) -> Result<bool, Box<dyn std::error::Error>> {
    let root = repository();
    let mut stale = 0;
    let mut current = 0;
    for generator in GENERATORS {
        for file in (generator.files)(&root)? {
            let path = root.join(&file.path);
            if fs::read_to_string(&path).is_ok_and(|text| text == file.text) {
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
