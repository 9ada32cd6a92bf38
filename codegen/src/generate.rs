use evschema_model::{Catalog, Code, Coordinates, Diagnostic};

use crate::{GeneratedFile, Options, Problem};

/// Generates Rust for these versions and everything they refer to.
///
/// Pure: the same input gives the same bytes, on any machine.
///
/// # Errors
///
/// Everything that keeps a version from being generated, all at once.
pub fn generate(
    _catalog: &Catalog,
    selection: &[Coordinates],
    _options: &Options,
) -> Result<Vec<GeneratedFile>, Vec<Problem>> {
    Err(selection
        .iter()
        .map(|at| Problem {
            path: format!("{}/{}.json", at.subject, at.version).into(),
            diagnostic: Diagnostic::new(Code::NotASchema, "generation is not there yet"),
        })
        .collect())
}
