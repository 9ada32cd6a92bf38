//! Checks Rust syntax in settings and schemas: names, paths and attributes that generated code contains unchanged.

use proc_macro2::TokenStream;
use syn::parse::Parser;
use syn::{Attribute, Path, Type};

use crate::names::{RESERVED_TYPES, is_keyword};

/// Returns an error if a text is not the path of a trait that a type can derive.
pub(crate) fn check_derive(text: &str) -> Result<(), &'static str> {
    check_line(text)?;
    let path: Path = syn::parse_str(text).map_err(|_| "the text is not the path of a trait")?;
    if path.segments.iter().any(|segment| !segment.arguments.is_none()) {
        return Err("a derived trait has no generic arguments");
    }
    Ok(())
}

/// Returns an error if a text is not one or more outer attributes.
pub(crate) fn check_attribute(text: &str) -> Result<(), &'static str> {
    check_line(text)?;
    let attributes = Attribute::parse_outer.parse_str(text).map_err(|_| "the text is not an attribute")?;
    // A documentation comment is an attribute too, but it would hide the rest of its line.
    if attributes.is_empty() || !text.trim().starts_with("#[") || !text.trim().ends_with(']') {
        return Err("the text is not an attribute");
    }
    Ok(())
}

/// Returns an error if a text is not the path of a type that every module can use.
pub(crate) fn check_type(text: &str) -> Result<(), &'static str> {
    check_line(text)?;
    let Ok(Type::Path(of)) = syn::parse_str::<Type>(text) else {
        return Err("the text is not the path of a type");
    };
    let first = of.path.segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
    if of.qself.is_some() || first == "super" || first == "self" || first == "Self" {
        return Err("the path depends on the module that uses it");
    }
    // No generated type has a name in small letters.
    let is_primitive = first.starts_with(|first: char| first.is_ascii_lowercase());
    if of.path.segments.len() == 1 && of.path.leading_colon.is_none() && !is_primitive {
        return Err("the path has only one name, which could mean a generated type");
    }
    Ok(())
}

/// Returns an error if a text cannot be the name of a generated type.
pub(crate) fn check_type_name(text: &str) -> Result<(), &'static str> {
    check_identifier(text)?;
    if RESERVED_TYPES.contains(&text) {
        return Err("generated code uses this name with another meaning");
    }
    Ok(())
}

/// Returns an error if a text cannot be the name of a field.
pub(crate) fn check_field_name(text: &str) -> Result<(), &'static str> {
    check_identifier(text)?;
    if text == "rest" {
        return Err("a field with this name keeps all other properties");
    }
    Ok(())
}

fn check_identifier(text: &str) -> Result<(), &'static str> {
    if is_keyword(text) {
        return Err("the name is a keyword of Rust");
    }
    let mut characters = text.chars();
    let starts = characters.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first));
    if !starts || !characters.all(unicode_ident::is_xid_continue) {
        return Err("the name is not an identifier of Rust");
    }
    Ok(())
}

/// Returns an error if a text is not one line without comments. The layout of generated code depends on its lines.
fn check_line(text: &str) -> Result<(), &'static str> {
    if text.contains(['\n', '\r']) {
        return Err("the text has more than one line");
    }
    // A comment would also hide the code behind the text, and so the word that is added here.
    let count = |text: &str| text.parse::<TokenStream>().map(|tokens| tokens.into_iter().count());
    match (count(text), count(&format!("{text} word"))) {
        (Ok(before), Ok(after)) if after != before + 1 => Err("the text has a comment"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_of_the_right_kind_passes() {
        for (text, passes) in [
            ("utoipa::ToSchema", true),
            ("PartialOrd", true),
            ("::zeroize::Zeroize", true),
            ("Debug, Clone", false),
            ("Into<String>", false),
            ("", false),
            ("Debug)] pub fn main() {} #[derive(Clone", false),
            ("utoipa::ToSchema // for the API", false),
        ] {
            assert_eq!(check_derive(text).is_ok(), passes, "{text}");
        }
        for (text, passes) in [
            ("#[must_use]", true),
            ("#[cfg_attr(feature = \"api\", derive(utoipa::ToSchema))] #[must_use]", true),
            ("must_use", false),
            ("#[must_use] pub struct X;", false),
            ("#![allow(dead_code)]", false),
            ("/// text", false),
            ("#[a]\n#[b]", false),
            ("#[a] // b", false),
            ("#[doc = \"https://example.org\"]", true),
            ("", false),
        ] {
            assert_eq!(check_attribute(text).is_ok(), passes, "{text}");
        }
        for (text, passes) in [
            ("crate::money::Money", true),
            ("chrono::DateTime<chrono::FixedOffset>", true),
            ("::uuid::Uuid", true),
            ("u32", true),
            ("Money", false),
            ("super::Money", false),
            ("self::Money", false),
            ("&'static str", false),
            ("crate::Money; fn main() {}", false),
            ("uuid::Uuid // v7", false),
        ] {
            assert_eq!(check_type(text).is_ok(), passes, "{text}");
        }
    }

    #[test]
    fn only_identifiers_are_names() {
        for (text, is_type, is_field) in [
            ("Order", true, true),
            ("_id", true, true),
            ("日本", true, true),
            ("Option", false, true),
            ("rest", true, false),
            ("type", false, false),
            ("_", false, false),
            ("2nd", false, false),
            ("a b", false, false),
            ("r#type", false, false),
            ("", false, false),
        ] {
            assert_eq!(check_type_name(text).is_ok(), is_type, "{text}");
            assert_eq!(check_field_name(text).is_ok(), is_field, "{text}");
        }
    }
}
