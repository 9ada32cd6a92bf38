//! What every part of the engine works on: the arena, its caches, and the fuel.

use std::rc::Rc;

use evschema_model::{Formats, Stop};
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use serde_json::Value;

use crate::alternatives::Alternative;
use crate::candidate::Candidate;
use crate::content::{Opening, Way};
use crate::pattern::Patterns;
use crate::prove::Discriminator;
use crate::relax::Relaxations;
use crate::tree::{Class, Id, Origin, Tree};

/// Stack that a comparison has at least, in bytes: most of what a program's first thread has, so that there it needs no
/// stack of its own.
const STACK_BYTES: usize = 6 << 20;

/// Stack that is left to what takes no steps, in bytes. A comparison that has less gives up.
const STACK_LEFT_MIN: usize = 3 << 19;

/// How many times steps are taken between two looks at what else may end a comparison.
const TICKS_EACH: u32 = 16;

/// Bytes of a node that a comparison adds to the tree, roughly.
const NODE_BYTES: usize = 900;

/// Most bytes of nodes, alternatives and candidates in a comparison, beside the two documents.
const BYTES_MAX: usize = 128 << 20;

/// Runs a comparison on enough stack.
pub(crate) fn with_stack<T>(comparison: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STACK_BYTES, STACK_BYTES, comparison)
}

/// How hard witnesses are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Until one is found.
    First,
    /// For one of each place that breaks.
    Each,
    /// Also in the difference of writer and reader, whatever the place.
    Deep,
}

/// A comparison in progress.
pub(crate) struct Engine {
    pub(crate) tree: Tree,
    pub(crate) formats: Formats,
    /// Whether one witness is enough, or each place that breaks wants its own.
    pub(crate) is_brief: bool,
    pub(crate) patterns: Patterns,
    /// Whether the value being looked at stands for its other spellings too, `1` for `1.0`.
    pub(crate) is_any_spelling: bool,
    /// Steps left. Spent alike on the same input, so that an answer never depends on the machine.
    fuel: u64,
    /// Steps taken so far, in all phases.
    spent: u64,
    /// What tells the branches of each union apart.
    pub(crate) discriminators: HashMap<Vec<Id>, Option<Rc<Discriminator>>>,
    /// What accepts anything, to be shared.
    pub(crate) anything: Alternative,
    /// The alternatives of each node, by its number: they keep its place.
    pub(crate) alternatives: HashMap<u32, Rc<Vec<Alternative>>>,
    /// The alternatives of the parts of a node with many conditions, while that node is flattened.
    pub(crate) alternatives_of_parts: Option<HashMap<u32, Rc<Vec<Alternative>>>>,
    /// Whether the ways of a node with many conditions are being found.
    pub(crate) keeps_conditions: bool,
    /// The ways in which the schemas of each place hold, by the number of their node.
    pub(crate) ways: HashMap<u32, Rc<Vec<Way>>>,
    /// Where places stay free, because closed they would have no value.
    pub(crate) opened_places: Vec<Origin>,
    /// The places that are being closed, outermost first.
    pub(crate) closings_in_progress: Vec<Class>,
    /// What was opened for a tolerant reader.
    pub(crate) opened_readers: Opening,
    /// The readers that were relaxed at what findings report.
    pub(crate) relaxed: Relaxations,
    /// Validators of single nodes, by their number, where one could be made.
    pub(crate) validators: HashMap<u32, Option<Rc<jsonschema::Validator>>>,
    /// How hard witnesses are looked for.
    pub(crate) effort: Effort,
    /// Pairs proven, or assumed while they are being proven.
    pub(crate) proven: HashSet<(Class, Class)>,
    /// The proven pairs in order, so that what rested on a failed assumption can be taken back.
    pub(crate) proof_order: Vec<(Class, Class)>,
    /// The pairs that are being proven, outermost first.
    pub(crate) proofs_in_progress: Vec<(Class, Class)>,
    /// Pairs that resisted; true only of the rules here, not of the schemas.
    pub(crate) unproven: HashSet<(Class, Class)>,
    /// Candidates found before, by classes and places of writer and reader.
    pub(crate) known_candidates: HashMap<(Class, Class, Origin, Origin), Rc<Vec<Candidate>>>,
    /// Samples made before, by class and number.
    pub(crate) known_samples: HashMap<(Class, usize), Rc<Vec<Value>>>,
    /// How often steps were taken.
    ticks: u32,
    /// Nodes of the two documents.
    nodes_lowered: usize,
    /// Bytes that alternatives and candidates take, roughly; what is dropped again is counted too.
    bytes_held: usize,
    /// Nodes of all values that were made.
    pub(crate) nodes_made: usize,
    /// Pairs that are being refuted, so that recursion ends.
    pub(crate) refutations_in_progress: Vec<(Class, Class)>,
    /// Nodes that are being shown to have no value, outermost first.
    pub(crate) assumed_empty: Vec<Id>,
    /// How often a recursion or a limit cut alternatives short.
    pub(crate) truncations: usize,
    /// How many subtractions are being made inside each other.
    pub(crate) subtraction_depth: usize,
    /// How many values are being listed inside each other.
    pub(crate) listing_depth: usize,
    /// How many pairs are being proven inside each other.
    pub(crate) proof_depth: usize,
    /// How often it is being found out, inside each other, what is looked at.
    pub(crate) evaluation_depth: usize,
    /// Nodes whose samples are being made, likewise.
    pub(crate) samplings_in_progress: Vec<Class>,
}

impl Engine {
    pub(crate) fn new(tree: Tree, formats: Formats, is_brief: bool, fuel: u64) -> Self {
        let tree_len = tree.len();
        Self {
            tree,
            formats,
            is_brief,
            patterns: Patterns::default(),
            is_any_spelling: false,
            fuel,
            spent: 0,
            discriminators: HashMap::new(),
            anything: Alternative::default(),
            alternatives: HashMap::new(),
            alternatives_of_parts: None,
            keeps_conditions: false,
            ways: HashMap::new(),
            opened_places: Vec::new(),
            closings_in_progress: Vec::new(),
            opened_readers: Opening::default(),
            relaxed: Relaxations::default(),
            validators: HashMap::new(),
            effort: Effort::Each,
            proven: HashSet::new(),
            proof_order: Vec::new(),
            proofs_in_progress: Vec::new(),
            unproven: HashSet::new(),
            known_candidates: HashMap::new(),
            known_samples: HashMap::new(),
            ticks: 0,
            nodes_lowered: tree_len,
            bytes_held: 0,
            nodes_made: 0,
            refutations_in_progress: Vec::new(),
            assumed_empty: Vec::new(),
            truncations: 0,
            subtraction_depth: 0,
            listing_depth: 0,
            proof_depth: 0,
            evaluation_depth: 0,
            samplings_in_progress: Vec::new(),
        }
    }

    /// Takes steps from the fuel; false when it is used up, when the stack nearly is, and when nobody waits any more.
    pub(crate) fn spend(&mut self, steps: u64) -> bool {
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(TICKS_EACH) && self.must_end() {
            self.spent = self.spent.saturating_add(self.fuel);
            self.fuel = 0;
            return false;
        }
        self.fuel = self.fuel.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
        0 < self.fuel
    }

    /// Returns the bytes that are held, roughly.
    fn bytes(&self) -> usize {
        self.bytes_held.saturating_add(self.tree.len().saturating_sub(self.nodes_lowered) * NODE_BYTES)
    }

    /// Counts bytes that are held from now on; returns whether there is room for them. Without, the fuel is used up.
    pub(crate) fn reserve_bytes(&mut self, bytes: usize) -> bool {
        self.bytes_held = self.bytes_held.saturating_add(bytes);
        let has_room = self.bytes() <= BYTES_MAX;
        if !has_room {
            self.fuel = 0;
        }
        has_room
    }

    /// Takes the steps and counts the bytes for a copy of a value with so many nodes; returns whether there is room.
    pub(crate) fn reserve_copy(&mut self, nodes: usize) -> bool {
        /// Bytes of a node, roughly, and nodes that are copied in a step.
        const NODE_BYTES: usize = 250;
        const NODES_IN_A_STEP: usize = 32;
        self.reserve_bytes(nodes.saturating_mul(NODE_BYTES)) && self.spend((nodes / NODES_IN_A_STEP) as u64)
    }

    /// Tells whether there is no room to go on, or nobody waits for the answer.
    fn must_end(&self) -> bool {
        stacker::remaining_stack().is_some_and(|left| left < STACK_LEFT_MIN)
            || BYTES_MAX < self.bytes()
            || Stop::is_current_requested()
    }

    /// Tells whether the fuel is used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.fuel == 0
    }

    /// Returns the steps taken so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }

    /// Gives more fuel for a further phase.
    pub(crate) fn refuel(&mut self, fuel: u64) {
        self.fuel = fuel;
    }
}
