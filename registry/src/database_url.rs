//! Reads the URL of a database without opening the database.

use std::path::PathBuf;
use std::str::FromStr as _;

use sqlx::sqlite::SqliteConnectOptions;

/// Returns the file of the database, or `None` if the database is in memory or on a server.
pub(crate) fn file_of(database: &str) -> Option<PathBuf> {
    if !database.starts_with("sqlite:") || is_memory(database) {
        return None;
    }
    Some(SqliteConnectOptions::from_str(database).ok()?.get_filename().to_owned())
}

/// Returns the folder of the database's file, but only if this folder does not exist.
pub(crate) fn missing_folder(database: &str) -> Option<PathBuf> {
    let folder = file_of(database)?.parent()?.to_owned();
    let exists = folder.as_os_str().is_empty() || folder.is_dir();
    (!exists).then_some(folder)
}

/// Returns whether the URL names an SQLite database in memory.
pub(crate) fn is_memory(database: &str) -> bool {
    database.starts_with("sqlite:") && (database.contains(":memory:") || database.contains("mode=memory"))
}

/// Returns the URL without parts that may be secret. The function removes the password before the host. In the query,
/// it replaces the value of every parameter by `***`, unless the parameter is known to be harmless.
pub(crate) fn without_password(url: &str) -> String {
    /// The parameters that are known to be harmless.
    const SHOWN: [&str; 12] = [
        "sslmode",
        "ssl-mode",
        "sslrootcert",
        "ssl-root-cert",
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "application_name",
        "mode",
        "cache",
    ];
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => {
            url.split_once(':').map_or((String::new(), url), |(scheme, rest)| (format!("{scheme}:"), rest))
        }
    };
    // A password may contain any character. So the login ends at the last `@`, and the function keeps only the user
    // name.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((login, rest)) => {
            let user = login.split([':', '/', '?', '&', '=']).next().unwrap_or_default();
            (format!("{user}@"), rest)
        }
        None => (String::new(), rest),
    };
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    let shown = format!("{scheme}{user}{path}");
    let Some(query) = query else { return shown };
    let parameters: Vec<String> = query
        .split('&')
        .map(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let is_shown = SHOWN.contains(&name);
            format!("{name}={}", if is_shown { value } else { "***" })
        })
        .collect();
    format!("{shown}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_folder_is_found() {
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

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://me:secret@db/x", "postgres://me@db/x"),
            ("postgres://me:se@cret@db/x", "postgres://me@db/x"),
            ("postgres://db/x", "postgres://db/x"),
            ("sqlite:a.db", "sqlite:a.db"),
            ("sqlite:a.db?mode=ro", "sqlite:a.db?mode=ro"),
            ("postgres://me@db/x?password=secret", "postgres://me@db/x?password=***"),
            (
                "postgres://db/x?sslmode=require&sslkey=k&PASSWORD=s",
                "postgres://db/x?sslmode=require&sslkey=***&PASSWORD=***",
            ),
            ("postgres://me:se?cret@db/x", "postgres://me@db/x"),
            ("postgres:me:secret@db/x", "postgres:me@db/x"),
            ("postgres://db/x?password=s@e", "postgres://db@e"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
