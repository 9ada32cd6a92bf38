use std::net::IpAddr;
use std::sync::Arc;

use evschema_api::{AccessView, Scope, SubjectPrefix};

use super::refusal::Refusal;
use super::right::Right;
use super::workers::Client;
use crate::feed::Signature;
use crate::store::Provenance;

/// The id that the feed shows for a change by a command that opened the database itself.
const LOCAL: &str = "local";
/// The beginning of the id that the feed shows for a token of an issuer. After it, the id contains the issuer's URL and
/// the token's subject.
pub(super) const ISSUER_PREFIX: &str = "oidc:";

/// The client of a request: its proven identity, and its network address.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) identity: Identity,
    pub(crate) address: Option<IpAddr>,
}

/// The proven identity of a client.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// The client has no token. The configuration determines its rights.
    Anonymous { may_read: bool, may_write: bool },
    /// The client has this token of the registry.
    Token(Arc<Token>),
    /// The client is a job of a publisher. Its token expires at `ends_at`, in microseconds since 1970.
    Publisher { token: Arc<Token>, ends_at: i64 },
    /// A command that opens the database itself. No HTTP request has this identity.
    Local,
}

/// A valid token.
#[derive(Debug)]
pub(crate) struct Token {
    /// The id in the feed.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
}

impl Actor {
    /// Returns the client to which the limits of the registry count this actor's work.
    pub(crate) fn client(&self) -> Client {
        match (&self.identity, self.address) {
            (Identity::Token(token) | Identity::Publisher { token, .. }, _) => {
                Client::Token(token.id.as_str().into())
            }
            (Identity::Anonymous { .. } | Identity::Local, Some(address)) => Client::at(address),
            (Identity::Anonymous { .. } | Identity::Local, None) => Client::default(),
        }
    }

    /// Checks that this actor has a right.
    ///
    /// # Errors
    ///
    /// If the actor needs a token, or a token with other scopes.
    pub(crate) fn require(&self, right: Right) -> Result<(), Refusal> {
        if self.may(&right) {
            return Ok(());
        }
        match &self.identity {
            Identity::Token(token) | Identity::Publisher { token, .. } => {
                Err(Refusal::Forbidden { token: token.name.clone(), right })
            }
            Identity::Anonymous { .. } | Identity::Local => Err(Refusal::TokenRequired { right }),
        }
    }

    /// Returns whether this actor has a right.
    pub(crate) fn may(&self, right: &Right) -> bool {
        match &self.identity {
            Identity::Local => true,
            Identity::Anonymous { may_read, may_write } => match right {
                Right::Read => *may_read,
                Right::Register(_) | Right::Waive(_) | Right::Policy => *may_write,
                Right::Admin => false,
            },
            Identity::Token(token) | Identity::Publisher { token, .. } => {
                token.scopes.iter().any(|scope| match right {
                    Right::Read => true,
                    Right::Register(subject) => scope.allows_register(subject),
                    Right::Waive(subject) => scope.allows_waive(subject),
                    Right::Policy | Right::Admin => *scope == Scope::Admin,
                })
            }
        }
    }

    /// Returns the rights of this actor, as scopes.
    pub(crate) fn access(&self) -> AccessView {
        let policies = self.may(&Right::Policy);
        match &self.identity {
            Identity::Local => AccessView { token: None, scopes: vec![Scope::Admin], policies },
            Identity::Anonymous { may_read, may_write } => {
                let read = may_read.then_some(Scope::Read);
                let every = SubjectPrefix::every();
                let write = may_write.then(|| [Scope::Register(every.clone()), Scope::Waive(every)]);
                let scopes = read.into_iter().chain(write.into_iter().flatten()).collect();
                AccessView { token: None, scopes, policies }
            }
            Identity::Token(token) | Identity::Publisher { token, .. } => {
                AccessView { token: Some(token.name.clone()), scopes: token.scopes.clone(), policies }
            }
        }
    }

    /// Returns the signature for a change. `author` is the name in the request.
    pub(crate) fn sign(&self, author: Option<String>) -> Signature {
        let (token, token_name) = match &self.identity {
            Identity::Anonymous { .. } => (None, None),
            Identity::Token(token) | Identity::Publisher { token, .. } => {
                (Some(token.id.clone()), Some(token.name.clone()))
            }
            Identity::Local => (Some(LOCAL.to_owned()), None),
        };
        let address = self.address.map(|address| address.to_string());
        Signature { name: author.or(token_name), provenance: Provenance { token, address } }
    }
}

/// Returns `authtype` and `authid` of the CloudEvents extension *Auth Context*. The id is the id of the token. For a
/// token of an issuer, the id consists of the issuer's URL and the token's subject.
pub(crate) fn auth_context(provenance: Provenance) -> (&'static str, Option<String>) {
    match provenance.token {
        None => ("unauthenticated", None),
        Some(token) if token == LOCAL => ("system", None),
        Some(token) => match token.strip_prefix(ISSUER_PREFIX) {
            Some(job) => ("service_account", Some(job.to_owned())),
            None => ("api_key", Some(token)),
        },
    }
}

impl Identity {
    /// Returns the kind of identity, as one word for the log and the metrics.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous { .. } => "anonymous",
            Self::Token(_) => "token",
            Self::Publisher { .. } => "publisher",
            Self::Local => "local",
        }
    }
}
