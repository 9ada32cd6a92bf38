//! The applied schemas of one place in an event.

use std::collections::HashSet;

use serde_json::Value;

use super::Doubt;
use super::documents::Node;
use super::holds::{Edge, Run};

/// What a parent hands on to the place of a child.
#[derive(Debug, Clone)]
pub(super) enum Handed<'d> {
    /// A schema; `forced` inside an `if`, which counts whether it holds or not.
    Schema { node: Node<'d>, forced: bool },
    /// The parts of `enum` or `const` values for this place.
    Listed(Vec<&'d Value>),
}

/// One applied schema.
#[derive(Debug, Clone)]
pub(super) struct Applied<'d> {
    pub(super) handed: Handed<'d>,
    /// Whether it declares names and hands schemas on.
    pub(super) counts: bool,
    /// How it was reached.
    pub(super) edge: Edge,
}

impl<'d> Applied<'d> {
    pub(super) fn node(&self) -> Option<Node<'d>> {
        match &self.handed {
            Handed::Schema { node, .. } => Some(*node),
            Handed::Listed(_) => None,
        }
    }
}

/// Returns the applied schemas of a writer's place: those that hold count.
pub(super) fn of_writer<'d>(run: &Run<'_, 'd>, handed: &[Handed<'d>], value: &Value) -> Vec<Applied<'d>> {
    let mut walk = Walk { run, value, found: Vec::new(), seen: HashSet::new() };
    for part in handed {
        match part {
            Handed::Schema { node, forced } => walk.writer(*node, Edge::Must, true, *forced),
            Handed::Listed(_) => walk.push(part.clone(), true, Edge::Must),
        }
    }
    walk.found
}

/// Returns the applied schemas of a reader's place, of the opened schema: those count that every
/// event must satisfy, and the branches that hold, or all if none does.
pub(super) fn of_reader<'d>(run: &Run<'_, 'd>, handed: &[Handed<'d>], value: &Value) -> Vec<Applied<'d>> {
    let mut walk = Walk { run, value, found: Vec::new(), seen: HashSet::new() };
    for part in handed {
        match part {
            Handed::Schema { node, .. } => walk.reader(*node, Edge::Must, true),
            Handed::Listed(_) => walk.push(part.clone(), true, Edge::Must),
        }
    }
    walk.found
}

struct Walk<'w, 'o, 'd> {
    run: &'w Run<'o, 'd>,
    value: &'w Value,
    found: Vec<Applied<'d>>,
    seen: HashSet<(usize, bool, bool)>,
}

impl<'d> Walk<'_, '_, 'd> {
    fn push(&mut self, handed: Handed<'d>, counts: bool, edge: Edge) {
        self.found.push(Applied { handed, counts, edge });
    }

    /// `alive` if everything around the schema counts; `forced` inside an `if`.
    fn writer(&mut self, node: Node<'d>, edge: Edge, alive: bool, forced: bool) {
        if node.members().is_none() || !self.seen.insert((node.address(), alive, forced)) {
            return;
        }
        let alive = alive && self.run.holds(node, self.value, false);
        self.push(Handed::Schema { node, forced }, alive || forced, edge);
        for (edge, part) in self.run.in_place(node, self.value, false) {
            let tests = edge == Edge::If && (alive || forced || self.run.takes(Doubt::FailedBranchIf));
            self.writer(part, edge, alive, forced || tests);
        }
    }

    fn reader(&mut self, node: Node<'d>, edge: Edge, counts: bool) {
        if node.members().is_none() || !self.seen.insert((node.address(), counts, false)) {
            return;
        }
        self.push(Handed::Schema { node, forced: false }, counts, edge);
        let parts = self.run.in_place(node, self.value, true);
        let holds = |part: &Node<'d>| self.run.holds(*part, self.value, true);
        let holding = |wanted: Edge| parts.iter().any(|(edge, part)| *edge == wanted && holds(part));
        let (any, one) = (holding(Edge::AnyOf), holding(Edge::OneOf));
        // The chosen branch of a condition holds if it is absent.
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

/// Returns what an applied schema hands on to a member.
pub(super) fn to_member<'d>(
    run: &Run<'_, 'd>,
    part: &Handed<'d>,
    value: &Value,
    name: &str,
    opened: bool,
) -> Vec<Handed<'d>> {
    let (node, forced) = match part {
        Handed::Listed(values) => return listed(values.iter().filter_map(|one| one.get(name)).collect()),
        Handed::Schema { node, forced } => (*node, *forced),
    };
    let mut handed: Vec<Handed<'d>> = run
        .member_schemas(node, value, name, opened)
        .into_iter()
        .map(|node| Handed::Schema { node, forced })
        .collect();
    handed.extend(listed(values(run, node).into_iter().filter_map(|one| one.get(name)).collect()));
    handed
}

/// Returns what an applied schema hands on to an item.
pub(super) fn to_item<'d>(
    run: &Run<'_, 'd>,
    part: &Handed<'d>,
    value: &Value,
    at: usize,
    opened: bool,
) -> Vec<Handed<'d>> {
    let (node, forced) = match part {
        Handed::Listed(values) => return listed(values.iter().filter_map(|one| one.get(at)).collect()),
        Handed::Schema { node, forced } => (*node, *forced),
    };
    let contains = run.keyword(node, "contains").map(|part| node.child(part));
    let matched = contains.filter(|part| value.get(at).is_some_and(|item| run.holds(*part, item, opened)));
    let mut handed: Vec<Handed<'d>> = run
        .item_schemas(node, value, at, opened)
        .into_iter()
        .chain(matched)
        .map(|node| Handed::Schema { node, forced })
        .collect();
    handed.extend(listed(values(run, node).into_iter().filter_map(|one| one.get(at)).collect()));
    handed
}

fn listed(values: Vec<&Value>) -> Vec<Handed<'_>> {
    if values.is_empty() { Vec::new() } else { vec![Handed::Listed(values)] }
}

/// Returns the values of `enum` and `const`.
pub(super) fn values<'d>(run: &Run<'_, 'd>, node: Node<'d>) -> Vec<&'d Value> {
    run.list(node, "enum").iter().chain(run.keyword(node, "const")).collect()
}
