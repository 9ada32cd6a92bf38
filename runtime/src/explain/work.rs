//! How much the library would do to list every violation.
//!
//! It goes every way through a schema, and keeps a copy of the value for each branch of a union that fails. Where a
//! schema refers to itself twice, a small event has more ways than anybody has time for; of a large event
//! the copies fill the memory. So both are counted first, each pair of a node and a value once.

use std::collections::HashMap;

use serde_json::Value;

use crate::program::{Additional, At, Child, Demand, Object};

/// Most steps and copied values together; the library takes about a tenth of a second for so many.
const WORK_MAX: u64 = 1_000_000;

/// Deepest way; the library's stack holds it.
const DEPTH_MAX: usize = 400;

/// Most pairs that are looked at.
const PAIRS_MAX: usize = 500_000;

/// Tells whether every violation of an event can be listed in reasonable time.
pub(super) fn is_affordable(root: At, event: &Value) -> bool {
    Work::default().of(root, event) <= WORK_MAX
}

#[derive(Default)]
struct Work {
    /// By node and value.
    known: HashMap<(usize, usize), u64>,
    sizes: HashMap<usize, u64>,
    depth: usize,
}

impl Work {
    fn of(&mut self, at: At, value: &Value) -> u64 {
        let key = (at.identity(), address(value));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if DEPTH_MAX < self.depth || PAIRS_MAX < self.known.len() {
            return u64::MAX;
        }
        // Who comes back to the same pair goes round in circles, and stops there.
        self.known.insert(key, 0);
        self.depth += 1;
        let mut sum = Sum { work: self, at, many: 1 };
        sum.applicators(value);
        sum.parts(value);
        let many = sum.many;
        self.depth -= 1;
        self.known.insert(key, many);
        many
    }

    /// Counts the values within a value, itself among them.
    fn size(&mut self, value: &Value) -> u64 {
        if let Some(known) = self.sizes.get(&address(value)) {
            return *known;
        }
        let size = match value {
            Value::Object(members) => 1 + members.values().map(|member| self.size(member)).sum::<u64>(),
            Value::Array(items) => 1 + items.iter().map(|item| self.size(item)).sum::<u64>(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return 1,
        };
        self.sizes.insert(address(value), size);
        size
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// The work of one pair.
struct Sum<'w> {
    work: &'w mut Work,
    at: At,
    many: u64,
}

impl Sum<'_> {
    fn add(&mut self, child: Child, value: &Value) {
        let more = self.work.of(self.at.child(child), value);
        self.many = self.many.saturating_add(more);
    }

    fn copies(&mut self, branches: usize, value: &Value) {
        let size = self.work.size(value);
        let branches = u64::try_from(branches).unwrap_or(u64::MAX);
        self.many = self.many.saturating_add(branches.saturating_mul(size));
    }

    /// Adds what looks at the value itself.
    fn applicators(&mut self, value: &Value) {
        let node = self.at.node();
        if let Some(child) = node.unless_null {
            self.add(child, value);
        }
        let Some(more) = &node.more else { return };
        let (condition, then, otherwise) =
            more.condition.map_or((None, None, None), |(a, b, c)| (Some(a), b, c));
        let single = [more.not, condition, then, otherwise].into_iter().flatten();
        for child in more.all.iter().chain(&more.any).chain(&more.one).copied().chain(single) {
            self.add(child, value);
        }
        self.copies(more.any.len() + more.one.len(), value);
        if let Some((name, default)) = &more.dynamic {
            self.add(*default, value);
            for anchor in self.at.anchors(name) {
                self.many = self.many.saturating_add(self.work.of(anchor, value));
            }
        }
    }

    /// Adds what looks at members and items.
    fn parts(&mut self, value: &Value) {
        let node = self.at.node();
        let more = node.more.as_deref();
        match value {
            Value::Object(members) => {
                if let Some(object) = &node.object {
                    self.object(object, value, members);
                }
                if let Some(rest) = more.and_then(|more| more.unevaluated_members) {
                    members.values().for_each(|member| self.add(rest, member));
                    // What the others have looked at is found out by going their ways once more.
                    self.many = self.many.saturating_mul(2);
                }
            }
            Value::Array(items) => {
                if let Some(array) = &node.array {
                    for (number, item) in items.iter().enumerate() {
                        let own = array.first.get(number).copied().or(array.items);
                        let contained = array.contains.as_ref().map(|contains| contains.node);
                        own.into_iter().chain(contained).for_each(|child| self.add(child, item));
                    }
                }
                if let Some(rest) = more.and_then(|more| more.unevaluated_items) {
                    items.iter().for_each(|item| self.add(rest, item));
                    self.many = self.many.saturating_mul(2);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn object(&mut self, object: &'static Object, whole: &Value, members: &serde_json::Map<String, Value>) {
        for (name, member) in members {
            match object.find(name, 0).map(|found| &object.members[found]) {
                Some(known) if known.declared => {
                    known.node.into_iter().for_each(|child| self.add(child, member));
                }
                _ => {
                    if let Additional::Checked(child) = object.additional {
                        self.add(child, member);
                    }
                }
            }
            object.patterns.iter().for_each(|(_, child)| self.add(*child, member));
            self.many = self.many.saturating_add(u64::from(object.names.is_some()));
        }
        object.dependent_schemas.iter().for_each(|(_, child)| self.add(*child, whole));
        for (demand, _) in &object.demands {
            self.demand(demand, object, whole, members);
        }
    }

    /// Adds what was an applicator before the members were found to decide it.
    fn demand(
        &mut self,
        demand: &Demand,
        object: &'static Object,
        whole: &Value,
        members: &serde_json::Map<String, Value>,
    ) {
        let parts = match demand {
            Demand::Has(_) => &[],
            Demand::Member(watched, child) => {
                let at = object.watched.get(*watched).map_or(usize::MAX, |at| usize::from(*at));
                let name = object.members.get(at).map(|member| member.name.text());
                if let Some(member) = name.and_then(|name| members.get(name)) {
                    self.add(*child, member);
                }
                &[]
            }
            Demand::Not(part) => std::slice::from_ref(&**part),
            Demand::All(parts) => &**parts,
            Demand::Any(parts) | Demand::One(parts) => {
                self.copies(parts.len(), whole);
                &**parts
            }
            Demand::If(parts) => &**parts,
        };
        self.many = self.many.saturating_add(1);
        parts.iter().for_each(|part| self.demand(part, object, whole, members));
    }
}
