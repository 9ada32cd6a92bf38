use clap::{Args, Subcommand};
use evschema_api::client::Client;
use evschema_api::{Scope, TokenCreated, TokenRequest, TokenView};
use time::{Date, Duration, OffsetDateTime, Time};

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::output::{CreatedToken, TokenList};
use crate::project::Project;
use crate::registry_access::RegistryArguments;
use crate::terminal::escape::one_line;

/// Create, list and revoke the tokens of a registry.
///
/// With the URL of a registry, the command needs a token with the scope `admin` in EVSCHEMA_TOKEN. Create the first
/// token directly in the database, with `--db`; the registry may be running.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Create a token and print it; the token is never shown again.
    Create(Create),
    /// List all tokens, revoked and expired ones too, without their secrets.
    List(List),
    /// Revoke a token; from now on, every registry with this database rejects the token.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
struct Create {
    /// The name of the token, such as `ci-orders`; the registry records this name with each change that uses the
    /// token.
    name: String,
    /// A right of the token: `read`, `register:commerce.`, `waive:commerce.` or `admin`; may be repeated.
    #[arg(short, long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',')]
    scopes: Vec<Scope>,
    /// When the token expires: after a number of days such as `90d`, or after a last day such as `2027-01-31` (UTC).
    #[arg(long, value_name = "WHEN", value_parser = Expiry::parse)]
    expires: Option<Expiry>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Revoke {
    /// The id of the token from `evschema token list`.
    id: String,
    #[command(flatten)]
    place: Place,
}

/// The location of the tokens.
#[derive(Debug, Args)]
struct Place {
    /// The database of the registry; the command opens it directly, without a token. Without `--db` and `--registry`,
    /// the command uses the database in EVSCHEMA_DB.
    #[cfg(feature = "server")]
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    #[command(flatten)]
    registry: RegistryArguments,
}

#[derive(Debug, Clone, Copy)]
enum Expiry {
    Days(i64),
    Until(Date),
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        match self.action {
            Action::Create(create) => create.run(context),
            Action::List(list) => {
                let tokens = Tokens::open(list.place, context)?.list()?;
                context.print(&TokenList(tokens));
                Ok(Outcome::Clean)
            }
            Action::Revoke(revoke) => {
                let token = Tokens::open(revoke.place, context)?.revoke(&revoke.id)?;
                context.terminal.info(format!(
                    "revoked the token {} (`{}`)",
                    token.id,
                    one_line(&token.name)
                ));
                Ok(Outcome::Clean)
            }
        }
    }
}

impl Create {
    fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let expires_at = self.expires.and_then(|expiry| expiry.end(context.environment.now));
        let request = TokenRequest { name: self.name, scopes: self.scopes, expires_at };
        let created = Tokens::open(self.place, context)?.create(request)?;
        context.print(&CreatedToken(created));
        Ok(Outcome::Clean)
    }
}

/// Access to the tokens of a registry: by HTTP, or directly in the database.
enum Tokens {
    Http(Client),
    #[cfg(feature = "server")]
    Database(tokio::runtime::Runtime, evschema_registry::Administration),
}

impl Tokens {
    fn open(place: Place, context: &Context<'_>) -> Result<Self, Failure> {
        #[cfg(feature = "server")]
        let database = place.db.or_else(|| {
            let is_registry_given = place.registry.registry.as_ref().is_some_and(|url| !url.is_empty());
            context.environment.database.clone().filter(|_| !is_registry_given)
        });
        #[cfg(feature = "server")]
        if let Some(url) = &database {
            let runtime = super::serve::runtime()?;
            let administration = runtime.block_on(evschema_registry::Administration::open(url))?;
            return Ok(Self::Database(runtime, administration));
        }
        let project = Project::find(context.global.manifest.as_deref())?;
        Ok(Self::Http(place.registry.access(&project, context.environment).client()?))
    }

    fn create(&self, request: TokenRequest) -> Result<TokenCreated, Failure> {
        match self {
            Self::Http(client) => Ok(client.create_token(&request)?),
            #[cfg(feature = "server")]
            Self::Database(runtime, administration) => {
                runtime.block_on(administration.create(request, None)).map_err(failure)
            }
        }
    }

    fn list(&self) -> Result<Vec<TokenView>, Failure> {
        match self {
            Self::Http(client) => Ok(client.tokens()?.tokens),
            #[cfg(feature = "server")]
            Self::Database(runtime, administration) => {
                runtime.block_on(administration.list()).map(|list| list.tokens).map_err(failure)
            }
        }
    }

    fn revoke(&self, id: &str) -> Result<TokenView, Failure> {
        match self {
            Self::Http(client) => Ok(client.revoke_token(id)?),
            #[cfg(feature = "server")]
            Self::Database(runtime, administration) => {
                runtime.block_on(administration.revoke(id, None)).map_err(failure)
            }
        }
    }
}

impl Expiry {
    fn parse(text: &str) -> Result<Self, String> {
        let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
        // A token may be valid for at most a century. So the end is always a valid date.
        if let Some(days) = days.filter(|days| (1..=36_500).contains(days)) {
            return Ok(Self::Days(days));
        }
        Date::parse(text, &time::format_description::well_known::Iso8601::DATE).map(Self::Until).map_err(
            |_| "write a number of days such as `90d`, or a last day such as `2027-01-31`".to_owned(),
        )
    }

    /// Returns the first moment at which the token is no longer valid.
    fn end(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Days(days) => now.replace_nanosecond(0).ok()?.checked_add(Duration::days(days)),
            Self::Until(last) => Some(last.next_day()?.with_time(Time::MIDNIGHT).assume_utc()),
        }
    }
}

#[cfg(feature = "server")]
fn failure(problem: evschema_api::Problem) -> Failure {
    let failure = Failure::new(problem.detail);
    match problem.help {
        Some(help) => failure.help(help),
        None => failure,
    }
}
