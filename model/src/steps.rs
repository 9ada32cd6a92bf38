//! How many steps a validator takes for an event.
//!
//! A validator walks every way through a schema. Where definitions refer twice to the next, or a
//! recursive one refers twice to itself, there are exponentially many ways, and no validator comes
//! back. So the ways are counted first: each pair of a subschema and a part of the event once.

use foldhash::{HashMap, HashMapExt as _};
use referencing::{Registry, Resolver, Uri};
use serde_json::Value;

use crate::walk::{Which, children, is_inert};
use crate::{Draft, Resolved, Schema, limits};

/// The ways through a schema and all that it refers to.
#[derive(Debug)]
pub(crate) struct Steps {
    nodes: Vec<Node>,
    /// How many ways there are from the root to anywhere; nothing where some have no end.
    ways: Option<u64>,
    /// The longest way that does not come back to where it was.
    longest: usize,
}

/// A subschema, and where the validator goes from it.
#[derive(Debug, Default)]
struct Node {
    /// For the same value.
    here: Vec<u32>,
    /// For the member of a name.
    named: HashMap<String, u32>,
    each_member: Vec<u32>,
    names: Vec<u32>,
    leading_items: Vec<u32>,
    each_item: Vec<u32>,
    /// Steps that its own keywords take beyond the first.
    own: u64,
    /// Whether what the others have looked at is found out by walking them once more.
    goes_twice: bool,
}

impl Node {
    fn all(&self) -> impl Iterator<Item = u32> {
        let lists = [&self.here, &self.each_member, &self.names, &self.leading_items, &self.each_item];
        lists.into_iter().flatten().chain(self.named.values()).copied()
    }
}

impl Steps {
    /// Reads the ways through a schema; nothing where its references cannot be resolved.
    pub(crate) fn of(resolved: &Resolved) -> Option<Self> {
        let schema = resolved.schema();
        let registry;
        let scope = if schema.is_plain() {
            Scope::Plain(schema)
        } else {
            registry = resolved.registry().ok()?;
            library_scope(&registry, schema)?
        };
        let mut reading = Reading { nodes: Vec::new(), known: HashMap::new(), open: Vec::new() };
        reading.node(schema.value(), &scope, schema.draft());
        while let Some(next) = reading.open.pop() {
            reading.fill(next);
        }
        let mut steps = Self { nodes: reading.nodes, ways: None, longest: 0 };
        (steps.ways, steps.longest) = steps.count_ways();
        Some(steps)
    }

    /// Returns the longest way from subschema to subschema that does not come back.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Tells whether a validator needs no more steps for an event than it may take.
    pub(crate) fn allow(&self, event: &Value) -> bool {
        let at_most = self.ways.map(|ways| ways.saturating_mul(parts_of(event)));
        if at_most.is_some_and(|most| most <= limits::VALIDATION_STEPS_MAX) {
            return true;
        }
        let mut count = Count { steps: self, known: HashMap::new(), depth: 0 };
        count.of(0, event) <= limits::VALIDATION_STEPS_MAX
    }

    /// Counts all ways, and finds the longest, each node after those that it leads to.
    fn count_ways(&self) -> (Option<u64>, usize) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done(u64, usize),
        }
        let mut states = vec![State::New; self.nodes.len()];
        let mut is_endless = false;
        let mut open: Vec<u32> = vec![0];
        while let Some(at) = open.last().copied() {
            let node = &self.nodes[at as usize];
            if states[at as usize] == State::New {
                states[at as usize] = State::Open;
                for next in node.all() {
                    match states[next as usize] {
                        State::New => open.push(next),
                        State::Open => is_endless = true,
                        State::Done(..) => {}
                    }
                }
                continue;
            }
            open.pop();
            if states[at as usize] == State::Open {
                let (mut ways, mut longest) = (1 + node.own, 0);
                for next in node.all() {
                    if let State::Done(more, far) = states[next as usize] {
                        ways = ways.saturating_add(more);
                        longest = longest.max(far + 1);
                    } else {
                        is_endless = true;
                    }
                }
                let ways = if node.goes_twice { ways.saturating_mul(2) } else { ways };
                states[at as usize] = State::Done(ways, longest);
            }
        }
        match states.first() {
            Some(State::Done(ways, longest)) => ((!is_endless).then_some(*ways), *longest),
            Some(State::New | State::Open) | None => (None, 0),
        }
    }
}

/// Counts what a validator does for one event.
struct Count<'s> {
    steps: &'s Steps,
    known: HashMap<(u32, usize), u64>,
    depth: usize,
}

impl Count<'_> {
    fn of(&mut self, at: u32, value: &Value) -> u64 {
        /// Pairs of subschema and part that are looked at before it is said to be too much.
        const LOOKED_AT_MAX: usize = 2_000_000;
        let key = (at, std::ptr::from_ref(value) as usize);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if limits::VALIDATION_DEPTH_MAX < self.depth || LOOKED_AT_MAX < self.known.len() {
            return u64::MAX;
        }
        // Who comes back to the same pair goes round in circles, and stops there.
        self.known.insert(key, 0);
        self.depth += 1;
        let node = &self.steps.nodes[at as usize];
        let mut many = 1 + node.own;
        let mut add = |count: &mut Self, nodes: &[u32], value: &Value| {
            for next in nodes {
                many = many.saturating_add(count.of(*next, value));
            }
        };
        add(self, &node.here, value);
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    add(self, node.named.get(name).map(std::slice::from_ref).unwrap_or_default(), member);
                    add(self, &node.each_member, member);
                }
                many = many.saturating_add((members.len() * node.names.len()) as u64);
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    add(self, node.leading_items.get(at).map(std::slice::from_ref).unwrap_or_default(), item);
                    add(self, &node.each_item, item);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        self.depth -= 1;
        let many = if node.goes_twice { many.saturating_mul(2) } else { many };
        self.known.insert(key, many);
        many
    }
}

/// Values that one is compared with in the time of a step.
pub(crate) const COMPARED_IN_A_STEP: u64 = 4;

/// Returns how many values a part is compared with, one by one, because of an `enum`: texts are looked up.
pub(crate) fn compared_with(values: &Value) -> u64 {
    let values = values.as_array().map_or(&[][..], Vec::as_slice);
    if values.iter().all(Value::is_string) { 0 } else { values.len() as u64 }
}

/// Returns how many parts an event has, itself included.
pub(crate) fn parts_of(value: &Value) -> u64 {
    match value {
        Value::Object(members) => 1 + members.values().map(parts_of).sum::<u64>(),
        Value::Array(items) => 1 + items.iter().map(parts_of).sum::<u64>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// What the references of a subschema are resolved against.
#[derive(Clone)]
enum Scope<'r> {
    Plain(&'r Schema),
    Library(Resolver<'r>),
}

fn library_scope<'r>(registry: &'r Registry<'r>, schema: &Schema) -> Option<Scope<'r>> {
    Some(Scope::Library(registry.resolver(Uri::parse(schema.base_uri().into_owned()).ok()?)))
}

struct Reading<'r> {
    nodes: Vec<Node>,
    /// Subschemas by their address.
    known: HashMap<usize, u32>,
    /// Subschemas whose ways are not read yet.
    open: Vec<(u32, &'r Value, Scope<'r>, Draft)>,
}

impl<'r> Reading<'r> {
    fn node(&mut self, schema: &'r Value, scope: &Scope<'r>, draft: Draft) -> u32 {
        let address = std::ptr::from_ref(schema) as usize;
        if let Some(known) = self.known.get(&address) {
            return *known;
        }
        let at = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.known.insert(address, at);
        self.nodes.push(Node::default());
        self.open.push((at, schema, scope.clone(), draft));
        at
    }

    fn fill(&mut self, (at, schema, scope, draft): (u32, &'r Value, Scope<'r>, Draft)) {
        let Value::Object(members) = schema else { return };
        let scope = match &scope {
            Scope::Library(resolver) if members.contains_key("$id") || members.contains_key("id") => {
                let resource = referencing::ResourceRef::new(schema, draft.to_library());
                resolver.in_subresource(resource).map_or(scope, Scope::Library)
            }
            Scope::Library(_) | Scope::Plain(_) => scope,
        };
        let own = members.get("enum").map_or(0, |values| compared_with(values) / COMPARED_IN_A_STEP);
        let mut node = Node { own, ..Node::default() };
        let mut refers = false;
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let Some(Value::String(written)) = members.get(keyword) else { continue };
            refers |= keyword == "$ref";
            let found = match &scope {
                Scope::Plain(document) => document.follow(written).map(|found| (found, scope.clone(), draft)),
                Scope::Library(resolver) => resolver.lookup(written).ok().map(|found| {
                    let (found, resolver, theirs) = found.into_inner();
                    let own = Draft::ALL.into_iter().find(|own| own.to_library() == theirs);
                    (found, Scope::Library(resolver), own.unwrap_or(draft))
                }),
            };
            if let Some((found, scope, draft)) = found {
                node.here.push(self.node(found, &scope, draft));
            }
        }
        if !(refers && draft.ref_hides_siblings()) {
            children(schema, draft, &mut |way, child| {
                if is_inert(way.keyword, draft) {
                    return;
                }
                let list = match (way.keyword, way.which) {
                    ("$defs" | "definitions" | "contentSchema", _) => return,
                    ("properties", Which::Named(name)) => {
                        let next = self.node(child, &scope, draft);
                        node.named.insert(name.to_owned(), next);
                        return;
                    }
                    ("patternProperties" | "additionalProperties" | "unevaluatedProperties", _) => {
                        &mut node.each_member
                    }
                    ("propertyNames", _) => &mut node.names,
                    ("prefixItems", _) | ("items", Which::At(_)) => &mut node.leading_items,
                    ("items" | "additionalItems" | "unevaluatedItems" | "contains", _) => &mut node.each_item,
                    _ => &mut node.here,
                };
                node.goes_twice |= way.keyword.starts_with("unevaluated");
                list.push(self.node(child, &scope, draft));
            });
        }
        self.nodes[at as usize] = node;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::{Catalog, Coordinates, Dialects, Subject, Version};

    fn resolved(schema: &Value) -> Result<Resolved, crate::Diagnostics> {
        let at = Coordinates { subject: Subject::parse("case").unwrap(), version: Version::new(1, 0, 0) };
        let schema = Schema::read(at, schema.to_string().as_bytes(), &Dialects::default())?;
        Catalog::default().resolve(&Arc::new(schema))
    }

    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!(1), |inner, _| json!({ "a": inner }))
    }

    #[test]
    fn what_multiplies_is_seen_before_it_is_walked() {
        let down = json!({"properties": {"a": {"$ref": "#"}}});
        let once = Steps::of(&resolved(&down).unwrap()).unwrap();
        assert!(once.allow(&nested(100)), "a recursion that goes one way");
        let twice = Steps::of(&resolved(&json!({"allOf": [down, down]})).unwrap()).unwrap();
        assert!(twice.allow(&nested(10)));
        assert!(!twice.allow(&nested(100)), "2^100 ways");
        let doubling = |levels: usize| {
            let next = |n: usize| json!({"$ref": format!("#/$defs/a{n}")});
            let mut all: serde_json::Map<String, Value> = (0..levels)
                .map(|n| (format!("a{n}"), json!({"allOf": [next(n + 1), next(n + 1)]})))
                .collect();
            all.insert(format!("a{levels}"), json!({"type": "integer"}));
            json!({"$ref": "#/$defs/a0", "$defs": all, "$id": "https://example.com/x"})
        };
        assert!(Steps::of(&resolved(&doubling(10)).unwrap()).unwrap().allow(&json!(1)));
        assert!(!Steps::of(&resolved(&doubling(60)).unwrap()).unwrap().allow(&json!(1)));
    }

    #[test]
    fn comparing_with_every_value_of_an_enumeration_counts() {
        let among = |values: Vec<Value>| {
            let schema = json!({"type": "array", "items": {"enum": values}});
            resolved(&schema).unwrap().validator(crate::Formats::Annotate).unwrap()
        };
        let numbers = among((0..9_000).map(|n| json!(n)).collect());
        assert!(numbers.can_decide(&json!(vec![8_999; 1_000])));
        assert!(!numbers.can_decide(&json!(vec![8_999; 20_000])), "180 million comparisons");
        let texts = among((0..9_000).map(|n| json!(n.to_string())).collect());
        assert!(texts.can_decide(&json!(vec!["8999"; 20_000])), "which are looked up");
    }

    #[test]
    fn references_are_not_chained_without_end() {
        let chain = |levels: usize| {
            let mut all: serde_json::Map<String, Value> = (0..levels)
                .map(|n| (format!("a{n}"), json!({"$ref": format!("#/$defs/a{}", n + 1)})))
                .collect();
            all.insert(format!("a{levels}"), json!({"type": "integer"}));
            resolved(&json!({"$ref": "#/$defs/a0", "$defs": all}))
        };
        assert!(chain(200).is_ok());
        let refused = chain(10_000).unwrap_err();
        assert_eq!(refused[0].code, crate::Code::TooDeep, "{refused:?}");
    }
}
