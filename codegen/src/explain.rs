//! Explains how generated code parses each schema, and why.

use std::fmt;

use evschema_model::{Catalog, Coordinates, Pointer, Position};
use serde_json::{Map, Value};

use crate::generate_error::GenerateError;
use crate::opened::{closure, opened};
use crate::options::Options;
use crate::plan::{Body, Case, Planner, RustType, TypeRef, modules};
use crate::program::link;
use crate::render::type_text;

/// How generated code parses the values of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The code parses and checks the value, and builds the Rust value, in one pass over the bytes.
    OnePass,
    /// The code first selects the alternative, by its JSON type or its properties. One pass over the bytes follows.
    Union,
    /// The code first checks the whole value, and parses it afterwards. So the code scans the bytes twice.
    CheckedFirst,
    /// The code only checks the value, and has no type for it.
    Untyped,
}

/// How generated code treats one schema of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The document that contains the schema.
    pub at: Coordinates,
    /// The location of the schema in the document.
    pub pointer: Pointer,
    /// The position of the schema in the text of the document.
    pub position: Option<Position>,
    /// How the code parses the values of the schema.
    pub class: Class,
    /// The reason for this class.
    pub why: String,
    /// The name of the Rust type in the module of the document.
    pub rust_type: Option<String>,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OnePass => "one pass",
            Self::Union => "union",
            Self::CheckedFirst => "checked first",
            Self::Untyped => "untyped",
        })
    }
}

/// Returns how generated code parses the values of each schema that these versions use. The list is ordered by
/// document, and within a document by position in the text.
///
/// # Errors
///
/// If a problem prevents the generation of a version. The error has all such problems.
pub fn explain(
    catalog: &Catalog,
    selection: &[Coordinates],
    options: &Options,
) -> Result<Vec<Explained>, GenerateError> {
    let (documents, events) = opened(catalog, selection, options.formats)?;
    let ids = closure(&documents, &events);
    let modules = modules(&documents, &ids, &events);
    let mut planner = Planner::new(&documents, options.keep_unknown);
    planner.borrows(options.borrowed);
    planner.request(&options.types, &ids);
    for event in events {
        planner.add_event(event);
    }
    let problems = planner.request_problems();
    if !problems.is_empty() {
        return Err(GenerateError::new(problems));
    }
    let programs = link(&mut planner, &ids);
    planner.name_types();
    let mut found = Vec::new();
    for (document, program) in &programs {
        for (place, node) in &program.nodes {
            let Some(place) = place.filter(|place| documents.document(*place) == *document) else { continue };
            let planned = planner.planned(place).or_else(|| planner.reader(place));
            let pointer = documents.pointer(place).clone();
            let schema = documents.schema(*document);
            let (class, why) = classify(&planner, node, planned.as_ref());
            let rust_type =
                planned.map(|planned| type_text(&documents, planner.plan(), &modules, &planned, *document));
            found.push(Explained {
                at: schema.at().clone(),
                position: schema.document().position(&pointer),
                pointer,
                class,
                why,
                rust_type,
            });
        }
    }
    found.sort_by(|a, b| {
        let offset = |one: &Explained| one.position.map(|position| position.offset);
        (&a.at, offset(a), a.pointer.as_str()).cmp(&(&b.at, offset(b), b.pointer.as_str()))
    });
    Ok(found)
}

fn classify(
    planner: &Planner<'_, '_>,
    node: &Map<String, Value>,
    planned: Option<&TypeRef>,
) -> (Class, String) {
    let Some(planned) = planned else {
        return (
            Class::Untyped,
            "used only to check events; the generated code creates no Rust value for this schema".to_owned(),
        );
    };
    if node.get("streamed").is_some_and(|streamed| streamed == "own") {
        let why = "the type checks the properties; a later check covers keywords such as `allOf` and `if`";
        return (Class::OnePass, why.to_owned());
    }
    if node.contains_key("streamed") {
        if node.contains_key("variants") {
            return (Class::Union, told_apart(planner, planned));
        }
        let why = if node.contains_key("unlessNull") {
            "the value is `null`, or the type checks everything"
        } else {
            "the type checks everything"
        };
        return (Class::OnePass, why.to_owned());
    }
    let beyond = beyond_types(node);
    let is_replaced = matches!(&planned.shape, RustType::External(external) if !external.is_string);
    let why = if is_replaced {
        "the setting `replace` names the type, which checks nothing".to_owned()
    } else if !beyond.is_empty() {
        format!("a type cannot check {}", beyond.join(", "))
    } else if node.contains_key("resource") {
        "the meaning may depend on the references that lead to this schema, because a connected schema has a \
         `$dynamicRef`"
            .to_owned()
    } else if planned.shape == RustType::Json {
        "the type is `Json`, which can hold any value".to_owned()
    } else {
        "the type can also hold values that the schema rejects".to_owned()
    };
    (Class::CheckedFirst, why)
}

/// Returns the keywords of a node that a type never checks while it parses.
fn beyond_types(node: &Map<String, Value>) -> Vec<String> {
    const BEYOND: [&str; 14] = [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "enum",
        "prefixItems",
        "patternProperties",
        "propertyNames",
        "dependentSchemas",
        "unevaluatedProperties",
        "unevaluatedItems",
        "encoding",
        "dynamic",
    ];
    BEYOND
        .iter()
        .filter(|keyword| node.contains_key(**keyword))
        .map(|keyword| format!("`{keyword}`"))
        .collect()
}

/// Returns how the alternatives of an enum differ, as the reason for [`Class::Union`].
fn told_apart(planner: &Planner<'_, '_>, planned: &TypeRef) -> String {
    let RustType::Named(id) = &planned.shape else {
        return "the alternatives differ in JSON type".to_owned();
    };
    let Body::Union(variants) = &planner.plan().definition(*id).body else {
        return "the alternatives differ in JSON type".to_owned();
    };
    let any = |test: &dyn Fn(&Case) -> bool| variants.iter().any(|variant| test(&variant.case));
    let mut by = Vec::new();
    let mut tags: Vec<&str> = Vec::new();
    for (name, _) in variants.iter().flat_map(|variant| &variant.case.tags) {
        if !tags.contains(&name.as_str()) {
            tags.push(name);
            by.push(format!("the property `{}`", name.escape_debug()));
        }
    }
    if any(&|case| !case.required.is_empty() || case.known.is_some()) {
        by.push("the properties that are present".to_owned());
    }
    if by.is_empty() || variants.iter().any(|variant| variant.case.kinds != ["OBJECT"]) {
        by.push("JSON type".to_owned());
    }
    format!("the alternatives differ in {}", by.join(" and "))
}
