//! Programs: schema documents in a form that the checker executes.
//!
//! The generator resolves the references of a schema, translates the keywords of all drafts into those of draft 2020-12
//! and drops annotations. It writes the result into the generated code as a string: a JSON list of nodes. A string
//! costs the compiler almost nothing. The program decodes it when the first event arrives.
//!
//! A text with anything unknown has a defect. Every check against such a program is an error, because a check that
//! ignores a keyword could accept an invalid event.

use std::sync::OnceLock;

mod bound;
mod decode;
mod enum_values;
mod extract_conditions;
mod node;
mod node_id;
mod pattern;
mod property_conditions;
mod property_index;
#[cfg(test)]
mod tests;

pub(crate) use bound::Bound;
pub use decode::PROGRAM_FORMAT;
use decode::{Decoded, Defect, decode};
pub(crate) use enum_values::EnumValues;
pub(crate) use node::{
    AdditionalProperties, Applicators, ArrayKeywords, ChecksWhileReading, Contains, Node, NumberKeywords,
    ObjectKeywords, Property, StringKeywords,
};
use node_id::Anchors;
pub(crate) use node_id::{NodeId, index};
pub(crate) use property_conditions::{PropertyQuestion, ValuePositions};

/// The program of one schema document.
#[derive(Debug)]
pub struct Program {
    text: &'static str,
    /// The programs of the documents that this document refers to.
    links: &'static [&'static Self],
    linked: OnceLock<LinkedProgram>,
}

/// A node of a program: conditions on a value.
#[derive(Debug, Clone, Copy)]
pub struct NodeRef {
    node: &'static Node,
    program: &'static LinkedProgram,
}

/// The content of a program, and the programs that it refers to.
#[derive(Debug)]
struct LinkedProgram {
    nodes: Box<[Node]>,
    /// The numbers of the nodes that have a location, sorted by location.
    by_location: Box<[u32]>,
    resources: Box<[Anchors]>,
    links: &'static [&'static Program],
    /// Stands for nodes that do not exist.
    broken: Node,
    defect: Option<Defect>,
}

impl Program {
    /// Returns the program with this text. Only generated code calls this function.
    pub const fn new(text: &'static str, links: &'static [&'static Self]) -> Self {
        Self { text, links, linked: OnceLock::new() }
    }

    /// Returns a node by its number. If the node does not exist, or the program is not readable, every check against the
    /// node ends with an error.
    #[inline]
    pub fn node(&'static self, number: u32) -> NodeRef {
        self.linked().node(number)
    }

    /// Returns the node of a schema by its location, a JSON Pointer in the document. Without such a node, every check
    /// ends with an error.
    pub fn at(&'static self, location: &str) -> NodeRef {
        let linked = self.linked();
        let location_of = |number: &u32| linked.node(*number).location();
        let found = linked.by_location.binary_search_by_key(&Some(location), location_of);
        let number = found.ok().and_then(|found| linked.by_location.get(found));
        linked.node(number.copied().unwrap_or(u32::MAX))
    }

    #[inline]
    fn linked(&'static self) -> &'static LinkedProgram {
        self.linked.get_or_init(|| {
            let (decoded, defect) = match decode(self.text, self.links.len()) {
                Ok(decoded) => (decoded, None),
                Err(defect) => (Decoded::default(), Some(defect)),
            };
            let Decoded { nodes, by_location, resources } = decoded;
            LinkedProgram { nodes, by_location, resources, links: self.links, broken: Node::broken(), defect }
        })
    }
}

impl LinkedProgram {
    #[inline]
    fn node(&'static self, number: u32) -> NodeRef {
        NodeRef { node: self.nodes.get(index(number)).unwrap_or(&self.broken), program: self }
    }

    /// Returns the first defect of this program and the programs that it refers to.
    fn find_defect(&'static self) -> Option<String> {
        let mut programs = vec![self];
        let mut next = 0;
        while let Some(program) = programs.get(next).copied() {
            if let Some(defect) = &program.defect {
                let refers = if next == 0 { "" } else { "refers to a program that " };
                return Some(format!("{refers}{defect}"));
            }
            for link in program.links {
                let linked = link.linked();
                if !programs.iter().any(|known| std::ptr::eq(*known, linked)) {
                    programs.push(linked);
                }
            }
            next += 1;
        }
        None
    }
}

impl NodeRef {
    #[inline]
    pub(crate) fn node(self) -> &'static Node {
        self.node
    }

    /// Returns the defect of the node's program, as the end of a sentence that starts with the program.
    #[cold]
    pub(crate) fn defect(self) -> String {
        let other = "refers to a node that does not exist, or has a pattern that does not compile";
        self.program.find_defect().unwrap_or_else(|| other.to_owned())
    }

    /// Returns a node that this node refers to.
    #[inline(always)]
    pub(crate) fn child(self, child: NodeId) -> Self {
        match child.link.and_then(|link| self.program.links.get(usize::from(link))) {
            None => self.program.node(child.number),
            Some(program) => program.node(child.number),
        }
    }

    /// Returns the node for a variant of a generated enum. If the node has no such variant, every check against the
    /// result ends with an error.
    pub fn variant(self, number: usize) -> Self {
        let broken = Self { node: &self.program.broken, program: self.program };
        self.node.variants.get(number).map_or(broken, |child| self.child(*child))
    }

    /// Returns the address of the node, which identifies it.
    pub(crate) fn address(self) -> usize {
        std::ptr::from_ref(self.node).addr()
    }

    /// Returns the address of the program, which identifies it.
    pub(crate) fn program_address(self) -> usize {
        std::ptr::from_ref(self.program).addr()
    }

    /// Returns the location of the node's schema, a JSON Pointer in the document of its program.
    pub(crate) fn location(self) -> Option<&'static str> {
        self.node.source.location.as_deref()
    }

    /// Returns the locations of the schemas that the generator merged into the node, each with the address of the
    /// program whose document has the schema.
    pub(crate) fn parts(self) -> impl Iterator<Item = (usize, &'static str)> {
        self.node.source.parts.iter().filter_map(move |(link, location)| {
            let program = match link {
                None => self.program,
                Some(link) => self.program.links.get(usize::from(*link))?.linked(),
            };
            Some((std::ptr::from_ref(program).addr(), &**location))
        })
    }

    /// Returns a dynamic anchor of a schema resource of this program.
    pub(crate) fn anchor(self, resource: u16, name: &str) -> Option<Self> {
        let anchors = self.program.resources.get(usize::from(resource))?;
        let found = anchors.iter().find(|(known, _)| **known == *name)?;
        Some(self.child(found.1))
    }
}
