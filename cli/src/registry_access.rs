use clap::Args;
use evschema_api::client::{Client, ClientError, is_on_this_machine};
use evschema_api::{ProblemCode, SubjectView};
use evschema_model::Subject;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::project::Project;

/// The arguments that select a registry.
#[derive(Debug, Args)]
pub(crate) struct RegistryArguments {
    /// The URL of the registry; by default the URL in the manifest. The command sends EVSCHEMA_TOKEN only to a URL
    /// from this option or from EVSCHEMA_REGISTRY.
    #[arg(long, env = "EVSCHEMA_REGISTRY", value_name = "URL")]
    pub(crate) registry: Option<String>,
}

/// The URL of the registry, if one is configured, and the token.
#[derive(Debug, Clone)]
pub(crate) struct RegistryAccess {
    url: Option<String>,
    /// Whether the URL comes from the manifest, which is part of a checkout.
    is_from_manifest: bool,
    token: Option<String>,
}

impl RegistryArguments {
    /// Returns the registry that the arguments, the environment or the manifest names.
    pub(crate) fn access(&self, project: &Project, environment: &Environment) -> RegistryAccess {
        let named = self.registry.clone().filter(|url| !url.is_empty());
        let is_from_manifest = named.is_none();
        let url = named.or_else(|| project.manifest.registry.url.clone());
        RegistryAccess { url, is_from_manifest, token: environment.token.clone() }
    }
}

impl RegistryAccess {
    /// Returns the URL of the registry, if one is configured.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns a client of the registry.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let Some(url) = &self.url else {
            return Err(Failure::new("no registry is configured").help(
                "pass `--registry URL`, set EVSCHEMA_REGISTRY, or write `[registry] url` in evschema.toml",
            ));
        };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Failure::new(format!("`{url}` is not the URL of a registry"))
                .help("the URL must begin with `http://` or `https://`"));
        }
        if let Some(token) = &self.token {
            self.check_token(token, url)?;
        }
        Ok(Client::new(url.as_str(), self.token.clone()))
    }

    /// Returns a failure if the command must not send the token to this URL. The manifest of a checkout must not
    /// select the receiver of the token, and nobody between this machine and the registry may read the token.
    fn check_token(&self, token: &str, url: &str) -> Result<(), Failure> {
        if token.contains(|c: char| !c.is_ascii_graphic()) {
            return Err(Failure::new("EVSCHEMA_TOKEN is not a token: it has a space or a special character")
                .help("set EVSCHEMA_TOKEN to the token that `evschema token create` printed"));
        }
        if self.is_from_manifest {
            return Err(Failure::new(format!(
                "EVSCHEMA_TOKEN is not sent to `{url}`, because only the manifest names this URL"
            ))
            .help(format!(
                "if you trust this registry, set `EVSCHEMA_REGISTRY={url}`; otherwise unset EVSCHEMA_TOKEN"
            )));
        }
        if url.starts_with("http://") && !is_on_this_machine(url) {
            return Err(Failure::new(format!(
                "EVSCHEMA_TOKEN is not sent to `{url}`, because plain http does not protect the token"
            ))
            .help("use `https://`, or unset EVSCHEMA_TOKEN"));
        }
        Ok(())
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        match error {
            ClientError::Problem(problem) => {
                let failure = Self::new(format!("the registry rejected the request: {message}"));
                match problem.help {
                    Some(help) => failure.help(help),
                    None => failure,
                }
            }
            ClientError::Unreachable { .. } => Self::new(message).help(
                "check the URL, and check that the registry is running; `evschema serve` starts a registry",
            ),
            ClientError::Unexpected { .. } => {
                Self::new(message).help("check the URL; the server at this URL may not be a registry")
            }
        }
    }
}

/// Returns a subject; `None` if the registry lacks it.
pub(crate) fn find_subject(client: &Client, subject: &Subject) -> Result<Option<SubjectView>, Failure> {
    match client.subject(subject) {
        Ok(view) => Ok(Some(view)),
        Err(error) if error.problem().is_some_and(|p| p.code == ProblemCode::SubjectNotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(url: &str, is_from_manifest: bool, token: &str) -> RegistryAccess {
        RegistryAccess { url: Some(url.to_owned()), is_from_manifest, token: Some(token.to_owned()) }
    }

    #[test]
    fn a_token_is_sent_only_to_a_url_of_its_owner() {
        for (url, is_from_manifest, token, may) in [
            ("https://registry.example", false, "evs_1", true),
            ("https://registry.example", true, "evs_1", false),
            ("http://registry.example", false, "evs_1", false),
            ("http://127.0.0.1:8080", false, "evs_1", true),
            ("http://[::1]:8080/x", false, "evs_1", true),
            ("http://localhost", false, "evs_1", true),
            ("http://localhost@registry.example", false, "evs_1", false),
            ("http://127.0.0.1.registry.example", false, "evs_1", false),
            ("http://registry.example/?http://localhost", false, "evs_1", false),
            ("http://registry.example\\@localhost", false, "evs_1", false),
            ("https://registry.example", false, "evs 1", false),
        ] {
            let client = access(url, is_from_manifest, token).client();
            assert_eq!(client.is_ok(), may, "{url}");
        }
    }
}
