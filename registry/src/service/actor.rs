use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use evschema_api::{AccessView, Scope, SubjectPrefix};
use evschema_model::Subject;

use super::Refusal;
use super::publishers::PROVEN_BY_ISSUER;
use super::workers::Client;
use crate::store::Provenance;

/// What is recorded of changes made at the database itself, in place of a token's id.
const LOCAL: &str = "local";

/// Who makes a request, as far as that is proven, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) identity: Identity,
    pub(crate) address: Option<IpAddr>,
}

/// Who somebody is.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// Nobody knows; what may be done is the configuration's to say.
    Anonymous { may_read: bool, may_write: bool },
    /// Whoever has this token.
    Token(Arc<Token>),
    /// A job of a provider that a publisher is trusted for, until a moment in microseconds since 1970.
    Publisher { token: Arc<Token>, ends_at: i64 },
    /// Whoever can open the database; no request is ever this.
    Local,
}

/// A token that is valid now.
#[derive(Debug)]
pub(crate) struct Token {
    /// What the feed tells of it.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
}

/// What a request needs to be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Right {
    Read,
    Register(Subject),
    Waive(Subject),
    /// Giving a subject that exists another policy.
    Policy,
    Admin,
}

/// Under which name a change is recorded, and what is proven of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signature {
    /// As they named themselves; otherwise the name of their token.
    pub(crate) name: Option<String>,
    pub(crate) provenance: Provenance,
}

impl Actor {
    /// Returns the client whose turn it is when work for this actor is done.
    pub(crate) fn client(&self) -> Client {
        match (&self.identity, self.address) {
            (Identity::Token(token) | Identity::Publisher { token, .. }, _) => {
                Client::Token(token.id.as_str().into())
            }
            (Identity::Anonymous { .. } | Identity::Local, Some(address)) => Client::at(address),
            (Identity::Anonymous { .. } | Identity::Local, None) => Client::default(),
        }
    }

    /// Refuses what this actor may not do.
    ///
    /// # Errors
    ///
    /// When a token is needed, or another one.
    pub(crate) fn demand(&self, right: Right) -> Result<(), Refusal> {
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

    /// Tells whether this actor may do it.
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

    /// Returns what this actor may do, as scopes.
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

    /// Returns how a change is to be signed, under the name that the request gives, if any.
    pub(crate) fn sign(&self, given: Option<String>) -> Signature {
        let (token, own) = match &self.identity {
            Identity::Anonymous { .. } => (None, None),
            Identity::Token(token) | Identity::Publisher { token, .. } => {
                (Some(token.id.clone()), Some(token.name.clone()))
            }
            Identity::Local => (Some(LOCAL.to_owned()), None),
        };
        let address = self.address.map(|address| address.to_string());
        Signature { name: given.or(own), provenance: Provenance { token, address } }
    }
}

/// Returns how the feed calls what is proven of a change: the words of the CloudEvents extension
/// *Auth Context*, with the token's id, or the issuer and whose its token is.
pub(crate) fn auth_context(provenance: Provenance) -> (&'static str, Option<String>) {
    match provenance.token {
        None => ("unauthenticated", None),
        Some(token) if token == LOCAL => ("system", None),
        Some(token) => match token.strip_prefix(PROVEN_BY_ISSUER) {
            Some(job) => ("service_account", Some(job.to_owned())),
            None => ("api_key", Some(token)),
        },
    }
}

impl Identity {
    /// Returns the kind, in a word.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous { .. } => "anonymous",
            Self::Token(_) => "token",
            Self::Publisher { .. } => "publisher",
            Self::Local => "local",
        }
    }
}

impl Right {
    /// Returns the word of the scopes that give the right.
    pub(crate) fn scope(&self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Register(_) => "register",
            Self::Waive(_) => "waive",
            Self::Policy | Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Right {
    /// Writes the smallest scope that gives the right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("read"),
            Self::Register(subject) => write!(f, "register:{subject}"),
            Self::Waive(subject) => write!(f, "waive:{subject}"),
            Self::Policy | Self::Admin => f.write_str("admin"),
        }
    }
}
