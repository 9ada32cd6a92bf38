use evschema_api::{Problem, TokenCreated, TokenList, TokenRequest, TokenView};

use crate::environment::Environment;
use crate::service::{Actor, Identity, TokenService};
use crate::start_error::StartError;
use crate::store;

/// Creates, lists and revokes the tokens of a registry directly in its database.
///
/// A user who can open the database can already read and change everything in it. So this type needs no token. With
/// this type, an operator creates the first token of a registry, or a new token if all other tokens are lost
/// (docs/adr/0023).
#[derive(Debug)]
pub struct Administration {
    tokens: TokenService,
}

impl Administration {
    /// Opens a database and updates its tables.
    ///
    /// # Errors
    ///
    /// If the database cannot be used.
    pub async fn open(database: &str) -> Result<Self, StartError> {
        let store = store::open(database, store::Access::Write)
            .await
            .map_err(|error| StartError::database(database, &error))?;
        Ok(Self { tokens: TokenService::new(store, Environment::system()) })
    }

    /// Creates a token. Only the returned value contains the secret.
    ///
    /// # Errors
    ///
    /// If the request is not valid.
    pub async fn create(
        &self,
        request: TokenRequest,
        author: Option<String>,
    ) -> Result<TokenCreated, Problem> {
        self.tokens.create(request, local().sign(author)).await.map_err(Problem::from)
    }

    /// Returns all tokens, including expired and revoked ones.
    ///
    /// # Errors
    ///
    /// If the database does not answer.
    pub async fn list(&self) -> Result<TokenList, Problem> {
        self.tokens.list().await.map_err(Problem::from)
    }

    /// Revokes a token in every registry that uses this database.
    ///
    /// # Errors
    ///
    /// If the token does not exist.
    pub async fn revoke(&self, id: &str, author: Option<String>) -> Result<TokenView, Problem> {
        self.tokens.revoke(id, local().sign(author)).await.map_err(Problem::from)
    }
}

fn local() -> Actor {
    Actor { identity: Identity::Local, address: None }
}
