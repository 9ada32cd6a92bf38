//! Writes a node as a JSON Schema of draft 2020-12, for the validator and for the prover of the `jsonschema` library.
//! So both receive the schema that the engine compares, with the content model and the masks.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::{Map, Value, json};

use crate::tree::{Id, Name, Node, Tree, Types};

/// The maximum number of nodes of a written schema. If two places share a definition, it counts at each place.
const NODES_MAX: usize = 20_000;

/// The maximum depth of a written schema. It equals the limit for documents, because the engine reads the written
/// schema again as a document.
const DEPTH_MAX: usize = 100;

/// Returns the schema of a node. Returns `None` if the engine does not support a part of the node, or if the schema is
/// too large.
pub(crate) fn export(tree: &Tree, id: Id) -> Option<Value> {
    let mut export = Export {
        tree,
        definitions: BTreeMap::new(),
        unwritten: Vec::new(),
        nodes: 0,
        depth: 0,
        has_unevaluated_items: false,
        has_plain_contains: false,
    };
    let mut schema = export.node(id)?;
    while let Some(recursive_ref) = export.unwritten.pop() {
        let definition = export.node(tree.recursive_target(recursive_ref)?)?;
        export.definitions.insert(recursive_ref, definition);
    }
    // Before 2020-12, items that match `contains` did not count as evaluated.
    if export.has_unevaluated_items && export.has_plain_contains {
        return None;
    }
    if !export.definitions.is_empty() {
        let definitions: Map<String, Value> = export
            .definitions
            .into_iter()
            .map(|(recursive_ref, schema)| (recursive_ref.to_string(), schema))
            .collect();
        if let Value::Object(members) = &mut schema {
            members.insert("$defs".to_owned(), Value::Object(definitions));
        }
    }
    if let Value::Object(members) = &mut schema {
        members.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    }
    Some(schema)
}

struct Export<'t> {
    tree: &'t Tree,
    definitions: BTreeMap<u32, Value>,
    /// Definitions to which the schema already refers, but which are not written yet.
    unwritten: Vec<u32>,
    nodes: usize,
    depth: usize,
    has_unevaluated_items: bool,
    has_plain_contains: bool,
}

impl Export<'_> {
    fn node(&mut self, id: Id) -> Option<Value> {
        self.nodes += 1;
        if NODES_MAX < self.nodes || DEPTH_MAX <= self.depth {
            return None;
        }
        self.depth += 1;
        let written = self.at_this_depth(id);
        self.depth -= 1;
        written
    }

    fn at_this_depth(&mut self, id: Id) -> Option<Value> {
        let node = self.tree.node(id);
        if node.unsupported.is_some() {
            return None;
        }
        if self.tree.is_true(id) {
            return Some(Value::Bool(true));
        }
        if self.tree.is_false(id) {
            return Some(Value::Bool(false));
        }
        let mut out = Map::new();
        types(node, &mut out);
        scalars(node, &mut out);
        self.arrays(node, &mut out)?;
        self.objects(node, &mut out)?;
        self.applicators(node, &mut out)?;
        Some(Value::Object(out))
    }

    fn list(&mut self, ids: &[Id]) -> Option<Value> {
        ids.iter().map(|id| self.node(*id)).collect::<Option<Vec<_>>>().map(Value::Array)
    }

    fn named(&mut self, list: &[(Name, Id)]) -> Option<Value> {
        let members: Option<Map<String, Value>> =
            list.iter().map(|(name, id)| Some((name.to_string(), self.node(*id)?))).collect();
        members.map(Value::Object)
    }

    fn arrays(&mut self, node: &Node, out: &mut Map<String, Value>) -> Option<()> {
        let arrays = &node.arrays;
        counts(out, ("minItems", arrays.min), ("maxItems", arrays.max));
        if arrays.unique {
            out.insert("uniqueItems".to_owned(), json!(true));
        }
        if !arrays.prefix.is_empty() {
            out.insert("prefixItems".to_owned(), self.list(&arrays.prefix)?);
        }
        if let Some(items) = arrays.items {
            out.insert("items".to_owned(), self.node(items)?);
        }
        self.has_unevaluated_items |= arrays.unevaluated.is_some();
        self.has_plain_contains |= arrays.contains.iter().any(|contains| !contains.evaluates);
        if let Some(unevaluated) = arrays.unevaluated {
            out.insert("unevaluatedItems".to_owned(), self.node(unevaluated)?);
        }
        let mut all = Vec::new();
        for contains in &arrays.contains {
            let mut part = Map::new();
            part.insert("contains".to_owned(), self.node(contains.schema)?);
            part.insert("minContains".to_owned(), json!(contains.min));
            if let Some(max) = contains.max {
                part.insert("maxContains".to_owned(), json!(max));
            }
            all.push(part);
        }
        // An item that `contains` matches counts as evaluated only for an `unevaluatedItems` in the same object.
        match (all.len(), arrays.unevaluated) {
            (0, _) => {}
            (1, _) => out.extend(all.remove(0)),
            (_, Some(_)) => return None,
            (_, None) => {
                out.insert("allOf".to_owned(), all.into_iter().map(Value::Object).collect());
            }
        }
        Some(())
    }

    fn objects(&mut self, node: &Node, out: &mut Map<String, Value>) -> Option<()> {
        let objects = &node.objects;
        counts(out, ("minProperties", objects.min), ("maxProperties", objects.max));
        if !objects.required.is_empty() {
            out.insert("required".to_owned(), names(&objects.required));
        }
        for (keyword, list) in [
            ("properties", &objects.properties),
            ("patternProperties", &objects.patterns),
            ("dependentSchemas", &objects.dependent_schemas),
        ] {
            if !list.is_empty() {
                out.insert(keyword.to_owned(), self.named(list)?);
            }
        }
        for (keyword, schema) in [
            ("additionalProperties", objects.additional),
            ("propertyNames", objects.names),
            ("unevaluatedProperties", objects.unevaluated),
        ] {
            if let Some(schema) = schema {
                out.insert(keyword.to_owned(), self.node(schema)?);
            }
        }
        if !objects.dependent_required.is_empty() {
            let members: Map<String, Value> = objects
                .dependent_required
                .iter()
                .map(|(name, needed)| (name.to_string(), names(needed)))
                .collect();
            out.insert("dependentRequired".to_owned(), Value::Object(members));
        }
        Some(())
    }

    fn applicators(&mut self, node: &Node, out: &mut Map<String, Value>) -> Option<()> {
        let mut all: Vec<Value> = match out.remove("allOf") {
            Some(Value::Array(parts)) => parts,
            _ => Vec::new(),
        };
        for part in &node.all_of {
            all.push(self.node(*part)?);
        }
        // A place accepts no more values than its schema does, unless a tolerant reader removed properties.
        if let Some(place) = &node.place {
            all.push(if place.reader.is_some() { Value::Bool(true) } else { self.node(place.schema)? });
        }
        // An object can have each keyword only once. If the keyword is already present, the second one goes into an
        // `allOf`.
        let mut place = |out: &mut Map<String, Value>, keyword: &str, value: Value| {
            if out.contains_key(keyword) {
                all.push(Value::Object(Map::from_iter([(keyword.to_owned(), value)])));
            } else {
                out.insert(keyword.to_owned(), value);
            }
        };
        for union in &node.any_of {
            let list = self.list(union)?;
            place(out, "anyOf", list);
        }
        for union in &node.one_of {
            let list = self.list(union)?;
            place(out, "oneOf", list);
        }
        for not in &node.not {
            let schema = self.node(*not)?;
            place(out, "not", schema);
        }
        for pattern in node.strings.patterns.iter().skip(1) {
            place(out, "pattern", json!(pattern));
        }
        for format in node.strings.formats.iter().skip(1) {
            place(out, "format", json!(format));
        }
        for condition in &node.conditions {
            let mut part = Map::new();
            part.insert("if".to_owned(), self.node(condition.test)?);
            for (keyword, branch) in [("then", condition.then), ("else", condition.otherwise)] {
                if let Some(branch) = branch {
                    part.insert(keyword.to_owned(), self.node(branch)?);
                }
            }
            all.push(Value::Object(part));
        }
        if let Some(recursive_ref) = node.recursive_ref {
            // The export writes the definition later, because definitions can refer to each other in a cycle.
            if let Entry::Vacant(definition) = self.definitions.entry(recursive_ref) {
                definition.insert(Value::Bool(true));
                self.unwritten.push(recursive_ref);
            }
            out.insert("$ref".to_owned(), json!(format!("#/$defs/{recursive_ref}")));
        }
        if !all.is_empty() {
            out.insert("allOf".to_owned(), Value::Array(all));
        }
        Some(())
    }
}

fn names(list: &[Name]) -> Value {
    list.iter().map(|name| Value::from(&**name)).collect()
}

fn types(node: &Node, out: &mut Map<String, Value>) {
    if node.types == Types::ALL {
        return;
    }
    let names: Vec<String> = node.types.each().map(|one| one.names(false)).collect();
    let value = if let [one] = names.as_slice() { json!(one) } else { json!(names) };
    out.insert("type".to_owned(), value);
}

fn scalars(node: &Node, out: &mut Map<String, Value>) {
    if let Some(values) = &node.values {
        out.insert("enum".to_owned(), Value::Array(values.to_vec()));
    }
    for (bound, plain, strict) in [
        (&node.numbers.min, "minimum", "exclusiveMinimum"),
        (&node.numbers.max, "maximum", "exclusiveMaximum"),
    ] {
        if let Some(bound) = bound {
            let keyword = if bound.exclusive { strict } else { plain };
            out.insert(keyword.to_owned(), Value::Number(bound.value.to_number()));
        }
    }
    if let Some(step) = &node.numbers.step {
        out.insert("multipleOf".to_owned(), Value::Number(step.to_number()));
    }
    counts(out, ("minLength", node.strings.min), ("maxLength", node.strings.max));
    for (keyword, list) in [("pattern", &node.strings.patterns), ("format", &node.strings.formats)] {
        if let Some(first) = list.first() {
            out.insert(keyword.to_owned(), json!(first));
        }
    }
}

fn counts(out: &mut Map<String, Value>, min: (&str, u64), max: (&str, Option<u64>)) {
    if 0 < min.1 {
        out.insert(min.0.to_owned(), json!(min.1));
    }
    if let Some(most) = max.1 {
        out.insert(max.0.to_owned(), json!(most));
    }
}
