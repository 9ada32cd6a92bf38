//! The path of a type: the definition or document that contains it, and the properties that lead to it.

use evschema_model::Subject;

use crate::names::{self, RESERVED_TYPES, cut_type_name, joined, singular, type_name};

/// The path of a type. A type's name depends only on its path (docs/adr/0014).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TypePath {
    pub(super) start: Start,
    parts: Vec<Part>,
}

/// The schema at which a path starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Start {
    /// The root of the document.
    Root,
    /// A definition, by its key.
    Definition(String),
}

/// A step from a type to a type inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// A property, by its name in JSON.
    Member(String),
    /// The items of an array, or the values of a map.
    Item,
    /// An item of a tuple, counted from zero.
    At(usize),
    /// A variant of an enum, by its name.
    Variant(String),
    /// The properties without a field.
    Rest,
}

impl TypePath {
    /// Returns the path of a document's root.
    pub(crate) fn root() -> Self {
        Self { start: Start::Root, parts: Vec::new() }
    }

    /// Returns the path with one more step.
    pub(crate) fn with(&self, part: Part) -> Self {
        let mut longer = self.clone();
        longer.parts.push(part);
        longer
    }

    /// Returns whether the path is only the root or a definition.
    pub(crate) fn is_start(&self) -> bool {
        self.parts.is_empty()
    }

    /// Returns the path of a place from the tokens of its JSON Pointer.
    pub(super) fn of_pointer(tokens: &[String]) -> Self {
        let mut path = Self::root();
        let mut tokens = tokens.iter().map(String::as_str);
        while let Some(token) = tokens.next() {
            match token {
                "properties" | "dependentSchemas" | "dependencies" => {
                    path = match tokens.next() {
                        Some(name) => path.with(Part::Member(name.to_owned())),
                        None => path,
                    };
                }
                "items" | "prefixItems" => match tokens.clone().next().map(str::parse) {
                    Some(Ok(at)) => {
                        tokens.next();
                        path = path.with(Part::At(at));
                    }
                    Some(Err(_)) | None => path = path.with(Part::Item),
                },
                "additionalProperties"
                | "additionalItems"
                | "contains"
                | "unevaluatedProperties"
                | "unevaluatedItems" => path = path.with(Part::Item),
                "patternProperties" => {
                    tokens.next();
                    path = path.with(Part::Item);
                }
                "anyOf" | "oneOf" | "allOf" => {
                    let number = tokens.next().and_then(|at| at.parse::<usize>().ok()).unwrap_or_default();
                    path = path.with(Part::Variant(format!("Branch{}", number + 1)));
                }
                "if" | "then" | "else" | "not" => path = path.with(Part::Variant(type_name(token))),
                // The folder of definitions, or any other container.
                _ => path = Self { start: Start::Definition(token.to_owned()), parts: Vec::new() },
            }
        }
        path
    }

    /// Returns the usual name of a type with this path. A property of the root has its own name.
    pub(super) fn short_name(&self, root: &str) -> String {
        let (mut name, mut parts) = match (&self.start, self.parts.as_slice()) {
            (Start::Root, [Part::Member(member), rest @ ..]) => (type_name(member), rest),
            (Start::Root, parts) => (root.to_owned(), parts),
            (Start::Definition(key), parts) => (type_name(key), parts),
        };
        while let [part, rest @ ..] = parts {
            name = match part {
                Part::Item => singular(&name).unwrap_or_else(|| joined(&name, "Item")),
                Part::Member(_) | Part::At(_) | Part::Variant(_) | Part::Rest => joined(&name, &part.name()),
            };
            parts = rest;
        }
        cut_type_name(name)
    }

    /// Returns the name that shows the whole path.
    pub(super) fn long_name(&self, root: &str) -> String {
        let start = match &self.start {
            Start::Root => root.to_owned(),
            Start::Definition(key) => format!("{}Definition", type_name(key)),
        };
        cut_type_name(self.parts.iter().fold(start, |name, part| joined(&name, &part.name())))
    }
}

impl Part {
    fn name(&self) -> String {
        match self {
            Self::Member(name) => type_name(name),
            Self::Item => "Item".to_owned(),
            Self::At(at) => format!("Item{}", at + 1),
            Self::Variant(name) => name.clone(),
            Self::Rest => "Rest".to_owned(),
        }
    }
}

/// Returns the name of the type of a document's root: the last two parts of its subject.
pub(crate) fn root_name(subject: &Subject) -> String {
    let parts = subject.as_str().rsplit('.').take(2);
    // The part `v1` of `pubsub.v1.MessagePublished` does not describe the event.
    let mut last: Vec<&str> = parts.filter(|part| !names::is_version(part)).collect();
    last.reverse();
    let name = type_name(&last.join(" "));
    if RESERVED_TYPES.contains(&name.as_str()) { joined(&name, "Event") } else { name }
}
