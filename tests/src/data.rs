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
/// The data is not part of the repository: `EVSCHEMA_CORPORA` names its folder; by default, this is `shared/corpora`
/// beside the repository. A test prints a message if the data is missing.
pub fn corpora() -> Option<PathBuf> {
    let folder = match std::env::var_os("EVSCHEMA_CORPORA") {
        Some(named) => PathBuf::from(named),
        None => repository().parent()?.join("shared/corpora"),
    };
    folder.is_dir().then_some(folder)
}
