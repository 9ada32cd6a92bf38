use std::path::{Path, PathBuf};

/// Returns the root of this repository.
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// Returns the folder of the example schemas.
pub fn schemas() -> PathBuf {
    repository().join("schemas")
}

/// Returns the folder of real-world data; `None` if it does not exist.
///
/// The data is not part of the repository. The variable `EVSCHEMA_CORPORA` contains the path of the folder. Without
/// this variable, the folder is `shared/corpora` beside the repository. If the data is missing, a test prints a
/// message.
pub fn corpora() -> Option<PathBuf> {
    let folder = match std::env::var_os("EVSCHEMA_CORPORA") {
        Some(named) => PathBuf::from(named),
        None => repository().parent()?.join("shared/corpora"),
    };
    folder.is_dir().then_some(folder)
}
