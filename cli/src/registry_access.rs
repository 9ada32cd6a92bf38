use clap::Args;
use evschema_api::client::{Client, ClientError};
use evschema_api::{ProblemCode, SubjectView};
use evschema_model::Subject;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::project::Project;

/// Which registry a command talks to.
#[derive(Debug, Args)]
pub(crate) struct RegistryArguments {
    /// The registry's URL; otherwise the manifest names it. The token comes from EVSCHEMA_TOKEN.
    #[arg(long, env = "EVSCHEMA_REGISTRY", value_name = "URL")]
    pub(crate) registry: Option<String>,
}

/// The registry, if one is named anywhere, and the token for it.
#[derive(Debug, Clone)]
pub(crate) struct RegistryAccess {
    url: Option<String>,
    token: Option<String>,
}

impl RegistryArguments {
    /// Returns the registry named by the arguments, the environment or the manifest.
    pub(crate) fn access(&self, project: &Project, environment: &Environment) -> RegistryAccess {
        let named = self.registry.clone().filter(|url| !url.is_empty());
        let url = named.or_else(|| project.manifest.registry.url.clone());
        RegistryAccess { url, token: environment.token.clone() }
    }
}

impl RegistryAccess {
    /// Returns the registry's URL, if one is named.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns a client of the registry.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let Some(url) = &self.url else {
            return Err(Failure::new("no registry is named").help(
                "give `--registry URL`, set EVSCHEMA_REGISTRY, or write `[registry] url` in evschema.toml",
            ));
        };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Failure::new(format!("`{url}` is not the URL of a registry"))
                .help("write it with `http://` or `https://`"));
        }
        Ok(Client::new(url.as_str(), self.token.clone()))
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        match error {
            ClientError::Problem(problem) => {
                let failure = Self::new(format!("the registry refuses: {message}"));
                match problem.help {
                    Some(help) => failure.help(help),
                    None => failure,
                }
            }
            ClientError::Unreachable { .. } => Self::new(message)
                .help("check the URL and that the registry runs; `evschema serve` starts one"),
            ClientError::Unexpected { .. } => {
                Self::new(message).help("check the URL: something else may be listening there")
            }
        }
    }
}

/// Returns a subject, or nothing when the registry has none of that name.
pub(crate) fn find_subject(client: &Client, subject: &Subject) -> Result<Option<SubjectView>, Failure> {
    match client.subject(subject) {
        Ok(view) => Ok(Some(view)),
        Err(error) if error.problem().is_some_and(|p| p.code == ProblemCode::SubjectNotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
