use clap::Args;

use super::list::{all_subjects, subject_list};
use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::project::Project;
use crate::registry_access::RegistryArguments;

/// Find subjects of the registry by name, description or property.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The words to search for; each must be the beginning of a word in the name, description or properties of the
    /// subject.
    text: String,
    #[command(flatten)]
    registry: RegistryArguments,
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let client = self.registry.access(&project, context.environment).client()?;
        let found = all_subjects(&client, Some(&self.text))?;
        context.print(&subject_list(found));
        Ok(Outcome::Clean)
    }
}
