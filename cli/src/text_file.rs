use std::path::Path;

use evschema_codegen::{read_at_most, read_inside};
use evschema_model::limits;

/// Reads a text file that is at most as long as a document may be.
pub(crate) fn read_text(path: &Path) -> std::io::Result<String> {
    as_text(read_at_most(path, limits::DOCUMENT_BYTES_MAX)?)
}

/// Like [`read_text`], but returns an error if the path leads out of the tree.
pub(crate) fn read_text_inside(tree: &Path, path: &Path) -> std::io::Result<String> {
    as_text(read_inside(tree, path, limits::DOCUMENT_BYTES_MAX)?)
}

fn as_text(bytes: Vec<u8>) -> std::io::Result<String> {
    String::from_utf8(bytes).map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
}
