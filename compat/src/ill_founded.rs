//! Finds schemas without a meaning: by their definition, a value is valid exactly if it is not valid.
//!
//! An example is `{"not": {"$ref": "#"}}`: this schema accepts a value exactly if it rejects the value. The reference
//! applies to the same value, so no answer is right. JSON Schema leaves such recursion undefined (Core 2020-12, section
//! 9.4.1). The engine proves nothing about such a schema.
//!
//! Other recursion on the same value is harmless. If a cycle of references has no negation, no condition and no
//! `oneOf`, it only repeats the same assertions.

use foldhash::{HashSet, HashSetExt as _};

use crate::tree::{Id, Tree};

impl Tree {
    /// Returns whether a recursive reference leads back to itself, on the same value, through a keyword that can negate
    /// the answer of a subschema.
    pub(crate) fn is_ill_founded(&self) -> bool {
        self.recursive_targets().any(|start| self.refers_to_own_negation(start))
    }

    fn refers_to_own_negation(&self, start: Id) -> bool {
        let mut seen: HashSet<(u32, bool)> = HashSet::new();
        let mut open = vec![(start, false)];
        while let Some((id, negated)) = open.pop() {
            let node = self.node(id);
            let mut go = |next: Id, negates: bool| {
                if seen.insert((next.index(), negated || negates)) {
                    open.push((next, negated || negates));
                }
            };
            node.all_of.iter().chain(node.any_of.iter().flatten()).for_each(|part| go(*part, false));
            node.objects.dependent_schemas.iter().for_each(|(_, part)| go(*part, false));
            node.recursive_target(self).into_iter().for_each(|part| go(part, false));
            node.one_of.iter().flatten().chain(&node.not).for_each(|part| go(*part, true));
            for condition in &node.conditions {
                go(condition.test, true);
                [condition.then, condition.otherwise].into_iter().flatten().for_each(|part| go(part, false));
            }
        }
        seen.contains(&(start.index(), true))
    }
}
