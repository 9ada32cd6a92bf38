use std::sync::Arc;

use super::operations::Store;
use super::outcome::{Access, StoreError};
use super::postgres::Postgres;
use super::sqlite::Sqlite;

/// Opens a database by its URL. With [`Access::Write`], this function also updates the tables.
///
/// # Errors
///
/// If the URL has an unknown scheme, the database cannot be used, or a newer version of evschema has updated the
/// tables. With [`Access::ReadOnly`], also returns an error if the tables are from an earlier version.
pub async fn open(url: &str, access: Access) -> Result<Arc<dyn Store>, StoreError> {
    match scheme(url) {
        Some("sqlite") => Ok(Arc::new(Sqlite::open(url, access).await?)),
        Some("postgres" | "postgresql") => Ok(Arc::new(Postgres::open(url, access).await?)),
        _ => Err(StoreError::UnknownDatabase),
    }
}

/// Returns whether the scheme of the URL is known.
pub(crate) fn is_known(url: &str) -> bool {
    matches!(scheme(url), Some("sqlite" | "postgres" | "postgresql"))
}

fn scheme(url: &str) -> Option<&str> {
    url.split_once(':').map(|(scheme, _)| scheme)
}
