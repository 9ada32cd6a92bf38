//! How many items a lenient writer sends, and which schemas the place of an item receives.

use serde_json::Value;

use super::applied::{Applied, Handed, Role, Rule};
use super::declared::Truth;
use super::rules::{Id, Rules};

/// One array of an event, under its applied schemas.
pub(super) struct Array<'a> {
    pub(super) rules: &'a Rules,
    pub(super) applied: &'a Applied,
    pub(super) items: &'a [Value],
}

impl Array<'_> {
    /// Returns whether the writer sends so many items.
    pub(super) fn allows(&self, items: usize) -> Truth {
        let fits = |limit: Option<usize>| limit.is_none_or(|limit| items <= limit);
        let (sure, loose) = (fits(self.limit(|role| role == Role::Held)), fits(self.limit(|role| role != Role::Failed)));
        match (sure, loose) {
            _ if self.applied.is_opaque => Truth::Maybe,
            (true, true) => Truth::Yes,
            (false, false) => Truth::No,
            (true, false) | (false, true) => Truth::Maybe,
        }
    }

    /// Returns the longest tuple, unless none applies, a schema for further items frees the array, or
    /// more items are demanded than it has.
    pub(super) fn limit(&self, counts: impl Fn(Role) -> bool) -> Option<usize> {
        let nodes = || self.applied.nodes.iter().filter(|(_, role, _)| counts(*role)).map(|(id, ..)| self.rules.node(*id));
        let is_real = |child: Option<Id>| child.is_some_and(|child| self.rules.node(child).is_real);
        if nodes().any(|node| is_real(node.rest) || is_real(node.unevaluated_items)) {
            return None;
        }
        let longest = nodes().map(|node| node.prefix.len()).max().filter(|length| 0 < *length)?;
        let least = self.applied.of_role(Role::Held).map(|id| self.rules.node(id).min_items).max().unwrap_or(0);
        (least <= longest as u64).then_some(longest)
    }

    /// Returns the schemas that the place of an item receives.
    pub(super) fn handed(&self, at: usize) -> Vec<Handed> {
        let mut handed = Vec::new();
        for (id, role, in_test) in self.applied.nodes.iter().filter(|(_, role, _)| *role != Role::Failed) {
            let node = self.rules.node(*id);
            let mut hand = |child: Id, role: Role| {
                handed.push(Handed { rule: Rule::Node(child), role, in_test: *in_test });
            };
            if let Some(child) = node.prefix.get(at).copied().or(node.rest) {
                hand(child, *role);
            }
            if let Some(contains) = node.contains {
                match self.items.get(at).and_then(|item| self.rules.accepts(contains, item)) {
                    Some(true) => hand(contains, *role),
                    Some(false) if !in_test => {}
                    Some(false) | None => hand(contains, Role::Unsure.min(*role)),
                }
            }
            if let Some(unevaluated) = node.unevaluated_items
                && !self.is_evaluated(*id, at, true, &mut Vec::new())
            {
                hand(unevaluated, *role);
            }
        }
        for (value, role) in self.applied.listed.iter().filter(|(_, role)| *role != Role::Failed) {
            if let Some(item) = value.get(at) {
                handed.push(Handed { rule: Rule::Listed(item.clone()), role: *role, in_test: false });
            }
        }
        handed
    }

    /// Returns whether an item is evaluated by a schema or by an in-place applicator of it that holds.
    fn is_evaluated(&self, id: Id, at: usize, is_start: bool, seen: &mut Vec<Id>) -> bool {
        if seen.contains(&id) {
            return false;
        }
        seen.push(id);
        let node = self.rules.node(id);
        let contains = node.contains.filter(|_| !is_start || node.rest.is_none());
        let is_contained = contains.is_some_and(|contains| {
            self.items.get(at).is_some_and(|item| self.rules.accepts(contains, item) == Some(true))
        });
        let children = node.reference.iter().chain(&node.all_of).chain(&node.any_of).chain(&node.one_of);
        let children = children.chain(&node.test).chain(&node.then).chain(&node.otherwise);
        let held: Vec<Id> =
            children.copied().filter(|child| self.applied.role_of(*child) == Some(Role::Held)).collect();
        at < node.prefix.len()
            || node.rest.is_some()
            || is_contained
            || (!is_start && node.unevaluated_items.is_some())
            || held.into_iter().any(|child| self.is_evaluated(child, at, false, seen))
    }
}
