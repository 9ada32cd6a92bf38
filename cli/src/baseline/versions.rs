use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evschema_codegen::Tree;
use evschema_compat::Standing;
use evschema_model::{Catalog, Coordinates, Schema};

use crate::failure::Failure;
use crate::finding::Finding;
use crate::paths::coordinates;
use crate::project::Schemas;
use crate::terminal::Terminal;

/// The published versions that a check compares a tree with.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    /// The name for messages, such as `main`.
    pub(crate) name: String,
    /// The versions.
    pub(crate) catalog: Catalog,
    /// The file or URL of each version, as messages show it.
    pub(crate) files: BTreeMap<Coordinates, String>,
    /// How a comparison treats yanked versions.
    pub(crate) yanked: BTreeMap<Coordinates, Standing>,
    /// Published versions that are missing in the tree.
    pub(crate) removed: Vec<Coordinates>,
    /// Versions that the baseline and the tree added independently, with different content.
    pub(crate) taken: BTreeSet<Coordinates>,
}

impl Baseline {
    /// Returns a published version.
    pub(crate) fn find(&self, at: &Coordinates) -> Option<&Arc<Schema>> {
        self.catalog.get(&at.subject, &at.version)
    }

    /// Returns how a comparison treats a published version.
    pub(crate) fn standing(&self, at: &Coordinates) -> Standing {
        self.yanked.get(at).copied().unwrap_or(Standing::Current)
    }

    /// Returns a baseline with the valid versions of a tree.
    ///
    /// If a published version is not valid, but the same version of the checked tree is valid, the function skips the
    /// published version with a warning.
    ///
    /// # Errors
    ///
    /// If neither version is valid. A check that skips such a version must not look complete.
    pub(super) fn from_tree(
        name: String,
        tree: Tree,
        schemas: &Schemas,
        terminal: &mut Terminal,
    ) -> Result<Self, Failure> {
        let mut broken = Vec::new();
        for file in tree.files.iter().filter(|file| file.schema.is_none()) {
            let is_repaired = coordinates(&file.path).is_some_and(|at| schemas.source(&at).is_some());
            let file_name = file.path.display().to_string();
            if is_repaired {
                let message = format!(
                    "`{file_name}` of {name} cannot be read; the check treats `{file_name}` of this tree as \
                     new"
                );
                terminal.warn(&message, None);
            } else {
                let problems = tree.problems.iter().filter(|problem| problem.path == file.path);
                broken.extend(problems.map(|p| {
                    Finding::from_diagnostic(p.diagnostic.clone(), format!("{name}: {file_name}"), None)
                }));
            }
        }
        if !broken.is_empty() {
            return Err(Failure::new(format!("the baseline {name} has files that cannot be read"))
                .help("correct these files in the baseline, or compare with another baseline")
                .places(broken));
        }
        let mut baseline = Self { name, catalog: tree.catalog, ..Self::default() };
        for file in tree.files {
            if let Some(schema) = file.schema {
                baseline.files.insert(schema.at().clone(), file.path.display().to_string());
            }
        }
        Ok(baseline)
    }
}
