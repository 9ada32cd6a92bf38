//! The linked form of schemas, which generated code checks events against.
//!
//! References are followed, the keywords of every draft put into the words of the newest, and what
//! does not bear on a verdict left out: one program for each document, a list of nodes that refer
//! to each other by number. What a node says is in `evschema-runtime`, `program.rs`.

mod keywords;
mod merge;
mod reading;
mod spot;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use evschema_model::Formats;
use serde_json::{Map, Value, json};

use spot::{Home, Spot};

use crate::atlas::{DocumentId, Place};
use crate::plan::Planner;

/// The linked form of a document.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// JSON, in one line.
    pub(crate) text: String,
    /// The documents whose programs it refers to, in the order of their numbers.
    pub(crate) links: Vec<DocumentId>,
    /// The node of the document's root.
    pub(crate) root: usize,
    /// Whether it needs the runtime's feature `idn`.
    pub(crate) needs_idn: bool,
    /// Every node, and the schema it is of, if it is of one schema of ours.
    pub(crate) nodes: Vec<(Option<Place>, Map<String, Value>)>,
}

/// A program that is being made.
#[derive(Debug, Default)]
struct Draft {
    nodes: Vec<Map<String, Value>>,
    /// The schema that each node is of.
    places: Vec<Option<Place>>,
    /// The resource that each node is in.
    resources_of: Vec<usize>,
    links: Vec<DocumentId>,
    /// Resources by the address of their root.
    resources: HashMap<usize, usize>,
    /// Dynamic anchors of each resource.
    anchors: Vec<BTreeMap<String, Value>>,
    has_dynamic: bool,
}

/// Links documents.
pub(crate) struct Linker<'p, 'a, 'c> {
    planner: &'p mut Planner<'a, 'c>,
    formats: Formats,
    drafts: BTreeMap<DocumentId, Draft>,
    /// Nodes by program and address.
    known: HashMap<(DocumentId, usize), usize>,
    open: Vec<(DocumentId, usize, Spot<'c>)>,
}

/// Links documents and all that they refer to.
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
        // Aliases are not followed, so that every program has a node of its own to start from.
        roots.insert(*document, linker.number(*document, root));
    }
    while let Some((program, id, spot)) = linker.open.pop() {
        let node = linker.node(program, spot);
        linker.drafts.entry(program).or_default().nodes[id] = node;
    }
    linker.finish(&roots)
}

impl<'c> Linker<'_, '_, 'c> {
    /// Returns how a program names the node of a spot.
    fn child(&mut self, program: DocumentId, spot: Spot<'c>) -> Value {
        let spot = self.alias(spot);
        let target = match spot.home {
            Home::Document(document) => document,
            // A copy of its own in each program: specifications have no module.
            Home::Specification(_) => program,
        };
        let id = self.number(target, spot);
        if target == program {
            return json!(id);
        }
        let links = &mut self.drafts.entry(program).or_default().links;
        let link = links.iter().position(|known| *known == target).unwrap_or_else(|| {
            links.push(target);
            links.len() - 1
        });
        json!([link, id])
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

    /// Follows references that stand alone.
    fn alias(&self, spot: Spot<'c>) -> Spot<'c> {
        let mut at = spot;
        // A chain longer than this is a cycle; the interpreter ends it.
        for _ in 0..64 {
            // A resource on the way is part of the dynamic scope.
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

    /// Returns the resource that a spot is in, with its dynamic anchors found.
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
        let mut programs = BTreeMap::new();
        for (document, mut draft) in self.drafts {
            let mut program = Map::new();
            if dynamic.contains(&document) {
                for (node, resource) in draft.nodes.iter_mut().zip(&draft.resources_of) {
                    node.insert("resource".to_owned(), json!(resource));
                    // A type that reads itself does not know how it was reached.
                    node.remove("streamed");
                }
                program.insert("resources".to_owned(), json!(draft.anchors));
            }
            program.insert("nodes".to_owned(), json!(draft.nodes));
            let text = Value::Object(program).to_string();
            let root = roots.get(&document).copied().unwrap_or(0);
            let nodes: Vec<_> = draft.places.into_iter().zip(draft.nodes).collect();
            let is_idn = |format: &Value| format.as_str().is_some_and(|name| name.starts_with("idn-"));
            let needs_idn = nodes.iter().any(|(_, node)| node.get("format").is_some_and(is_idn));
            programs.insert(document, Program { text, links: draft.links, root, needs_idn, nodes });
        }
        programs
    }
}

/// Returns the documents that share references with one where a dynamic reference is: only there
/// it matters how a node was reached.
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
