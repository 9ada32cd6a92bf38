//! Gives new versions the number they deserve.

use std::path::PathBuf;

use crate::compare::TooSmall;
use crate::failure::Failure;
use crate::project::Schemas;
use crate::terminal::Terminal;

/// Renames new versions, and follows them in the references of the other files.
///
/// Returns how many were renamed. A version whose number is taken stays as it is: it is found
/// again by the next check, with the same help.
pub(crate) fn rename(
    too_small: &[TooSmall],
    schemas: &Schemas,
    terminal: &mut Terminal,
) -> Result<usize, Failure> {
    let mut renamed = 0;
    for wrong in too_small {
        let to = wrong.path.with_file_name(format!("{}.json", wrong.deserved));
        if to.exists() {
            let message = format!("`{}` is there already, `{}` stays", to.display(), wrong.path.display());
            terminal.warn(&message, Some("merge the two, or give one of them a higher number"));
            continue;
        }
        std::fs::rename(&wrong.path, &to).map_err(|error| Failure::file("rename", &wrong.path, &error))?;
        terminal.say(format!("renamed {} to {}", wrong.path.display(), to.display()));
        renamed += 1;
        follow(wrong, &to, schemas, terminal)?;
    }
    Ok(renamed)
}

/// Writes the new number into the references of the tree.
///
/// A published file that refers to a version which is not published cannot be; were it changed
/// all the same, the next check says so.
fn follow(
    wrong: &TooSmall,
    renamed: &PathBuf,
    schemas: &Schemas,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let old = format!("../{}/{}.json", wrong.at.subject, wrong.at.version);
    let new = format!("../{}/{}.json", wrong.at.subject, wrong.deserved);
    for own in &schemas.own {
        let path = if own.path == wrong.path { renamed } else { &own.path };
        let refers = own.schema.references().iter().any(|r| {
            r.written.strip_prefix(&old).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
        });
        if !refers || !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
        let text = text.replace(&old, &new);
        std::fs::write(path, text).map_err(|error| Failure::file("write", path, &error))?;
        terminal.say(format!("  and in the references of {}", path.display()));
    }
    Ok(())
}
