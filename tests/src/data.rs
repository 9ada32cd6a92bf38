use std::path::{Path, PathBuf};

/// Returns the root of this repository.
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// Returns the tree of example schemas.
pub fn schemas() -> PathBuf {
    repository().join("schemas")
}

/// Returns the folder of real-world data to measure against, if it is there.
///
/// It is no part of the repository: `EVSCHEMA_CORPORA` names it, or else it stands beside the
/// repository as `shared/corpora`. A test that needs it says plainly when it is absent.
pub fn corpora() -> Option<PathBuf> {
    let folder = match std::env::var_os("EVSCHEMA_CORPORA") {
        Some(named) => PathBuf::from(named),
        None => repository().parent()?.join("shared/corpora"),
    };
    folder.is_dir().then_some(folder)
}
