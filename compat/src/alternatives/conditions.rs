//! Nodes with many conditions. If a schema describes ten kinds of events, each by an `if` and a `then`, the conditions
//! have about a thousand combinations.
//!
//! An alternative of such a node does not split its conditions into cases. The engine resolves a condition when the
//! rest of the alternative determines whether the `if` accepts the values. For events of one kind, usually only one
//! `if` accepts them.

use std::rc::Rc;

use foldhash::{HashSet, HashSetExt as _};

use super::Alternative;
use crate::engine::Engine;
use crate::tree::{Condition, Id};

/// The maximum number of conditions of one node for which the engine expands all combinations.
const CONDITIONS_MAX: usize = 4;

/// The maximum number of conditions of one alternative for which the engine makes samples.
const SAMPLED_MAX: usize = 4;

impl Engine {
    /// Returns whether a node and its applicators on the same value have many conditions.
    pub(crate) fn has_many_conditions(&self, id: Id) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![id];
        let mut many = 0;
        while let Some(id) = open.pop() {
            let node = self.tree.node(id);
            if !seen.insert(id.index()) {
                continue;
            }
            many += node.conditions.len();
            if CONDITIONS_MAX < many {
                return true;
            }
            open.extend(&node.all_of);
            open.extend(node.recursive_target(&self.tree));
            open.extend(node.place.as_ref().map(|place| place.schema));
        }
        false
    }

    /// Resolves each condition for which the alternative determines whether the `if` accepts its values. Returns `None`
    /// if the alternative determines this for no condition.
    pub(crate) fn resolve_conditions(&mut self, alternative: &Alternative) -> Option<Vec<Alternative>> {
        if alternative.conditions.is_empty() {
            return None;
        }
        let bare = Alternative { conditions: Rc::default(), ..alternative.clone() };
        let mut further = vec![bare.clone()];
        let mut left: Vec<Condition> = Vec::new();
        for condition in alternative.conditions.iter() {
            let branch = if self.is_disjoint(&bare, condition.test) {
                condition.otherwise
            } else if self.covers_alternative(&bare, condition.test, &mut Vec::new()) {
                condition.then
            } else {
                left.push(*condition);
                continue;
            };
            if let Some(branch) = branch {
                further =
                    further.iter().flat_map(|alternative| self.intersect(alternative, branch)).collect();
            }
        }
        if left.len() == alternative.conditions.len() {
            return None;
        }
        for alternative in &mut further {
            alternative.conditions = Rc::new(left.clone());
        }
        Some(further)
    }

    /// Returns alternatives for samples. For each of the first few conditions, the list has one alternative with values
    /// that the `if` accepts. It also has one alternative without conditions.
    pub(crate) fn under_some_conditions(&mut self, alternative: &Alternative) -> Vec<Alternative> {
        let bare = Alternative { conditions: Rc::default(), ..alternative.clone() };
        let mut chosen = Vec::new();
        for condition in alternative.conditions.iter().take(SAMPLED_MAX) {
            let tested = self.intersect(&bare, condition.test).into_iter().next();
            let then = match (tested, condition.then) {
                (Some(tested), Some(then)) => self.intersect(&tested, then).into_iter().next(),
                (tested, _) => tested,
            };
            chosen.extend(then);
        }
        chosen.push(bare);
        chosen
    }
}
