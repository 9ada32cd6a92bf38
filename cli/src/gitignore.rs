//! Keeps the database of a registry out of git, because it contains the digests of tokens and changes with every
//! registration.

use std::path::Path;

use crate::failure::Failure;

/// The name of the file.
pub(crate) const FILE_NAME: &str = ".gitignore";

/// Adds a database and the two additional files of SQLite to the `.gitignore` of a folder, and returns whether the
/// file changed. If `.gitignore` is a symbolic link, the function does not change it.
///
/// # Errors
///
/// If the file cannot be read or written.
pub(crate) fn ignore_database(folder: &Path, name: &str) -> Result<bool, Failure> {
    let path = folder.join(FILE_NAME);
    // A link could lead out of the project. A line break in the name could add another line to the file.
    if path.is_symlink() || name.contains(char::is_control) {
        return Ok(false);
    }
    let mut text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::file("read", &path, &error)),
    };
    let lines: Vec<String> = ["", "-shm", "-wal"].map(|suffix| format!("/{name}{suffix}")).to_vec();
    let missing: Vec<String> =
        lines.into_iter().filter(|line| !text.lines().any(|known| known.trim() == line)).collect();
    if missing.is_empty() {
        return Ok(false);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in missing {
        text.push_str(&line);
        text.push('\n');
    }
    std::fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))?;
    Ok(true)
}

/// Returns whether a folder is in a git work tree.
#[cfg(feature = "server")]
pub(crate) fn is_in_git(folder: &Path) -> bool {
    folder.canonicalize().is_ok_and(|folder| folder.ancestors().any(|above| above.join(".git").exists()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_once_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, "/target\n/a.db").unwrap();
        assert!(ignore_database(folder.path(), "a.db").unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "/target\n/a.db\n/a.db-shm\n/a.db-wal\n");
        assert!(!ignore_database(folder.path(), "a.db").unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("elsewhere");
        std::fs::write(&target, "").unwrap();
        std::os::unix::fs::symlink(&target, folder.path().join(FILE_NAME)).unwrap();
        assert!(!ignore_database(folder.path(), "a.db").unwrap());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "");
    }
}
