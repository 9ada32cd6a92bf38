use std::collections::HashMap;

use crate::program::NodeRef;
use crate::reject::{Reason, Reject};
use crate::step_budget::StepBudget;

/// The state of the check of one event, apart from the position in its text.
#[derive(Debug)]
pub(crate) struct CheckState {
    pub(crate) budget: StepBudget,
    /// The number of alternatives that are being tried. If it is not zero, the check may read the same value again.
    pub(crate) open_alternatives: usize,
    /// The results of earlier checks. `None` until the check stores the first result. The check of an ordinary event
    /// stores none.
    results: Option<HashMap<CacheKey, Result<usize, Reject>>>,
    /// The dynamic scope of JSON Schema: the schema resources entered so far, outermost first. Each resource occurs
    /// once.
    dynamic_scope: Vec<(NodeRef, u16)>,
    /// A hash of the dynamic scope, for cache keys.
    scope_hash: u64,
    open_nodes: usize,
    /// The rejection by the alternative that was tried last.
    last_alternative: Option<Reject>,
    /// The position of the value that no alternative accepted, and the deepest rejection by one of the alternatives.
    deepest: Option<(usize, Reject)>,
}

/// The key of a stored result: a node, a value and a dynamic scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CacheKey {
    node: usize,
    scope: u64,
    position: usize,
}

/// The part of the state that a rejected alternative must leave unchanged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Snapshot {
    open_alternatives: usize,
    scope_len: usize,
    scope_hash: u64,
    open_nodes: usize,
}

impl CheckState {
    /// Maximum number of open nodes, which are nodes whose check has started but not ended: three for each level of the
    /// deepest event. If more nodes are open, the schema refers to itself without end. An unoptimized build needs a
    /// stack of 2 MiB for this number of nodes.
    const OPEN_NODES_MAX: usize = 400;

    /// Maximum number of stored results. The check does not store further results, but computes them again. This costs
    /// only time.
    const RESULTS_MAX: usize = 1 << 20;

    /// The number of steps after which the check starts to store results. The check of an ordinary event takes fewer
    /// steps. To store its results would cost more time than it saves.
    const STEPS_WITHOUT_CACHE: usize = 100_000;

    /// Returns the state at the start of an event with this number of bytes.
    #[inline]
    pub(crate) fn for_event(bytes: usize) -> Self {
        Self {
            budget: StepBudget::for_event(bytes),
            open_alternatives: 0,
            results: None,
            dynamic_scope: Vec::new(),
            scope_hash: 0,
            open_nodes: 0,
            last_alternative: None,
            deepest: None,
        }
    }

    /// Returns whether the check reads values again so often that a cache of results pays.
    #[inline]
    pub(crate) fn should_cache(&self) -> bool {
        Self::STEPS_WITHOUT_CACHE < self.budget.used() && self.open_alternatives != 0
    }

    /// Enters a node.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Reason> {
        self.open_nodes += 1;
        if self.open_nodes < Self::OPEN_NODES_MAX { Ok(()) } else { Err(Reason::TooDeep) }
    }

    /// Leaves a node.
    #[inline]
    pub(crate) fn exit(&mut self) {
        self.open_nodes -= 1;
    }

    pub(crate) fn cache_key(&self, node: NodeRef, position: usize) -> CacheKey {
        CacheKey { node: node.address(), scope: self.scope_hash, position }
    }

    /// Returns a stored result: the position behind the value, or the rejection.
    pub(crate) fn cached(&self, key: &CacheKey) -> Option<Result<usize, Reject>> {
        self.results.as_ref()?.get(key).copied()
    }

    pub(crate) fn cache(&mut self, key: CacheKey, result: Result<usize, Reject>) {
        let results = self.results.get_or_insert_default();
        if results.len() < Self::RESULTS_MAX {
            results.insert(key, result);
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            open_alternatives: self.open_alternatives,
            scope_len: self.dynamic_scope.len(),
            scope_hash: self.scope_hash,
            open_nodes: self.open_nodes,
        }
    }

    pub(crate) fn restore(&mut self, snapshot: Snapshot) {
        self.open_alternatives = snapshot.open_alternatives;
        self.dynamic_scope.truncate(snapshot.scope_len);
        self.scope_hash = snapshot.scope_hash;
        self.open_nodes = snapshot.open_nodes;
    }

    /// Records the rejection by an alternative.
    #[inline]
    pub(crate) fn reject_alternative(&mut self, reject: Reject) {
        self.last_alternative = Some(reject);
    }

    /// Returns the deeper one of an earlier rejection and the rejection by the last alternative.
    #[inline]
    pub(crate) fn deeper(&self, earlier: Option<Reject>) -> Option<Reject> {
        let last = self.last_alternative.map(|reject| self.deepest(reject));
        match (earlier, last) {
            (Some(earlier), Some(last)) if earlier.position() < last.position() => Some(last),
            (earlier, last) => earlier.or(last),
        }
    }

    /// Records that no alternative accepted the value at this position, with the deepest of their rejections.
    pub(crate) fn reject_alternatives(&mut self, start: usize, deepest: Option<Reject>) {
        self.deepest = deepest.filter(|reject| start < reject.position()).map(|reject| (start, reject));
    }

    /// Returns the rejection inside a value by one of its alternatives, if no alternative accepted the value. Otherwise
    /// returns the same rejection.
    pub(crate) fn deepest(&self, reject: Reject) -> Reject {
        match self.deepest {
            Some((start, deepest))
                if start == reject.position() && matches!(reject.reason(), Reason::AnyOf | Reason::OneOf) =>
            {
                deepest
            }
            _ => reject,
        }
    }

    /// Enters the schema resource of a node. If the resource was entered before, nothing changes, because only its
    /// first entry counts.
    pub(crate) fn enter_resource(&mut self, node: NodeRef, resource: u16) {
        let program = node.program_address();
        let is_known =
            |(known, other): &(NodeRef, u16)| known.program_address() == program && *other == resource;
        if !self.dynamic_scope.iter().any(is_known) {
            self.dynamic_scope.push((node, resource));
            let mixed = u64::from(resource) ^ u64::try_from(program).unwrap_or(0);
            self.scope_hash = (self.scope_hash ^ mixed).wrapping_mul(0x0100_0000_01b3).rotate_left(17);
        }
    }

    /// Returns the node of the dynamic anchor with this name. If several resources have such an anchor, the outermost
    /// resource counts.
    pub(crate) fn dynamic_anchor(&self, name: &str) -> Option<NodeRef> {
        self.dynamic_scope.iter().find_map(|(node, resource)| node.anchor(*resource, name))
    }
}
