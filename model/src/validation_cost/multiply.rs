//! Finds schemas with which a validator can examine a part of an event too often.

use foldhash::{HashMap, HashMapExt as _};

use super::{Measure, ValidationCost};
use crate::limits;

/// The part of a value to which a schema applies another schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Through<'n> {
    Member(&'n str),
    Members,
    Items,
}

impl ValidationCost {
    /// Returns whether a validator can examine some part of an event too often: too many paths lead to a part, or a
    /// recursion leads from one part to another on two paths.
    pub(crate) fn multiply(&self) -> bool {
        match self.paths.first().copied().flatten() {
            Some(paths) => limits::VALIDATION_STEPS_MAX < paths[Measure::Steps as usize],
            None => (0..self.nodes.len()).any(|at| self.leads_back_twice(at)),
        }
    }

    /// Returns whether two schemas for one value both lead back to their node, through the same part of the value.
    fn leads_back_twice(&self, at: usize) -> bool {
        let node = &self.nodes[at];
        if node.here.len() < 2 {
            return false;
        }
        let target = u32::try_from(at).unwrap_or(u32::MAX);
        let mut through: HashMap<Through<'_>, usize> = HashMap::new();
        for start in &node.here {
            for part in self.parts_back(*start, target) {
                *through.entry(part).or_default() += 1;
            }
        }
        through.values().any(|paths| 1 < *paths)
    }

    /// Returns the parts of a value through which a schema for it leads back to a node.
    fn parts_back(&self, start: u32, target: u32) -> Vec<Through<'_>> {
        let mut same_value = vec![start];
        let mut seen = vec![start];
        let mut parts = Vec::new();
        while let Some(at) = same_value.pop() {
            let node = &self.nodes[at as usize];
            for next in &node.here {
                if !seen.contains(next) {
                    seen.push(*next);
                    same_value.push(*next);
                }
            }
            let named = node.named.iter().map(|(name, next)| (Through::Member(name), *next));
            let members = node.each_member.iter().map(|next| (Through::Members, *next));
            let items = node.leading_items.iter().chain(&node.each_item).map(|next| (Through::Items, *next));
            for (part, next) in named.chain(members).chain(items) {
                if !parts.contains(&part) && self.reaches(next, target) {
                    parts.push(part);
                }
            }
        }
        parts
    }

    fn reaches(&self, start: u32, target: u32) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if at == target {
                return true;
            }
            if !std::mem::replace(&mut seen[at as usize], true) {
                open.extend(self.nodes[at as usize].all());
            }
        }
        false
    }
}
