//! Which members of an object are declared, and which schemas a member's place receives.

use std::collections::BTreeSet;

use serde_json::Value;

use super::applied::{Applied, Handed, Role, Rule};
use super::rules::{Id, Rules};

/// Three-valued truth: `Maybe` where the definition can be read both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    No,
    Maybe,
    Yes,
}

impl Truth {
    fn of(is_true: bool) -> Self {
        if is_true { Self::Yes } else { Self::No }
    }
}

/// One object of an event, under its applied schemas.
pub(super) struct Object<'o> {
    pub(super) rules: &'o Rules,
    pub(super) applied: &'o Applied,
    pub(super) value: &'o Value,
}

impl Object<'_> {
    /// Returns whether a member is declared.
    pub(super) fn declares(&self, name: &str) -> Truth {
        self.is_map().max(self.names(name))
    }

    /// Returns whether the object is a map: no applied schema, whether it holds or not, has names.
    pub(super) fn is_map(&self) -> Truth {
        let mut is_map = if self.applied.is_opaque { Truth::Maybe } else { Truth::Yes };
        for (id, role, _) in &self.applied.nodes {
            let ends = self.ends_freedom(*id);
            let ends = if *role == Role::Unsure { ends.min(Truth::Maybe) } else { ends };
            is_map = is_map.min(not(ends));
        }
        for (value, role) in &self.applied.listed {
            let Value::Object(members) = value else { continue };
            let is_clear = *role != Role::Unsure && !(members.is_empty() && *role == Role::Failed);
            is_map = is_map.min(if is_clear { Truth::No } else { Truth::Maybe });
        }
        is_map
    }

    fn ends_freedom(&self, id: Id) -> Truth {
        let node = self.rules.node(id);
        let is_real = |child: Option<Id>| child.is_some_and(|child| self.rules.node(child).is_real);
        let lists_names = node.property_names.is_some_and(|names| !self.rules.listed_names(names).is_empty());
        let names = !node.properties.is_empty()
            || is_real(node.additional)
            || is_real(node.unevaluated)
            || lists_names
            || node.patterns.iter().any(|(pattern, child)| !self.is_empty_pattern(pattern, *child));
        // Whether a pattern that declares nothing ends it is not said.
        if names { Truth::Yes } else { Truth::of(!node.patterns.is_empty()).min(Truth::Maybe) }
    }

    /// Returns whether a pattern matches every name and its schema is not real.
    fn is_empty_pattern(&self, pattern: &str, child: Id) -> bool {
        let bare = pattern.strip_prefix('^').unwrap_or(pattern);
        let bare = bare.strip_suffix('$').unwrap_or(bare);
        matches!(bare, "" | ".*" | ".+") && !self.rules.node(child).is_real
    }

    fn names(&self, name: &str) -> Truth {
        let mut declared = if self.applied.is_opaque { Truth::Maybe } else { Truth::No };
        for (id, role, _) in &self.applied.nodes {
            declared = declared.max(match role {
                Role::Failed => Truth::No,
                Role::Unsure => self.node_declares(*id, name).min(Truth::Maybe),
                Role::Test | Role::Held => self.node_declares(*id, name),
            });
        }
        for (value, role) in &self.applied.listed {
            if value.get(name).is_some() {
                declared = declared.max(match role {
                    Role::Failed => Truth::No,
                    Role::Unsure => Truth::Maybe,
                    Role::Test | Role::Held => Truth::Yes,
                });
            }
        }
        declared
    }

    fn node_declares(&self, id: Id, name: &str) -> Truth {
        let node = self.rules.node(id);
        let is_named = |names: &[String]| names.iter().any(|known| known == name);
        let is_listed = node.property_names.is_some_and(|all| self.rules.listed_names(all).contains(&name));
        if node.properties.contains_key(name)
            || is_named(&node.required)
            || is_named(&node.dependent_names)
            || node.dependents.iter().any(|(key, _)| key == name)
            || is_listed
        {
            return Truth::Yes;
        }
        let mut declared = Truth::No;
        let mut is_matched = false;
        for (pattern, child) in &node.patterns {
            let matches = match self.rules.matches(pattern, name) {
                Some(matches) => Truth::of(matches),
                None => Truth::Maybe,
            };
            is_matched |= matches == Truth::Yes;
            if !self.is_empty_pattern(pattern, *child) {
                declared = declared.max(matches);
            }
        }
        let is_real = |child: Option<Id>| child.is_some_and(|child| self.rules.node(child).is_real);
        if is_real(node.additional) {
            declared = declared.max(if is_matched { Truth::Maybe } else { Truth::Yes });
        }
        if is_real(node.unevaluated) {
            let is_evaluated = self.is_evaluated(id, name, true, &mut Vec::new());
            declared = declared.max(if is_evaluated { Truth::Maybe } else { Truth::Yes });
        }
        declared
    }

    /// Returns whether a member is evaluated by a schema or by an in-place applicator of it that holds.
    fn is_evaluated(&self, id: Id, name: &str, is_start: bool, seen: &mut Vec<Id>) -> bool {
        if seen.contains(&id) {
            return false;
        }
        seen.push(id);
        let node = self.rules.node(id);
        let is_matched = || node.patterns.iter().any(|(p, _)| self.rules.matches(p, name) != Some(false));
        node.properties.contains_key(name)
            || is_matched()
            || node.additional.is_some()
            || (!is_start && node.unevaluated.is_some())
            || self
                .in_place(id)
                .into_iter()
                .filter(|child| self.applied.role_of(*child) == Some(Role::Held))
                .any(|child| self.is_evaluated(child, name, false, seen))
    }

    fn in_place(&self, id: Id) -> Vec<Id> {
        let node = self.rules.node(id);
        let mut children: Vec<Id> = node.reference.iter().chain(&node.all_of).copied().collect();
        children.extend(node.any_of.iter().chain(&node.one_of));
        children.extend(node.test.iter().chain(&node.then).chain(&node.otherwise));
        let present = node.dependents.iter().filter(|(key, _)| self.value.get(key).is_some());
        children.extend(present.map(|(_, child)| *child));
        children
    }

    /// Returns the schemas that the place of a member receives.
    pub(super) fn handed(&self, name: &str) -> Vec<Handed> {
        let mut handed = Vec::new();
        for (id, role, in_test) in &self.applied.nodes {
            if *role == Role::Failed {
                continue;
            }
            let node = self.rules.node(*id);
            let mut children: Vec<Id> = node.properties.get(name).copied().into_iter().collect();
            let matching = node.patterns.iter().filter(|(p, _)| self.rules.matches(p, name) == Some(true));
            children.extend(matching.map(|(_, child)| *child));
            if children.is_empty() {
                children.extend(node.additional);
            }
            if let Some(unevaluated) = node.unevaluated
                && !self.is_evaluated(*id, name, true, &mut Vec::new())
            {
                children.push(unevaluated);
            }
            handed.extend(children.into_iter().map(|child| Handed {
                rule: Rule::Node(child),
                role: *role,
                in_test: *in_test,
            }));
        }
        for (value, role) in self.applied.listed.iter().filter(|(_, role)| *role != Role::Failed) {
            if let Some(member) = value.get(name) {
                handed.push(Handed { rule: Rule::Listed(member.clone()), role: *role, in_test: false });
            }
        }
        handed
    }

    /// Returns the names that may be sent, if they are finitely many.
    pub(super) fn finite_names(&self) -> Option<BTreeSet<String>> {
        if self.applied.is_opaque || self.is_map() != Truth::No {
            return None;
        }
        let mut names = BTreeSet::new();
        for (id, role, _) in &self.applied.nodes {
            if *role == Role::Failed {
                continue;
            }
            let node = self.rules.node(*id);
            let is_real = |child: Option<Id>| child.is_some_and(|child| self.rules.node(child).is_real);
            let is_open = node.patterns.iter().any(|(p, child)| !self.is_empty_pattern(p, *child));
            if is_open || is_real(node.additional) || is_real(node.unevaluated) {
                return None;
            }
            names.extend(node.properties.keys().cloned());
            names.extend(node.required.iter().chain(&node.dependent_names).cloned());
            names.extend(node.dependents.iter().map(|(key, _)| key.clone()));
            if let Some(all) = node.property_names {
                names.extend(self.rules.listed_names(all).into_iter().map(str::to_owned));
            }
        }
        for (value, _) in self.applied.listed.iter().filter(|(_, role)| *role != Role::Failed) {
            names.extend(value.as_object().into_iter().flat_map(|members| members.keys().cloned()));
        }
        names.retain(|name| self.can_be_sent(name));
        Some(names)
    }

    fn can_be_sent(&self, name: &str) -> bool {
        let is_refused = |handed: &Handed| match handed.rule {
            Rule::Node(id) => handed.role == Role::Held && self.rules.node(id).is_false,
            Rule::Listed(_) => false,
        };
        let name_value = Value::String(name.to_owned());
        let refuses_name = |id: Id| {
            let names = self.rules.node(id).property_names;
            names.is_some_and(|names| self.rules.accepts(names, &name_value) == Some(false))
        };
        !self.handed(name).iter().any(is_refused) && !self.applied.of_role(Role::Held).any(refuses_name)
    }

    /// Returns whether a count of members is demanded that the finite names cannot reach: the model
    /// then treats the place as a map.
    pub(super) fn is_vacuous(&self) -> bool {
        let held = self.applied.of_role(Role::Held);
        let least = held.map(|id| self.rules.node(id).min_properties).max().unwrap_or(0);
        0 < least && self.finite_names().is_some_and(|names| (names.len() as u64) < least)
    }
}

pub(super) fn not(truth: Truth) -> Truth {
    match truth {
        Truth::No => Truth::Yes,
        Truth::Maybe => Truth::Maybe,
        Truth::Yes => Truth::No,
    }
}
