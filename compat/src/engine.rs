//! The state of one comparison: the arena, the caches and the fuel.

use evschema_model::{Formats, Stop};

use crate::alternatives::state::Expander;
use crate::content::state::Closer;
use crate::pattern::Patterns;
use crate::prove::state::Prover;
use crate::refute::state::Refuter;
use crate::relax::relaxations::Relaxations;
use crate::sample::state::Sampler;
use crate::subtract::state::Subtractor;
use crate::tree::Tree;

/// The minimum stack of a comparison, in bytes. The main thread of a program usually has this much left, so a
/// comparison on the main thread allocates no additional stack.
const STACK_BYTES: usize = 6 << 20;

/// The stack that code between two checks may need, in bytes. If less stack is left at a check, the comparison gives
/// up.
const STACK_LEFT_MIN: usize = 3 << 19;

/// The number of calls of `spend` between two checks of the stack, the memory and the stop signal.
const CALLS_PER_CHECK: u32 = 16;

/// Approximate bytes of a node that a comparison adds to the tree.
const NODE_BYTES: usize = 900;

/// The maximum size of the nodes, alternatives and candidates of a comparison, in bytes. The two documents do not
/// count.
const BYTES_MAX: usize = 128 << 20;

/// Runs a comparison on a stack of sufficient size.
pub(crate) fn with_stack<T>(comparison: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STACK_BYTES, STACK_BYTES, comparison)
}

/// The state of one running comparison. It has the context that all phases share, and the state of each phase.
///
/// Each phase has its own module. The module adds methods to the engine, and the fields of the phase's state are
/// private to the module.
pub(crate) struct Engine {
    pub(crate) tree: Tree,
    pub(crate) formats: Formats,
    pub(crate) patterns: Patterns,
    /// Whether the evaluated value also stands for its other spellings. For example, `1` also stands for `1.0`.
    pub(crate) is_any_spelling: bool,
    /// The steps that are left. The same input always takes the same steps, so an answer never depends on the machine.
    fuel: u64,
    /// The steps that all phases have taken so far.
    spent: u64,
    /// The nodes that the search created when it relaxed a reader at reported findings.
    pub(crate) relaxations: Relaxations,
    pub(crate) expander: Expander,
    pub(crate) prover: Prover,
    pub(crate) subtractor: Subtractor,
    pub(crate) closer: Closer,
    pub(crate) sampler: Sampler,
    pub(crate) refuter: Refuter,
    /// The number of calls of `spend`.
    calls: u32,
    /// The number of nodes of the two documents.
    nodes_lowered: usize,
    /// The approximate size of all alternatives and candidates so far, in bytes. It includes those that the engine has
    /// dropped.
    bytes_held: usize,
}

impl Engine {
    pub(crate) fn new(tree: Tree, formats: Formats, is_brief: bool, fuel: u64) -> Self {
        let tree_len = tree.len();
        Self {
            tree,
            formats,
            patterns: Patterns::default(),
            fuel,
            spent: 0,
            relaxations: Relaxations::default(),
            expander: Expander::default(),
            prover: Prover::default(),
            subtractor: Subtractor::default(),
            closer: Closer::default(),
            is_any_spelling: false,
            sampler: Sampler::default(),
            refuter: Refuter::new(is_brief),
            calls: 0,
            nodes_lowered: tree_len,
            bytes_held: 0,
        }
    }

    /// Takes steps from the fuel. Returns `false` if the fuel is used up, if the stack or the memory is nearly used up,
    /// or if the caller has requested a stop.
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

    /// Returns the approximate memory of the comparison, in bytes.
    fn bytes(&self) -> usize {
        self.bytes_held.saturating_add(self.tree.len().saturating_sub(self.nodes_lowered) * NODE_BYTES)
    }

    /// Counts additional bytes, and returns whether the sum is within the limit. If the sum exceeds the limit, the
    /// function uses up the fuel.
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
        /// The approximate size of one node of the value, in bytes.
        const NODE_BYTES: usize = 250;
        /// The number of nodes that one step copies.
        const NODES_IN_A_STEP: usize = 32;
        self.reserve_bytes(nodes.saturating_mul(NODE_BYTES)) && self.spend((nodes / NODES_IN_A_STEP) as u64)
    }

    /// Takes the steps and counts the bytes for a copy of a list of this size. Returns whether the limits allow the copy.
    pub(crate) fn reserve_list(&mut self, bytes: usize) -> bool {
        const BYTES_IN_A_STEP: usize = 4_096;
        self.reserve_bytes(bytes) && self.spend((bytes / BYTES_IN_A_STEP) as u64)
    }

    /// Returns whether the stack or the memory is nearly used up, or the caller has requested a stop.
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
