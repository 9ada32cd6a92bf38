use std::collections::BTreeMap;

use evschema_model::Formats;

/// What the generated code looks like, apart from the schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether `format` refuses values.
    pub formats: Formats,
    /// Base URL of `DATASCHEMA`, without a final slash; a relative path is printed when absent.
    pub dataschema_base: Option<String>,
    /// Templates that replace the built-in ones, by file name such as `struct.rs.hbs`.
    pub templates: BTreeMap<String, String>,
    /// How the files find each other.
    pub layout: Layout,
    /// Path by which generated code names the runtime crate.
    pub runtime: String,
}

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
            templates: BTreeMap::new(),
            layout: Layout::Modules,
            runtime: "::evschema_runtime".to_owned(),
        }
    }
}
