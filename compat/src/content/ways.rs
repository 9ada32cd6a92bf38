//! Finds the sets of schemas of one place that can hold together, and the declarations of each set. Such a set is
//! called a **way**.
//!
//! The expansion for a proof (`alternatives`) takes one branch of each union and ignores the other branches. A content
//! model must know all branches that hold, because each of them declares properties. So an `anyOf` has one way for each
//! **set** of branches that declare something. If several ways fit an event, the event belongs to the way with the
//! largest set of branches.

use std::rc::Rc;

use super::declarations::{self, Declarations};
use super::way::Way;
use crate::engine::Engine;
use crate::tree::{Condition, Id, Node, Types};

/// The maximum number of ways in which the schemas of one place can hold.
const WAYS_MAX: usize = 256;

/// The maximum number of ways of one place that come from a single union.
const UNION_MAX: usize = 1_024;

/// The maximum length of a chain of nested applicators that all apply to the same value.
const IN_PLACE_MAX: usize = 64;

/// The maximum number of declaring branches of an `anyOf` for which the engine makes a way for each set of branches.
const SETS_MAX: usize = 3;

/// The maximum number of declaring branches of an `anyOf` for which the engine checks, pair by pair, whether the
/// branches share a value.
const PAIRS_MAX: usize = 24;

/// The number of visited nodes for one step.
const NODES_IN_A_STEP: u64 = 64;

impl Engine {
    /// Returns the ways in which the schemas of a node can hold.
    pub(super) fn ways(&mut self, id: Id) -> Rc<Vec<Way>> {
        if let Some(known) = self.closer.ways.get(&id.index()) {
            return Rc::clone(known);
        }
        let keeps_conditions = self.has_many_conditions(id);
        let outer = std::mem::replace(&mut self.closer.keeps_conditions, keeps_conditions);
        let ways = Rc::new(self.find_ways(id, &mut Vec::new()));
        self.closer.keeps_conditions = outer;
        Rc::clone(self.closer.ways.entry(id.index()).or_insert(ways))
    }

    fn find_ways(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Way> {
        if IN_PLACE_MAX < path.len() || path.iter().any(|open| open.is(id)) || !self.spend(1) {
            self.note_truncation();
            let alternative = self.anything().widened();
            let declarations =
                Declarations { is_free: true, has_free_items: true, ..Declarations::default() };
            return vec![Way { alternative, declarations, maybe: Vec::new() }];
        }
        if let Some(known) = self.closer.ways.get(&id.index()).filter(|_| !self.closer.keeps_conditions) {
            return known.to_vec();
        }
        let truncations = self.truncations();
        path.push(id);
        let ways = self.ways_here(id, path);
        path.pop();
        let bytes = ways.iter().map(Way::bytes).sum();
        if truncations == self.truncations() && !self.closer.keeps_conditions && self.reserve_bytes(bytes) {
            self.closer.ways.insert(id.index(), Rc::new(ways.clone()));
        }
        ways
    }

    fn ways_here(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Way> {
        let node = self.tree.shared(id);
        let own = declarations::own(&self.tree, &node);
        let mut ways =
            vec![Way { alternative: self.own_assertions(&node, id), declarations: own, maybe: Vec::new() }];
        let parts: Vec<Id> = declarations::always(&self.tree, &node).collect();
        for part in parts {
            let others = self.find_ways(part, path);
            ways = self.both(ways, others, &[part]);
        }
        for union in &node.any_of {
            ways = self.in_any(ways, union, path);
        }
        for union in &node.one_of {
            ways = self.in_one(ways, union, path);
        }
        ways.iter_mut().for_each(|way| self.may_hold(way, &node.tests));
        for condition in &node.conditions {
            ways = if self.closer.keeps_conditions {
                self.with_whole_condition(ways, condition)
            } else {
                self.under_condition(ways, condition, path)
            };
        }
        ways = self.with_dependencies(ways, &node, path);
        ways.retain(|way| {
            let alternative = &way.alternative;
            !alternative.types.is_empty()
                && alternative.values.as_ref().is_none_or(|values| !values.is_empty())
        });
        ways
    }

    /// Combines ways with the ways of further schemas that hold. If the combinations would be too many, the function
    /// combines the existing ways with the unsplit schemas in `whole`.
    fn both(&mut self, ways: Vec<Way>, others: Vec<Way>, whole: &[Id]) -> Vec<Way> {
        let many = ways.len().saturating_mul(others.len());
        if others_max(&ways) < others.len() || !self.spend(many as u64) {
            return self.all_left_whole(ways, whole);
        }
        let mut both = Vec::with_capacity(many);
        for way in &ways {
            for other in &others {
                if way.alternative.types.and(other.alternative.types).is_empty() {
                    continue;
                }
                if !self.reserve_bytes(way.bytes() + other.bytes()) {
                    return self.all_left_whole(ways, whole);
                }
                both.push(way.and(other));
            }
        }
        both
    }

    fn all_left_whole(&self, ways: Vec<Way>, union: &[Id]) -> Vec<Way> {
        ways.into_iter().map(|way| self.left_whole(way, union)).collect()
    }

    fn left_whole(&self, mut way: Way, union: &[Id]) -> Way {
        Rc::make_mut(&mut way.alternative.unions).push(union.to_vec());
        way.alternative.is_wider = true;
        self.may_hold(&mut way, union);
        way
    }

    /// Notes schemas that apply to the place, but may not hold.
    fn may_hold(&self, way: &mut Way, schemas: &[Id]) {
        way.declarations.is_no_map |= declarations::describes(&self.tree, schemas);
        way.maybe.extend_from_slice(schemas);
    }

    fn in_any(&mut self, ways: Vec<Way>, union: &[Id], path: &mut Vec<Id>) -> Vec<Way> {
        let is_described = declarations::describes(&self.tree, union);
        let Some(declaring) = self.declaring(union) else { return self.all_left_whole(ways, union) };
        let are_exclusive = self.are_exclusive(union);
        // Each way of a wide union has a list of all other branches, so the function counts the ways first.
        let mut found: Vec<(Id, Vec<Way>)> = Vec::new();
        let mut many = 0;
        for branch in union {
            let own = self.find_ways(*branch, path);
            many += own.len();
            if others_max(&ways) < many {
                return self.all_left_whole(ways, union);
            }
            found.push((*branch, own));
        }
        let mut others: Vec<Way> = Vec::with_capacity(many);
        for (branch, own) in found {
            for mut way in own {
                if !are_exclusive && SETS_MAX < declaring.len() {
                    if !self.reserve_list(declaring.len() * size_of::<Id>()) {
                        return self.all_left_whole(ways, union);
                    }
                    let also = declaring.iter().copied().filter(|other| *other != branch);
                    let also: Vec<Id> = if declaring.len() <= PAIRS_MAX {
                        also.filter(|other| !self.is_disjoint(&way.alternative, *other)).collect()
                    } else {
                        also.collect()
                    };
                    self.may_hold(&mut way, &also);
                }
                others.push(way);
            }
        }
        if !are_exclusive && declaring.len() <= SETS_MAX {
            for set in sets(&declaring) {
                let mut together = self.find_ways(set[0], path);
                for branch in &set[1..] {
                    let more = self.find_ways(*branch, path);
                    together = self.both(together, more, &[*branch]);
                }
                together.retain(|way| !self.is_empty(&way.alternative));
                others.extend(together);
            }
        }
        others.iter_mut().for_each(|way| way.declarations.is_no_map |= is_described);
        self.both(ways, others, union)
    }

    /// Returns the branches of a union that declare something; `None` if the fuel is used up.
    fn declaring(&mut self, union: &[Id]) -> Option<Vec<Id>> {
        let mut declaring = Vec::new();
        for branch in union {
            let parts = declarations::in_place(&self.tree, &[*branch]);
            if !self.spend(parts.len() as u64 / NODES_IN_A_STEP) {
                return None;
            }
            let declares =
                |part: &Id| declarations::own(&self.tree, self.tree.node(*part)) != Declarations::default();
            if parts.iter().any(declares) {
                declaring.push(*branch);
            }
        }
        Some(declaring)
    }

    fn in_one(&mut self, ways: Vec<Way>, union: &[Id], path: &mut Vec<Id>) -> Vec<Way> {
        let is_described = declarations::describes(&self.tree, union);
        let mut others: Vec<Way> = Vec::new();
        for branch in union {
            others.extend(self.find_ways(*branch, path));
            if others_max(&ways) < others.len() {
                return self.all_left_whole(ways, union);
            }
        }
        let are_exclusive = self.are_exclusive(union);
        for other in &mut others {
            // A branch that does not hold declares no properties, but it may still show that the object is not a map.
            other.declarations.is_no_map |= is_described;
            if !are_exclusive {
                Rc::make_mut(&mut other.alternative.exclusive).push(union.to_vec());
                other.alternative.is_wider = true;
            }
        }
        self.both(ways, others, union)
    }

    fn under_condition(&mut self, mut ways: Vec<Way>, condition: &Condition, path: &mut Vec<Id>) -> Vec<Way> {
        let Condition { test, then, otherwise } = *condition;
        // The `if` of a condition counts even if it does not hold, because it names a discriminator.
        ways.iter_mut().for_each(|way| self.may_hold(way, &[test]));
        if WAYS_MAX < ways.len() * 2 {
            return self.with_whole_condition(ways, condition);
        }
        let mut failing = ways.clone();
        failing.iter_mut().for_each(|way| way.alternative = way.alternative.and_not(test));
        if let Some(otherwise) = otherwise {
            let others = self.find_ways(otherwise, path);
            failing = self.both(failing, others, &[otherwise]);
        }
        let tested = self.find_ways(test, path);
        let mut passing = self.both(ways, tested, &[test]);
        if let Some(then) = then {
            let others = self.find_ways(then, path);
            passing = self.both(passing, others, &[then]);
        }
        passing.append(&mut failing);
        passing
    }

    /// Adds a condition without splitting it into cases. The alternative notes the condition, and both branches may
    /// hold.
    fn with_whole_condition(&mut self, mut ways: Vec<Way>, condition: &Condition) -> Vec<Way> {
        let parts = [Some(condition.test), condition.then, condition.otherwise];
        let parts: Vec<Id> = parts.into_iter().flatten().collect();
        for way in &mut ways {
            Rc::make_mut(&mut way.alternative.conditions).push(*condition);
            way.alternative.is_wider = true;
            self.may_hold(way, &parts);
        }
        ways
    }

    /// Splits each way in two for each property of `dependentSchemas`: objects with the property, and objects without it.
    fn with_dependencies(&mut self, mut ways: Vec<Way>, node: &Node, path: &mut Vec<Id>) -> Vec<Way> {
        for (name, schema) in node.objects.dependent_schemas.iter() {
            if WAYS_MAX < ways.len() * 2 {
                ways.iter_mut().for_each(|way| self.may_hold(way, &[*schema]));
                continue;
            }
            let mut having = Vec::new();
            let mut lacking = Vec::new();
            for way in ways {
                // Only an object has properties.
                let mut objects = way.alternative.only(Types::OBJECT);
                Rc::make_mut(&mut objects.objects).required.insert(name.clone());
                let alternative = if way.alternative.objects.required.contains(name) {
                    way.alternative.without(Types::OBJECT)
                } else {
                    self.lacking(&way.alternative, name)
                };
                having.push(Way { alternative: objects, ..way.clone() });
                lacking.push(Way { alternative, ..way });
            }
            having.retain(|way| !way.alternative.types.is_empty());
            lacking.retain(|way| !way.alternative.types.is_empty());
            let others = self.find_ways(*schema, path);
            ways = self.both(having, others, &[*schema]);
            ways.append(&mut lacking);
        }
        ways
    }
}

/// Returns the maximum number of ways with which the engine combines these ways.
fn others_max(ways: &[Way]) -> usize {
    match ways.len() {
        0 => usize::MAX,
        1 => UNION_MAX,
        many => WAYS_MAX / many,
    }
}

/// Returns the subsets with at least two elements.
fn sets(of: &[Id]) -> Vec<Vec<Id>> {
    let numbers = 1_usize..1 << of.len();
    let chosen = |number: usize| (0..of.len()).filter(move |at| number >> at & 1 == 1);
    numbers
        .map(|number| chosen(number).map(|at| of[at]).collect::<Vec<_>>())
        .filter(|set| 2 <= set.len())
        .collect()
}
