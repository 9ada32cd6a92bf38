//! Checks that generated code has only the permitted items, for any schema.

#![allow(clippy::wildcard_enum_match_arm, reason = "any other item is one too many")]

use evschema_codegen::declared;
use syn::{Item, ItemMod};

/// Returns whether a generated file is valid Rust, with one module that contains only types, their implementations and
/// the document.
pub fn has_only_its_items(code: &str) -> bool {
    let Ok(parsed) = syn::parse_file(code) else { return false };
    let [Item::Mod(ItemMod { content: Some((_, items)), .. })] = parsed.items.as_slice() else {
        return false;
    };
    let mut constants = Vec::new();
    for item in items {
        match item {
            Item::Use(_) => {}
            Item::Macro(call) => {
                let path: Vec<String> =
                    call.mac.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                let is_known = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    ["rt", "document" | "event"] => true,
                    ["rt", "types"] => declared(&call.mac.tokens.to_string()).is_ok(),
                    _ => false,
                };
                if !is_known {
                    return false;
                }
            }
            Item::Const(schema) => constants.push(schema.ident.to_string()),
            _ => return false,
        }
    }
    constants == ["SCHEMA"]
}
