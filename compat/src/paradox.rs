//! Finds schemas that say of a value what holds only if it does not hold.
//!
//! `{"not": {"$ref": "#"}}` accepts what it refuses: following it never comes to the event's next
//! level, and no answer is right. The specification leaves such recursion undefined (JSON Schema
//! Core 2020-12, section 9.4.1), so nothing is proven through it. Recursion that stays on one value but
//! passes no negation, no condition and no `oneOf` is harmless: what it asks for, it asks for again.

use foldhash::{HashSet, HashSetExt as _};

use crate::tree::{Id, Tree};

impl Tree {
    /// Tells whether a node that was lowered comes back to itself, on the same value, through
    /// something that turns its answer around.
    pub(crate) fn has_paradox(&self) -> bool {
        self.slot_targets().any(|start| self.returns_turned(start))
    }

    fn returns_turned(&self, start: Id) -> bool {
        let mut seen: HashSet<(u32, bool)> = HashSet::new();
        let mut open = vec![(start, false)];
        while let Some((id, turned)) = open.pop() {
            let node = self.node(id);
            let mut go = |next: Id, turns: bool| {
                if seen.insert((next.index(), turned || turns)) {
                    open.push((next, turned || turns));
                }
            };
            node.all_of.iter().chain(node.any_of.iter().flatten()).for_each(|part| go(*part, false));
            node.objects.dependent_schemas.iter().for_each(|(_, part)| go(*part, false));
            node.slot.and_then(|slot| self.in_slot(slot)).into_iter().for_each(|part| go(part, false));
            node.one_of.iter().flatten().chain(&node.not).for_each(|part| go(*part, true));
            for condition in &node.conditions {
                go(condition.test, true);
                [condition.then, condition.otherwise].into_iter().flatten().for_each(|part| go(part, false));
            }
        }
        seen.contains(&(start.index(), true))
    }
}
