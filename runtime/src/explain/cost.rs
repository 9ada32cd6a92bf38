//! Estimates the cost of listing all violations with the `jsonschema` crate.
//!
//! The crate follows every path through a schema, and copies the value for each branch of a union that fails. If a
//! schema refers to itself twice, the number of paths can be exponential in the depth of a small event. The copies of a
//! large event can fill the memory. The estimate visits each pair of a node and a value only once.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::kinds::Kinds;
use crate::program::{AdditionalProperties, NodeId, NodeRef, ObjectKeywords, PropertyCondition};

/// Maximum number of errors that the crate may keep. With a deep path, an error takes up to 20 kB.
const ERRORS_MAX: u64 = 20_000;

/// Maximum size of the values that the errors of unions may copy, in units of about 100 bytes.
const COPIES_MAX: u64 = 2_000_000;

/// Stands for the name of a property: the cost of a string does not depend on its content.
static NAME: Value = Value::String(String::new());

/// Maximum length of a path. The crate can follow a path of this length without exhausting the stack.
const DEPTH_MAX: usize = 400;

/// Maximum number of pairs of a node and a value that the estimate visits.
const PAIRS_MAX: usize = 500_000;

/// Returns whether all violations of an event can be listed in reasonable time and memory.
pub(super) fn is_affordable(root: NodeRef, event: &Value) -> bool {
    let cost = Estimator::default().cost(root, event);
    cost.errors <= ERRORS_MAX && cost.copies <= COPIES_MAX
}

/// An upper bound of the errors that the crate keeps, and of the values that it copies for them.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    errors: u64,
    /// The values within the values of these errors, and within the errors of their unions. A union copies them.
    weight: u64,
    copies: u64,
}

impl Cost {
    const MAX: Self = Self { errors: u64::MAX, weight: u64::MAX, copies: u64::MAX };

    fn add(&mut self, more: Self) {
        self.errors = self.errors.saturating_add(more.errors);
        self.weight = self.weight.saturating_add(more.weight);
        self.copies = self.copies.saturating_add(more.copies);
    }

    fn times(self, count: u32) -> Self {
        let times = |number: u64| number.saturating_mul(u64::from(count));
        Self { errors: times(self.errors), weight: times(self.weight), copies: times(self.copies) }
    }
}

#[derive(Default)]
struct Estimator {
    /// The costs of the pairs visited so far, by node and value.
    costs: HashMap<(usize, usize), Cost>,
    sizes: HashMap<usize, u64>,
    depth: usize,
}

impl Estimator {
    fn cost(&mut self, node_ref: NodeRef, value: &Value) -> Cost {
        let key = (node_ref.address(), address(value));
        if let Some(cost) = self.costs.get(&key) {
            return *cost;
        }
        if DEPTH_MAX < self.depth || PAIRS_MAX < self.costs.len() {
            return Cost::MAX;
        }
        // The estimate ends a path that returns to the same pair, because the path is a circle.
        self.costs.insert(key, Cost::default());
        self.depth += 1;
        let mut sum = Sum { estimator: self, node_ref, cost: Cost::default() };
        sum.add_own_errors(value);
        sum.add_applicators(value);
        sum.add_nested_values(value);
        let copies = node_ref.node().object.as_ref().map_or(1, |object| object.copies);
        let cost = sum.cost.times(copies);
        self.depth -= 1;
        self.costs.insert(key, cost);
        cost
    }

    /// Returns the size of a value, in units of about 100 bytes: one for each value within it, and more for long strings
    /// and names.
    fn size(&mut self, value: &Value) -> u64 {
        if let Some(size) = self.sizes.get(&address(value)) {
            return *size;
        }
        let size = match value {
            Value::Object(properties) => {
                let below = properties.iter().map(|(name, property)| text_size(name) + self.size(property));
                1 + below.sum::<u64>()
            }
            Value::Array(items) => 1 + items.iter().map(|item| self.size(item)).sum::<u64>(),
            Value::String(text) => return 1 + text_size(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => return 1,
        };
        self.sizes.insert(address(value), size);
        size
    }
}

/// Returns the additional size of a value because of a text.
fn text_size(text: &str) -> u64 {
    text.len() as u64 / 100
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// The cost of one pair, while the estimate computes it.
struct Sum<'e> {
    estimator: &'e mut Estimator,
    node_ref: NodeRef,
    cost: Cost,
}

impl Sum<'_> {
    fn add(&mut self, child: NodeId, value: &Value) {
        let cost = self.estimator.cost(self.node_ref.child(child), value);
        self.cost.add(cost);
    }

    /// Adds errors of the value itself.
    fn add_errors(&mut self, count: usize, value: &Value) {
        let errors = u64::try_from(count).unwrap_or(u64::MAX);
        let weight = errors.saturating_mul(self.estimator.size(value));
        self.cost.add(Cost { errors, weight, copies: 0 });
    }

    /// Adds an error for each keyword of the node that can reject the value.
    fn add_own_errors(&mut self, value: &Value) {
        let node = self.node_ref.node();
        let count = match value {
            Value::Number(_) => node.number.as_ref().map_or(0, |number| number.count()),
            Value::String(_) => node.string.as_ref().map_or(0, |string| string.count()),
            Value::Array(_) => node.array.as_ref().map_or(0, |array| array.count()),
            Value::Object(_) => node.object.as_ref().map_or(0, |object| object.count()),
            Value::Null | Value::Bool(_) => 0,
        };
        let has_type = node.kinds != Kinds::ALL;
        let count = count + usize::from(has_type) + usize::from(node.enum_values.is_some());
        self.add_errors(count, value);
    }

    /// Adds the branches of a union. Its error contains copies of the errors of the branches.
    fn add_union(&mut self, branches: &[NodeId], value: &Value) {
        let before = self.cost.weight;
        branches.iter().for_each(|branch| self.add(*branch, value));
        let copied = self.cost.weight.saturating_sub(before);
        self.cost.copies = self.cost.copies.saturating_add(copied);
        self.add_errors(usize::from(!branches.is_empty()), value);
    }

    /// Adds the nodes that apply to the value itself.
    fn add_applicators(&mut self, value: &Value) {
        let node = self.node_ref.node();
        if let Some(child) = node.unless_null {
            self.add_union(&[child], value);
        }
        let Some(applicators) = &node.applicators else { return };
        let (condition, then, otherwise) =
            applicators.condition.map_or((None, None, None), |(a, b, c)| (Some(a), b, c));
        let single = [applicators.not, condition, then, otherwise].into_iter().flatten();
        for child in applicators.all_of.iter().copied().chain(single) {
            self.add(child, value);
        }
        self.add_union(&applicators.any_of, value);
        self.add_union(&applicators.one_of, value);
        if applicators.dynamic_ref.is_some() {
            // The target can be an anchor of any document that refers to this one. The estimate does not know them all.
            self.cost.add(Cost::MAX);
        }
    }

    /// Adds the nodes that apply to properties and items.
    fn add_nested_values(&mut self, value: &Value) {
        let node = self.node_ref.node();
        let applicators = node.applicators.as_deref();
        match value {
            Value::Object(properties) => {
                if let Some(object) = &node.object {
                    self.add_object(object, value, properties);
                }
                if let Some(rest) = applicators.and_then(|applicators| applicators.unevaluated_properties) {
                    properties.values().for_each(|property| self.add(rest, property));
                    // To find the evaluated properties, the crate follows all paths a second time.
                    self.cost = self.cost.times(2);
                }
            }
            Value::Array(items) => {
                if let Some(array) = &node.array {
                    for (number, item) in items.iter().enumerate() {
                        let own = array.prefix_items.get(number).copied().or(array.items);
                        let contained = array.contains.as_ref().map(|contains| contains.node);
                        own.into_iter().chain(contained).for_each(|child| self.add(child, item));
                    }
                }
                if let Some(rest) = applicators.and_then(|applicators| applicators.unevaluated_items) {
                    items.iter().for_each(|item| self.add(rest, item));
                    self.cost = self.cost.times(2);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn add_object(
        &mut self,
        object: &'static ObjectKeywords,
        whole: &Value,
        properties: &Map<String, Value>,
    ) {
        let dependent: usize = object.dependent_required.iter().map(|(_, names)| names.len()).sum();
        self.add_errors(object.required.len() + dependent, whole);
        for (name, value) in properties {
            match object.find_property(name, 0).map(|found| &object.properties[found]) {
                Some(known) if known.is_declared => {
                    known.node.into_iter().for_each(|child| self.add(child, value));
                }
                _ => {
                    if let AdditionalProperties::Checked(child) = object.additional {
                        self.add(child, value);
                    }
                }
            }
            object.patterns.iter().for_each(|(_, child)| self.add(*child, value));
            if let Some(names) = object.property_names {
                // The error of a name copies the whole object.
                let errors = self.estimator.cost(self.node_ref.child(names), &NAME).errors;
                self.add_errors(usize::try_from(errors).unwrap_or(usize::MAX), whole);
            }
        }
        object.dependent_schemas.iter().for_each(|(_, child)| self.add(*child, whole));
        for (condition, _) in &object.conditions {
            self.add_condition(condition, object, whole, properties);
        }
    }

    /// Adds an applicator that the program contains as a property condition.
    fn add_condition(
        &mut self,
        condition: &PropertyCondition,
        object: &'static ObjectKeywords,
        whole: &Value,
        properties: &Map<String, Value>,
    ) {
        let parts = match condition {
            PropertyCondition::ArePresent(names) => {
                self.add_errors(names.len(), whole);
                &[]
            }
            PropertyCondition::Satisfies(recorded, child) => {
                let number = object.recorded.get(*recorded).map_or(usize::MAX, |number| usize::from(*number));
                let name = object.properties.get(number).map(|property| property.name.text());
                if let Some(value) = name.and_then(|name| properties.get(name)) {
                    self.add(*child, value);
                }
                &[]
            }
            PropertyCondition::Not(part) => std::slice::from_ref(&**part),
            PropertyCondition::All(parts) => &**parts,
            PropertyCondition::Any(parts) | PropertyCondition::ExactlyOne(parts) => {
                self.add_errors(parts.len(), whole);
                &**parts
            }
            PropertyCondition::If(parts) => &**parts,
        };
        self.add_errors(1, whole);
        parts.iter().for_each(|part| self.add_condition(part, object, whole, properties));
    }
}
