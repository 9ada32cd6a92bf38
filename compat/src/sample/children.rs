//! Makes arrays and objects.

use foldhash::{HashMap, HashMapExt as _, HashSet};
use serde_json::{Map, Value};

use super::nodes_in;
use crate::alternatives::{Alternative, PropertyLayer, explicit_names};
use crate::engine::Engine;
use crate::tree::{Id, Name};
use crate::truth::Truth;

/// The maximum number of new names from one cell that the engine adds to an object to reach a minimum number of
/// properties.
const FRESH_MAX: usize = 12;

/// The maximum number of nodes of one made value, and of all made values of a comparison. A node takes about 100 bytes.
const NODES_MAX: usize = 100_000;
const MADE_MAX: usize = 1_000_000;

/// The maximum length of an array or object that the engine makes to satisfy a minimum.
const LENGTH_MAX: u64 = 2_000;

impl Engine {
    pub(super) fn arrays(&mut self, alternative: &Alternative, many: usize) -> Vec<Value> {
        let arrays = &alternative.arrays;
        let prefix = Self::prefix_len(arrays) as u64;
        let wanted = arrays.contains.iter().map(|contains| contains.min).fold(0, u64::saturating_add);
        let mut lengths: Vec<u64> = [arrays.min.max(wanted), arrays.min.max(1), prefix, prefix + wanted]
            .into_iter()
            .chain([arrays.min + 1, arrays.max.unwrap_or(2).min(arrays.min + 3)])
            .filter(|length| {
                arrays.min <= *length && *length <= LENGTH_MAX && arrays.max.is_none_or(|max| *length <= max)
            })
            .collect();
        let shortest = lengths.first().copied();
        lengths.sort_unstable();
        lengths.dedup();
        lengths.sort_by_key(|length| Some(*length) != shortest);
        let mut found = Vec::new();
        for length in lengths {
            let fillers = if many == 1 { 2 } else { 3 };
            for variant in 0..fillers {
                if let Some(value) = self.filled(alternative, length, variant)
                    && !found.contains(&value)
                {
                    found.push(value);
                }
                if many == 1 && !found.is_empty() {
                    return found;
                }
            }
        }
        found
    }

    /// Makes an array of a length. The function first makes the items that `contains` requires, and then the other
    /// items. If a `contains` has a maximum, it avoids other items that match this `contains`.
    fn filled(&mut self, alternative: &Alternative, length: u64, variant: usize) -> Option<Value> {
        /// The maximum number of bytes of the strings in one array.
        const TEXT_BYTES_MAX: usize = 4 << 20;
        let arrays = &alternative.arrays;
        let length = usize::try_from(length).ok()?;
        let mut items: Vec<Option<Value>> = vec![None; length];
        let (mut text_bytes, mut nodes) = (0, 0);
        for contains in arrays.contains.iter().filter(|contains| 0 < contains.min) {
            let mut missing = contains.min;
            for step in 0..length {
                let at = if variant == 0 { length - 1 - step } else { step };
                if missing == 0 || items[at].is_some() {
                    continue;
                }
                let item = self.item_schema(arrays, at);
                let both = self.tree.all(vec![item, contains.schema]);
                items[at] = self.next_item(both, &items, arrays.unique, variant);
                missing -= u64::from(items[at].is_some());
                nodes += items[at].as_ref().map_or(0, nodes_in);
                if NODES_MAX < nodes || !self.spend(1) {
                    return None;
                }
            }
            if 0 < missing {
                return None;
            }
        }
        let counted: Vec<Id> =
            arrays.contains.iter().filter(|own| own.max.is_some()).map(|own| own.schema).collect();
        let others: Vec<Id> = counted.into_iter().map(|schema| self.negation(schema)).collect();
        for at in 0..length {
            if items[at].is_none() {
                let item = self.item_schema(arrays, at);
                let mut rules = others.clone();
                rules.push(item);
                let rare = self.tree.all(rules);
                items[at] = self.next_item(rare, &items, arrays.unique, variant);
                if items[at].is_none() && !others.is_empty() {
                    items[at] = self.next_item(item, &items, arrays.unique, variant);
                }
                let item = items[at].as_ref()?;
                text_bytes += item.as_str().map_or(0, str::len);
                nodes += nodes_in(item);
                // The function assumes that the other items are as large as this one.
                if TEXT_BYTES_MAX < text_bytes || NODES_MAX < nodes_in(item).saturating_mul(length).max(nodes)
                {
                    return None;
                }
            }
        }
        (self.may_make(nodes) && self.reserve_copy(nodes)).then(|| items.into_iter().flatten().collect())
    }

    fn next_item(
        &mut self,
        schema: Id,
        items: &[Option<Value>],
        is_unique: bool,
        variant: usize,
    ) -> Option<Value> {
        let filled = items.iter().flatten().count();
        let wanted = if is_unique { filled + 2 } else { variant + 1 };
        let choices = self.samples(schema, wanted.min(64));
        if is_unique {
            choices.into_iter().find(|value| !items.iter().flatten().any(|item| item == value))
        } else {
            choices.get(variant).or(choices.first()).cloned()
        }
    }

    pub(super) fn objects(&mut self, alternative: &Alternative, many: usize) -> Vec<Value> {
        let mut found = Vec::new();
        let Some(base) = self.object_with(alternative, &[]) else { return found };
        let names: Vec<Name> = explicit_names(alternative, None)
            .into_iter()
            .filter(|name| !base.contains_key(&**name))
            .collect();
        found.push(Value::Object(base.clone()));
        if many == 1 {
            return found;
        }
        // The function makes one object with every declared property. Then it makes one object for each of the first
        // few properties alone.
        let mut full = base.clone();
        for name in &names {
            let schema = self.property_schema(&alternative.objects, name);
            if alternative.objects.max.is_none_or(|max| (full.len() as u64) < max)
                && let Some(value) = self.sample(schema)
            {
                full.insert(name.to_string(), value);
            }
        }
        if full.len() != base.len() {
            found.push(Value::Object(full));
        }
        for name in names.iter().take(many) {
            if let Some(object) = self.object_with(alternative, &[&**name]) {
                found.push(Value::Object(object));
            }
        }
        for name in self.fresh_names(alternative, &PropertyLayer::default(), 1).iter().take(many) {
            if let Some(object) = self.object_with(alternative, &[name.as_str()]) {
                found.push(Value::Object(object));
            }
        }
        for name in base.keys().take(many) {
            let schema = self.property_schema(&alternative.objects, name);
            for value in self.samples(schema, 3).into_iter().skip(1) {
                let mut object = base.clone();
                object.insert(name.clone(), value);
                found.push(Value::Object(object));
            }
        }
        found
    }

    /// Makes the smallest object of an alternative that has these properties.
    pub(crate) fn object_with(
        &mut self,
        alternative: &Alternative,
        wanted: &[&str],
    ) -> Option<Map<String, Value>> {
        let mut object = Map::new();
        let mut names: Vec<Name> = needed_names(alternative, wanted);
        let mut listed: HashSet<Name> = names.iter().cloned().collect();
        let mut dependent: HashMap<&str, Vec<&Name>> = HashMap::new();
        for (given, needed) in &alternative.objects.dependent_required {
            dependent.entry(given).or_default().extend(needed);
        }
        let mut nodes = 0;
        let mut at = 0;
        while at < names.len() {
            let name = names[at].clone();
            at += 1;
            if !self.spend(1) {
                return None;
            }
            let schema = self.property_schema(&alternative.objects, &name);
            let value = self.sample(schema)?;
            nodes += nodes_in(&value);
            if NODES_MAX < nodes {
                return None;
            }
            object.insert(name.to_string(), value);
            for needed in dependent.get(&*name).into_iter().flatten() {
                if listed.insert(Name::clone(needed)) {
                    names.push(Name::clone(needed));
                }
            }
        }
        self.fill_up(alternative, &mut object)?;
        (self.may_make(nodes) && self.reserve_copy(nodes)).then_some(object)
    }

    /// Counts the nodes of a made value, and returns whether the comparison may make more values.
    fn may_make(&mut self, nodes: usize) -> bool {
        self.sampler.nodes_made = self.sampler.nodes_made.saturating_add(nodes);
        self.sampler.nodes_made <= MADE_MAX
    }

    /// Adds properties until the object has the minimum number of properties.
    fn fill_up(&mut self, alternative: &Alternative, object: &mut Map<String, Value>) -> Option<()> {
        if alternative.objects.min <= object.len() as u64 {
            return Some(());
        }
        if LENGTH_MAX < alternative.objects.min {
            return None;
        }
        let mut names: Vec<String> =
            explicit_names(alternative, None).iter().map(ToString::to_string).collect();
        let missing = usize::try_from(alternative.objects.min).unwrap_or(0);
        names.extend(self.fresh_names(alternative, &PropertyLayer::default(), missing.min(FRESH_MAX)));
        names.extend((1..=alternative.objects.min).map(|n| format!("extra{n}")));
        for name in names {
            if alternative.objects.min <= object.len() as u64 {
                return Some(());
            }
            if object.contains_key(&name) {
                continue;
            }
            let schema = self.property_schema(&alternative.objects, &name);
            let named = alternative
                .objects
                .names
                .iter()
                .all(|names| self.accepts(*names, &Value::from(name.as_str())) != Truth::No);
            if named && let Some(value) = self.sample(schema) {
                object.insert(name, value);
            }
        }
        (alternative.objects.min <= object.len() as u64).then_some(())
    }
}

fn needed_names(alternative: &Alternative, wanted: &[&str]) -> Vec<Name> {
    let mut names: Vec<Name> = alternative.objects.required.iter().cloned().collect();
    let more = wanted.iter().filter(|name| !alternative.objects.required.contains(**name));
    names.extend(more.map(|name| Name::from(*name)));
    names
}
