//! What can be told of a start without starting: nothing is made, changed, or asked over a network.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, query_scalar};

use crate::{Config, StartError};

/// Whether a database has a token, as far as can be told without starting on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// It has, though it may be revoked.
    Some,
    /// It has none, or is not there yet.
    None,
    /// Nobody has looked: the database is a server, or lets nobody read it now.
    Unknown,
}

impl Config {
    /// Refuses what a registry would refuse to start with, and tells whether its database has a token. The address is
    /// not listened on, a file is opened for reading only, and a server is not connected to.
    ///
    /// # Errors
    ///
    /// As [`Config::check`], and when anybody could write from anywhere.
    pub async fn rehearse(&self) -> Result<Tokens, StartError> {
        self.check()?;
        let tokens = tokens(&self.database).await;
        if tokens == Tokens::None {
            self.check_without_tokens()?;
        }
        Ok(tokens)
    }
}

/// Returns the folder of a database's file, if the one is in no folder that is there.
pub(crate) fn missing_folder(database: &str) -> Option<PathBuf> {
    let folder = file_of(database)?.parent()?.to_owned();
    let is_here = folder.as_os_str().is_empty() || folder.is_dir();
    (!is_here).then_some(folder)
}

async fn tokens(database: &str) -> Tokens {
    if is_memory(database) {
        return Tokens::None;
    }
    let Some(file) = file_of(database) else { return Tokens::Unknown };
    if !file.exists() {
        return Tokens::None;
    }
    // What cannot be read is for the start to complain about, which says more of it.
    look(&file).await.unwrap_or(Tokens::Unknown)
}

async fn look(file: &Path) -> Result<Tokens, sqlx::Error> {
    let beside = |suffix: &str| {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path).exists()
    };
    // Where nobody has the file open, SQLite would make the two files that processes share, as whoever looks here:
    // perhaps not whom the registry runs as.
    let is_still = !beside("-wal");
    if !is_still && !beside("-shm") {
        return Ok(Tokens::Unknown);
    }
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(is_still);
    let mut connection: SqliteConnection = options.connect().await?;
    let has_table: bool =
        query_scalar("SELECT EXISTS(SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tokens')")
            .fetch_one(&mut connection)
            .await?;
    let has_tokens =
        has_table && query_scalar("SELECT EXISTS(SELECT 1 FROM tokens)").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(if has_tokens { Tokens::Some } else { Tokens::None })
}

/// Returns the file of a database that is one.
pub(crate) fn file_of(database: &str) -> Option<PathBuf> {
    if !database.starts_with("sqlite:") || is_memory(database) {
        return None;
    }
    Some(SqliteConnectOptions::from_str(database).ok()?.get_filename().to_owned())
}

fn is_memory(database: &str) -> bool {
    database.starts_with("sqlite:") && (database.contains(":memory:") || database.contains("mode=memory"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_are_not_there() {
        for (database, missing) in [
            ("sqlite:evschema.db", None),
            ("sqlite:///nowhere/at/all/x.db", Some("/nowhere/at/all")),
            ("sqlite:/nowhere/x.db?mode=rwc", Some("/nowhere")),
            ("sqlite:nowhere/x.db", Some("nowhere")),
            ("sqlite:/x.db", None),
            ("sqlite::memory:", None),
            ("postgres://me@nowhere/x", None),
        ] {
            assert_eq!(missing_folder(database), missing.map(PathBuf::from), "{database}");
        }
    }
}
