//! Builds the linked form of schemas, with which generated code checks events.
//!
//! Each document gets one program: a list of nodes that refer to each other by number. References are resolved, the
//! keywords of every draft become keywords of the newest draft, and keywords that never reject a value are omitted.
//! `program.rs` of `evschema-runtime` describes the nodes.

mod keywords;
mod merge;
mod numbering;
mod reading;
mod spot;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use evschema_model::Formats;
use serde_json::{Map, Value, json};

use numbering::{finish, linked_reference, positions, reference};
pub(crate) use spot::is_annotation;
use spot::{Home, Spot};

use crate::atlas::{DocumentId, Place};
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
    /// All nodes, each with the place of its schema. A node without exactly one schema in the atlas has no place.
    pub(crate) nodes: Vec<(Option<Place>, Map<String, Value>)>,
    /// The schemas whose nodes check the values of generated types alone.
    pub(crate) of_types: BTreeSet<Place>,
}

/// An unfinished program.
#[derive(Debug, Default)]
struct Draft {
    nodes: Vec<Map<String, Value>>,
    /// The place of each node's schema.
    places: Vec<Option<Place>>,
    /// The number of the resource that contains each node's schema.
    resources_of: Vec<usize>,
    links: Vec<DocumentId>,
    /// The numbers of resources, by the address of the resource's root.
    resources: HashMap<usize, usize>,
    /// The dynamic anchors of each resource.
    anchors: Vec<BTreeMap<String, Value>>,
    has_dynamic: bool,
    /// The numbers of nodes that generated types use to check a value alone.
    of_types: BTreeSet<usize>,
}

/// Builds the programs of documents.
pub(crate) struct Linker<'p, 'a, 'c> {
    planner: &'p mut Planner<'a, 'c>,
    formats: Formats,
    drafts: BTreeMap<DocumentId, Draft>,
    /// The numbers of nodes, by program and by the address of the schema.
    known: HashMap<(DocumentId, usize), usize>,
    open: Vec<(DocumentId, usize, Spot<'c>)>,
}

/// Returns the programs of these documents and of all documents that they refer to.
pub(crate) fn link(
    planner: &mut Planner<'_, '_>,
    documents: &BTreeSet<DocumentId>,
    formats: Formats,
) -> BTreeMap<DocumentId, Program> {
    let mut linker =
        Linker { planner, formats, drafts: BTreeMap::new(), known: HashMap::new(), open: Vec::new() };
    let mut roots = BTreeMap::new();
    for document in documents {
        let root = Spot::of_place(linker.planner.atlas, linker.planner.atlas.root(*document));
        // The root is not replaced by the target of an alias, because every program must start with its own node.
        roots.insert(*document, linker.number(*document, root));
    }
    linker.complete();
    // The generated types check values alone, so they need the nodes of their schemas.
    let of_types: BTreeSet<Place> =
        linker.planner.plan().definitions.iter().filter_map(|definition| definition.place).collect();
    for place in of_types {
        let document = linker.planner.atlas.document(place);
        if documents.contains(&document) {
            let spot = Spot::of_place(linker.planner.atlas, place);
            let number = linker.number(document, spot);
            linker.drafts.entry(document).or_default().of_types.insert(number);
        }
    }
    linker.complete();
    linker.finish(&roots)
}

impl<'c> Linker<'_, '_, 'c> {
    /// Fills the nodes that have a number but no content.
    fn complete(&mut self) {
        while let Some((program, id, spot)) = self.open.pop() {
            let node = self.node(program, spot);
            self.drafts.entry(program).or_default().nodes[id] = node;
        }
    }

    /// Returns the reference that `program` uses for the node of a spot.
    fn child(&mut self, program: DocumentId, spot: Spot<'c>) -> Value {
        let spot = self.alias(spot);
        let target = match spot.home {
            Home::Document(document) => document,
            // Each program gets its own copy of a metaschema's nodes, because metaschemas have no module.
            Home::Specification(_) => program,
        };
        let id = self.number(target, spot);
        if target == program { reference(id) } else { linked_reference(self.link(program, target), id) }
    }

    /// Returns the number that `program` uses for the program of another document.
    fn link(&mut self, program: DocumentId, target: DocumentId) -> usize {
        let links = &mut self.drafts.entry(program).or_default().links;
        links.iter().position(|known| *known == target).unwrap_or_else(|| {
            links.push(target);
            links.len() - 1
        })
    }

    fn number(&mut self, program: DocumentId, spot: Spot<'c>) -> usize {
        let key = (program, spot.address());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let resource = self.resource(program, &spot);
        let place = spot.place(self.planner.atlas);
        let draft = self.drafts.entry(program).or_default();
        let id = draft.nodes.len();
        draft.nodes.push(Map::new());
        draft.places.push(place);
        draft.resources_of.push(resource);
        self.known.insert(key, id);
        self.open.push((program, id, spot));
        id
    }

    /// Follows references while the schema has no other keyword, and returns the last schema. The first schema is an
    /// alias for this schema.
    fn alias(&self, spot: Spot<'c>) -> Spot<'c> {
        let mut at = spot;
        // A longer chain of references is a cycle. The runtime detects it.
        for _ in 0..64 {
            // If the chain enters another resource, this resource is part of the dynamic scope. So the chain must not
            // skip it.
            let passes = at.address() != spot.address()
                && at.resource_root(self.planner.atlas).address()
                    != spot.resource_root(self.planner.atlas).address();
            match at.only_refers(self.planner.atlas) {
                Some(target) if !passes => at = target,
                Some(_) | None => break,
            }
        }
        at
    }

    /// Returns the number of the resource that contains a spot, after finding the resource's dynamic anchors.
    fn resource(&mut self, program: DocumentId, spot: &Spot<'c>) -> usize {
        let root = spot.resource_root(self.planner.atlas);
        let draft = self.drafts.entry(program).or_default();
        if let Some(known) = draft.resources.get(&root.address()) {
            return *known;
        }
        let id = draft.anchors.len();
        draft.resources.insert(root.address(), id);
        draft.anchors.push(BTreeMap::new());
        for (name, anchored) in root.dynamic_anchors() {
            let node = self.child(program, anchored);
            if let Some(draft) = self.drafts.get_mut(&program) {
                draft.anchors[id].insert(name, node);
            }
        }
        id
    }

    fn finish(self, roots: &BTreeMap<DocumentId, usize>) -> BTreeMap<DocumentId, Program> {
        let dynamic = dynamic(&self.drafts);
        let root_of = |document: &DocumentId| roots.get(document).copied().unwrap_or(0);
        let positions_in = |(document, draft): (&DocumentId, &Draft)| {
            (*document, positions(&draft.nodes, root_of(document)))
        };
        let all: BTreeMap<DocumentId, Vec<usize>> = self.drafts.iter().map(positions_in).collect();
        let mut programs = BTreeMap::new();
        for (document, mut draft) in self.drafts {
            let position_of = |number: usize, link: Option<usize>| {
                let target = link.and_then(|link| draft.links.get(link)).unwrap_or(&document);
                all[target].get(number).copied().unwrap_or(number)
            };
            let mut program = Map::new();
            if dynamic.contains(&document) {
                for (node, resource) in draft.nodes.iter_mut().zip(&draft.resources_of) {
                    node.insert("resource".to_owned(), json!(resource));
                    // A type that checks conditions while it parses does not know through which references a validator
                    // reached the schema.
                    node.remove("streamed");
                }
                let mut resources = json!(draft.anchors);
                finish(&mut resources, None, &position_of);
                program.insert("resources".to_owned(), resources);
            }
            // The runtime names these locations when it explains why it rejects an event.
            for (node, place) in draft.nodes.iter_mut().zip(&draft.places) {
                if let Some(place) = place {
                    node.insert("at".to_owned(), json!(self.planner.atlas.pointer(*place).as_str()));
                }
            }
            // With a dynamic reference, the meaning of a node depends on the event around the value.
            let is_dynamic = dynamic.contains(&document);
            let of_types = draft.of_types.iter().filter(|_| !is_dynamic);
            let of_types: BTreeSet<Place> = of_types.filter_map(|number| draft.places[*number]).collect();
            let mut nodes: Vec<(usize, Option<Place>, Map<String, Value>)> = Vec::new();
            for ((node, place), position) in draft.nodes.into_iter().zip(draft.places).zip(&all[&document]) {
                let mut node = Value::Object(node);
                finish(&mut node, Some(*position), &position_of);
                if let Value::Object(node) = node {
                    nodes.push((*position, place, node));
                }
            }
            nodes.sort_by_key(|(position, ..)| *position);
            let nodes: Vec<_> = nodes.into_iter().map(|(_, place, node)| (place, node)).collect();
            let text = program_text(&program, &nodes);
            let root = all[&document].get(root_of(&document)).copied().unwrap_or(0);
            let is_idn = |format: &Value| format.as_str().is_some_and(|name| name.starts_with("idn-"));
            let needs_idn = nodes.iter().any(|(_, node)| node.get("format").is_some_and(is_idn));
            programs.insert(document, Program { text, links: draft.links, root, needs_idn, nodes, of_types });
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
fn dynamic(drafts: &BTreeMap<DocumentId, Draft>) -> BTreeSet<DocumentId> {
    let mut neighbours: BTreeMap<DocumentId, Vec<DocumentId>> = BTreeMap::new();
    for (document, draft) in drafts {
        for link in &draft.links {
            neighbours.entry(*document).or_default().push(*link);
            neighbours.entry(*link).or_default().push(*document);
        }
    }
    let mut open: Vec<DocumentId> =
        drafts.iter().filter(|(_, draft)| draft.has_dynamic).map(|(document, _)| *document).collect();
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
