//! Calls of the program `git` that the baseline needs.

use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::failure::{Failure, system_message};
use crate::terminal::Terminal;

/// The program `git`, which runs in the top folder of a repository.
pub(super) struct Git {
    /// The top folder of the repository.
    pub(super) folder: PathBuf,
    /// The path of the project in the repository, from the top folder; it is empty, or ends with a slash.
    pub(super) prefix: String,
}

/// A file of a commit: its name for `git cat-file`, and its path below the folder of the project.
pub(super) struct Blob {
    id: String,
    pub(super) path: PathBuf,
}

impl Git {
    /// Finds the repository that contains a folder.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let inside = Self { folder: folder.to_owned(), prefix: String::new() };
        if inside.text(&["rev-parse", "--is-inside-work-tree"])?.as_deref() == Some("true")
            && let Some(top) = inside.text(&["rev-parse", "--show-toplevel"])?
        {
            let prefix = inside.text(&["rev-parse", "--show-prefix"])?.unwrap_or_default();
            return Ok(Self { folder: top.into(), prefix });
        }
        Err(Failure::new(format!("`{}` is not in a git repository", folder.display()))
            .help("run the command in a clone, or compare with `--against dir:PATH`"))
    }

    /// Returns the commit of a reference in this repository. If this repository lacks the reference, returns the commit
    /// of the same reference at a remote.
    pub(super) fn commit(&self, reference: &str, terminal: &mut Terminal) -> Result<String, Failure> {
        if reference.starts_with('-') {
            return Err(Failure::new(format!("`{reference}` does not name a commit")));
        }
        if let Some(commit) = self.find_commit(reference)? {
            return Ok(commit);
        }
        // The clone of a pipeline often has `origin/main`, but no `main`.
        let remotes = self.remotes()?;
        for remote in &remotes {
            let at_remote = format!("{remote}/{reference}");
            if let Some(commit) = self.find_commit(&at_remote)? {
                terminal
                    .verbose(format!("this repository has no `{reference}`; the check uses `{at_remote}`"));
                return Ok(commit);
            }
        }
        Err(self.missing(reference, remotes.first().map(String::as_str))?)
    }

    /// Returns the failure for a reference that names no commit.
    fn missing(&self, reference: &str, remote: Option<&str>) -> Result<Failure, Failure> {
        let Some(remote) = remote else {
            let failure = Failure::new(format!("this repository has no commit `{reference}`"));
            let branches = self.lines(&["for-each-ref", "--format=%(refname:short)", "refs/heads"])?;
            return Ok(match branches.first() {
                Some(branch) => failure.help(format!(
                    "this repository has no remote; compare with one of its branches ({}), such as \
                     `--against git:{branch}`",
                    quoted(&branches)
                )),
                None => failure.help("this repository has no commit yet; commit the published schemas first"),
            });
        };
        let name = reference.strip_prefix(&format!("{remote}/")).unwrap_or(reference);
        let shallow = self.text(&["rev-parse", "--is-shallow-repository"])?.as_deref() == Some("true");
        let (depth, why) = if shallow { ("--depth=1 ", " (it is a shallow clone)") } else { ("", "") };
        Ok(Failure::new(format!("this repository has no commit `{reference}`{why}"))
            .help(format!("run `git fetch {depth}{remote} {name}:refs/remotes/{remote}/{name}`")))
    }

    /// Returns the names of the remotes, `origin` first.
    fn remotes(&self) -> Result<Vec<String>, Failure> {
        let mut remotes = self.lines(&["remote"])?;
        remotes.sort_by_key(|remote| remote != "origin");
        Ok(remotes)
    }

    fn lines(&self, arguments: &[&str]) -> Result<Vec<String>, Failure> {
        Ok(self.text(arguments)?.unwrap_or_default().lines().map(str::to_owned).collect())
    }

    fn find_commit(&self, reference: &str) -> Result<Option<String>, Failure> {
        self.text(&["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")])
    }

    /// Lists the files of a commit below a folder. The path of this folder is relative to the folder of the project.
    pub(super) fn blobs(&self, commit: &str, prefix: &str, folder: &Path) -> Result<Vec<Blob>, Failure> {
        let Some(full) = normalized(prefix, folder) else { return Ok(Vec::new()) };
        let pathspec = if full.is_empty() { ".".to_owned() } else { format!("{full}/") };
        let listed = self.run(&["ls-tree", "-r", "-z", "--full-tree", commit, "--", &pathspec])?;
        if !listed.status.success() {
            return Err(git_failure(&listed));
        }
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        // `git cat-file --batch` reads one name from each line.
        if let Some(split) = listed.split('\0').find(|line| line.contains('\n')) {
            let path = split.split('\t').nth(1).unwrap_or_default();
            return Err(Failure::new(format!("the commit has a file whose name has a line break: {path:?}"))
                .help("rename the file, or compare with another commit"));
        }
        Ok(listed.split('\0').filter_map(|line| Blob::parse(line, commit, &full, folder)).collect())
    }

    /// Returns the text of a file of a commit; `None` if the commit lacks the file.
    pub(super) fn file(&self, commit: &str, path: &str) -> Result<Option<String>, Failure> {
        let output = self.run(&["cat-file", "blob", &format!("{commit}:{path}")])?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// Reads the content of files with one process.
    pub(super) fn contents(&self, blobs: Vec<Blob>) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
        let mut child = self
            .command(&["cat-file", "--batch", "--follow-symlinks"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| cannot_run(&error))?;
        let wanted: String = blobs.iter().map(|blob| format!("{}\n", blob.id)).collect();
        let mut stdin = child.stdin.take();
        // git writes content before it has read all names. Another thread writes the names. Otherwise, both processes
        // could wait for each other because of a full pipe.
        let writer = std::thread::spawn(move || stdin.as_mut().map(|pipe| pipe.write_all(wanted.as_bytes())));
        let output = child.wait_with_output().map_err(|error| cannot_run(&error))?;
        let _written = writer.join();
        let mut rest = output.stdout.as_slice();
        let mut files = Vec::with_capacity(blobs.len());
        for blob in blobs {
            let Some(bytes) = next_content(&mut rest) else {
                return Err(Failure::new(format!(
                    "git cannot read `{}` in the commit",
                    blob.path.display()
                ))
                .help(
                    "if the clone is partial, run `git fetch --refetch origin`; if the file is a symbolic \
                     link, its target must be in the repository",
                ));
            };
            files.push((blob.path, bytes));
        }
        Ok(files)
    }

    /// Returns the output of git without the line break at its end; `None` if git ends with an error.
    pub(super) fn text(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        let output = self.run(arguments)?;
        if !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("safe.directory") {
            return Err(git_failure(&output).help(
                "git does not read a repository of another user; if you trust the repository, run `git \
                 config --global --add safe.directory` with its path",
            ));
        }
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(output.status.success().then_some(text))
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, Failure> {
        self.command(arguments).stdin(Stdio::null()).output().map_err(|error| cannot_run(&error))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(arguments);
        // With these variables, git does not fetch objects, ask for passwords, or write to the repository.
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "none");
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
        command
    }
}

impl Blob {
    /// Parses `100644 blob 3b18e5…<tab>schemas/a.b/1.0.0.json`; `full` is the path of `folder` in the repository.
    /// A symbolic link counts as a file, because git follows it inside the commit. A submodule does not.
    fn parse(line: &str, commit: &str, full: &str, folder: &Path) -> Option<Self> {
        let (about, path) = line.split_once('\t')?;
        let mut about = about.split(' ');
        let mode = about.next()?;
        let id = about.nth(1)?;
        let id = match mode {
            "120000" => format!("{commit}:{path}"),
            _ if mode.starts_with("100") => id.to_owned(),
            _ => return None,
        };
        let below = Path::new(path).strip_prefix(full).ok()?;
        Some(Self { id, path: folder.join(below) })
    }

    /// Returns whether the file has the name of a schema.
    pub(super) fn is_schema(&self) -> bool {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".json") && !name.starts_with('.')
    }
}

/// Returns the first names of a list in backticks.
fn quoted(names: &[String]) -> String {
    /// The maximum number of names in the list.
    const SHOWN_MAX: usize = 5;
    let more = if names.len() <= SHOWN_MAX { "" } else { ", …" };
    let shown: Vec<String> = names.iter().take(SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    format!("{}{more}", shown.join(", "))
}

/// Converts a path that is relative to a folder into a path in the repository. Returns `None` if the path leads out of
/// the repository.
pub(super) fn normalized(prefix: &str, path: &Path) -> Option<String> {
    let mut parts: Vec<String> =
        prefix.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// Takes the content of one file from the output of `git cat-file --batch`: `<id> blob <bytes>`, a line break, the
/// content, and a line break.
fn next_content(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let header = std::str::from_utf8(rest.get(..end)?).ok()?;
    let bytes: usize = header.rsplit_once(" blob ")?.1.parse().ok()?;
    let content = rest.get(end + 1..end + 1 + bytes)?.to_vec();
    *rest = rest.get(end + 1 + bytes + 1..)?;
    Some(content)
}

/// Returns a failure with the first line that git printed.
fn git_failure(output: &Output) -> Failure {
    let text = String::from_utf8_lossy(&output.stderr);
    Failure::new(format!("git failed: {}", text.trim().lines().next().unwrap_or("git printed no message")))
}

fn cannot_run(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot run `git`: {}", system_message(error)))
        .help("install git, or compare with `--against dir:PATH`")
}
