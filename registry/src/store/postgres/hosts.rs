//! The servers that a URL names: a primary, and standbys that can be promoted.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};
use sqlx::{ConnectOptions as _, query_scalar};

use super::statements::ACQUIRE_TIMEOUT;
use crate::store::outcome::Access;

/// The maximum time that one of several servers may take to accept a connection, and to answer.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// The time between two questions to the primary.
const INTERVAL: Duration = Duration::from_millis(500);

/// The servers of one database, in the order of the URL.
#[derive(Debug, Clone)]
pub(super) struct Hosts(Vec<PgConnectOptions>);

impl Hosts {
    /// Reads the servers of a URL such as `postgres://user@one:5432,two:5432/name`. A server without a port has the
    /// default port.
    ///
    /// # Errors
    ///
    /// If the URL is not valid.
    pub(super) fn parse(url: &str) -> Result<Self, sqlx::Error> {
        let urls = urls_of_hosts(url);
        urls.iter().map(|url| PgConnectOptions::from_str(url)).collect::<Result<_, _>>().map(Self)
    }

    /// Returns whether the URL names more than one server.
    pub(super) fn has_several(&self) -> bool {
        1 < self.0.len()
    }

    /// Connects to the first server that fits the access. Only a primary accepts writes. If the URL names only one
    /// server, the server can be of any kind.
    ///
    /// # Errors
    ///
    /// If no server fits. The error is the one of the last server.
    pub(super) async fn connect(
        &self,
        access: Access,
    ) -> Result<(PgConnection, PgConnectOptions), sqlx::Error> {
        let time_max = if self.has_several() { ANSWER_MAX } else { ACQUIRE_TIMEOUT };
        let mut last = sqlx::Error::PoolTimedOut;
        for options in &self.0 {
            let connected = async {
                let mut connection = options.connect().await?;
                if self.has_several() && access == Access::Write && is_standby(&mut connection).await? {
                    return Err(standby_error());
                }
                Ok(connection)
            };
            match tokio::time::timeout(time_max, connected).await {
                Ok(Ok(connection)) => return Ok((connection, options.clone())),
                Ok(Err(error)) => last = error,
                Err(_) => last = sqlx::Error::PoolTimedOut,
            }
        }
        Err(last)
    }

    /// Asks the server of the pools regularly whether it still fits. If it does not, lets the pools connect to another
    /// server. Ends when the pools are closed.
    pub(super) async fn follow(self, mut connection: PgConnection, access: Access, pools: [PgPool; 2]) {
        let mut has_answered = true;
        while !pools.iter().any(PgPool::is_closed) {
            tokio::time::sleep(INTERVAL).await;
            let question = tokio::time::timeout(ANSWER_MAX, is_standby(&mut connection)).await;
            if matches!(question, Ok(Ok(is_standby)) if !is_standby || access == Access::ReadOnly) {
                continue;
            }
            match self.connect(access).await {
                Ok((new, options)) => {
                    tracing::warn!(
                        host = options.get_host(),
                        port = options.get_port(),
                        "the registry uses another Postgres server"
                    );
                    for pool in &pools {
                        pool.set_connect_options(options.clone());
                    }
                    connection = new;
                    has_answered = true;
                }
                Err(error) if has_answered => {
                    tracing::warn!(%error, "no Postgres server of `--db` accepts the connections of the registry");
                    has_answered = false;
                }
                Err(_) => {}
            }
        }
    }
}

async fn is_standby(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    query_scalar("SELECT pg_is_in_recovery()").fetch_one(connection).await
}

fn standby_error() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(
        std::io::ErrorKind::NotConnected,
        "the server is a standby and accepts no writes; promote it, or name the primary too",
    ))
}

/// Returns one URL for each server. The list of servers is between the login and the path.
fn urls_of_hosts(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (login, hosts) = match authority.rfind('@') {
        Some(at) => authority.split_at(at + 1),
        None => ("", authority),
    };
    hosts.split(',').map(|host| format!("{scheme}://{login}{host}{path}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_of_a_url_has_the_same_login_and_database() {
        for (url, urls) in [
            (
                "postgres://me:a,b@one:1,two:2/x?sslmode=require",
                &["postgres://me:a,b@one:1/x?sslmode=require", "postgres://me:a,b@two:2/x?sslmode=require"]
                    as &[&str],
            ),
            ("postgres://one,[::1]:7/x", &["postgres://one/x", "postgres://[::1]:7/x"]),
            ("postgres://one", &["postgres://one"]),
            ("postgresql://me@one?dbname=a,b", &["postgresql://me@one?dbname=a,b"]),
        ] {
            assert_eq!(urls_of_hosts(url), urls, "{url}");
        }
    }

    #[test]
    fn a_wrong_port_is_an_error() {
        assert!(Hosts::parse("postgres://one:1,two:x/x").is_err());
        assert!(Hosts::parse("postgres://one:1,two/x").is_ok_and(|hosts| hosts.has_several()));
    }
}
