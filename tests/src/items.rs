//! Checks that generated code has only the permitted items, for any schema.

#![allow(clippy::wildcard_enum_match_arm, reason = "any other item is one too many")]

use evschema_codegen::GeneratedFile;
use syn::{Item, ItemMacro, ItemMod};

/// The macros of the runtime that glue may call.
const GLUE: [&str; 11] = [
    "any",
    "document",
    "event",
    "event_ref",
    "generated_by",
    "integers",
    "object",
    "plain",
    "texts",
    "union",
    "wrapper",
];

/// Returns whether the generated files of one event are valid Rust with only the permitted items: one module with
/// types, and glue with calls of the runtime's macros and the texts of the side files.
pub fn has_only_its_items(files: &[GeneratedFile]) -> bool {
    let rust = files.iter().filter(|file| file.path.ends_with(".rs") && file.path != "mod.rs");
    rust.into_iter().all(|file| {
        let Ok(parsed) = syn::parse_file(&file.text) else { return false };
        if file.path.ends_with("/any.glue.rs") {
            return is_glue_of_versions(&parsed.items);
        }
        if file.path.ends_with(".glue.rs") {
            return is_glue(&parsed.items);
        }
        let (modules, others): (Vec<Item>, Vec<Item>) =
            parsed.items.into_iter().partition(|item| matches!(item, Item::Mod(_)));
        let [Item::Mod(ItemMod { content: Some((_, items)), .. })] = modules.as_slice() else { return false };
        has_types(items) && has_types(&others)
    })
}

/// The glue of an enum of versions has conversions between them.
fn is_glue_of_versions(items: &[Item]) -> bool {
    items.iter().all(|item| match item {
        Item::Macro(call) => is_glue_call(call),
        Item::Impl(_) => true,
        _ => false,
    })
}

fn is_glue_call(call: &ItemMacro) -> bool {
    let path: Vec<String> = call.mac.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    matches!(path.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), ["rt", name] if GLUE.contains(name))
}

fn has_types(items: &[Item]) -> bool {
    items.iter().all(|item| match item {
        Item::Use(_) | Item::Struct(_) | Item::Enum(_) | Item::Type(_) => true,
        Item::Macro(call) => call.mac.path.is_ident("include"),
        _ => false,
    })
}

fn is_glue(items: &[Item]) -> bool {
    let mut constants = Vec::new();
    for item in items {
        match item {
            Item::Macro(call) if is_glue_call(call) => {}
            // The feature of the runtime that some formats need.
            Item::Use(_) => {}
            Item::Const(text) => constants.push(text.ident.to_string()),
            _ => return false,
        }
    }
    constants == ["SCHEMA", "PROGRAM_TEXT"]
}
