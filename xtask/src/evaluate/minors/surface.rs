//! What generated types show to the code that uses them.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Fields, Ident, Item, ItemEnum, ItemStruct, LitInt, Token, Type, UseTree, braced, bracketed,
    parenthesized,
};

/// The types of one module, by name.
pub(super) type Surface = BTreeMap<String, Shown>;

/// One type, as far as other code can see it.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// Public fields and their types.
    pub(super) fields: BTreeMap<String, String>,
    /// Setters and what they take.
    pub(super) setters: BTreeMap<String, String>,
    /// The types of the arguments of `new`, where there is one.
    pub(super) new: Option<Vec<String>>,
    /// The type that a newtype is around.
    pub(super) inner: Option<String>,
    /// Variants, and the type that each holds.
    pub(super) variants: BTreeMap<String, Option<String>>,
}

/// Returns the surface of the first module of a generated file, with what it uses of the file of shared
/// types; `None` if it cannot be read.
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

/// Returns the names in the group that a `use` ends with, and what they are called here.
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
        if let Item::Struct(record) = item {
            surface.insert(record.ident.to_string(), of_struct(record));
        } else if let Item::Enum(choices) = item {
            surface.insert(choices.ident.to_string(), of_enum(choices));
        } else if let Item::Macro(call) = item
            && call.mac.path.segments.last().is_some_and(|last| last.ident == "record")
        {
            let record = record.parse2(call.mac.tokens.clone()).ok()?;
            let shown = surface.get_mut(&record.name)?;
            shown.setters = record.setters;
            shown.new = Some(record.new);
        } else if let Item::Macro(call) = item
            && call.mac.path.segments.last().is_some_and(|last| last.ident == "constant")
        {
            let (name, variant) = constant.parse2(call.mac.tokens.clone()).ok()?;
            let variants = BTreeMap::from([(variant, None)]);
            surface.insert(name, Shown { variants, ..Shown::default() });
        }
    }
    Some(surface)
}

fn of_struct(record: &ItemStruct) -> Shown {
    let mut shown = Shown::default();
    match &record.fields {
        Fields::Named(fields) => {
            for field in &fields.named {
                if let Some(name) = &field.ident {
                    shown.fields.insert(name.to_string(), printed(&field.ty));
                }
            }
        }
        Fields::Unnamed(fields) => shown.inner = fields.unnamed.first().map(|field| printed(&field.ty)),
        Fields::Unit => {}
    }
    shown
}

fn of_enum(choices: &ItemEnum) -> Shown {
    let variants = choices.variants.iter().map(|variant| {
        (variant.ident.to_string(), variant.fields.iter().next().map(|field| printed(&field.ty)))
    });
    Shown { variants: variants.collect(), ..Shown::default() }
}

struct Record {
    name: String,
    setters: BTreeMap<String, String>,
    new: Vec<String>,
}

/// Reads what the runtime's macro `record` is told.
fn record(input: ParseStream<'_>) -> syn::Result<Record> {
    let name = input.parse::<Ident>()?.to_string();
    let names;
    bracketed!(names in input);
    names.parse::<proc_macro2::TokenStream>()?;
    let fields;
    braced!(fields in input);
    let mut setters = BTreeMap::new();
    while !fields.is_empty() {
        fields.parse::<LitInt>()?;
        fields.call(Ident::parse_any)?;
        fields.call(Ident::parse_any)?;
        if fields.peek(Ident) {
            let setter = fields.parse::<Ident>()?.to_string();
            let value;
            parenthesized!(value in fields);
            setters.insert(setter, printed(&value.parse()?));
        }
        fields.parse::<Token![,]>()?;
    }
    input.parse::<Ident>()?;
    let arguments;
    parenthesized!(arguments in input);
    let argument = |input: ParseStream<'_>| {
        input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        input.parse::<Type>()
    };
    let new = Punctuated::<Type, Token![,]>::parse_terminated_with(&arguments, argument)?;
    input.parse::<proc_macro2::TokenStream>()?;
    Ok(Record { name, setters, new: new.iter().map(printed).collect() })
}

/// Reads the type and the variant that the runtime's macro `constant` is told.
fn constant(input: ParseStream<'_>) -> syn::Result<(String, String)> {
    input.call(Attribute::parse_outer)?;
    let name = input.parse::<Ident>()?.to_string();
    let body;
    braced!(body in input);
    body.call(Attribute::parse_outer)?;
    let variant = body.call(Ident::parse_any)?.to_string();
    body.parse::<proc_macro2::TokenStream>()?;
    Ok((name, variant))
}

fn printed(of: &Type) -> String {
    of.to_token_stream().to_string().replace(' ', "")
}
