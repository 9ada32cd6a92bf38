//! What a schema demands, as nodes that one interpreter reads.
//!
//! The generator links the schema documents: references are followed, the keywords of all drafts
//! put into the words of the newest, annotations left out. The result is a list of nodes as JSON,
//! a literal that costs the compiler nothing, decoded when the first event is read.

use std::sync::OnceLock;

use crate::check::Bits;
use crate::cursor::{KnownName, Print};
use crate::format::{End, Format};
use crate::kinds::Kinds;
use crate::reject::Why;

mod bound;
mod decode;
mod demand;
mod literals;
mod pattern;

pub(crate) use bound::{Bound, Step};
pub(crate) use demand::{Demand, Question, Watched};
pub(crate) use literals::Literals;
pub(crate) use pattern::Pattern;

/// The linked form of one schema document.
#[derive(Debug)]
pub struct Program {
    text: &'static str,
    /// The documents it refers to.
    links: &'static [&'static Self],
    decoded: OnceLock<Decoded>,
}

/// A node of a program: what a value has to satisfy.
#[derive(Debug, Clone, Copy)]
pub struct At {
    node: &'static Node,
    program: &'static Decoded,
}

/// Dynamic anchors by name.
type Anchors = Box<[(Box<str>, Child)]>;

#[derive(Debug, Default)]
pub(crate) struct Decoded {
    nodes: Box<[Node]>,
    /// For each resource of the document its dynamic anchors.
    resources: Box<[Anchors]>,
    links: &'static [&'static Program],
}

/// Refers to a node, of this program or of one of its links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Child {
    link: Option<u16>,
    id: u32,
}

/// What a value has to satisfy.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kinds: Kinds,
    pub(crate) text: Option<Box<Text>>,
    pub(crate) number: Option<Box<Numeric>>,
    pub(crate) array: Option<Box<Array>>,
    pub(crate) object: Option<Box<Object>>,
    pub(crate) literals: Option<Box<Literals>>,
    pub(crate) more: Option<Box<More>>,
    pub(crate) streamed: Streamed,
    /// Whether an object satisfies it that is a record, of which nothing else is said.
    pub(crate) is_record: bool,
    /// What holds unless the value is `null`, which is accepted too.
    pub(crate) unless_null: Option<Child>,
}

/// How much of a node its generated type checks while it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Streamed {
    /// The value is checked before it is read.
    Nothing,
    /// All but what takes more than one look at the value, which is checked afterwards.
    Own,
    All,
}

#[derive(Debug, Default)]
pub(crate) struct Text {
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) format: Option<Format>,
    pub(crate) encoding: Option<Box<str>>,
    pub(crate) is_json: bool,
    /// Finds the end of a text, if its format is all that is asked.
    pub(crate) end: Option<End>,
}

#[derive(Debug, Default)]
pub(crate) struct Numeric {
    pub(crate) min: Option<Bound>,
    pub(crate) max: Option<Bound>,
    pub(crate) above: Option<Bound>,
    pub(crate) below: Option<Bound>,
    pub(crate) step: Option<Step>,
}

#[derive(Debug, Default)]
pub(crate) struct Array {
    pub(crate) first: Box<[Child]>,
    pub(crate) items: Option<Child>,
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
    pub(crate) is_set: bool,
    pub(crate) contains: Option<Contains>,
}

#[derive(Debug)]
pub(crate) struct Contains {
    pub(crate) node: Child,
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
    /// Whether what is contained counts as evaluated: from 2020-12 on.
    pub(crate) evaluates: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Object {
    /// Every member that a keyword names, properties first.
    pub(crate) members: Box<[Member]>,
    pub(crate) lookup: Lookup,
    pub(crate) required: Bits,
    pub(crate) patterns: Box<[(Pattern, Child)]>,
    pub(crate) additional: Additional,
    pub(crate) names: Option<Child>,
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
    pub(crate) dependent_required: Box<[(u16, Box<[u16]>)]>,
    pub(crate) dependent_schemas: Box<[(u16, Child)]>,
    /// What applicators say of members, and why an object is refused of which it does not hold.
    pub(crate) demands: Vec<(Demand, Why)>,
    /// The members whose values demands ask for; few.
    pub(crate) watched: Box<[u16]>,
    /// Whether nothing is said but what each member is, and which have to be there: which, by their bits.
    pub(crate) record: Option<u64>,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: KnownName,
    pub(crate) declared: bool,
    pub(crate) node: Option<Child>,
    /// The kinds of which every value is accepted, whatever it is; arrays and objects never are.
    pub(crate) free: Kinds,
}

#[derive(Debug, Default, Clone, Copy)]
pub(crate) enum Additional {
    #[default]
    Anything,
    /// Accepted, and evaluated: `true` says more than nothing does.
    Evaluated,
    Refused,
    Checked(Child),
}

/// Finds members by name: a table, at least half of it empty, of positions plus one, each in the slot that the print of
/// its name leads to, or in the next that was free. Names that a schema's author chose to meet in one slot are looked
/// through one by one.
#[derive(Debug, Default)]
pub(crate) struct Lookup(Box<[u16]>);

/// What takes more than one look at a value.
#[derive(Debug, Default)]
pub(crate) struct More {
    pub(crate) all: Box<[Child]>,
    pub(crate) any: Box<[Child]>,
    pub(crate) one: Box<[Child]>,
    /// The alternatives in the order of the variants of the generated enum.
    pub(crate) variants: Box<[Child]>,
    pub(crate) not: Option<Child>,
    pub(crate) condition: Option<(Child, Option<Child>, Option<Child>)>,
    /// A dynamic reference: the anchor's name, and where it leads by default.
    pub(crate) dynamic: Option<(Box<str>, Child)>,
    /// Which resource of the document this is in, where that may matter.
    pub(crate) resource: Option<u16>,
    pub(crate) unevaluated_members: Option<Child>,
    pub(crate) unevaluated_items: Option<Child>,
}

impl Program {
    /// Returns the program of this text; for generated code.
    pub const fn new(text: &'static str, links: &'static [&'static Self]) -> Self {
        Self { text, links, decoded: OnceLock::new() }
    }

    /// Returns a node by its number.
    #[inline]
    pub fn at(&'static self, id: u32) -> At {
        self.decoded().at(id)
    }

    #[inline]
    fn decoded(&'static self) -> &'static Decoded {
        // A text that the generator did not write decodes to nothing, which refuses everything.
        self.decoded.get_or_init(|| {
            let decoded = decode::decode(self.text).unwrap_or_default();
            Decoded { links: self.links, ..decoded }
        })
    }
}

impl Decoded {
    #[inline]
    fn at(&'static self, id: u32) -> At {
        const NOTHING: &Node = &Node::refusing();
        At { node: self.nodes.get(index(id)).unwrap_or(NOTHING), program: self }
    }
}

impl At {
    #[inline]
    pub(crate) fn node(self) -> &'static Node {
        self.node
    }

    #[inline(always)]
    pub(crate) fn child(self, child: Child) -> Self {
        match child.link.and_then(|link| self.program.links.get(usize::from(link))) {
            None => self.program.at(child.id),
            Some(program) => program.at(child.id),
        }
    }

    /// Returns what the variant of a generated enum has to satisfy.
    pub fn variant(self, at: usize) -> Option<Self> {
        let more = self.node().more.as_ref()?;
        more.variants.get(at).map(|child| self.child(*child))
    }

    /// Returns what tells the node from all others.
    pub(crate) fn identity(self) -> usize {
        std::ptr::from_ref(self.node).addr()
    }

    pub(crate) fn program_identity(self) -> usize {
        std::ptr::from_ref(self.program).addr()
    }

    /// Returns wherever dynamic anchors of a name are, in this program and in those it refers to.
    #[cfg(feature = "explain")]
    pub(crate) fn anchors(self, name: &str) -> impl Iterator<Item = Self> + use<'_> {
        let others = self.program.links.iter().map(|link| link.decoded());
        others.chain([self.program]).flat_map(move |program| {
            let here = Self { node: self.node, program };
            let all = program.resources.iter().flatten();
            all.filter(move |(known, _)| **known == *name).map(move |(_, child)| here.child(*child))
        })
    }

    /// Returns where a dynamic anchor of one of this program's resources is.
    pub(crate) fn anchor(self, resource: u16, name: &str) -> Option<Self> {
        let anchors = self.program.resources.get(usize::from(resource))?;
        let found = anchors.iter().find(|(known, _)| **known == *name)?;
        Some(self.child(found.1))
    }
}

impl Node {
    const fn refusing() -> Self {
        Self {
            kinds: Kinds::NONE,
            text: None,
            number: None,
            array: None,
            object: None,
            literals: None,
            more: None,
            streamed: Streamed::Nothing,
            is_record: false,
            unless_null: None,
        }
    }
}

impl Object {
    /// Returns the members that have to be there, by their bits, if these are all that is said of the whole.
    pub(crate) fn as_record(&self) -> Option<u64> {
        let is_record = self.members.len() <= 64
            && self.members.iter().all(|member| member.declared)
            && self.patterns.is_empty()
            && self.names.is_none()
            && self.min == 0
            && self.max.is_none()
            && self.dependent_required.is_empty()
            && self.dependent_schemas.is_empty()
            && self.demands.is_empty();
        is_record.then(|| self.required.first_word())
    }

    /// Returns the position of a member; mostly the one that was expected is left out.
    #[inline]
    pub(crate) fn find(&self, name: &str, expected: usize) -> Option<usize> {
        let print = Print::of(name);
        let is_it = |at: usize| self.members.get(at).is_some_and(|member| member.name.is(name, print));
        if is_it(expected + 1) {
            return Some(expected + 1);
        }
        self.lookup.find(print.mixed(), is_it)
    }
}

impl Lookup {
    pub(crate) fn new(members: &[Member]) -> Self {
        let mut lookup = Self(vec![0; (2 * members.len()).next_power_of_two()].into());
        for (member, at) in members.iter().zip(1..=u16::MAX) {
            let mut slot = lookup.slot(member.name.print().mixed());
            while lookup.0[slot] != 0 {
                slot = (slot + 1) & (lookup.0.len() - 1);
            }
            lookup.0[slot] = at;
        }
        lookup
    }

    /// Returns where to look first; the bits of a print are spread by a multiplication.
    #[inline]
    fn slot(&self, print: u64) -> usize {
        let spread = (print ^ (print >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        usize::try_from(spread).unwrap_or(0) & (self.0.len().wrapping_sub(1))
    }

    #[inline]
    fn find(&self, print: u64, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let mut slot = self.slot(print);
        // Half of it is empty, so that this ends.
        while let Some(after @ 1..) = self.0.get(slot) {
            let at = usize::from(*after) - 1;
            if is_it(at) {
                return Some(at);
            }
            slot = (slot + 1) & (self.0.len() - 1);
        }
        None
    }
}

pub(crate) fn index(id: u32) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}
