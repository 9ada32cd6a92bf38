use std::path::Path;

use clap::Args;
use evschema_model::Manifest;

use crate::context::Context;
use crate::failure::Failure;
use crate::gitignore;
use crate::outcome::Outcome;

/// Write a starter `evschema.toml`, a `.gitignore`, and the folder for schemas.
#[derive(Debug, Args)]
pub(crate) struct Arguments {}

/// The default database of `evschema serve`.
const DATABASE: &str = "evschema.db";

const STARTER: &str = include_str!("../starter/evschema.toml");

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let path = context.global.manifest.as_deref().unwrap_or(Path::new(Manifest::FILE_NAME));
        if path.exists() {
            return Err(Failure::new(format!("`{}` exists already", path.display()))
                .help("edit the file, or remove it first"));
        }
        std::fs::write(path, STARTER).map_err(|error| Failure::file("write", path, &error))?;
        let schemas = path.with_file_name(Manifest::default().schemas);
        std::fs::create_dir_all(&schemas).map_err(|error| Failure::file("create", &schemas, &error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_ignored = gitignore::ignore_database(folder, DATABASE)?;
        let ignored = folder.join(gitignore::FILE_NAME);
        let ignored = if is_ignored { format!(", {}", ignored.display()) } else { String::new() };
        context.terminal.info(format!("wrote {}{ignored} and {}/", path.display(), schemas.display()));
        context.terminal.info("next: run `evschema new SUBJECT`, edit the schema, and run `evschema check`");
        Ok(Outcome::Clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_contains_the_defaults() {
        assert_eq!(Manifest::parse(STARTER).unwrap(), Manifest::default());
    }
}
