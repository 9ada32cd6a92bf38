mod program;

use std::collections::BTreeMap;
use std::path::Path;

use evschema_codegen::read_files;
use evschema_model::{Coordinates, Manifest, Subject};

use super::versions::Baseline;
use crate::failure::Failure;
use crate::policy_gate::PublishedPolicy;
use crate::project::{Project, Schemas, parse_manifest};
use crate::subject_file::SubjectFile;
use crate::terminal::Terminal;
use program::{Blob, Git, normalized};

/// A commit to compare with, and the common ancestor of this commit and the branch.
pub(super) struct Commit {
    git: Git,
    reference: String,
    root: Root,
    ancestor: Option<Root>,
}

/// The project's folder in a commit.
#[derive(Clone)]
struct Root {
    commit: String,
    /// The path of the folder in the repository; it is empty, or ends with a slash.
    prefix: String,
    manifest: Manifest,
}

/// Finds a commit and reads its policy.
pub(super) fn open(
    reference: &str,
    project: &Project,
    terminal: &mut Terminal,
) -> Result<(Commit, PublishedPolicy), Failure> {
    let git = Git::open(&project.root)?;
    let commit = git.commit(reference, terminal)?;
    let root = git.root(&commit, project, reference, terminal)?;
    let ancestor = match git.text(&["merge-base", &commit, "HEAD"])? {
        None => None,
        Some(ancestor) if ancestor == commit => Some(root.clone()),
        Some(ancestor) => Some(git.root(&ancestor, project, reference, terminal)?),
    };
    if root.manifest.schemas != project.manifest.schemas {
        terminal.info(format!(
            "the schemas folder is `{}` in `{reference}` and `{}` in this tree; the check compares the \
             versions of both folders",
            root.manifest.schemas, project.manifest.schemas
        ));
    }
    let name = format!("`{reference}`");
    let mut policy = git.policy(&root, &name)?;
    if let Some(ancestor) = ancestor.as_ref().filter(|ancestor| ancestor.commit != root.commit) {
        policy.before = Some(Box::new(git.policy(ancestor, &name)?));
    }
    Ok((Commit { git, reference: reference.to_owned(), root, ancestor }, policy))
}

/// Reads the schemas of a commit with the program `git`.
pub(super) fn load(
    Commit { git, reference, root, ancestor }: &Commit,
    project: &Project,
    schemas: &Schemas,
    terminal: &mut Terminal,
) -> Result<Baseline, Failure> {
    let own = Path::new(&root.manifest.schemas);
    let mut blobs = Vec::new();
    for folder in [own, Path::new(&root.manifest.vendor)] {
        blobs.extend(git.blobs(&root.commit, &root.prefix, folder)?.into_iter().filter(Blob::is_schema));
    }
    let files = git.contents(blobs)?;
    if !files.iter().any(|(path, _)| path.starts_with(own)) {
        // A commit without schemas is correct if it is older than the first schema. But the folder may also be wrong,
        // so the command prints a warning.
        let message = format!(
            "`{reference}` has no schema in `{}`, so the check treats every version as new",
            own.display()
        );
        terminal.warn(&message, None);
    }
    let mut tree = read_files(files, &project.manifest.dialects());
    tree.files.retain(|file| file.path.starts_with(own));
    let mut baseline = Baseline::from_tree(format!("`{reference}`"), tree, schemas, terminal)?;
    // Without a common ancestor, as in a shallow clone, the check cannot know which side added or removed a version.
    let Some(ancestor) = ancestor else { return Ok(baseline) };
    for schema in baseline.catalog.iter() {
        let at = schema.at();
        let is_same = schemas.source(at).is_some_and(|own| own.schema.digest() == schema.digest());
        if is_same || !baseline.files.contains_key(at) {
            continue;
        }
        let is_in_ancestor = git.has_version(ancestor, at)?;
        match (schemas.source(at).is_some(), is_in_ancestor) {
            // The branch removed this version. A missing version that is not in the ancestor is different: the baseline
            // added it after the branch started.
            (false, true) => baseline.removed.push(at.clone()),
            (true, false) => {
                baseline.taken.insert(at.clone());
            }
            (true, true) | (false, false) => {}
        }
    }
    Ok(baseline)
}

impl Git {
    /// Finds the project in a commit: in the same folder, or in the folder that its manifest was moved from.
    fn root(
        &self,
        commit: &str,
        project: &Project,
        reference: &str,
        terminal: &mut Terminal,
    ) -> Result<Root, Failure> {
        let name = project.manifest_name.to_string_lossy();
        let mut prefix = self.prefix.clone();
        let mut text = self.file(commit, &format!("{prefix}{name}"))?;
        if text.is_none() {
            let listed = self.text(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit])?;
            let listed = listed.unwrap_or_default();
            let is_manifest = |path: &&str| {
                *path == name || path.strip_suffix(&*name).is_some_and(|rest| rest.ends_with('/'))
            };
            // A manifest that still exists in this tree belongs to another project.
            let gone: Vec<&str> = listed
                .split('\0')
                .filter(is_manifest)
                .filter(|path| !self.folder.join(path).exists())
                .collect();
            match gone.as_slice() {
                [] => {}
                [moved] => {
                    terminal.verbose(format!("the manifest of this project is `{moved}` in `{reference}`"));
                    text = self.file(commit, moved)?;
                    prefix = moved.strip_suffix(&*name).unwrap_or_default().to_owned();
                }
                [_, _, ..] => {
                    return Err(Failure::new(format!(
                        "`{reference}` has the manifests {}, but this tree has none of them",
                        gone.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
                    ))
                    .help(
                        "move only one manifest in each change; otherwise the check cannot find the baseline \
                         of each project",
                    ));
                }
            }
        }
        let manifest = match text {
            Some(text) => parse_manifest(&text, &format!("{reference}:{prefix}{name}"))?,
            None => Manifest::default(),
        };
        Ok(Root { commit: commit.to_owned(), prefix, manifest })
    }

    /// Reads the policy of the project in a commit.
    fn policy(&self, root: &Root, name: &str) -> Result<PublishedPolicy, Failure> {
        let mut subjects = BTreeMap::new();
        let mut files = Vec::new();
        for blob in self.blobs(&root.commit, &root.prefix, Path::new(&root.manifest.schemas))? {
            let folder = blob.path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
            if let Some(subject) = folder.and_then(|folder| Subject::parse(folder).ok()) {
                subjects.entry(subject).or_insert_with(SubjectFile::default);
            }
            if blob.path.file_name().is_some_and(|file| file == SubjectFile::NAME) {
                files.push(blob);
            }
        }
        for (path, bytes) in self.contents(files)? {
            let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
            if let Some(subject) = folder.and_then(|folder| Subject::parse(folder).ok()) {
                subjects.insert(subject, SubjectFile::parse(&String::from_utf8_lossy(&bytes), &path)?);
            }
        }
        let manifest = Some(root.manifest.clone());
        Ok(PublishedPolicy { name: name.to_owned(), manifest, subjects, ..PublishedPolicy::default() })
    }

    /// Returns whether a commit has a version.
    fn has_version(&self, root: &Root, at: &Coordinates) -> Result<bool, Failure> {
        let file =
            Path::new(&root.manifest.schemas).join(at.subject.as_str()).join(format!("{}.json", at.version));
        let Some(full) = normalized(&root.prefix, &file) else { return Ok(false) };
        let found = self.text(&["rev-parse", "--verify", "--quiet", &format!("{}:{full}", root.commit)])?;
        Ok(found.is_some())
    }
}
