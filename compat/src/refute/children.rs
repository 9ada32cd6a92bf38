//! Makes candidates from the items of arrays and the properties of objects.

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::alternatives::{Alternative, PropertyLayer, explicit_names};
use crate::assertion::Assertion;
use crate::candidate::Candidate;
use crate::engine::Engine;
use crate::obligation::{Obligation, Step};
use crate::refute::state::Effort;
use crate::sample::nodes_in;
use crate::tree::{Id, Name};
use crate::truth::Truth;

/// Names that a `propertyNames` schema often rejects.
const UNLIKELY_NAMES: [&str; 6] = ["", "x", "X", "a b", "0", "longer_than_most_names_are_allowed_to_be"];

/// The maximum length of an array that the engine makes to exceed a bound.
const LENGTH_MAX: u64 = 300;

impl Engine {
    /// Adds arrays of the writer that probably violate the reader's assertions.
    pub(super) fn refute_arrays(
        &mut self,
        alternative: &Alternative,
        writer: Id,
        reader: Id,
        found: &mut Vec<Candidate>,
    ) {
        let read = self.tree.node(reader).arrays.clone();
        let arrays = alternative.arrays.clone();
        let here =
            |value, assertion| Candidate { value, obligation: Obligation::here(writer, reader, assertion) };
        if 0 < read.min || read.max.is_some() {
            found.extend(
                self.samples_of(alternative, 4).into_iter().map(|base| here(base, Assertion::ItemCount)),
            );
        }
        if let Some(max) = read.max
            && max < LENGTH_MAX
            && let Some(longer) = self.array_of(alternative, max + 1)
        {
            found.push(here(Value::Array(longer), Assertion::ItemCount));
        }
        if read.unique
            && let Some(mut pair) = self.array_of(alternative, arrays.min.max(2))
        {
            if 2 <= pair.len() {
                let last = pair.len() - 1;
                pair[last] = pair[last - 1].clone();
            }
            found.push(here(Value::Array(pair), Assertion::UniqueItems));
        }
        if read.unique && self.refuter.effort != Effort::First {
            for base in self.samples_of(alternative, 4) {
                let Value::Array(items) = base else { continue };
                for at in 0..items.len() {
                    if !self.reserve_copy(2 * items.iter().map(nodes_in).sum::<usize>()) {
                        return;
                    }
                    let (mut longer, mut doubled) = (items.clone(), items.clone());
                    longer.push(items[at].clone());
                    doubled[(at + 1) % items.len()] = items[at].clone();
                    found
                        .extend([longer, doubled].map(|own| here(Value::Array(own), Assertion::UniqueItems)));
                }
            }
        }
        let positions = Self::prefix_len(&arrays).max(read.prefix.len());
        for at in 0..=positions {
            let Some(schema) = read.prefix.get(at).copied().or(read.items).or(read.unevaluated) else {
                continue;
            };
            let written = self.item_schema(&arrays, at);
            for inner in self.refute(written, schema) {
                if let Some(mut items) = self.array_of(alternative, arrays.min.max(at as u64 + 1)) {
                    items[at] = inner.value;
                    let own = Value::Array(items);
                    // If the schema rejects every item, the obligation is about the array, not about the item.
                    let is_refused = self.tree.is_false(schema);
                    found.push(if is_refused {
                        here(own, Assertion::Items)
                    } else {
                        let step = Step::to(&self.tree, schema);
                        Candidate { value: own, obligation: inner.obligation.lifted(step) }
                    });
                }
            }
        }
        for contains in &read.contains {
            let past = Self::prefix_len(&arrays);
            let item = self.item_schema(&arrays, past);
            // The samples have as few matching items as possible, also if the writer has a `contains` of its own.
            found.extend(
                self.samples_of(alternative, 4).into_iter().map(|base| here(base, Assertion::Contains)),
            );
            let mut misses: Vec<Value> =
                self.refute(item, contains.schema).into_iter().map(|c| c.value).collect();
            misses.extend(self.samples(item, 4));
            for miss in misses {
                for length in [arrays.min, arrays.min.max(1)] {
                    if !self.reserve_copy(nodes_in(&miss).saturating_mul(length.min(LENGTH_MAX) as usize)) {
                        return;
                    }
                    let items = vec![miss.clone(); usize::try_from(length.min(LENGTH_MAX)).unwrap_or(0)];
                    found.push(here(Value::Array(items), Assertion::Contains));
                }
            }
            if let Some(max) = contains.max.filter(|max| *max < LENGTH_MAX) {
                let both = self.tree.all(vec![item, contains.schema]);
                for hit in self.samples(both, 2) {
                    if !self.reserve_copy(nodes_in(&hit).saturating_mul(max as usize + 1)) {
                        return;
                    }
                    let items = vec![hit; usize::try_from(max + 1).unwrap_or(0)];
                    found.push(here(Value::Array(items), Assertion::Contains));
                }
            }
        }
    }

    /// Makes an array of an alternative with this length.
    fn array_of(&mut self, alternative: &Alternative, length: u64) -> Option<Vec<Value>> {
        if LENGTH_MAX < length || alternative.arrays.max.is_some_and(|max| max < length) {
            return None;
        }
        let mut longer = alternative.clone();
        Rc::make_mut(&mut longer.arrays).min = length;
        let Value::Array(items) = self.samples_of(&longer, 1).into_iter().next()? else { return None };
        (length <= items.len() as u64).then_some(items)
    }

    /// Adds objects of the writer that probably violate the reader's assertions.
    pub(super) fn refute_objects(
        &mut self,
        alternative: &Alternative,
        writer: Id,
        reader: Id,
        found: &mut Vec<Candidate>,
        depth: usize,
    ) {
        let read = self.tree.node(reader).objects.clone();
        let here = |value, assertion| Candidate {
            value: Value::Object(value),
            obligation: Obligation::here(writer, reader, assertion),
        };
        let base = self.object_with(alternative, &[]);
        // The loop skips the properties that the writer requires, because all its objects have them.
        for name in read.required.iter().filter(|name| !alternative.objects.required.contains(*name)) {
            if !self.reserve_copy(base.as_ref().map_or(1, object_nodes)) {
                return;
            }
            let mut tries: Vec<Map<String, Value>> = base.clone().into_iter().collect();
            if self.refuter.effort != Effort::First {
                tries.extend(self.samples_of(alternative, 4).into_iter().filter_map(into_object));
            }
            for mut object in tries {
                object.remove(&**name);
                found.push(here(object, Assertion::Required(name.to_string())));
            }
            if self.refuter.effort == Effort::First && !found.is_empty() {
                return;
            }
        }
        let names: Vec<Name> = explicit_names(alternative, Some(&PropertyLayer::of(&read)));
        if 0 < read.min || read.max.is_some() {
            let objects = self.samples_of(alternative, 6).into_iter().filter_map(into_object);
            found.extend(objects.map(|object| here(object, Assertion::PropertyCount)));
            if let Some(max) = read.max.filter(|max| *max < LENGTH_MAX) {
                let mut fuller = alternative.clone();
                let objects = Rc::make_mut(&mut fuller.objects);
                objects.min = objects.min.max(max + 1);
                found.extend(
                    self.object_with(&fuller, &[]).map(|object| here(object, Assertion::PropertyCount)),
                );
            }
        }
        self.refute_properties(alternative, reader, writer, &names, base.as_ref(), found);
        let single: Vec<&str> = names.iter().map(|name| &**name).collect();
        for (name, _) in &read.dependent_required {
            if let Some(object) = self.object_with(alternative, &[&**name]) {
                found.push(here(object, Assertion::Dependent(name.to_string())));
            }
        }
        for (name, schema) in read.dependent_schemas.iter() {
            let having = self.having(alternative, name);
            let mut inner = Vec::new();
            self.refute_alternative(&having, writer, *schema, &mut inner, depth + 4);
            for mut candidate in inner {
                // If the obligation is about the whole object, it applies only to objects with the property.
                if candidate.obligation.reader == *schema {
                    candidate.obligation =
                        Obligation::here(writer, reader, Assertion::Dependent(name.to_string()));
                }
                found.push(candidate);
            }
            if let Some(object) = self.object_with(alternative, &[&**name]) {
                found.push(here(object, Assertion::Dependent(name.to_string())));
            }
        }
        if let Some(unevaluated) = read.unevaluated {
            let declared_by_writer = explicit_names(alternative, None);
            let fresh = self.fresh_names(alternative, &PropertyLayer::of(&read), 1);
            for name in single.iter().copied().chain(fresh.iter().map(String::as_str)) {
                let written = self.property_schema(&alternative.objects, name);
                let mut values: Vec<Value> =
                    self.refute(written, unevaluated).into_iter().map(|c| c.value).collect();
                values.extend(self.sample(written));
                for value in values {
                    if let Some(mut object) = self.object_with(alternative, &[]) {
                        object.insert(name.to_owned(), value);
                        let lacks = self.tree.is_false(unevaluated)
                            && declared_by_writer.iter().any(|own| **own == *name);
                        let assertion =
                            if lacks { Assertion::Lacks(name.to_owned()) } else { Assertion::Unevaluated };
                        found.push(here(object, assertion));
                    }
                }
            }
        }
    }

    fn refute_properties(
        &mut self,
        alternative: &Alternative,
        reader: Id,
        writer: Id,
        names: &[Name],
        base: Option<&Map<String, Value>>,
        found: &mut Vec<Candidate>,
    ) {
        let read = self.tree.node(reader).objects.clone();
        let layer = PropertyLayer::of(&read);
        let mut names: Vec<String> = names.iter().map(ToString::to_string).collect();
        if read.additional.is_some() || read.names.is_some() || !read.patterns.is_empty() {
            names.extend(self.fresh_names(alternative, &layer, 1));
        }
        if let Some(read_names) = read.names {
            let mut refused = vec![self.negation(read_names)];
            refused.extend(&alternative.objects.names);
            let refused = self.tree.all(refused);
            let texts = self.samples(refused, 6).into_iter().chain(UNLIKELY_NAMES.map(Value::from));
            names.extend(texts.filter_map(|text| text.as_str().map(str::to_owned)));
        }
        names.sort();
        names.dedup();
        let declared_by_writer = explicit_names(alternative, None);
        let before = found.len();
        for name in names {
            if self.is_spent() || (self.refuter.effort == Effort::First && before < found.len()) {
                return;
            }
            let mut rules: Vec<Id> = layer.declared(&name).into_iter().collect();
            for (pattern, schema) in read.patterns.iter() {
                if self.patterns.is_match(pattern, &name) != Truth::No {
                    rules.push(*schema);
                }
            }
            let is_rest = rules.is_empty();
            rules.extend(read.additional.filter(|_| is_rest));
            rules.retain(|rule| !self.tree.is_true(*rule));
            if rules.is_empty() && read.names.is_none() {
                continue;
            }
            let written = self.property_schema(&alternative.objects, &name);
            for rule in rules {
                let refuted = self.tree.is_false(rule);
                for inner in self.refute(written, rule) {
                    let obligation = if refuted {
                        let assertion = match is_rest {
                            false => Assertion::Property(name.clone()),
                            true if declared_by_writer.iter().any(|own| **own == *name) => {
                                Assertion::Lacks(name.clone())
                            }
                            true => Assertion::Additional,
                        };
                        Obligation::here(writer, reader, assertion)
                    } else {
                        inner.obligation.lifted(Step::to(&self.tree, rule))
                    };
                    if let Some(object) = self.object_having(alternative, base, &name, inner.value) {
                        found.push(Candidate { value: Value::Object(object), obligation });
                    }
                }
            }
            if let Some(read_names) = read.names
                && self.accepts(read_names, &Value::from(name.as_str())) != Truth::Yes
                && let Some(value) = self.sample(written)
                && let Some(object) = self.object_having(alternative, base, &name, value)
            {
                let obligation = Obligation::here(writer, reader, Assertion::Names);
                found.push(Candidate { value: Value::Object(object), obligation });
            }
        }
    }

    /// Adds a property to the smallest object that may have this property.
    fn object_having(
        &mut self,
        alternative: &Alternative,
        base: Option<&Map<String, Value>>,
        name: &str,
        value: Value,
    ) -> Option<Map<String, Value>> {
        let simple = alternative.objects.dependent_required.is_empty() && alternative.objects.min == 0;
        let mut object = match base {
            Some(base) if simple => {
                let nodes = object_nodes(base) + nodes_in(&value);
                if !self.reserve_copy(nodes) {
                    return None;
                }
                base.clone()
            }
            _ => self.object_with(alternative, &[name])?,
        };
        object.insert(name.to_owned(), value);
        Some(object)
    }
}

fn object_nodes(object: &Map<String, Value>) -> usize {
    1 + object.values().map(nodes_in).sum::<usize>()
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    if let Value::Object(object) = value { Some(object) } else { None }
}
