use std::collections::BTreeMap;
use std::path::PathBuf;

use evschema_model::Formats;

/// What the generated code looks like, apart from the schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether `format` refuses values.
    pub formats: Formats,
    /// Base URL of `DATASCHEMA`, without a final slash; a relative path is printed when absent.
    pub dataschema_base: Option<String>,
    /// Templates that replace the built-in ones.
    pub templates: Templates,
    /// How the files find each other.
    pub layout: Layout,
    /// Whether structs keep the members that no schema names, where the schema lets them be there, so that an
    /// event is written back with all that it had.
    pub keep_unknown: bool,
    /// Whether types that hold text get a second form that borrows it from the event.
    pub borrowed: bool,
    /// Path by which generated code names the runtime crate.
    pub runtime: String,
}

/// Templates that replace built-in ones; see docs/templates.md.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates {
    /// The folder they are from, for the errors that name them.
    pub folder: PathBuf,
    /// Their texts, by file name such as `struct.rs.hbs`.
    pub texts: BTreeMap<String, String>,
}

/// Version of the model that templates print (docs/templates.md): it grows when something is removed
/// or means something else, not when something is added.
///
/// A template that starts with `{{!-- template model 2 --}}` is refused by a generator of another.
pub const TEMPLATE_MODEL: u32 = 2;

/// How the files of the generated code find each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `mod.rs` declares one module file for each subject: a folder inside `src`.
    Modules,
    /// `events.rs` includes one file for each subject: for `OUT_DIR`.
    Included,
}

/// One file of the generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Its path relative to the output folder, with `/` between parts.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            formats: Formats::default(),
            dataschema_base: None,
            templates: Templates::default(),
            layout: Layout::Modules,
            keep_unknown: false,
            borrowed: false,
            runtime: "::evschema_runtime".to_owned(),
        }
    }
}
