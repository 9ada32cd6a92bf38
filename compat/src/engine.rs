//! The state of one comparison: the arena, the caches and the fuel.

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

/// The minimum stack of a comparison, in bytes. The first thread of a program usually has this much left, so a
/// comparison on this thread allocates no stack of its own.
const STACK_BYTES: usize = 6 << 20;

/// Stack in bytes for code that takes no steps. A comparison with less stack left gives up.
const STACK_LEFT_MIN: usize = 3 << 19;

/// How often the engine takes steps before it checks the stack, the memory and the stop signal again.
const CALLS_PER_CHECK: u32 = 16;

/// Approximate bytes of a node that a comparison adds to the tree.
const NODE_BYTES: usize = 900;

/// Limit on the bytes of nodes, alternatives and candidates in a comparison. The two documents do not count.
const BYTES_MAX: usize = 128 << 20;

/// Runs a comparison on a stack of sufficient size.
pub(crate) fn with_stack<T>(comparison: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STACK_BYTES, STACK_BYTES, comparison)
}

/// How thoroughly the engine searches for witnesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Stop at the first witness.
    First,
    /// Search for a witness at each place that breaks.
    Each,
    /// Also make values of the difference between writer and reader, whatever the place.
    Deep,
}

/// The state of a comparison in progress. Each phase of the comparison has its own `impl` block in its own file.
pub(crate) struct Engine {
    pub(crate) tree: Tree,
    pub(crate) formats: Formats,
    /// Whether one witness is enough. Otherwise the engine searches for a witness at each place that breaks.
    pub(crate) is_brief: bool,
    pub(crate) patterns: Patterns,
    /// Whether the evaluated value also stands for its other spellings, `1` for `1.0`.
    pub(crate) is_any_spelling: bool,
    /// The steps that are left. The same input always takes the same steps, so an answer never depends on the machine.
    fuel: u64,
    /// The steps that all phases have taken so far.
    spent: u64,
    /// The discriminator of each union, if it has one.
    pub(crate) discriminators: HashMap<Vec<Id>, Option<Rc<Discriminator>>>,
    /// The alternative that accepts everything. Other alternatives share its parts.
    pub(crate) anything: Alternative,
    /// The alternatives of each node, by the number of the node. Equal nodes at two places have their own alternatives,
    /// because the children keep their places.
    pub(crate) alternatives: HashMap<u32, Rc<Vec<Alternative>>>,
    /// The alternatives of the parts of a node with many conditions, while the engine expands that node.
    pub(crate) alternatives_of_parts: Option<HashMap<u32, Rc<Vec<Alternative>>>>,
    /// Whether the engine currently finds the ways of a node with many conditions. It keeps these conditions whole.
    pub(crate) keeps_conditions: bool,
    /// The ways in which the schemas of each place hold, by the number of the place's node.
    pub(crate) ways: HashMap<u32, Rc<Vec<Way>>>,
    /// Places that stay open to undeclared members, because otherwise they would have no value.
    pub(crate) opened_places: Vec<Origin>,
    /// The places that the engine currently closes, the outermost first.
    pub(crate) closings_in_progress: Vec<Class>,
    /// The schemas of tolerant readers without the keywords that reject undeclared members.
    pub(crate) opened_readers: Opening,
    /// The nodes of readers that the search relaxed at reported findings.
    pub(crate) relaxations: Relaxations,
    /// Validators of single nodes, by the number of the node; `None` if the node cannot be exported or compiled.
    pub(crate) validators: HashMap<u32, Option<Rc<jsonschema::Validator>>>,
    /// How thoroughly the engine searches for witnesses.
    pub(crate) effort: Effort,
    /// Pairs that are proven, or assumed during their own proof.
    pub(crate) proven: HashSet<(Class, Class)>,
    /// The pairs of `proven` in the order of insertion. If an assumption fails, the engine removes the pairs after it.
    pub(crate) proof_order: Vec<(Class, Class)>,
    /// The pairs that the engine currently proves, the outermost first.
    pub(crate) proofs_in_progress: Vec<(Class, Class)>,
    /// Pairs without a proof. This does not mean that the reader rejects something: the rules of the engine are
    /// incomplete.
    pub(crate) unproven: HashSet<(Class, Class)>,
    /// The candidates of earlier searches, by the classes and places of writer and reader.
    pub(crate) known_candidates: HashMap<(Class, Class, Origin, Origin), Rc<Vec<Candidate>>>,
    /// The samples of earlier calls, by class and requested number.
    pub(crate) known_samples: HashMap<(Class, usize), Rc<Vec<Value>>>,
    /// How often the engine has taken steps.
    calls: u32,
    /// The number of nodes of the two documents.
    nodes_lowered: usize,
    /// Approximate bytes of alternatives and candidates. Dropped ones still count.
    bytes_held: usize,
    /// The number of nodes of all values that the engine has made.
    pub(crate) nodes_made: usize,
    /// The pairs that the engine currently refutes. They end the recursion.
    pub(crate) refutations_in_progress: Vec<(Class, Class)>,
    /// Nodes that count as empty while the engine proves that they have no value, the outermost first.
    pub(crate) assumed_empty: Vec<Id>,
    /// How often a recursion or a limit has cut alternatives short.
    pub(crate) truncations: usize,
    /// The depth of nested subtractions.
    pub(crate) subtraction_depth: usize,
    /// The depth of nested lists of values.
    pub(crate) listing_depth: usize,
    /// The depth of nested proofs.
    pub(crate) proof_depth: usize,
    /// The depth of nested computations of evaluated properties and items.
    pub(crate) evaluation_depth: usize,
    /// The nodes whose samples the engine currently makes. They end the recursion.
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
            relaxations: Relaxations::default(),
            validators: HashMap::new(),
            effort: Effort::Each,
            proven: HashSet::new(),
            proof_order: Vec::new(),
            proofs_in_progress: Vec::new(),
            unproven: HashSet::new(),
            known_candidates: HashMap::new(),
            known_samples: HashMap::new(),
            calls: 0,
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

    /// Takes steps from the fuel. Returns `false` if the fuel is used up, if the stack or the memory is nearly used up,
    /// or if the caller has stopped waiting.
    pub(crate) fn spend(&mut self, steps: u64) -> bool {
        self.calls = self.calls.wrapping_add(1);
        if self.calls.is_multiple_of(CALLS_PER_CHECK) && self.must_end() {
            self.spent = self.spent.saturating_add(self.fuel);
            self.fuel = 0;
            return false;
        }
        self.fuel = self.fuel.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
        0 < self.fuel
    }

    /// Returns the approximate bytes of the comparison.
    fn bytes(&self) -> usize {
        self.bytes_held.saturating_add(self.tree.len().saturating_sub(self.nodes_lowered) * NODE_BYTES)
    }

    /// Counts additional bytes, and returns whether the limit leaves room for them. If it does not, the fuel is used
    /// up.
    pub(crate) fn reserve_bytes(&mut self, bytes: usize) -> bool {
        self.bytes_held = self.bytes_held.saturating_add(bytes);
        let has_room = self.bytes() <= BYTES_MAX;
        if !has_room {
            self.fuel = 0;
        }
        has_room
    }

    /// Takes the steps and counts the bytes for a copy of a value with this number of nodes. Returns whether the limits
    /// allow the copy.
    pub(crate) fn reserve_copy(&mut self, nodes: usize) -> bool {
        /// The approximate bytes of a node, and the nodes of one step.
        const NODE_BYTES: usize = 250;
        const NODES_IN_A_STEP: usize = 32;
        self.reserve_bytes(nodes.saturating_mul(NODE_BYTES)) && self.spend((nodes / NODES_IN_A_STEP) as u64)
    }

    /// Returns whether the stack or the memory is nearly used up, or the caller has stopped waiting.
    fn must_end(&self) -> bool {
        stacker::remaining_stack().is_some_and(|left| left < STACK_LEFT_MIN)
            || BYTES_MAX < self.bytes()
            || Stop::is_current_requested()
    }

    /// Returns whether the fuel is used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.fuel == 0
    }

    /// Returns the steps taken so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }

    /// Sets the fuel for the next phase.
    pub(crate) fn refuel(&mut self, fuel: u64) {
        self.fuel = fuel;
    }
}
