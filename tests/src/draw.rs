//! Draws varied events of a schema, to find events that a reader rejects although the engine calls it compatible.
//!
//! This module reads the original documents, and shares no code with the engine. Otherwise, both could make the same
//! mistake. The schema of the writer probably accepts a drawn event, but only the validator decides. Drawn values are
//! equal or close to the values in **both** documents, because near these values a reader can differ from a writer.

mod hints;
mod patterns;
mod scalars;
mod variation;

use std::collections::HashMap;

use fastrand::Rng;
use serde_json::{Map, Value};

use hints::Hints;

/// Maximum depth at which optional members and items are drawn.
const DEPTH_MAX: usize = 12;

/// Maximum depth of an event. The limit is necessary, because a schema may require an event of endless depth.
const NESTING_MAX: usize = 60;

/// Maximum length of a chain of applicators for one value. Also the maximum number of schemas that apply to one value.
const RULES_MAX: usize = 64;

/// Maximum number of items or members that are drawn to satisfy a minimum.
const LENGTH_MAX: u64 = 200;

/// After `VALUES_MANY` values of an event, only required values are drawn. `VALUES_MAX` is the maximum number of values
/// of an event. The second limit is necessary, because a schema may require several recursive members.
const VALUES_MANY: usize = 2_000;
const VALUES_MAX: usize = 5_000;

/// A source of events for one pair of schemas.
#[derive(Debug)]
pub struct Draw<'d> {
    root: &'d Value,
    /// The embedded schemas, by `$id`, `id` or `#anchor`.
    named: HashMap<String, &'d Value>,
    hints: Hints,
    rng: Rng,
    /// The number of values that may still be drawn for the current event.
    left: usize,
}

/// The schema objects that apply to one value.
type Rules<'d> = Vec<&'d Map<String, Value>>;

impl<'d> Draw<'d> {
    /// Returns a source of events that `writer` probably accepts and `reader` may reject. With the same seed, the
    /// source returns the same events.
    pub fn new(writer: &'d Value, reader: &Value, seed: u64) -> Self {
        let mut named = HashMap::new();
        collect_names(writer, &mut named);
        Self {
            root: writer,
            named,
            hints: Hints::of([writer, reader]),
            rng: Rng::with_seed(seed),
            left: VALUES_MAX,
        }
    }

    /// Draws an event that the writer probably accepts.
    pub fn event(&mut self) -> Value {
        self.left = VALUES_MAX;
        let root = self.root;
        self.value(vec![root], 0)
    }

    /// Draws an event that is similar to an event that the writer accepts.
    pub fn beside(&mut self, event: &Value) -> Value {
        variation::vary(event, &self.hints, &mut self.rng)
    }

    fn has_drawn_many(&self) -> bool {
        VALUES_MANY < VALUES_MAX - self.left
    }

    fn value(&mut self, schemas: Vec<&'d Value>, depth: usize) -> Value {
        if NESTING_MAX < depth || self.left == 0 {
            return Value::Null;
        }
        self.left = self.left.saturating_sub(1);
        let mut rules = Rules::new();
        for schema in schemas {
            self.gather(schema, &mut rules, 0);
        }
        if let Some(listed) = self.listed(&rules) {
            return listed;
        }
        match self.kind(&rules, depth) {
            "null" => Value::Null,
            "boolean" => Value::Bool(self.rng.bool()),
            "integer" => scalars::number(&rules, true, &self.hints, &mut self.rng),
            "number" => scalars::number(&rules, false, &self.hints, &mut self.rng),
            "string" => Value::String(scalars::string(&rules, &self.hints, &mut self.rng)),
            "array" => self.array(&rules, depth),
            _ => self.object(&rules, depth),
        }
    }

    /// Collects the schema objects that apply to a value, with one choice for each union.
    fn gather(&mut self, schema: &'d Value, rules: &mut Rules<'d>, chain: usize) {
        let Value::Object(members) = schema else { return };
        if RULES_MAX < chain || RULES_MAX < rules.len() {
            return;
        }
        rules.push(members);
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            if let Some(target) = members.get(keyword).and_then(Value::as_str).and_then(|r| self.find(r)) {
                self.gather(target, rules, chain + 1);
            }
        }
        if let Some(Value::Array(all)) = members.get("allOf") {
            for part in all {
                self.gather(part, rules, chain + 1);
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = members.get(keyword)
                && let Some(branch) = self.rng.choice(branches)
            {
                self.gather(branch, rules, chain + 1);
            }
        }
        if let Some(test) = members.get("if") {
            if self.rng.bool() {
                self.gather(test, rules, chain + 1);
                members.get("then").into_iter().for_each(|then| self.gather(then, rules, chain + 1));
            } else if let Some(otherwise) = members.get("else") {
                self.gather(otherwise, rules, chain + 1);
            }
        }
        for keyword in ["dependentSchemas", "dependencies"] {
            if let Some(Value::Object(dependents)) = members.get(keyword)
                && self.rng.bool()
            {
                for dependent in dependents.values() {
                    self.gather(dependent, rules, chain + 1);
                }
            }
        }
    }

    /// Returns the target of a reference, if it is in the document.
    fn find(&self, reference: &str) -> Option<&'d Value> {
        if reference == "#" {
            return Some(self.root);
        }
        if let Some(pointer) = reference.strip_prefix('#').filter(|rest| rest.starts_with('/')) {
            let decoded = pointer.replace("%25", "%").replace("%22", "\"").replace("%5E", "^");
            return self.root.pointer(&decoded);
        }
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let whole = self.named.get(reference).or_else(|| self.named.get(base)).copied()?;
        if fragment.starts_with('/') { whole.pointer(fragment) } else { Some(whole) }
    }

    fn listed(&mut self, rules: &Rules<'d>) -> Option<Value> {
        if let Some(value) = rules.iter().find_map(|rule| rule.get("const")) {
            return Some(value.clone());
        }
        let lists: Vec<&'d Vec<Value>> =
            rules.iter().filter_map(|rule| rule.get("enum").and_then(Value::as_array)).collect();
        let (first, others) = lists.split_first()?;
        let fitting: Vec<&Value> =
            first.iter().filter(|value| others.iter().all(|other| other.contains(value))).collect();
        self.rng.choice(fitting).cloned()
    }

    /// Chooses a type that all schemas allow. If no schema restricts the types, the function usually chooses a type
    /// that other keywords of the schemas describe.
    fn kind(&mut self, rules: &Rules<'d>, depth: usize) -> &'static str {
        const KINDS: [&str; 7] = ["object", "array", "string", "integer", "number", "boolean", "null"];
        let allows = |kind: &str| {
            rules.iter().all(|rule| match rule.get("type") {
                Some(Value::String(one)) => one == kind || (one == "number" && kind == "integer"),
                Some(Value::Array(many)) => {
                    many.iter().any(|one| one == kind || (one == "number" && kind == "integer"))
                }
                _ => true,
            })
        };
        let mut kinds: Vec<&'static str> = KINDS.into_iter().filter(|kind| allows(kind)).collect();
        if rules.iter().all(|rule| !rule.contains_key("type")) && self.rng.u8(..) < 200 {
            let spoken: Vec<&'static str> = KINDS
                .into_iter()
                .filter(|kind| {
                    rules.iter().any(|rule| keywords(kind).iter().any(|keyword| rule.contains_key(*keyword)))
                })
                .collect();
            if !spoken.is_empty() {
                kinds = spoken;
            }
        }
        if (DEPTH_MAX < depth || self.has_drawn_many()) && kinds.len() > 1 {
            kinds.retain(|kind| !matches!(*kind, "object" | "array"));
        }
        self.rng.choice(kinds).unwrap_or("null")
    }

    fn array(&mut self, rules: &Rules<'d>, depth: usize) -> Value {
        let min = largest(rules, "minItems");
        let max = smallest(rules, "maxItems");
        let is_small = DEPTH_MAX < depth || self.has_drawn_many();
        let room = max.unwrap_or(min + 3).max(min).min(min + 4);
        let length = match self.rng.u8(..8) {
            _ if is_small => min,
            0 => min,
            1 => max.filter(|max| *max < LENGTH_MAX).unwrap_or(min + 2),
            _ => self.rng.u64(min..=room),
        };
        let length = length.min(LENGTH_MAX.max(min)).min(LENGTH_MAX * 10);
        let mut items: Vec<Value> = Vec::new();
        for at in 0..usize::try_from(length).unwrap_or(0) {
            let schemas = rules.iter().filter_map(|rule| item_rule(rule, at)).collect();
            items.push(self.value(schemas, depth + 1));
        }
        for rule in rules {
            let Some(contains) = rule.get("contains") else { continue };
            let wanted = rule.get("minContains").and_then(Value::as_u64).unwrap_or(1).min(LENGTH_MAX);
            for _ in 0..wanted {
                let at = self.rng.usize(..=items.len());
                let schemas: Vec<&'d Value> =
                    rules.iter().filter_map(|rule| item_rule(rule, at)).chain([contains]).collect();
                let value = self.value(schemas, depth + 1);
                if at < items.len() {
                    items[at] = value;
                } else {
                    items.push(value);
                }
            }
        }
        let is_unique = rules.iter().any(|rule| rule.get("uniqueItems") == Some(&Value::Bool(true)));
        if is_unique {
            let mut seen: Vec<Value> = Vec::new();
            items.retain(|item| {
                !seen.contains(item) && {
                    seen.push(item.clone());
                    true
                }
            });
        } else if 1 < items.len() && self.rng.u8(..4) == 0 {
            let (from, to) = (self.rng.usize(..items.len()), self.rng.usize(..items.len()));
            items[to] = items[from].clone();
        }
        Value::Array(items)
    }

    fn object(&mut self, rules: &Rules<'d>, depth: usize) -> Value {
        let is_small = DEPTH_MAX < depth || self.has_drawn_many();
        let mut names: Vec<String> = Vec::new();
        let mut optional: Vec<String> = Vec::new();
        for rule in rules {
            if let Some(Value::Array(required)) = rule.get("required") {
                names.extend(required.iter().filter_map(|name| name.as_str().map(str::to_owned)));
            }
            if let Some(Value::Object(properties)) = rule.get("properties") {
                optional.extend(properties.keys().cloned());
            }
        }
        // Draws a share of the optional members, from none to all.
        let often = if is_small { 0 } else { self.rng.u8(..5) };
        names.extend(optional.iter().filter(|_| self.rng.u8(..4) < often).cloned());
        if !is_small && self.rng.bool() {
            names.extend(self.names_beyond(rules));
        }
        let min = largest(rules, "minProperties").min(LENGTH_MAX);
        names.sort();
        names.dedup();
        while (names.len() as u64) < min {
            let spare = optional.iter().find(|name| !names.contains(name)).cloned();
            names.push(spare.unwrap_or_else(|| format!("extra{}", names.len())));
        }
        if let Some(max) = smallest(rules, "maxProperties") {
            let required = |name: &String| {
                rules.iter().any(|rule| {
                    rule.get("required")
                        .and_then(Value::as_array)
                        .is_some_and(|all| all.iter().any(|n| n == name))
                })
            };
            while max < names.len() as u64 {
                let Some(at) = names.iter().position(|name| !required(name)) else { break };
                names.remove(at);
            }
        }
        let mut object = Map::new();
        let mut at = 0;
        while at < names.len() {
            let name = names[at].clone();
            at += 1;
            let schemas = rules.iter().flat_map(|rule| property_rules(rule, &name)).collect();
            let value = self.value(schemas, depth + 1);
            for needed in rules.iter().flat_map(|rule| needed_with(rule, &name)) {
                if !names.contains(&needed) {
                    names.push(needed);
                }
            }
            object.insert(name, value);
        }
        Value::Object(object)
    }

    /// Returns names that are not in `properties`: names that no keyword declares, and names that match a pattern.
    fn names_beyond(&mut self, rules: &Rules<'d>) -> Vec<String> {
        let mut names = Vec::new();
        for rule in rules {
            if let Some(Value::Object(patterns)) = rule.get("patternProperties") {
                for pattern in patterns.keys() {
                    if self.rng.bool() {
                        names.extend(patterns::matching(pattern, &mut self.rng));
                    }
                }
            }
        }
        let is_closed = |keyword| rules.iter().any(|rule| rule.get(keyword) == Some(&Value::Bool(false)));
        if !is_closed("additionalProperties") && !is_closed("unevaluatedProperties") {
            if let Some(of) = rules.iter().find_map(|rule| rule.get("propertyNames")) {
                let mut ruling = Rules::new();
                self.gather(of, &mut ruling, 0);
                names.push(scalars::string(&ruling, &self.hints, &mut self.rng));
            } else {
                for _ in 0..self.rng.u8(1..5) {
                    names.push(self.hints.name(&mut self.rng));
                }
            }
        }
        names
    }
}

fn collect_names<'d>(value: &'d Value, named: &mut HashMap<String, &'d Value>) {
    match value {
        Value::Object(members) => {
            for (keyword, prefix) in [("$id", ""), ("id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")] {
                if let Some(Value::String(name)) = members.get(keyword) {
                    named.entry(format!("{prefix}{}", name.trim_end_matches('#'))).or_insert(value);
                }
            }
            members.values().for_each(|member| collect_names(member, named));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, named)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns the keywords that describe only values of this type.
fn keywords(kind: &str) -> &'static [&'static str] {
    match kind {
        "object" => &[
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "minProperties",
            "maxProperties",
            "propertyNames",
            "unevaluatedProperties",
            "dependentRequired",
            "dependentSchemas",
            "dependencies",
        ],
        "array" => &[
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "contains",
            "uniqueItems",
            "additionalItems",
            "unevaluatedItems",
        ],
        "string" => &["minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"],
        "integer" | "number" => &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        _ => &[],
    }
}

/// Returns the schema that applies to the item at a position, in any draft.
fn item_rule(rule: &Map<String, Value>, at: usize) -> Option<&Value> {
    match (rule.get("prefixItems"), rule.get("items")) {
        (Some(Value::Array(prefix)), items) => prefix.get(at).or(items),
        (_, Some(Value::Array(prefix))) => prefix.get(at).or(rule.get("additionalItems")),
        (_, items) => items,
    }
}

fn property_rules<'d>(rule: &'d Map<String, Value>, name: &str) -> Vec<&'d Value> {
    let mut ruling: Vec<&'d Value> = Vec::new();
    ruling.extend(rule.get("properties").and_then(|properties| properties.get(name)));
    if let Some(Value::Object(patterns)) = rule.get("patternProperties") {
        ruling.extend(patterns.iter().filter(|(p, _)| patterns::is_match(p, name)).map(|(_, schema)| schema));
    }
    if ruling.is_empty() {
        ruling.extend(rule.get("additionalProperties").or(rule.get("unevaluatedProperties")));
    }
    ruling
}

fn needed_with(rule: &Map<String, Value>, name: &str) -> Vec<String> {
    ["dependentRequired", "dependencies"]
        .into_iter()
        .filter_map(|keyword| rule.get(keyword)?.get(name)?.as_array())
        .flatten()
        .filter_map(|needed| needed.as_str().map(str::to_owned))
        .collect()
}

/// Returns the largest lower bound of a count.
fn largest(rules: &Rules<'_>, keyword: &str) -> u64 {
    rules.iter().filter_map(|rule| count(rule.get(keyword)?)).max().unwrap_or(0)
}

/// Returns the smallest upper bound of a count.
fn smallest(rules: &Rules<'_>, keyword: &str) -> Option<u64> {
    rules.iter().filter_map(|rule| count(rule.get(keyword)?)).min()
}

/// Reads a count; `3.0` is also a count.
fn count(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64().filter(|number| (0.0..1e15).contains(number))?;
        Some(number as u64)
    })
}
