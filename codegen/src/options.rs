use std::collections::BTreeMap;
use std::path::PathBuf;

use evschema_model::{Coordinates, FormatType, Formats, Manifest, SchemaKey, TypeSettings};

/// Options of the generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether `format` rejects values.
    pub formats: Formats,
    /// The base URL of `DATASCHEMA`, without a final slash. Without a base URL, `DATASCHEMA` is only a path.
    pub dataschema_base: Option<String>,
    /// Templates that replace the built-in ones.
    pub templates: Templates,
    /// How the generated files refer to each other.
    pub layout: Layout,
    /// Whether structs keep properties that the schema allows but does not name. If structs keep these properties, a
    /// parsed event can be written again without loss.
    pub keep_unknown: bool,
    /// Whether types with strings get a second form that borrows the strings from the event.
    pub borrowed: bool,
    /// The path of the runtime crate in the generated code.
    pub runtime: String,
    /// The settings for types.
    pub types: TypeOptions,
    /// The deprecated versions, each with the reason. The reason may be empty.
    pub deprecated: BTreeMap<Coordinates, String>,
}

/// The settings for types, from the `[gen]` section of a manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypeOptions {
    /// Traits that every owned type derives, in addition to the traits that the generator chooses.
    pub derives: Vec<String>,
    /// Attributes of every owned type.
    pub attributes: Vec<String>,
    /// Whether each definition of a scalar becomes a struct that wraps the value.
    pub newtypes: bool,
    /// The Rust type for strings of a format, by the name of the format.
    pub formats: BTreeMap<String, FormatType>,
    /// The paths of types that replace generated types.
    pub replace: BTreeMap<SchemaKey, String>,
    /// Settings for the types of single schemas.
    pub settings: BTreeMap<SchemaKey, TypeSettings>,
}

/// Templates that replace built-in ones; see docs/templates.md.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates {
    /// The folder of the templates, for error messages.
    pub folder: PathBuf,
    /// The texts of the templates, by file name such as `struct.rs.hbs`.
    pub texts: BTreeMap<String, String>,
}

/// The version of the model that templates print (docs/templates.md). The version grows if a field is removed or gets
/// another meaning. It does not grow if a field is added.
///
/// If a template starts with `{{!-- template model 3 --}}`, a generator with another model rejects it.
pub const TEMPLATE_MODEL: u32 = 3;

/// How the generated files refer to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `mod.rs` declares one module file for each subject. Use this layout for a folder inside `src`.
    Modules,
    /// `events.rs` includes one file for each subject. Use this layout for `OUT_DIR`.
    Included,
}

/// One file of the generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// The path of the file, relative to the output folder, with `/` between parts.
    pub path: String,
    /// The text of the file.
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
            types: TypeOptions::default(),
            deprecated: BTreeMap::new(),
        }
    }
}

impl Options {
    /// Returns the options that a manifest requests. `evschema gen` and build scripts use this function, so they generate
    /// the same types.
    #[must_use]
    pub fn from_manifest(manifest: &Manifest, templates: Templates, layout: Layout) -> Self {
        let section = &manifest.generate;
        let base = section.dataschema_base.as_ref().or(manifest.registry.url.as_ref());
        Self {
            formats: manifest.formats,
            dataschema_base: base.map(|base| base.trim_end_matches('/').to_owned()),
            templates,
            layout,
            keep_unknown: section.keep_unknown,
            borrowed: section.borrowed,
            types: TypeOptions {
                derives: section.derives.clone(),
                attributes: section.attributes.clone(),
                newtypes: section.newtypes,
                formats: section.formats.clone(),
                replace: section.replace.clone(),
                settings: section.types.clone(),
            },
            ..Self::default()
        }
    }
}
