//! Reads documents into nodes.

use std::cell::RefCell;
use std::collections::HashMap;

use evschema_model::{Draft, Formats, Resolved, Schema};
use referencing::{Resolver, Uri};
use serde_json::{Map, Value};

use super::real::is_real;
use super::{Id, Node, Rules};

/// Most nodes that are read.
const NODES_MAX: usize = 200_000;

/// Reads a schema and everything it refers to; `None` if references do not resolve or there is too much.
pub(in crate::oracle) fn read(resolved: &Resolved, formats: Formats) -> Option<Rules> {
    let registry = resolved.registry().ok()?;
    let root = resolved.schema();
    let mut documents: Vec<&Schema> = vec![root];
    documents.extend(resolved.documents().into_iter().map(|schema| &**schema));
    let mut places = HashMap::new();
    for document in documents {
        let mut uri = format!("{}#", document.retrieval_uri());
        name_places(document.value(), document.draft(), &mut uri, &mut places);
    }
    let base = Uri::parse(root.base_uri().into_owned()).ok()?;
    let mut reader =
        Reader { places, known: HashMap::new(), nodes: Vec::new(), open: Vec::new() };
    let root_id = reader.visit(root.value(), &registry.resolver(base), root.draft());
    while let Some(Open { id, schema, resolver, draft }) = reader.open.pop() {
        let node = reader.node(schema, &resolver, draft);
        reader.nodes[id] = node;
        if NODES_MAX < reader.nodes.len() {
            return None;
        }
    }
    Some(Rules {
        nodes: reader.nodes,
        root: root_id,
        resolved: resolved.clone(),
        formats,
        validators: RefCell::default(),
        patterns: RefCell::default(),
    })
}

/// Notes the URI and the draft of every place of a document, by the address of the value.
fn name_places(value: &Value, draft: Draft, uri: &mut String, places: &mut HashMap<usize, (String, Draft)>) {
    places.insert(address(value), (uri.clone(), draft));
    let length = uri.len();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                uri.push('/');
                push_encoded(uri, name);
                name_places(member, draft, uri, places);
                uri.truncate(length);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                uri.push_str(&format!("/{at}"));
                name_places(item, draft, uri, places);
                uri.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Appends a token of a JSON Pointer as a fragment spells it.
fn push_encoded(uri: &mut String, token: &str) {
    for byte in token.replace('~', "~0").replace('/', "~1").bytes() {
        if byte.is_ascii_alphanumeric() || b"._~-".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value) as usize
}

struct Open<'r> {
    id: Id,
    schema: &'r Value,
    resolver: Resolver<'r>,
    draft: Draft,
}

struct Reader<'r> {
    places: HashMap<usize, (String, Draft)>,
    known: HashMap<usize, Id>,
    nodes: Vec<Node>,
    open: Vec<Open<'r>>,
}

impl<'r> Reader<'r> {
    /// Returns the node of a schema, which is read later.
    fn visit(&mut self, schema: &'r Value, resolver: &Resolver<'r>, draft: Draft) -> Id {
        if let Some(id) = self.known.get(&address(schema)) {
            return *id;
        }
        let id = self.nodes.len();
        self.known.insert(address(schema), id);
        self.nodes.push(Node::default());
        self.open.push(Open { id, schema, resolver: resolver.clone(), draft });
        id
    }

    fn node(&mut self, schema: &'r Value, resolver: &Resolver<'r>, draft: Draft) -> Node {
        let mut node = Node {
            uri: self.places.get(&address(schema)).map(|(uri, _)| uri.clone()).unwrap_or_default(),
            is_false: schema == &Value::Bool(false),
            is_real: is_real(schema, draft),
            ..Node::default()
        };
        let Value::Object(members) = schema else { return node };
        let hides = draft.ref_hides_siblings() && members.contains_key("$ref");
        let mut resolver = resolver.clone();
        if !hides && members.get(draft.id_keyword()).is_some_and(Value::is_string) {
            match resolver.in_subresource(referencing::ResourceRef::new(schema, draft.to_library())) {
                Ok(inner) => resolver = inner,
                Err(_) => node.is_opaque = true,
            }
        }
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            match resolver.lookup(reference) {
                Ok(found) => {
                    let (target, inner, _) = found.into_inner();
                    match self.places.get(&address(target)) {
                        Some((_, draft)) => node.reference = Some(self.visit(target, &inner, *draft)),
                        // A place outside the documents is in a metaschema.
                        None => node.is_opaque = true,
                    }
                }
                Err(_) => node.is_opaque = true,
            }
        }
        if hides {
            return node;
        }
        node.is_opaque |= draft == Draft::Draft201909 && members.contains_key("$recursiveRef");
        node.is_opaque |= draft == Draft::Draft202012 && members.contains_key("$dynamicRef");
        let at = Here { members, resolver: &resolver, draft };
        self.read_applicators(&mut node, &at);
        self.read_object(&mut node, &at);
        self.read_array(&mut node, &at);
        node.listed.extend(members.get("enum").and_then(Value::as_array).into_iter().flatten().cloned());
        if Draft::Draft6 <= draft {
            node.listed.extend(members.get("const").cloned());
        }
        node
    }

    fn read_applicators(&mut self, node: &mut Node, at: &Here<'_, 'r>) {
        node.all_of = self.list(at, "allOf");
        node.any_of = self.list(at, "anyOf");
        node.one_of = self.list(at, "oneOf");
        node.not = self.one(at, "not");
        if Draft::Draft7 <= at.draft {
            node.test = self.one(at, "if");
            node.then = self.one(at, "then").filter(|_| node.test.is_some());
            node.otherwise = self.one(at, "else").filter(|_| node.test.is_some());
        }
    }

    fn read_object(&mut self, node: &mut Node, at: &Here<'_, 'r>) {
        node.properties = self.named(at, "properties").into_iter().collect();
        node.patterns = self.named(at, "patternProperties");
        node.additional = self.one(at, "additionalProperties");
        node.required = strings(at.members.get("required"));
        node.min_properties = count(at.members.get("minProperties"));
        if Draft::Draft6 <= at.draft {
            node.property_names = self.one(at, "propertyNames");
        }
        if Draft::Draft201909 <= at.draft {
            node.unevaluated = self.one(at, "unevaluatedProperties");
            node.dependents = self.named(at, "dependentSchemas");
            self.read_dependent_names(node, at, "dependentRequired");
        } else {
            node.dependents = self.named(at, "dependencies");
            self.read_dependent_names(node, at, "dependencies");
        }
    }

    fn read_dependent_names(&self, node: &mut Node, at: &Here<'_, 'r>, keyword: &str) {
        for (key, names) in at.members.get(keyword).and_then(Value::as_object).into_iter().flatten() {
            if names.is_array() {
                node.dependent_names.push(key.clone());
                node.dependent_names.extend(strings(Some(names)));
            }
        }
    }

    fn read_array(&mut self, node: &mut Node, at: &Here<'_, 'r>) {
        let is_list = at.members.get("items").is_some_and(Value::is_array);
        if at.draft == Draft::Draft202012 {
            node.prefix = self.list(at, "prefixItems");
            node.rest = self.one(at, "items");
        } else if is_list {
            node.prefix = self.list(at, "items");
            node.rest = self.one(at, "additionalItems");
        } else {
            node.rest = self.one(at, "items");
        }
        if Draft::Draft6 <= at.draft {
            node.contains = self.one(at, "contains");
        }
        if Draft::Draft201909 <= at.draft {
            node.unevaluated_items = self.one(at, "unevaluatedItems");
        }
        node.min_items = count(at.members.get("minItems"));
    }

    fn one(&mut self, at: &Here<'_, 'r>, keyword: &str) -> Option<Id> {
        let schema = at.members.get(keyword).filter(|schema| schema.is_object() || schema.is_boolean())?;
        Some(self.visit(schema, at.resolver, at.draft))
    }

    fn list(&mut self, at: &Here<'_, 'r>, keyword: &str) -> Vec<Id> {
        let schemas = at.members.get(keyword).and_then(Value::as_array).into_iter().flatten();
        schemas.map(|schema| self.visit(schema, at.resolver, at.draft)).collect()
    }

    fn named(&mut self, at: &Here<'_, 'r>, keyword: &str) -> Vec<(String, Id)> {
        let named = at.members.get(keyword).and_then(Value::as_object).into_iter().flatten();
        named
            .filter(|(_, schema)| schema.is_object() || schema.is_boolean())
            .map(|(name, schema)| (name.clone(), self.visit(schema, at.resolver, at.draft)))
            .collect()
    }
}

/// A schema object that is being read.
struct Here<'h, 'r> {
    members: &'r Map<String, Value>,
    resolver: &'h Resolver<'r>,
    draft: Draft,
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Reads a count; `3.0` is one too.
fn count(value: Option<&Value>) -> u64 {
    let Some(value) = value else { return 0 };
    let float = value.as_f64().filter(|number| (0.0..1e15).contains(number)).unwrap_or(0.0);
    value.as_u64().unwrap_or(float as u64)
}
