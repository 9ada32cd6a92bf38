//! Programs: schema documents in a form that the checker executes.
//!
//! The generator resolves the references of a schema, translates the keywords of all drafts into those of draft 2020-12
//! and drops annotations. It writes the result into the generated code as a string: a JSON list of nodes. A string
//! costs the compiler almost nothing. The program decodes it when the first event arrives.

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

pub(crate) use bound::Bound;
use decode::{Decoded, decode};
pub(crate) use enum_values::EnumValues;
pub(crate) use node::{
    AdditionalProperties, Applicators, ArrayKeywords, ChecksWhileReading, Contains, Node, NumberKeywords,
    ObjectKeywords, Property, StringKeywords,
};
use node_id::Anchors;
pub(crate) use node_id::{NodeId, index};
#[cfg(feature = "explain")]
pub(crate) use property_conditions::PropertyCondition;
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
    /// The numbers of the nodes that generated types use alone, by the location of their schema.
    locations: Vec<(Box<str>, u32)>,
    resources: Box<[Anchors]>,
    links: &'static [&'static Program],
}

impl Program {
    /// Returns the program with this text. Only generated code calls this function.
    pub const fn new(text: &'static str, links: &'static [&'static Self]) -> Self {
        Self { text, links, linked: OnceLock::new() }
    }

    /// Returns a node by its number.
    #[inline]
    pub fn node(&'static self, number: u32) -> NodeRef {
        self.linked().node(number)
    }

    /// Returns the node of a schema by its location, a JSON Pointer in the document. Only nodes that generated types use
    /// alone have a location. Without such a node, every value is rejected.
    pub fn at(&'static self, location: &str) -> NodeRef {
        let linked = self.linked();
        let found = linked.locations.iter().find(|(known, _)| **known == *location);
        linked.node(found.map_or(u32::MAX, |(_, number)| *number))
    }

    #[inline]
    fn linked(&'static self) -> &'static LinkedProgram {
        // If the generator did not write the text, the program has no nodes and rejects every event.
        self.linked.get_or_init(|| {
            let Decoded { nodes, locations, resources } = decode(self.text).unwrap_or_default();
            LinkedProgram { nodes, locations, resources, links: self.links }
        })
    }
}

impl LinkedProgram {
    #[inline]
    fn node(&'static self, number: u32) -> NodeRef {
        const REJECTING: &Node = &Node::rejecting();
        NodeRef { node: self.nodes.get(index(number)).unwrap_or(REJECTING), program: self }
    }
}

impl NodeRef {
    #[inline]
    pub(crate) fn node(self) -> &'static Node {
        self.node
    }

    /// Returns a node that this node refers to.
    #[inline(always)]
    pub(crate) fn child(self, child: NodeId) -> Self {
        match child.link.and_then(|link| self.program.links.get(usize::from(link))) {
            None => self.program.node(child.number),
            Some(program) => program.node(child.number),
        }
    }

    /// Returns the node for a variant of a generated enum.
    pub fn variant(self, number: usize) -> Option<Self> {
        let applicators = self.node().applicators.as_ref()?;
        applicators.variants.get(number).map(|child| self.child(*child))
    }

    /// Returns the address of the node, which identifies it.
    pub(crate) fn address(self) -> usize {
        std::ptr::from_ref(self.node).addr()
    }

    /// Returns the address of the program, which identifies it.
    pub(crate) fn program_address(self) -> usize {
        std::ptr::from_ref(self.program).addr()
    }

    /// Returns a dynamic anchor of a schema resource of this program.
    pub(crate) fn anchor(self, resource: u16, name: &str) -> Option<Self> {
        let anchors = self.program.resources.get(usize::from(resource))?;
        let found = anchors.iter().find(|(known, _)| **known == *name)?;
        Some(self.child(found.1))
    }
}
