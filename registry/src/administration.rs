use evschema_api::{Problem, TokenCreated, TokenList, TokenRequest, TokenView};

use crate::service::{Actor, Identity, Keyring};
use crate::{Environment, StartError, store};

/// The tokens of a registry, by way of its database.
///
/// Whoever can open the database has everything that is in it already. So this is how a registry
/// gets its first token, and how one gets in when no token is left (docs/adr/0023).
#[derive(Debug)]
pub struct Administration {
    keyring: Keyring,
}

impl Administration {
    /// Opens a database and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// When the database cannot be used.
    pub async fn open(database: &str) -> Result<Self, StartError> {
        let store = store::open(database, store::Access::Write)
            .await
            .map_err(|error| StartError::database(database, &error))?;
        Ok(Self { keyring: Keyring::new(store, Environment::system()) })
    }

    /// Makes a token. What is returned is the only copy of it.
    ///
    /// # Errors
    ///
    /// When the request is not as it must be.
    pub async fn create(
        &self,
        request: TokenRequest,
        author: Option<String>,
    ) -> Result<TokenCreated, Problem> {
        self.keyring.create(request, local().sign(author)).await.map_err(Problem::from)
    }

    /// Returns every token there ever was.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list(&self) -> Result<TokenList, Problem> {
        self.keyring.list().await.map_err(Problem::from)
    }

    /// Revokes a token, for every process that serves this database.
    ///
    /// # Errors
    ///
    /// When there is no such token.
    pub async fn revoke(&self, id: &str, author: Option<String>) -> Result<TokenView, Problem> {
        self.keyring.revoke(id, local().sign(author)).await.map_err(Problem::from)
    }
}

fn local() -> Actor {
    Actor { identity: Identity::Local, address: None }
}
