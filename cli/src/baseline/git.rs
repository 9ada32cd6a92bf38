use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use evschema_codegen::read_files;

use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::project::{Project, Schemas};
use crate::terminal::Terminal;

/// Reads the schemas as a commit has them, through the `git` program.
pub(super) fn load(
    reference: &str,
    project: &Project,
    schemas: &Schemas,
    terminal: &mut Terminal,
) -> Result<Baseline, Failure> {
    let git = Git::open(&project.root)?;
    let commit = git.commit(reference, terminal)?;
    let own = Path::new(&project.manifest.schemas);
    let vendor = Path::new(&project.manifest.vendor);
    let blobs = git.blobs(&commit, &[own, vendor])?;
    let files = git.contents(blobs)?;
    if !files.iter().any(|(path, _)| path.starts_with(own)) {
        // A first schema has nothing to break; a wrong folder looks the same and is worth saying.
        let message =
            format!("`{reference}` has no schema in `{}`; every version counts as new", own.display());
        terminal.warn(&message, None);
    }
    let mut tree = read_files(files, &project.manifest.dialects());
    tree.files.retain(|file| file.path.starts_with(own));
    let mut baseline = Baseline::of_tree(format!("`{reference}`"), tree, schemas, terminal)?;
    let gone: Vec<_> = baseline.files.iter().filter(|(at, _)| schemas.source(at).is_none()).collect();
    baseline.removed = git.removed_here(&commit, gone)?.into_iter().cloned().collect();
    Ok(baseline)
}

/// The `git` program in a folder of a repository.
struct Git {
    folder: PathBuf,
}

/// A file of a commit: its id in the object store and its path below the folder.
struct Blob {
    id: String,
    path: PathBuf,
}

impl Git {
    fn open(folder: &Path) -> Result<Self, Failure> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let git = Self { folder: folder.to_owned() };
        if git.text(&["rev-parse", "--is-inside-work-tree"])?.as_deref() == Some("true") {
            return Ok(git);
        }
        Err(Failure::new(format!("`{}` is not in a git repository", folder.display()))
            .help("run the command in a clone, or compare with `--against dir:PATH`"))
    }

    /// Returns the commit that a reference names here, or at the remote it was cloned from.
    fn commit(&self, reference: &str, terminal: &mut Terminal) -> Result<String, Failure> {
        if reference.starts_with('-') {
            return Err(Failure::new(format!("`{reference}` is not the name of a commit")));
        }
        if let Some(commit) = self.find_commit(reference)? {
            return Ok(commit);
        }
        // A pipeline's clone has `origin/main` rather than `main`.
        let at_origin = format!("origin/{reference}");
        if let Some(commit) = self.find_commit(&at_origin)? {
            terminal.detail(format!("`{reference}` is taken from `{at_origin}`"));
            return Ok(commit);
        }
        let name = reference.strip_prefix("origin/").unwrap_or(reference);
        let shallow = self.text(&["rev-parse", "--is-shallow-repository"])?.as_deref() == Some("true");
        let (depth, why) = if shallow { ("--depth=1 ", " (this clone is shallow)") } else { ("", "") };
        Err(Failure::new(format!("git has no `{reference}` here{why}"))
            .help(format!("run `git fetch {depth}origin {name}:refs/remotes/origin/{name}`")))
    }

    fn find_commit(&self, reference: &str) -> Result<Option<String>, Failure> {
        self.text(&["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")])
    }

    /// Lists the files of a commit below these paths, which are relative to the folder.
    fn blobs(&self, commit: &str, paths: &[&Path]) -> Result<Vec<Blob>, Failure> {
        let mut arguments = vec!["ls-tree", "-r", "-z", commit, "--"];
        let paths: Vec<String> = paths.iter().map(|path| format!("{}/", path.display())).collect();
        arguments.extend(paths.iter().map(String::as_str));
        let listed = self.run(&arguments)?;
        if !listed.status.success() {
            return Err(said(&listed));
        }
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let mut blobs: Vec<Blob> = listed.split('\0').filter_map(Blob::of_line).collect();
        blobs.retain(|blob| {
            let name = blob.path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".json") && !name.starts_with('.')
        });
        Ok(blobs)
    }

    /// Reads the content of files, in one go.
    fn contents(&self, blobs: Vec<Blob>) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| cannot_run(&error))?;
        let wanted: String = blobs.iter().map(|blob| format!("{}\n", blob.id)).collect();
        let mut stdin = child.stdin.take();
        // git answers while it is still being asked: another thread asks, so that neither waits.
        let asker = std::thread::spawn(move || stdin.as_mut().map(|pipe| pipe.write_all(wanted.as_bytes())));
        let output = child.wait_with_output().map_err(|error| cannot_run(&error))?;
        let _asked = asker.join();
        let mut rest = output.stdout.as_slice();
        let mut files = Vec::with_capacity(blobs.len());
        for blob in blobs {
            let Some(bytes) = next_content(&mut rest) else {
                return Err(Failure::new(format!(
                    "git cannot read `{}` of that commit",
                    blob.path.display()
                ))
                .help("a partial clone may lack it: run `git fetch --refetch origin`"));
            };
            files.push((blob.path, bytes));
        }
        Ok(files)
    }

    /// Returns which of these files, gone from the tree, were removed here.
    ///
    /// The others came to the reference after this branch left it. Where the common ancestor is
    /// not known, as in a shallow clone, nobody can tell them apart, and none is reported.
    fn removed_here<T>(&self, commit: &str, gone: Vec<(T, &String)>) -> Result<Vec<T>, Failure> {
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let Some(ancestor) = self.text(&["merge-base", commit, "HEAD"])? else { return Ok(Vec::new()) };
        let mut removed = Vec::new();
        for (name, path) in gone {
            if self.text(&["rev-parse", "--verify", "--quiet", &format!("{ancestor}:./{path}")])?.is_some() {
                removed.push(name);
            }
        }
        Ok(removed)
    }

    /// Returns what git prints, without the line's end; `None` when it ends with an error.
    fn text(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        let output = self.run(arguments)?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(output.status.success().then_some(text))
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, Failure> {
        self.command(arguments).stdin(Stdio::null()).output().map_err(|error| cannot_run(&error))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(arguments);
        command
    }
}

impl Blob {
    /// Reads `100644 blob 3b18e5…<tab>schemas/a.b/1.0.0.json`; links and submodules are no files.
    fn of_line(line: &str) -> Option<Self> {
        let (about, path) = line.split_once('\t')?;
        let mut about = about.split(' ');
        let mode = about.next()?;
        (mode.starts_with("100")).then_some(())?;
        Some(Self { id: about.nth(1)?.to_owned(), path: PathBuf::from(path) })
    }
}

/// Takes one answer of `git cat-file --batch`: `<id> blob <bytes>`, a line's end, the content, a
/// line's end.
fn next_content(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let header = std::str::from_utf8(rest.get(..end)?).ok()?;
    let bytes: usize = header.rsplit_once(" blob ")?.1.parse().ok()?;
    let content = rest.get(end + 1..end + 1 + bytes)?.to_vec();
    *rest = rest.get(end + 1 + bytes + 1..)?;
    Some(content)
}

fn said(output: &Output) -> Failure {
    let text = String::from_utf8_lossy(&output.stderr);
    Failure::new(format!("git failed: {}", text.trim().lines().next().unwrap_or("it did not say why")))
}

fn cannot_run(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot run `git`: {}", crate::failure::plain(error)))
        .help("install git, or compare with `--against dir:PATH`")
}
