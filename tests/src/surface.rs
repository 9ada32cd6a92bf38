//! Reads the public surface of generated types.

#![allow(clippy::wildcard_enum_match_arm, reason = "other items are no types")]

use std::collections::BTreeMap;

use evschema_codegen::GeneratedFile;
use quote::ToTokens;
use syn::{Fields, Item, UseTree};

/// The types of one module, by name.
pub type Surface = BTreeMap<String, Shown>;

/// The public parts of one type.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// The public fields and their types.
    pub fields: BTreeMap<String, String>,
    /// The setters and the types of their arguments.
    pub setters: BTreeMap<String, String>,
    /// The module of the type's `Required`, if the type is a struct with fields.
    pub module: Option<String>,
    /// The members of `Required` and their types, if the type has `new`.
    pub new: Option<Vec<(String, String)>>,
    /// The inner type of a newtype.
    pub inner: Option<String>,
    /// The variants and their types.
    pub variants: BTreeMap<String, Option<String>>,
    /// The names in JSON of fields and variants, without the quotes of their literals.
    pub json: BTreeMap<String, String>,
    /// The location of the schema that checks the type alone, if the glue names it.
    pub location: Option<String>,
}

/// Returns the surface of a module such as `commerce_order_placed::v1`, including the types that it re-exports. Returns
/// `None` if the files cannot be parsed.
pub fn surface(files: &[GeneratedFile], module: &str) -> Option<Surface> {
    let (subject, version) = module.split_once("::")?;
    let text = |path: String| files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let file = syn::parse_file(text(format!("{subject}.rs"))?).ok()?;
    let items = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == version => Some(&module.content.as_ref()?.1),
        _ => None,
    })?;
    let mut surface = Surface::new();
    for item in items {
        match item {
            Item::Struct(one) => {
                surface.insert(one.ident.to_string(), of_fields(&one.fields));
            }
            Item::Enum(one) => {
                let variants = one.variants.iter().map(|variant| {
                    let of = variant.fields.iter().next().map(|field| printed(&field.ty));
                    (variant.ident.to_string(), of)
                });
                let shown = Shown { variants: variants.collect(), ..Shown::default() };
                surface.insert(one.ident.to_string(), shown);
            }
            Item::Use(used) => {
                if let Some((path, name, other)) = imported(&used.tree)
                    && let [.., subject, version] = path.as_slice()
                    && let Some(there) = self::surface(files, &format!("{subject}::{version}"))
                    && let Some(shown) = there.get(&name)
                {
                    surface.insert(other, shown.clone());
                }
            }
            _ => {}
        }
    }
    add_glue(&mut surface, text(format!("{subject}/{version}.glue.rs"))?);
    Some(surface)
}

/// Returns the path of an import, the imported name, and its local name.
fn imported(tree: &UseTree) -> Option<(Vec<String>, String, String)> {
    match tree {
        UseTree::Path(path) => {
            let (mut parts, name, other) = imported(&path.tree)?;
            parts.insert(0, path.ident.to_string());
            Some((parts, name, other))
        }
        UseTree::Name(name) => Some((Vec::new(), name.ident.to_string(), name.ident.to_string())),
        UseTree::Rename(name) => Some((Vec::new(), name.ident.to_string(), name.rename.to_string())),
        UseTree::Group(_) | UseTree::Glob(_) => None,
    }
}

fn of_fields(fields: &Fields) -> Shown {
    match fields {
        Fields::Named(named) => {
            let fields = named
                .named
                .iter()
                .filter_map(|field| Some((field.ident.as_ref()?.to_string(), printed(&field.ty))));
            Shown { fields: fields.collect(), new: Some(Vec::new()), ..Shown::default() }
        }
        Fields::Unnamed(inner) => {
            Shown { inner: inner.unnamed.first().map(|field| printed(&field.ty)), ..Shown::default() }
        }
        Fields::Unit => Shown::default(),
    }
}

/// Adds the JSON names, the setters and the members of `Required`, which only the glue has.
fn add_glue(surface: &mut Surface, glue: &str) {
    let mut current: Option<&mut Shown> = None;
    let mut opens = false;
    for line in glue.lines().map(str::trim) {
        if opens {
            let mut words = line.split_whitespace();
            current = words.next().and_then(|name| surface.get_mut(name));
            if let (Some("in"), Some(module), Some(shown)) = (words.next(), words.next(), &mut current) {
                shown.module = Some(module.to_owned());
            }
            opens = false;
        } else if line.starts_with("rt::") {
            opens = ["rt::object! {", "rt::texts! {"].contains(&line);
            current = None;
        } else if let Some(shown) = &mut current
            && let Some(location) = line.strip_prefix("at (PROGRAM, \"")
        {
            shown.location = Some(location.trim_end_matches("\")").to_owned());
        } else if let Some(shown) = &mut current
            && let Some((name, rest)) = line.split_once(" \"")
            && let Some((json, rest)) = rest.rsplit_once('"')
        {
            shown.json.insert(name.to_owned(), json.to_owned());
            let rest = rest.trim().trim_end_matches(',');
            if let Some(of) = rest.strip_prefix("required ")
                && let Some(new) = &mut shown.new
            {
                new.push((name.to_owned(), of.replace(' ', "")));
            } else if let Some((of, setter)) = rest.split_once(" => ")
                && let Some((_, of)) = of.split_once(' ')
            {
                shown.setters.insert(setter.to_owned(), of.replace(' ', ""));
            }
        }
    }
}

fn printed(of: &syn::Type) -> String {
    of.to_token_stream().to_string().replace(' ', "")
}
