/// The subject of uploaded files.
pub(super) const UPLOADED: &str = "files.uploaded";

/// The bucket of uploaded files.
pub(super) const UPLOADS: &str = "uploads";

/// The bucket of smaller pictures.
pub(super) const RENDITIONS: &str = "renditions";
