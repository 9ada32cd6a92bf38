use std::path::Path;
use std::sync::Arc;

use clap::Args;
use evschema_codegen::Tree;
use evschema_codegen::write_inside;
use evschema_model::{Bump, Coordinates, Pointer, Schema, Subject, Target, Version};

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::project::Project;

/// Start a new version: copy the newest version to a new file with the next version number.
///
/// For a new subject, the command writes a starter schema as version 1.0.0.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The subject, such as `commerce.order.placed`.
    subject: Subject,
    /// The next version changes only annotations.
    #[arg(long, group = "step")]
    patch: bool,
    /// The next version is compatible (the default).
    #[arg(long, group = "step")]
    minor: bool,
    /// The next version breaks readers or writers.
    #[arg(long, group = "step")]
    major: bool,
}

const STARTER: &str = include_str!("../starter/schema.json");

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let root = project.schemas_folder_to_write()?;
        let tree = if root.is_dir() { project.read_tree(&[&root])? } else { Tree::default() };
        let clash = |known: &&Subject| known.folded() == self.subject.folded() && **known != self.subject;
        if let Some(other) = tree.catalog.subjects().find(clash) {
            return Err(Failure::new(format!(
                "`{}` differs from `{other}` only in upper and lower case",
                self.subject
            ))
            .help(format!("choose another name, or add a version to `{other}`")));
        }
        let folder = root.join(self.subject.as_str());
        // If the newest version is not valid, its number would look free.
        if let Some(broken) = tree.files.iter().find(|f| f.schema.is_none() && f.path.starts_with(&folder)) {
            return Err(Failure::new(format!("`{}` cannot be read", broken.path.display()))
                .help("correct the file first; `evschema lint` shows its errors"));
        }
        let newest = newest(&tree, &self.subject);
        let (version, text) = match &newest {
            Some(newest) => {
                let version = newest.at().version.next(self.step());
                let text = renumbered(newest, &version);
                (version, text)
            }
            None => (Version::new(1, 0, 0), STARTER.replace("TITLE", &title(&self.subject))),
        };
        let path = folder.join(format!("{version}.json"));
        if path.exists() {
            return Err(Failure::new(format!("`{}` exists already", path.display())).help("edit the file"));
        }
        write_inside(&root, &path, text).map_err(|error| Failure::file("write", &path, &error))?;
        context.terminal.print(path.display().to_string());
        match newest {
            Some(newest) => {
                let message =
                    format!("copied from {}; edit the new file, and run `evschema check`", newest.at());
                context.terminal.info(message);
                if let Some((referrer, id)) = referrer_by_id(&tree, &newest, &version, &path, &project) {
                    let message = format!(
                        "{referrer} refers to the `$id` `{id}`, which {} and {version} share",
                        newest.at()
                    );
                    let help = format!(
                        "give {version} its own `$id`, or change the `$ref` in {referrer} to `../{}/{}.json`",
                        newest.at().subject,
                        newest.at().version
                    );
                    context.terminal.warn(&message, Some(&help));
                }
            }
            None => {
                context.terminal.info("this is the first version; edit the new file, and run `evschema lint`")
            }
        }
        Ok(Outcome::Clean)
    }

    fn step(&self) -> Bump {
        match (self.patch, self.major) {
            (true, _) => Bump::Patch,
            (_, true) => Bump::Major,
            (false, false) => Bump::Minor,
        }
    }
}

/// Returns the newest version. Returns a pre-release only if all versions are pre-releases.
fn newest(tree: &Tree, subject: &Subject) -> Option<Arc<Schema>> {
    let versions = || tree.catalog.versions(subject).rev();
    versions().find(|s| !s.at().version.is_prerelease()).or_else(|| versions().next()).cloned()
}

/// Returns the text of the schema. If its `$id` contains the old version, the new version replaces the old one there.
fn renumbered(schema: &Schema, version: &Version) -> String {
    let document = schema.document();
    let text = document.text();
    let id = Pointer::root().child(schema.draft().id_keyword());
    let Some(position) = document.position(&id) else { return text.to_owned() };
    let (start, end) = (position.offset as usize, (position.offset + position.bytes) as usize);
    let old = schema.at().version.to_string();
    format!("{}{}{}", &text[..start], text[start..end].replace(&old, &version.to_string()), &text[end..])
}

/// If the copy has the same `$id` as the copied version, and a document refers to this `$id`, returns this document and
/// the `$id`.
fn referrer_by_id(
    tree: &Tree,
    newest: &Schema,
    version: &Version,
    copy: &Path,
    project: &Project,
) -> Option<(Coordinates, String)> {
    let id = newest.id()?;
    let at = Coordinates { subject: newest.at().subject.clone(), version: version.clone() };
    let copy = Schema::read(at, &std::fs::read(copy).ok()?, &project.manifest.dialects()).ok()?;
    let refers = |schema: &&Arc<Schema>| {
        schema.references().iter().any(|reference| reference.target == Target::Identified(id.to_owned()))
    };
    let referrer = tree.catalog.iter().find(refers).filter(|_| copy.id() == Some(id))?;
    Some((referrer.at().clone(), id.to_owned()))
}

/// Returns `Order placed` for `commerce.order.placed`.
fn title(subject: &Subject) -> String {
    let mut parts: Vec<&str> = subject.as_str().split(['.', '-', '_']).filter(|p| !p.is_empty()).collect();
    if 2 < parts.len() {
        parts.remove(0);
    }
    let text = parts.join(" ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
