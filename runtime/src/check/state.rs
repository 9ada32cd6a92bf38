use std::collections::HashMap;

use crate::program::NodeRef;
use crate::reject::{Reason, Reject};
use crate::step_budget::StepBudget;

/// The state of the check of one event, apart from the position in its text.
#[derive(Debug)]
pub(super) struct CheckState {
    pub(super) budget: StepBudget,
    /// The number of alternatives that are being tried. If it is not zero, the check may read the same value again.
    pub(super) open_alternatives: usize,
    /// The results of earlier checks. `None` until the first is stored, which an ordinary event never needs.
    results: Option<HashMap<CacheKey, Result<usize, Reject>>>,
    /// The schema resources entered so far, outermost first, each once: the dynamic scope of JSON Schema.
    dynamic_scope: Vec<(NodeRef, u16)>,
    /// A hash of the dynamic scope, for cache keys.
    scope_hash: u64,
    open_nodes: usize,
}

/// A node and a value, in a dynamic scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CacheKey {
    node: usize,
    scope: u64,
    position: usize,
}

/// The part of the state that a rejected alternative must leave unchanged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Snapshot {
    open_alternatives: usize,
    scope_len: usize,
    scope_hash: u64,
    open_nodes: usize,
}

impl CheckState {
    /// Maximum number of open nodes: three for each level of the deepest event. A schema with more refers to itself
    /// without end. An unoptimized build needs a stack of 2 MiB for so many.
    const OPEN_NODES_MAX: usize = 400;

    /// Maximum number of stored results. Further results are computed again, which costs only time.
    const RESULTS_MAX: usize = 1 << 20;

    /// The number of steps without a cache. An ordinary event takes fewer steps, and for such an event storing
    /// results costs more than it saves.
    const STEPS_WITHOUT_CACHE: usize = 100_000;

    /// Returns the state at the start of an event of so many bytes.
    #[inline]
    pub(super) fn for_event(bytes: usize) -> Self {
        Self {
            budget: StepBudget::for_event(bytes),
            open_alternatives: 0,
            results: None,
            dynamic_scope: Vec::new(),
            scope_hash: 0,
            open_nodes: 0,
        }
    }

    /// Returns whether the check reads values again so often that a cache of results pays.
    #[inline]
    pub(super) fn should_cache(&self) -> bool {
        Self::STEPS_WITHOUT_CACHE < self.budget.used() && self.open_alternatives != 0
    }

    /// Enters a node.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<(), Reason> {
        self.open_nodes += 1;
        if self.open_nodes < Self::OPEN_NODES_MAX { Ok(()) } else { Err(Reason::TooDeep) }
    }

    /// Leaves a node.
    #[inline]
    pub(super) fn exit(&mut self) {
        self.open_nodes -= 1;
    }

    pub(super) fn cache_key(&self, node: NodeRef, position: usize) -> CacheKey {
        CacheKey { node: node.address(), scope: self.scope_hash, position }
    }

    /// Returns a stored result: the position behind the value, or the rejection.
    pub(super) fn cached(&self, key: &CacheKey) -> Option<Result<usize, Reject>> {
        self.results.as_ref()?.get(key).copied()
    }

    pub(super) fn cache(&mut self, key: CacheKey, result: Result<usize, Reject>) {
        let results = self.results.get_or_insert_default();
        if results.len() < Self::RESULTS_MAX {
            results.insert(key, result);
        }
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            open_alternatives: self.open_alternatives,
            scope_len: self.dynamic_scope.len(),
            scope_hash: self.scope_hash,
            open_nodes: self.open_nodes,
        }
    }

    pub(super) fn restore(&mut self, snapshot: Snapshot) {
        self.open_alternatives = snapshot.open_alternatives;
        self.dynamic_scope.truncate(snapshot.scope_len);
        self.scope_hash = snapshot.scope_hash;
        self.open_nodes = snapshot.open_nodes;
    }

    /// Enters the schema resource of a node. If the resource was entered before, nothing changes, because the
    /// outermost entry counts.
    pub(super) fn enter_resource(&mut self, node: NodeRef, resource: u16) {
        let program = node.program_address();
        let is_known =
            |(known, other): &(NodeRef, u16)| known.program_address() == program && *other == resource;
        if !self.dynamic_scope.iter().any(is_known) {
            self.dynamic_scope.push((node, resource));
            let mixed = u64::from(resource) ^ u64::try_from(program).unwrap_or(0);
            self.scope_hash = (self.scope_hash ^ mixed).wrapping_mul(0x0100_0000_01b3).rotate_left(17);
        }
    }

    /// Returns the node of a dynamic anchor: the anchor of the outermost resource that has it.
    pub(super) fn dynamic_anchor(&self, name: &str) -> Option<NodeRef> {
        self.dynamic_scope.iter().find_map(|(node, resource)| node.anchor(*resource, name))
    }
}
