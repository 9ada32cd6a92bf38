//! Reads and writes files inside a folder. A link in the folder may lead to another file of the folder, but not out of
//! the folder.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// Returns an error if a path is outside a folder, or leads out of the folder through a link. If the path does not
/// exist yet, the function checks the place where the file would be created.
///
/// # Errors
///
/// If the path leads out of the folder, or if the folder or a link cannot be read.
pub fn stays_inside(folder: &Path, path: &Path) -> io::Result<()> {
    let folder = true_path(folder)?;
    let there = true_path(path)?;
    if there.starts_with(&folder) {
        return Ok(());
    }
    let message = format!("the path leads out of `{}` to `{}`", folder.display(), there.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
}

/// Reads a file in a folder. The file may have at most `bytes_max` bytes.
///
/// # Errors
///
/// If the path leads out of the folder, or if the file is longer or cannot be read.
pub fn read_inside(folder: &Path, path: &Path, bytes_max: usize) -> io::Result<Vec<u8>> {
    stays_inside(folder, path)?;
    read_at_most(path, bytes_max)
}

/// Reads a file with at most `bytes_max` bytes. If the file is longer, the function stops at this limit.
///
/// # Errors
///
/// If the file is longer or cannot be read, or if the path is not a file.
pub fn read_at_most(path: &Path, bytes_max: usize) -> io::Result<Vec<u8>> {
    let too_long = || {
        let message = format!("the file is longer than {bytes_max} bytes");
        io::Error::new(io::ErrorKind::FileTooLarge, message)
    };
    let is_file = |about: &Metadata| {
        let no_file = || io::Error::new(io::ErrorKind::InvalidInput, "the path is not a file");
        about.is_file().then_some(()).ok_or_else(no_file)
    };
    // A pipe may never end, and opening a pipe waits for its writer.
    is_file(&std::fs::metadata(path)?)?;
    let file = std::fs::File::open(path)?;
    let about = file.metadata()?;
    is_file(&about)?;
    if (bytes_max as u64) < about.len() {
        return Err(too_long());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0));
    file.take(bytes_max as u64 + 1).read_to_end(&mut bytes)?;
    if bytes_max < bytes.len() {
        return Err(too_long());
    }
    Ok(bytes)
}

/// Writes a file in a folder. Creates the missing parent folders of the file.
///
/// # Errors
///
/// If the path leads out of the folder, or if the file cannot be written.
pub fn write_inside(folder: &Path, path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    stays_inside(folder, path)?;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, bytes)
}

/// Returns the path without links. The last parts of the path may not exist. The function also follows a link whose
/// target does not exist.
fn true_path(path: &Path) -> io::Result<PathBuf> {
    /// Maximum number of links that the function follows.
    const LINKS_MAX: usize = 40;
    // An empty path is the current folder.
    let mut there = std::path::absolute(Path::new(".").join(path))?;
    for _ in 0..LINKS_MAX {
        let (known, rest) = known_part(&there)?;
        let Some(next) = rest.components().next() else { return Ok(known) };
        let link = known.join(next);
        // This path does not exist, or it is a link whose target does not exist. A write through such a link would
        // create the target.
        let Ok(target) = std::fs::read_link(&link) else { return Ok(normal(&known.join(rest))) };
        let below = rest.components().skip(1);
        there = normal(&known.join(target)).join(below.collect::<PathBuf>());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "the path has too many symbolic links"))
}

/// Returns the part of a path that exists, with its links resolved, and the rest of the path.
fn known_part(path: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let mut known = path;
    loop {
        match known.canonicalize() {
            Ok(canonical) => {
                let rest = path.strip_prefix(known).unwrap_or(Path::new(""));
                return Ok((canonical, rest.to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => match known.parent() {
                Some(parent) => known = parent,
                None => return Err(error),
            },
            Err(error) => return Err(error),
        }
    }
}

/// Returns an absolute path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => normal.push(part),
        }
    }
    normal
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_work_inside_the_folder_but_not_out_of_it() {
        let all = std::env::temp_dir().join(format!("evschema-inside-{}", std::process::id()));
        let (tree, outside) = (all.join("tree"), all.join("outside"));
        std::fs::create_dir_all(tree.join("a")).unwrap();
        std::fs::create_dir_all(&outside).unwrap();
        std::fs::write(tree.join("a/real"), "1").unwrap();
        std::fs::write(outside.join("secret"), "2").unwrap();
        symlink("real", tree.join("a/link")).unwrap();
        symlink(outside.join("secret"), tree.join("a/leak")).unwrap();
        symlink(outside.join("new"), tree.join("a/dangling")).unwrap();
        symlink("../../outside/new", tree.join("a/relative")).unwrap();
        symlink(&outside, tree.join("folder")).unwrap();
        symlink("loop", tree.join("loop")).unwrap();
        assert_eq!(read_inside(&tree, &tree.join("a/link"), 10).unwrap(), b"1");
        for leak in ["a/leak", "a/dangling", "a/relative", "folder/secret", "folder/new", "a/../../outside/x"]
        {
            assert!(read_inside(&tree, &tree.join(leak), 10).is_err(), "{leak}");
            assert!(write_inside(&tree, &tree.join(leak), "3").is_err(), "{leak}");
        }
        assert!(write_inside(&tree, &tree.join("loop/x"), "3").is_err());
        assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"2");
        assert!(!outside.join("new").exists());
        write_inside(&tree, &tree.join("b/c/new"), "4").unwrap();
        write_inside(&tree, &tree.join("a/link"), "5").unwrap();
        assert_eq!(std::fs::read(tree.join("a/real")).unwrap(), b"5");
        let too_long = read_at_most(&tree.join("b/c/new"), 0).unwrap_err();
        assert_eq!(too_long.kind(), io::ErrorKind::FileTooLarge);
        std::fs::remove_dir_all(&all).unwrap();
    }
}
