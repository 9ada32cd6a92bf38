//! Evaluates the content models for one event. It decides whether a writer sends the event, and which part of the event
//! a tolerant reader keeps.
//!
//! Every answer is exact, because a witness depends on it. The engine evaluates whether a branch accepts the value. If
//! the engine cannot decide, the validator does.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::declarations::{self, Declarations};
use super::open::rejects_all;
use crate::engine::Engine;
use crate::export::export;
use crate::sample::nodes_in;
use crate::tree::{Condition, Id, Name, Node};
use crate::truth::Truth;

/// The maximum depth of an event.
const DEPTH_MAX: usize = 128;

/// The number of steps for a node that the engine cannot export.
const STEPS_OF_A_FAILURE: u64 = 32;

/// Whether a branch counts if the engine cannot decide whether the branch holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubtful {
    Count,
    DoNot,
}

/// The side that declares the properties. The engine first removes the keywords of a reader that reject undeclared
/// properties. So `additionalProperties: false` of a reader evaluates nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Writer,
    OpenedReader,
}

/// The parts of an `if` that count for a reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InTests {
    All,
    /// Only the branches of unions and conditions that hold.
    Chosen,
}

/// The schemas that a place of an event gets from the place above it.
#[derive(Default)]
struct Inherited {
    holding: Vec<Id>,
    /// The schemas that come from an `if`. They count even if they do not hold.
    tests: Vec<Id>,
}

/// The schemas that apply at a place of an event, with their applicators.
#[derive(Default)]
struct Applied {
    /// The schemas that hold.
    holding: Vec<Id>,
    /// The schemas of each `if`, with all their parts.
    tests: Vec<Id>,
    declarations: Declarations,
}

impl Engine {
    /// Returns whether every property of an event is declared at its place, so that a lenient writer sends the event.
    pub(crate) fn is_declared(&mut self, root: Id, event: &Value) -> Truth {
        let inherited = Inherited { holding: vec![root], tests: Vec::new() };
        match self.declares(&inherited, event, Doubtful::DoNot, 0) {
            Truth::No if self.declares(&inherited, event, Doubtful::Count, 0) == Truth::No => Truth::No,
            Truth::No | Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::Yes,
        }
    }

    fn declares(&mut self, inherited: &Inherited, value: &Value, doubtful: Doubtful, depth: usize) -> Truth {
        if !(value.is_array() || value.is_object()) {
            return Truth::Yes;
        }
        if DEPTH_MAX < depth || !self.spend(1) {
            return Truth::Unknown;
        }
        let here = self.applied(inherited, value, doubtful);
        match value {
            Value::Array(items) => {
                if here.declarations.items_max().is_some_and(|max| max < items.len()) {
                    let opened = self.is_opened(inherited, value);
                    if opened != Truth::Yes {
                        return opened;
                    }
                }
                if self.lists(&here, value) {
                    return Truth::Yes;
                }
                let mut truth = Truth::Yes;
                for (at, item) in items.iter().enumerate() {
                    let below = Inherited {
                        holding: self.items_applied(&here.holding, at, item, doubtful),
                        tests: self.items_applied(&here.tests, at, item, Doubtful::Count),
                    };
                    truth = truth.and(self.declares(&below, item, doubtful, depth + 1));
                }
                truth
            }
            Value::Object(members) => {
                if self.lists(&here, value) {
                    return Truth::Yes;
                }
                let mut truth = Truth::Yes;
                let mut is_opened = None;
                for (name, member) in members {
                    if !self.declares_name(&here, value, name, Side::Writer) {
                        let opened = *is_opened.get_or_insert_with(|| self.is_opened(inherited, value));
                        truth = truth.and(opened);
                    }
                    if truth == Truth::No {
                        return Truth::No;
                    }
                    let below = Inherited {
                        holding: self.members_applied(&here.holding, name),
                        tests: self.members_applied(&here.tests, name),
                    };
                    truth = truth.and(self.declares(&below, member, doubtful, depth + 1));
                }
                truth
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Truth::Yes,
        }
    }

    /// Returns whether a schema that holds lists the whole value, for example in an `enum`. Such a schema declares all
    /// properties of the value.
    fn lists(&self, here: &Applied, value: &Value) -> bool {
        let value = crate::tree::normalized(value);
        here.holding
            .iter()
            .any(|id| self.tree.node(*id).values.as_ref().is_some_and(|values| values.contains(&value)))
    }

    fn declares_name(&mut self, here: &Applied, value: &Value, name: &str, side: Side) -> bool {
        let declarations = &here.declarations;
        !declarations.is_no_map
            || declarations.names.contains(name)
            || declarations.patterns.iter().any(|pattern| self.patterns.is_match(pattern, name) == Truth::Yes)
            || here.holding.iter().chain(&here.tests).any(|id| self.declares_as_rest(*id, value, name, side))
    }

    /// Returns whether a node declares a property by its schema for all properties that it does not name. That schema
    /// must apply to the property, and it must be neither `true` nor `false`.
    fn declares_as_rest(&mut self, id: Id, value: &Value, name: &str, side: Side) -> bool {
        let node = self.tree.shared(id);
        let objects = &node.objects;
        if objects.has_real_rest && !self.names_member(&node, name) {
            return true;
        }
        objects.has_real_unevaluated
            && declarations::in_place(&self.tree, &[id]).into_iter().all(|part| {
                let node = self.tree.shared(part);
                // If the part may hold, it may have evaluated the property.
                let is_applied = part.is(id) || self.holds(part, value) != Truth::No;
                let others = node.objects.unevaluated.filter(|_| !part.is(id));
                let mut rests = node.objects.additional.into_iter().chain(others);
                let evaluates_rest = rests.any(|rest| side == Side::Writer || !rejects_all(&self.tree, rest));
                !is_applied || !evaluates_rest && !self.names_member(&node, name)
            })
    }

    /// Returns whether a node names a property, or has a pattern for it.
    fn names_member(&mut self, node: &Node, name: &str) -> bool {
        let objects = &node.objects;
        objects.properties.of(name).is_some()
            || objects.patterns.iter().any(|(pattern, _)| self.patterns.is_match(pattern, name) == Truth::Yes)
    }

    /// Returns whether a place stays open to undeclared properties, because no value with only declared properties
    /// exists there.
    fn is_opened(&mut self, inherited: &Inherited, value: &Value) -> Truth {
        let schema = self.tree.all(inherited.holding.clone());
        let place = self.tree.place(schema, inherited.tests.clone(), None);
        let alternatives = self.alternatives(place);
        let (mut opened, mut closed, mut unknown) = (false, false, false);
        for alternative in alternatives.iter() {
            // Whether the alternative, if it allowed undeclared properties, might accept the value.
            let meant = match (value, &alternative.values) {
                (_, Some(_)) => false,
                (Value::Object(_), None) => alternative.types.has(crate::tree::Types::OBJECT),
                _ => alternative.types.has(crate::tree::Types::ARRAY),
            };
            opened |= meant && alternative.opened == Truth::Yes;
            closed |= meant && alternative.opened == Truth::No;
            unknown |= meant && alternative.opened == Truth::Unknown;
        }
        match (opened, closed || unknown) {
            (true, false) => Truth::Yes,
            (false, _) if !unknown => Truth::No,
            (true | false, _) => Truth::Unknown,
        }
    }

    /// Returns the schemas that hold at a place, with their declarations.
    fn applied(&mut self, inherited: &Inherited, value: &Value, doubtful: Doubtful) -> Applied {
        let mut here = Applied::default();
        let mut open = inherited.holding.clone();
        let mut tests = inherited.tests.clone();
        while let Some(id) = open.pop() {
            if here.holding.iter().any(|known| known.is(id)) || !self.spend(1) {
                continue;
            }
            here.holding.push(id);
            let node = self.tree.shared(id);
            here.declarations.add(&declarations::own(&self.tree, &node));
            open.extend(declarations::always(&self.tree, &node));
            for branch in node.any_of.iter().chain(&node.one_of).flatten() {
                here.declarations.is_no_map =
                    here.declarations.is_no_map || declarations::all(&self.tree, &[*branch]).is_no_map;
                if self.counts(*branch, value, doubtful) {
                    open.push(*branch);
                }
            }
            tests.extend(&node.tests);
            for condition in &node.conditions {
                tests.push(condition.test);
                open.extend(self.branches(condition, value, doubtful));
            }
            open.extend(dependents(&node, value));
        }
        here.tests = self.applied_in_tests(tests, value, doubtful);
        here.declarations.add(&declarations::all_of(&self.tree, &here.tests));
        here
    }

    /// Returns the schemas that apply inside an `if`. They count even if they do not hold.
    fn applied_in_tests(&mut self, tests: Vec<Id>, value: &Value, doubtful: Doubtful) -> Vec<Id> {
        let mut found: Vec<Id> = Vec::new();
        let mut open = tests;
        while let Some(id) = open.pop() {
            if found.iter().any(|known| known.is(id)) || !self.spend(1) {
                continue;
            }
            found.push(id);
            let node = self.tree.shared(id);
            open.extend(declarations::always(&self.tree, &node));
            open.extend(node.any_of.iter().chain(&node.one_of).flatten());
            open.extend(&node.tests);
            for condition in &node.conditions {
                open.push(condition.test);
                open.extend(self.branches(condition, value, doubtful));
            }
            open.extend(dependents(&node, value));
        }
        found
    }

    /// Returns the branch of a condition that applies to a value. If the engine cannot decide which one applies,
    /// returns both branches or none, as `doubtful` requires.
    fn branches(&mut self, condition: &Condition, value: &Value, doubtful: Doubtful) -> Vec<Id> {
        let branches = match self.holds(condition.test, value) {
            Truth::Yes => [condition.then, None],
            Truth::No => [None, condition.otherwise],
            Truth::Unknown if doubtful == Doubtful::Count => [condition.then, condition.otherwise],
            Truth::Unknown => [None, None],
        };
        branches.into_iter().flatten().collect()
    }

    fn counts(&mut self, branch: Id, value: &Value, doubtful: Doubtful) -> bool {
        match self.holds(branch, value) {
            Truth::Yes => true,
            Truth::No => false,
            Truth::Unknown => doubtful == Doubtful::Count,
        }
    }

    /// Returns whether a node accepts a value. If the engine cannot decide, the validator does.
    pub(crate) fn holds(&mut self, id: Id, value: &Value) -> Truth {
        match self.accepts(id, value) {
            Truth::Unknown => self.validates(id, value),
            known @ (Truth::Yes | Truth::No) => known,
        }
    }

    fn validates(&mut self, id: Id, value: &Value) -> Truth {
        // Without fuel, most answers of the engine are unknown. The validators for all of them would take more time and
        // memory than the comparison.
        if self.is_spent() {
            return Truth::Unknown;
        }
        if !self.closer.validators.contains_key(&id.index()) {
            let schema = export(&self.tree, id);
            // The validator of a node also contains all nodes to which this node refers. So the validators of many nodes
            // can be much larger than the document.
            let has_room = match &schema {
                Some(schema) => self.reserve_copy(nodes_in(schema)),
                None => self.spend(STEPS_OF_A_FAILURE),
            };
            if !has_room {
                return Truth::Unknown;
            }
            let options = evschema_model::formats::checking(jsonschema::options(), self.formats);
            let validator = schema.and_then(|schema| options.build(&schema).ok());
            self.closer.validators.insert(id.index(), validator.map(Rc::new));
        }
        match self.closer.validators.get(&id.index()) {
            Some(Some(validator)) => Truth::of(validator.is_valid(value)),
            Some(None) | None => Truth::Unknown,
        }
    }

    fn members_applied(&mut self, holding: &[Id], name: &str) -> Vec<Id> {
        let mut below: Vec<Id> = Vec::new();
        for id in holding {
            let node = self.tree.shared(*id);
            let objects = &node.objects;
            let before = below.len();
            below.extend(objects.properties.of(name));
            for (pattern, schema) in objects.patterns.iter() {
                if self.patterns.is_match(pattern, name) == Truth::Yes {
                    below.push(*schema);
                }
            }
            if before == below.len() {
                below.extend(objects.additional);
            }
        }
        if below.is_empty() {
            below.extend(holding.iter().filter_map(|id| self.tree.node(*id).objects.unevaluated));
        }
        below
    }

    fn items_applied(&mut self, holding: &[Id], at: usize, item: &Value, doubtful: Doubtful) -> Vec<Id> {
        self.items_where(holding, at, |engine, contained| engine.counts(contained, item, doubtful))
    }

    /// Like [`Self::items_applied`], for a reader without its keywords that reject undeclared properties.
    fn items_read(&mut self, holding: &[Id], at: usize, item: &Value) -> Vec<Id> {
        self.items_where(holding, at, |engine, contained| engine.opened_holds(contained, item) == Truth::Yes)
    }

    fn items_where(
        &mut self,
        holding: &[Id],
        at: usize,
        mut is_contained: impl FnMut(&mut Self, Id) -> bool,
    ) -> Vec<Id> {
        let mut below: Vec<Id> = Vec::new();
        for id in holding {
            let node = self.tree.shared(*id);
            below.extend(node.arrays.prefix.get(at).copied().or(node.arrays.items));
            for contains in &node.arrays.contains {
                if is_contained(self, contains.schema) {
                    below.push(contains.schema);
                }
            }
        }
        if below.is_empty() {
            below.extend(holding.iter().filter_map(|id| self.tree.node(*id).arrays.unevaluated));
        }
        below
    }

    /// Returns the part of an event that a tolerant reader keeps; `None` if this is unknown.
    ///
    /// The function considers two cases: either all branches inside an `if` declare properties, or only the branches
    /// that hold. If the kept parts differ, the function returns both parts. A witness must break the reader in both
    /// cases.
    pub(crate) fn stripped(&mut self, reader: Id, event: &Value) -> Option<Vec<Value>> {
        let mut left = vec![self.strip_at(&[reader], event, InTests::Chosen, 0)?];
        let all = self.strip_at(&[reader], event, InTests::All, 0)?;
        if all != left[0] {
            left.push(all);
        }
        Some(left)
    }

    fn strip_at(&mut self, applied: &[Id], value: &Value, in_tests: InTests, depth: usize) -> Option<Value> {
        if !(value.is_array() || value.is_object()) {
            return Some(value.clone());
        }
        if DEPTH_MAX < depth || !self.spend(1) {
            return None;
        }
        let here = self.applied_by_reader(applied, value, in_tests)?;
        if self.lists(&here, value) {
            return Some(value.clone());
        }
        match value {
            Value::Array(items) => {
                let mut kept = Vec::with_capacity(items.len());
                for (at, item) in items.iter().enumerate() {
                    let below = self.items_read(&here.holding, at, item);
                    kept.push(self.strip_at(&below, item, in_tests, depth + 1)?);
                }
                Some(Value::Array(kept))
            }
            Value::Object(members) => {
                let mut kept = Map::new();
                for (name, member) in members {
                    if self.declares_name(&here, value, name, Side::OpenedReader) {
                        let below = self.members_applied(&here.holding, name);
                        kept.insert(name.clone(), self.strip_at(&below, member, in_tests, depth + 1)?);
                    }
                }
                Some(Value::Object(kept))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(value.clone()),
        }
    }

    /// Returns the schemas that a tolerant reader applies at a place. They include the schemas that every event must
    /// satisfy. They also include the branches of unions and conditions that hold without the keywords that reject
    /// undeclared properties. If no branch holds, they include all branches.
    fn applied_by_reader(&mut self, ids: &[Id], value: &Value, in_tests: InTests) -> Option<Applied> {
        let mut here = Applied::default();
        let mut open: Vec<Id> = ids.to_vec();
        while let Some(id) = open.pop() {
            if here.holding.iter().any(|known| known.is(id)) {
                continue;
            }
            if !self.spend(1) {
                return None;
            }
            here.holding.push(id);
            let node = self.tree.shared(id);
            here.declarations.add(&declarations::own(&self.tree, &node));
            open.extend(declarations::always(&self.tree, &node));
            for union in node.any_of.iter().chain(&node.one_of) {
                here.declarations.is_no_map =
                    here.declarations.is_no_map || declarations::all(&self.tree, union).is_no_map;
                let mut holding = Vec::new();
                for branch in union {
                    match self.opened_holds(*branch, value) {
                        Truth::Yes => holding.push(*branch),
                        Truth::No => {}
                        Truth::Unknown => return None,
                    }
                }
                if holding.is_empty() {
                    holding.clone_from(union);
                }
                open.extend(holding);
            }
            let tests = node.tests.iter().copied().chain(node.conditions.iter().map(|own| own.test));
            let tests: Vec<Id> = tests.collect();
            open.extend(match in_tests {
                InTests::All => declarations::in_place(&self.tree, &tests),
                InTests::Chosen => tests,
            });
            for condition in &node.conditions {
                let chosen = match self.opened_holds(condition.test, value) {
                    Truth::Yes => condition.then,
                    Truth::No => condition.otherwise,
                    Truth::Unknown => return None,
                };
                match chosen.map_or(Truth::Yes, |branch| self.opened_holds(branch, value)) {
                    Truth::Yes => open.extend(chosen),
                    // The applicable branch does not hold, so both branches count.
                    Truth::No => open.extend(condition.then.into_iter().chain(condition.otherwise)),
                    Truth::Unknown => return None,
                }
            }
            open.extend(dependents(&node, value));
        }
        Some(here)
    }

    /// Returns a schema without the keywords that reject undeclared properties.
    pub(crate) fn opened(&mut self, id: Id) -> Id {
        self.closer.opened_readers.open(&mut self.tree, id)
    }

    /// Returns whether a value satisfies a schema without the keywords that reject undeclared properties.
    fn opened_holds(&mut self, id: Id, value: &Value) -> Truth {
        let opened = self.opened(id);
        self.holds(opened, value)
    }
}

/// Returns the dependent schemas that apply to an object, because the object has the property on which they depend.
fn dependents<'n>(node: &'n Node, value: &'n Value) -> impl Iterator<Item = Id> + 'n {
    let has = move |name: &Name| value.get(&**name).is_some();
    node.objects.dependent_schemas.iter().filter(move |(name, _)| has(name)).map(|(_, schema)| *schema)
}

#[cfg(test)]
mod tests {
    use evschema_model::Formats;
    use serde_json::json;

    use super::*;
    use crate::tree::{Origin, Tree, Types};

    #[test]
    fn without_fuel_the_engine_compiles_no_validator() {
        for (fuel, expected) in [(0, Truth::Unknown), (1_000, Truth::Yes)] {
            let mut tree = Tree::default();
            let schema = tree.add(Node { types: Types::OBJECT, ..Node::default() }, Origin::default());
            let mut engine = Engine::new(tree, Formats::Assert, true, fuel);
            assert_eq!(engine.holds(schema, &json!({})), expected);
            assert!(engine.closer.validators.is_empty());
        }
    }
}
