//! Builds the linked form of schemas, with which generated code checks events.
//!
//! Each document gets one program: a list of nodes that refer to each other by number. References are resolved, the
//! keywords of every draft become keywords of the newest draft, and keywords that never reject a value are omitted.
//! `program.rs` of `evschema-runtime` describes the nodes.

mod checked_keywords;
mod merge;
mod node;
mod numbering;
mod read_strategy;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use evschema_model::graph::{DocumentId, Place};
use serde_json::{Map, Value, json};

use numbering::{finish, finish_node, linked_reference, positions, reference};

use crate::plan::Planner;

/// The format of programs. It grows with every change that an older runtime would misunderstand.
pub(crate) const PROGRAM_FORMAT: u32 = 4;

/// The linked form of a document.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// The program as JSON, with one line for each node.
    pub(crate) text: String,
    /// The documents whose programs this program refers to. References contain positions in this list.
    pub(crate) links: Vec<DocumentId>,
    /// The number of the node for the document's root.
    pub(crate) root: usize,
    /// Whether the program needs the runtime's feature `idn`.
    pub(crate) needs_idn: bool,
    /// All nodes, each with the place of its schema. A node without exactly one schema in the documents has no place.
    pub(crate) nodes: Vec<(Option<Place>, Map<String, Value>)>,
    /// The schemas whose nodes check the values of generated types alone.
    pub(crate) of_types: BTreeSet<Place>,
}

/// An unfinished program.
#[derive(Debug, Default)]
struct ProgramBuilder {
    nodes: Vec<Map<String, Value>>,
    /// The place of each node's schema.
    places: Vec<Option<Place>>,
    /// The number of the resource that contains each node's schema.
    resources_of: Vec<usize>,
    links: Vec<DocumentId>,
    /// The numbers of resources, by the place of the resource's root.
    resources: HashMap<Place, usize>,
    /// The dynamic anchors of each resource.
    anchors: Vec<BTreeMap<String, Value>>,
    has_dynamic: bool,
    /// The numbers of nodes that generated types use to check a value alone.
    of_types: BTreeSet<usize>,
}

/// Builds the programs of documents.
pub(crate) struct Linker<'p, 'a, 'c> {
    planner: &'p mut Planner<'a, 'c>,
    builders: BTreeMap<DocumentId, ProgramBuilder>,
    /// The numbers of nodes, by program and by the place of the schema.
    known: HashMap<(DocumentId, Place), usize>,
    open: Vec<(DocumentId, usize, Place)>,
}

/// Returns the programs of these documents and of all documents that they refer to.
pub(crate) fn link(
    planner: &mut Planner<'_, '_>,
    ids: &BTreeSet<DocumentId>,
) -> BTreeMap<DocumentId, Program> {
    let mut linker = Linker { planner, builders: BTreeMap::new(), known: HashMap::new(), open: Vec::new() };
    let mut roots = BTreeMap::new();
    for document in ids {
        let root = linker.planner.documents.root(*document);
        // The root is not replaced by the target of an alias, because every program must start with its own node.
        roots.insert(*document, linker.number(*document, root));
    }
    linker.complete();
    // The generated types check values alone, so they need the nodes of their schemas.
    let of_types: BTreeSet<Place> =
        linker.planner.plan().definitions.iter().filter_map(|definition| definition.place).collect();
    for place in of_types {
        let document = linker.planner.documents.document(place);
        if ids.contains(&document) {
            let number = linker.number(document, place);
            linker.builders.entry(document).or_default().of_types.insert(number);
        }
    }
    linker.complete();
    linker.finish(&roots)
}

impl Linker<'_, '_, '_> {
    /// Fills the nodes that have a number but no content.
    fn complete(&mut self) {
        while let Some((program, id, place)) = self.open.pop() {
            let node = self.node(program, place);
            self.builders.entry(program).or_default().nodes[id] = node;
        }
    }

    /// Returns the reference that `program` uses for the node of a schema.
    fn child(&mut self, program: DocumentId, place: Place) -> Value {
        let place = self.alias(place);
        // A metaschema has no program, so each program has its own copy of a metaschema's nodes.
        let target = self.planner.documents.document(place);
        let id = self.number(target, place);
        if target == program { reference(id) } else { linked_reference(self.link(program, target), id) }
    }

    /// Returns the number that `program` uses for the program of another document.
    fn link(&mut self, program: DocumentId, target: DocumentId) -> usize {
        let links = &mut self.builders.entry(program).or_default().links;
        links.iter().position(|known| *known == target).unwrap_or_else(|| {
            links.push(target);
            links.len() - 1
        })
    }

    fn number(&mut self, program: DocumentId, place: Place) -> usize {
        let key = (program, place);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let resource = self.resource(program, place);
        let builder = self.builders.entry(program).or_default();
        let id = builder.nodes.len();
        builder.nodes.push(Map::new());
        builder.places.push(Some(place).filter(|place| !self.planner.documents.is_in_metaschema(*place)));
        builder.resources_of.push(resource);
        self.known.insert(key, id);
        self.open.push((program, id, place));
        id
    }

    /// Follows references while the schema has no other keyword, and returns the last schema. The first schema is an
    /// alias for this schema.
    fn alias(&self, place: Place) -> Place {
        let documents = self.planner.documents;
        let mut at = place;
        // A longer chain of references is a cycle. The runtime detects it.
        for _ in 0..64 {
            // If the chain enters another resource, this resource is part of the dynamic scope. So the chain must not
            // skip it.
            let passes = at != place && documents.resource_root(at) != documents.resource_root(place);
            match documents.alias_target(at) {
                Some(target) if !passes => at = target,
                Some(_) | None => break,
            }
        }
        at
    }

    /// Returns the number of the resource that contains a schema, after finding the resource's dynamic anchors.
    fn resource(&mut self, program: DocumentId, place: Place) -> usize {
        let documents = self.planner.documents;
        let root = documents.resource_root(place);
        let builder = self.builders.entry(program).or_default();
        if let Some(known) = builder.resources.get(&root) {
            return *known;
        }
        let id = builder.anchors.len();
        builder.resources.insert(root, id);
        builder.anchors.push(BTreeMap::new());
        for (name, anchored) in documents.dynamic_anchors(root) {
            let node = self.child(program, anchored);
            if let Some(builder) = self.builders.get_mut(&program) {
                builder.anchors[id].insert(name, node);
            }
        }
        id
    }

    fn finish(self, roots: &BTreeMap<DocumentId, usize>) -> BTreeMap<DocumentId, Program> {
        let dynamic = dynamic(&self.builders);
        let root_of = |document: &DocumentId| roots.get(document).copied().unwrap_or(0);
        let positions_in = |(document, builder): (&DocumentId, &ProgramBuilder)| {
            (*document, positions(&builder.nodes, root_of(document)))
        };
        let all: BTreeMap<DocumentId, Vec<usize>> = self.builders.iter().map(positions_in).collect();
        let mut programs = BTreeMap::new();
        for (document, mut builder) in self.builders {
            let position_of = |number: usize, link: Option<usize>| {
                let target = link.and_then(|link| builder.links.get(link)).unwrap_or(&document);
                all[target].get(number).copied().unwrap_or(number)
            };
            let mut program = Map::new();
            if dynamic.contains(&document) {
                for (node, resource) in builder.nodes.iter_mut().zip(&builder.resources_of) {
                    node.insert("resource".to_owned(), json!(resource));
                    // A type that checks conditions while it parses does not know through which references a validator
                    // reached the schema.
                    node.remove("streamed");
                }
                let mut resources = json!(builder.anchors);
                finish(&mut resources, None, &position_of);
                program.insert("resources".to_owned(), resources);
            }
            // The runtime names these locations when it explains why it rejects an event.
            for (node, place) in builder.nodes.iter_mut().zip(&builder.places) {
                if let Some(place) = place {
                    node.insert("at".to_owned(), json!(self.planner.documents.pointer(*place).as_str()));
                }
            }
            // With a dynamic reference, the meaning of a node depends on the event around the value.
            let is_dynamic = dynamic.contains(&document);
            let of_types = builder.of_types.iter().filter(|_| !is_dynamic);
            let of_types: BTreeSet<Place> = of_types.filter_map(|number| builder.places[*number]).collect();
            let mut nodes: Vec<(usize, Option<Place>, Map<String, Value>)> = Vec::new();
            for ((mut node, place), position) in
                builder.nodes.into_iter().zip(builder.places).zip(&all[&document])
            {
                finish_node(&mut node, *position, &position_of);
                nodes.push((*position, place, node));
            }
            nodes.sort_by_key(|(position, ..)| *position);
            let nodes: Vec<_> = nodes.into_iter().map(|(_, place, node)| (place, node)).collect();
            let text = program_text(&program, &nodes);
            let root = all[&document].get(root_of(&document)).copied().unwrap_or(0);
            let is_idn = |format: &Value| format.as_str().is_some_and(|name| name.starts_with("idn-"));
            let needs_idn = nodes.iter().any(|(_, node)| node.get("format").is_some_and(is_idn));
            programs
                .insert(document, Program { text, links: builder.links, root, needs_idn, nodes, of_types });
        }
        programs
    }
}

/// Returns a program as JSON, with one line for each node, so that a change of a schema is a short change of the text.
fn program_text(others: &Map<String, Value>, nodes: &[(Option<Place>, Map<String, Value>)]) -> String {
    let mut text = format!("{{\n\"format\":{PROGRAM_FORMAT},\n");
    for (name, value) in others {
        text.push_str(&format!("{}:{value},\n", json!(name)));
    }
    let lines: Vec<String> = nodes.iter().map(|(_, node)| json!(node).to_string()).collect();
    text.push_str(&format!("\"nodes\":[\n{}\n]\n}}\n", lines.join(",\n")));
    text
}

/// Returns the documents with a dynamic reference, and all documents that references connect to them. Only in these
/// documents, the meaning of a node depends on the references through which a validator reaches the node.
fn dynamic(builders: &BTreeMap<DocumentId, ProgramBuilder>) -> BTreeSet<DocumentId> {
    let mut neighbours: BTreeMap<DocumentId, Vec<DocumentId>> = BTreeMap::new();
    for (document, builder) in builders {
        for link in &builder.links {
            neighbours.entry(*document).or_default().push(*link);
            neighbours.entry(*link).or_default().push(*document);
        }
    }
    let mut open: Vec<DocumentId> =
        builders.iter().filter(|(_, builder)| builder.has_dynamic).map(|(document, _)| *document).collect();
    let mut found: BTreeSet<DocumentId> = open.iter().copied().collect();
    while let Some(next) = open.pop() {
        for other in neighbours.get(&next).into_iter().flatten() {
            if found.insert(*other) {
                open.push(*other);
            }
        }
    }
    found
}
