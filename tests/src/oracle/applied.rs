//! Finds the schemas that apply to one place in an event.

use std::collections::HashSet;

use serde_json::Value;

use super::documents::Node;
use super::doubt::Doubt;
use super::evaluation::{Edge, Evaluation};

/// A part of the schemas of a parent that applies to the place of a child.
#[derive(Debug, Clone)]
pub(super) enum Inherited<'d> {
    /// A schema. `forced` states whether the schema is inside an `if`. Such a schema counts even if it does not accept
    /// the value.
    Schema { node: Node<'d>, forced: bool },
    /// The parts of the parent's `enum` or `const` values that are at this place.
    Listed(Vec<&'d Value>),
}

/// A schema that applies to a place.
#[derive(Debug, Clone)]
pub(super) struct Applied<'d> {
    pub(super) inherited: Inherited<'d>,
    /// Whether the schema counts: only such schemas declare names and apply schemas to children.
    pub(super) counts: bool,
    /// The keyword by which the schema applies.
    pub(super) edge: Edge,
}

impl<'d> Applied<'d> {
    pub(super) fn node(&self) -> Option<Node<'d>> {
        match &self.inherited {
            Inherited::Schema { node, .. } => Some(*node),
            Inherited::Listed(_) => None,
        }
    }
}

/// Returns the schemas that apply to a place of a writer. A schema counts if it accepts the value.
pub(super) fn of_writer<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    value: &Value,
) -> Vec<Applied<'d>> {
    let mut walk = Walk { run, value, found: Vec::new(), seen: HashSet::new() };
    for part in inherited {
        match part {
            Inherited::Schema { node, forced } => walk.writer(*node, Edge::Must, true, *forced),
            Inherited::Listed(_) => walk.push(part.clone(), true, Edge::Must),
        }
    }
    walk.found
}

/// Returns the schemas that apply to a place of a reader. The reader ignores keywords such as `additionalProperties:
/// false`. A schema counts if every event must satisfy it. A branch of a union counts if it accepts the value. If no
/// branch accepts the value, all branches count.
pub(super) fn of_reader<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    value: &Value,
) -> Vec<Applied<'d>> {
    let mut walk = Walk { run, value, found: Vec::new(), seen: HashSet::new() };
    for part in inherited {
        match part {
            Inherited::Schema { node, .. } => walk.reader(*node, Edge::Must, true),
            Inherited::Listed(_) => walk.push(part.clone(), true, Edge::Must),
        }
    }
    walk.found
}

struct Walk<'w, 'o, 'd> {
    run: &'w Evaluation<'o, 'd>,
    value: &'w Value,
    found: Vec<Applied<'d>>,
    seen: HashSet<(usize, bool, bool)>,
}

impl<'d> Walk<'_, '_, 'd> {
    fn push(&mut self, inherited: Inherited<'d>, counts: bool, edge: Edge) {
        self.found.push(Applied { inherited, counts, edge });
    }

    /// Adds a schema of a writer. `alive` states whether all schemas around this schema accept the value. `forced`
    /// states whether the schema is inside an `if`.
    fn writer(&mut self, node: Node<'d>, edge: Edge, alive: bool, forced: bool) {
        if node.members().is_none() || !self.seen.insert((node.address(), alive, forced)) {
            return;
        }
        let alive = alive && self.run.holds(node, self.value, false);
        self.push(Inherited::Schema { node, forced }, alive || forced, edge);
        for (edge, part) in self.run.in_place(node, self.value, false) {
            let tests = edge == Edge::If && (alive || forced || self.run.takes(Doubt::FailedBranchIf));
            self.writer(part, edge, alive, forced || tests);
        }
    }

    fn reader(&mut self, node: Node<'d>, edge: Edge, counts: bool) {
        if node.members().is_none() || !self.seen.insert((node.address(), counts, false)) {
            return;
        }
        self.push(Inherited::Schema { node, forced: false }, counts, edge);
        let parts = self.run.in_place(node, self.value, true);
        let holds = |part: &Node<'d>| self.run.holds(*part, self.value, true);
        let holding = |wanted: Edge| parts.iter().any(|(edge, part)| *edge == wanted && holds(part));
        let (any, one) = (holding(Edge::AnyOf), holding(Edge::OneOf));
        // A missing `then` or `else` accepts every value.
        let chosen = parts.iter().find(|(edge, _)| matches!(edge, Edge::Then | Edge::Else));
        let is_satisfied = chosen.is_none_or(|(_, part)| holds(part));
        let taken: Vec<(Edge, Node<'d>, bool)> = parts
            .iter()
            .map(|(edge, part)| {
                let is_taken = match edge {
                    Edge::Must | Edge::If | Edge::Then | Edge::Else => true,
                    Edge::AnyOf => !any || holds(part),
                    Edge::OneOf => !one || holds(part),
                };
                (*edge, *part, counts && is_taken)
            })
            .collect();
        for (edge, part, counts) in taken {
            self.reader(part, edge, counts);
        }
        if !is_satisfied {
            for (keyword, edge) in [("then", Edge::Then), ("else", Edge::Else)] {
                if let Some(part) = self.run.keyword(node, keyword) {
                    self.reader(node.child(part), edge, counts);
                }
            }
        }
    }
}

/// Returns the parts of an applied schema that apply to a member.
pub(super) fn inherited_by_member<'d>(
    run: &Evaluation<'_, 'd>,
    part: &Inherited<'d>,
    value: &Value,
    name: &str,
    opened: bool,
) -> Vec<Inherited<'d>> {
    let (node, forced) = match part {
        Inherited::Listed(values) => return listed(values.iter().filter_map(|one| one.get(name)).collect()),
        Inherited::Schema { node, forced } => (*node, *forced),
    };
    let mut inherited: Vec<Inherited<'d>> = run
        .member_schemas(node, value, name, opened)
        .into_iter()
        .map(|node| Inherited::Schema { node, forced })
        .collect();
    inherited.extend(listed(values(run, node).into_iter().filter_map(|one| one.get(name)).collect()));
    inherited
}

/// Returns the parts of an applied schema that apply to an item.
pub(super) fn inherited_by_item<'d>(
    run: &Evaluation<'_, 'd>,
    part: &Inherited<'d>,
    value: &Value,
    at: usize,
    opened: bool,
) -> Vec<Inherited<'d>> {
    let (node, forced) = match part {
        Inherited::Listed(values) => return listed(values.iter().filter_map(|one| one.get(at)).collect()),
        Inherited::Schema { node, forced } => (*node, *forced),
    };
    let contains = run.keyword(node, "contains").map(|part| node.child(part));
    let matched = contains.filter(|part| value.get(at).is_some_and(|item| run.holds(*part, item, opened)));
    let mut inherited: Vec<Inherited<'d>> = run
        .item_schemas(node, value, at, opened)
        .into_iter()
        .chain(matched)
        .map(|node| Inherited::Schema { node, forced })
        .collect();
    inherited.extend(listed(values(run, node).into_iter().filter_map(|one| one.get(at)).collect()));
    inherited
}

fn listed(values: Vec<&Value>) -> Vec<Inherited<'_>> {
    if values.is_empty() { Vec::new() } else { vec![Inherited::Listed(values)] }
}

/// Returns the values of `enum` and `const`.
pub(super) fn values<'d>(run: &Evaluation<'_, 'd>, node: Node<'d>) -> Vec<&'d Value> {
    run.list(node, "enum").iter().chain(run.keyword(node, "const")).collect()
}
