//! A document and everything it refers to, as nodes: each schema object with its keywords read by
//! its own draft and its references followed.

mod read;
mod real;

use std::cell::RefCell;
use std::collections::HashMap;

use evschema_model::{Draft, Formats, Resolved};
use serde_json::{Value, json};

pub(super) use read::read;
pub(super) use real::refuses_all;

/// Number of a node in [`Rules`].
pub(super) type Id = usize;

/// A subschema. Keywords that its draft does not know are left out.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Where it stands: the URI of its document and a JSON Pointer.
    pub(super) uri: String,
    /// The boolean schema `false`.
    pub(super) is_false: bool,
    /// Whether it asserts something (see [`real`]).
    pub(super) is_real: bool,
    pub(super) reference: Option<Id>,
    /// A reference that depends on how the node was reached, or leads to a metaschema.
    pub(super) is_opaque: bool,
    pub(super) all_of: Vec<Id>,
    pub(super) any_of: Vec<Id>,
    pub(super) one_of: Vec<Id>,
    pub(super) not: Option<Id>,
    pub(super) test: Option<Id>,
    pub(super) then: Option<Id>,
    pub(super) otherwise: Option<Id>,
    /// Keys of `dependentSchemas`, or of `dependencies` with a schema.
    pub(super) dependents: Vec<(String, Id)>,
    /// Keys and names of `dependentRequired`, or of `dependencies` with names.
    pub(super) dependent_names: Vec<String>,
    pub(super) required: Vec<String>,
    pub(super) properties: HashMap<String, Id>,
    pub(super) patterns: Vec<(String, Id)>,
    pub(super) additional: Option<Id>,
    pub(super) unevaluated: Option<Id>,
    pub(super) property_names: Option<Id>,
    pub(super) min_properties: u64,
    /// `prefixItems`, or the array form of `items`.
    pub(super) prefix: Vec<Id>,
    /// The schema of the items after the prefix.
    pub(super) rest: Option<Id>,
    pub(super) unevaluated_items: Option<Id>,
    pub(super) contains: Option<Id>,
    pub(super) min_items: u64,
    /// Values of `const` and `enum`.
    pub(super) listed: Vec<Value>,
}

/// The nodes of a schema and of everything it refers to.
pub(super) struct Rules {
    resolved: Resolved,
    formats: Formats,
    nodes: Vec<Node>,
    root: Id,
    validators: RefCell<HashMap<Id, Option<jsonschema::Validator>>>,
    patterns: RefCell<HashMap<String, Option<jsonschema::Validator>>>,
}

impl Rules {
    pub(super) fn root(&self) -> Id {
        self.root
    }

    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// Returns whether a subschema accepts a value by itself; `None` if it cannot be compiled.
    pub(super) fn accepts(&self, id: Id, value: &Value) -> Option<bool> {
        if self.nodes[id].is_false {
            return Some(false);
        }
        let mut validators = self.validators.borrow_mut();
        let validator = validators.entry(id).or_insert_with(|| self.compile(id));
        validator.as_ref().map(|validator| validator.is_valid(value))
    }

    /// Compiles a reference to the node, so that the library resolves what the node refers to.
    fn compile(&self, id: Id) -> Option<jsonschema::Validator> {
        let registry = self.resolved.registry().ok()?;
        jsonschema::options()
            .with_draft(self.resolved.schema().draft().to_library())
            .should_validate_formats(self.formats == Formats::Assert)
            .offline()
            .with_registry(&registry)
            .build(&json!({ "$ref": self.nodes[id].uri }))
            .ok()
    }

    /// Returns whether a pattern matches a name; `None` if the pattern is not readable.
    pub(super) fn matches(&self, pattern: &str, name: &str) -> Option<bool> {
        let mut patterns = self.patterns.borrow_mut();
        let validator = patterns.entry(pattern.to_owned()).or_insert_with(|| {
            jsonschema::options()
                .with_draft(Draft::Draft7.to_library())
                .build(&json!({ "pattern": pattern }))
                .ok()
        });
        validator.as_ref().map(|validator| validator.is_valid(&Value::String(name.to_owned())))
    }

    /// Returns the names that `propertyNames` lists: by `enum` and `const`, also through references
    /// and unions.
    pub(super) fn listed_names(&self, id: Id) -> Vec<&str> {
        let mut names = Vec::new();
        let mut open = vec![id];
        let mut seen = Vec::new();
        while let Some(id) = open.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            let node = &self.nodes[id];
            names.extend(node.listed.iter().filter_map(Value::as_str));
            open.extend(node.reference);
            open.extend(node.all_of.iter().chain(&node.any_of).chain(&node.one_of));
        }
        names
    }
}
