//! Checks whether a registry could start, without starting it. A preflight neither creates nor changes a file, and
//! opens no network connection.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, query_scalar};

use crate::config::Config;
use crate::database_url::{file_of, is_memory};
use crate::start_error::StartError;

/// Whether a database has a token. A preflight cannot always find this out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// The database has a token, which may be revoked.
    Some,
    /// The database has no token, or does not exist yet.
    None,
    /// The preflight did not look, because the database is a server or cannot be read now.
    Unknown,
}

impl Config {
    /// Checks whether a registry could start with this configuration, and returns whether the database has a token.
    ///
    /// The preflight does not listen on the address. It opens a file only for reading, and does not connect to a
    /// database server.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Config::check`]. Also returns an error if every client that reaches the registry could
    /// write.
    pub async fn preflight(&self) -> Result<Tokens, StartError> {
        self.check()?;
        let tokens = tokens(&self.database).await;
        if tokens == Tokens::None {
            self.check_without_tokens()?;
        }
        Ok(tokens)
    }
}

async fn tokens(database: &str) -> Tokens {
    if is_memory(database) {
        return Tokens::None;
    }
    let Some(file) = file_of(database) else { return Tokens::Unknown };
    if !file.exists() {
        return Tokens::None;
    }
    // If the file cannot be read, the start reports a better error than a preflight can.
    tokens_in_file(&file).await.unwrap_or(Tokens::Unknown)
}

async fn tokens_in_file(file: &Path) -> Result<Tokens, sqlx::Error> {
    let exists_beside = |suffix: &str| {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path).exists()
    };
    // If no process has the file open, SQLite would create the two files that processes share (`-wal` and `-shm`).
    // These files would belong to the user of the preflight, who may not be the user of the registry.
    let is_unused = !exists_beside("-wal");
    if !is_unused && !exists_beside("-shm") {
        return Ok(Tokens::Unknown);
    }
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(is_unused);
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
