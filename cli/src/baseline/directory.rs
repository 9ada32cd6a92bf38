use std::path::Path;

use evschema_model::Coordinates;

use crate::baseline::Baseline;
use crate::failure::Failure;
use crate::project::{Project, Schemas};
use crate::subject_file::SubjectFile;
use crate::terminal::Terminal;

/// Reads another folder of the same layout, such as one that `evschema pull` wrote.
pub(super) fn load(
    folder: &Path,
    project: &Project,
    schemas: &Schemas,
    terminal: &mut Terminal,
) -> Result<Baseline, Failure> {
    if !folder.is_dir() {
        return Err(Failure::new(format!("there is no folder `{}` to compare with", folder.display()))
            .help("`--against dir:PATH` wants the folder whose subfolders are subjects"));
    }
    let vendor = project.vendor_folder();
    let mut roots = vec![folder];
    // What the baseline depends on is usually vendored here, not beside it.
    if vendor.is_dir() {
        roots.push(&vendor);
    }
    let mut tree = project.read_tree(&roots)?;
    tree.files.retain(|file| file.path.starts_with(folder));
    if tree.files.is_empty() {
        return Err(Failure::new(format!("there is no schema in `{}`", folder.display()))
            .help("`--against dir:PATH` wants the folder whose subfolders are subjects"));
    }
    let mut baseline = Baseline::of_tree(format!("`{}`", folder.display()), tree, schemas, terminal)?;
    let gone = baseline.files.keys().filter(|at| schemas.source(at).is_none());
    baseline.removed = gone.cloned().collect();
    let subjects: Vec<_> = baseline.catalog.subjects().cloned().collect();
    for subject in subjects {
        let file = SubjectFile::read(&folder.join(subject.as_str()))?;
        let yanked =
            file.yanked().map(|version| Coordinates { subject: subject.clone(), version: version.clone() });
        baseline.yanked.extend(yanked);
    }
    Ok(baseline)
}
