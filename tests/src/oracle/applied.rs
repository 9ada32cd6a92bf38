//! The applied schemas of a place: those that its parent hands on, and every in-place applicator
//! reachable from them.

use std::collections::HashMap;

use serde_json::Value;

use super::rules::{Id, Rules};

/// Which side's applied schemas are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The event is valid: a branch counts if it holds.
    Writer,
    /// The event may be invalid: of a union, the branches count that hold, or all if none does.
    Reader,
}

/// How an applied schema counts, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// It does not hold: it declares nothing, and ends the freedom of a map.
    Failed,
    /// The definition leaves open whether it counts.
    Unsure,
    /// It is part of an `if`: its names count even if it does not hold.
    Test,
    /// It holds.
    Held,
}

/// A schema that a place receives from its parent.
#[derive(Debug, Clone)]
pub(super) struct Handed {
    pub(super) rule: Rule,
    pub(super) role: Role,
    /// Whether it stands inside an `if`.
    pub(super) in_test: bool,
}

/// A schema at a place.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// A subschema.
    Node(Id),
    /// A part of a value in `enum` or `const`.
    Listed(Value),
}

/// The applied schemas of one place.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) nodes: Vec<(Id, Role, bool)>,
    pub(super) listed: Vec<(Value, Role)>,
    /// Whether a schema applies that this evaluator does not follow.
    pub(super) is_opaque: bool,
}

impl Handed {
    pub(super) fn root(rules: &Rules) -> Vec<Self> {
        vec![Self { rule: Rule::Node(rules.root()), role: Role::Held, in_test: false }]
    }
}

impl Applied {
    pub(super) fn role_of(&self, id: Id) -> Option<Role> {
        self.nodes.iter().find(|(known, ..)| *known == id).map(|(_, role, _)| *role)
    }

    /// Returns the nodes that hold, in order.
    pub(super) fn held(&self) -> Vec<Id> {
        let mut held: Vec<Id> = self.of_role(Role::Held).collect();
        held.sort_unstable();
        held
    }

    pub(super) fn of_role(&self, wanted: Role) -> impl Iterator<Item = Id> + '_ {
        self.nodes.iter().filter(move |(_, role, _)| *role == wanted).map(|(id, ..)| *id)
    }
}

/// Returns the applied schemas of a place.
pub(super) fn applied(rules: &Rules, handed: &[Handed], value: &Value, side: Side) -> Applied {
    let mut gather = Gather { rules, value, side, roles: HashMap::new(), order: Vec::new(), is_opaque: false };
    let mut listed = Vec::new();
    for one in handed {
        match &one.rule {
            Rule::Node(id) => gather.apply(*id, one.role, one.in_test),
            Rule::Listed(value) => listed.push((value.clone(), one.role)),
        }
    }
    let Gather { roles, order, is_opaque, .. } = gather;
    let nodes: Vec<(Id, Role, bool)> = order
        .into_iter()
        .filter_map(|id| roles.get(&id).map(|(role, in_test)| (id, *role, *in_test)))
        .collect();
    for (id, role, _) in &nodes {
        listed.extend(rules.node(*id).listed.iter().map(|value| (value.clone(), *role)));
    }
    Applied { nodes, listed, is_opaque }
}

struct Gather<'g> {
    rules: &'g Rules,
    value: &'g Value,
    side: Side,
    roles: HashMap<Id, (Role, bool)>,
    order: Vec<Id>,
    is_opaque: bool,
}

impl Gather<'_> {
    fn apply(&mut self, id: Id, role: Role, in_test: bool) {
        match self.roles.get(&id) {
            Some((known, known_test)) if role <= *known && in_test <= *known_test => return,
            Some((known, known_test)) => {
                let merged = (role.max(*known), in_test | *known_test);
                self.roles.insert(id, merged);
            }
            None => {
                self.roles.insert(id, (role, in_test));
                self.order.push(id);
            }
        }
        let rules = self.rules;
        let node = rules.node(id);
        self.is_opaque |= node.is_opaque;
        for child in node.reference.iter().chain(&node.all_of) {
            self.apply(*child, role, in_test);
        }
        self.unions(&node.any_of, role, in_test);
        self.unions(&node.one_of, role, in_test);
        if let Some(test) = node.test {
            self.condition(test, node.then, node.otherwise, role, in_test);
        }
        for (key, child) in &node.dependents {
            if self.value.get(key).is_some() {
                self.apply(*child, role, in_test);
            } else if in_test {
                self.apply(*child, role.min(Role::Unsure), in_test);
            }
        }
        // No in-place applicator by the definition, but "inside" an `if`.
        if let Some(not) = node.not.filter(|_| in_test) {
            self.apply(not, role.min(Role::Unsure), in_test);
        }
    }

    fn holds(&mut self, id: Id) -> bool {
        self.rules.accepts(id, self.value).unwrap_or_else(|| {
            self.is_opaque = true;
            false
        })
    }

    fn unions(&mut self, branches: &[Id], role: Role, in_test: bool) {
        let holding: Vec<bool> = branches.iter().map(|branch| self.holds(*branch)).collect();
        let none = !holding.contains(&true);
        for (branch, holds) in branches.iter().zip(holding) {
            let counts = holds || (none && self.side == Side::Reader);
            let as_branch = match role {
                Role::Held if counts => Role::Held,
                // Everything inside an `if` counts.
                Role::Held if in_test => Role::Test,
                Role::Held => Role::Failed,
                Role::Test | Role::Unsure | Role::Failed => role,
            };
            self.apply(*branch, as_branch, in_test);
        }
    }

    fn condition(&mut self, test: Id, then: Option<Id>, otherwise: Option<Id>, role: Role, in_test: bool) {
        let holds = self.holds(test);
        let as_test = match role {
            Role::Held if holds => Role::Held,
            Role::Held => Role::Test,
            Role::Test | Role::Unsure | Role::Failed => role,
        };
        self.apply(test, as_test, true);
        let (chosen, other) = if holds { (then, otherwise) } else { (otherwise, then) };
        if let Some(chosen) = chosen {
            self.apply(chosen, role, in_test);
        }
        // The branch of a condition whose consequence fails: the definition can be read both ways.
        let is_unclear = self.side == Side::Reader && chosen.is_some_and(|chosen| !self.holds(chosen));
        if let Some(other) = other.filter(|_| in_test || is_unclear) {
            self.apply(other, role.min(Role::Unsure), in_test);
        }
    }
}
