//! Generates docs/templates.md from the types of the template model and their comments.

use std::path::Path;

use evschema_codegen::TEMPLATE_MODEL;
use quote::ToTokens;
use syn::{Attribute, Expr, Field, Fields, Item, ItemStruct, Lit, Meta};

use super::generated::{Files, Generated};

/// The text of the page before the tables of the types.
const ABOUT: &str = include_str!("templates/about.md");

pub(super) fn files(root: &Path) -> Files {
    let mut page = ABOUT.replace("MODEL", &TEMPLATE_MODEL.to_string());
    for path in ["codegen/src/view.rs", "codegen/src/view/any.rs"] {
        let file = syn::parse_file(&std::fs::read_to_string(root.join(path))?)?;
        for item in &file.items {
            if let Item::Struct(shown) = item {
                page.push_str(&section(shown));
            }
        }
    }
    Ok(vec![Generated { path: "docs/templates.md".into(), text: page }])
}

fn section(shown: &ItemStruct) -> String {
    let mut text =
        format!("\n### {}\n\n{}\n\n| field | type | |\n|---|---|---|\n", shown.ident, docs(&shown.attrs));
    if let Fields::Named(fields) = &shown.fields {
        for field in &fields.named {
            let of = field.ty.to_token_stream().to_string().replace(' ', "").replace("&'static", "");
            text.push_str(&format!("| `{}` | {} | {} |\n", name(field), in_words(&of), docs(&field.attrs)));
        }
    }
    text
}

fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        let Expr::Lit(literal) = &pair.value else { return None };
        let Lit::Str(text) = &literal.lit else { return None };
        pair.path.is_ident("doc").then(|| text.value().trim().to_owned())
    });
    lines.collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// Returns the serialized name of a field.
fn name(field: &Field) -> String {
    let renamed =
        field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")).find_map(|attribute| {
            let text = attribute.meta.to_token_stream().to_string();
            text.split("rename = \"").nth(1)?.split('"').next().map(str::to_owned)
        });
    renamed.unwrap_or_else(|| field.ident.as_ref().map(ToString::to_string).unwrap_or_default())
}

fn in_words(of: &str) -> String {
    if let Some(inner) = of.strip_prefix("Vec<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("list of {}", in_words(inner));
    }
    if let Some(inner) = of.strip_prefix("Option<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("{} or null", in_words(inner));
    }
    match of {
        "String" | "str" => "string".to_owned(),
        "bool" => "boolean".to_owned(),
        "usize" | "u32" => "number".to_owned(),
        own => format!("[{own}](#{})", own.to_lowercase()),
    }
}
