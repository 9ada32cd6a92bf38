//! Reads the public surface of generated types.

use std::collections::BTreeMap;

use evschema_codegen::{DeclaredBody, declared};
use syn::{Item, UseTree};

/// The types of one module, by name.
pub(super) type Surface = BTreeMap<String, Shown>;

/// The public parts of one type.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// The public fields and their types.
    pub(super) fields: BTreeMap<String, String>,
    /// The setters and the types of their arguments.
    pub(super) setters: BTreeMap<String, String>,
    /// The types of the arguments of `new`, if it exists.
    pub(super) new: Option<Vec<String>>,
    /// The inner type of a newtype.
    pub(super) inner: Option<String>,
    /// The variants and their types.
    pub(super) variants: BTreeMap<String, Option<String>>,
}

/// Returns the surface of the first module of a generated file, including the shared types that it uses.
///
/// Returns `None` if the file cannot be parsed.
pub(super) fn surface(text: &str, shared: Option<&str>) -> Option<Surface> {
    let file = syn::parse_file(text).ok()?;
    let module =
        file.items.iter().find_map(|item| if let Item::Mod(module) = item { Some(module) } else { None })?;
    let (_, items) = module.content.as_ref()?;
    let mut surface = of_items(items)?;
    let shared = match shared {
        Some(text) => of_items(&syn::parse_file(text).ok()?.items)?,
        None => Surface::new(),
    };
    for item in items {
        let Item::Use(used) = item else { continue };
        for (name, other) in other_names(&used.tree) {
            let shown = surface.get(&name).or_else(|| shared.get(&name)).cloned();
            surface.extend(shown.map(|shown| (other, shown)));
        }
    }
    Some(surface)
}

/// Returns the imported names of a `use`, each with its local name.
fn other_names(tree: &UseTree) -> Vec<(String, String)> {
    match tree {
        UseTree::Path(path) => other_names(&path.tree),
        UseTree::Group(group) => group.items.iter().flat_map(other_names).collect(),
        UseTree::Name(name) => vec![(name.ident.to_string(), name.ident.to_string())],
        UseTree::Rename(name) => vec![(name.ident.to_string(), name.rename.to_string())],
        UseTree::Glob(_) => Vec::new(),
    }
}

fn of_items(items: &[Item]) -> Option<Surface> {
    let mut surface = Surface::new();
    for item in items {
        let Item::Macro(call) = item else { continue };
        if call.mac.path.segments.last().is_some_and(|last| last.ident == "types") {
            let all = declared(&call.mac.tokens.to_string()).ok()?;
            surface.extend(all.into_iter().map(|one| (one.name, shown(one.body))));
        }
    }
    Some(surface)
}

fn shown(body: DeclaredBody) -> Shown {
    let none = Shown::default();
    match body {
        DeclaredBody::Struct { fields, setters, new } => Shown {
            fields: fields.into_iter().collect(),
            setters: setters.into_iter().collect(),
            new: Some(new.into_iter().map(|(_, of)| of).collect()),
            ..none
        },
        DeclaredBody::Newtype(inner) => Shown { inner: Some(inner), ..none },
        DeclaredBody::Texts(variants) => {
            Shown { variants: variants.into_iter().map(|name| (name, None)).collect(), ..none }
        }
        DeclaredBody::Union(variants) => {
            Shown { variants: variants.into_iter().map(|(name, of)| (name, Some(of))).collect(), ..none }
        }
    }
}
