//! What a validator does for an event, before it does it: how many steps it takes, and how many errors it would keep.
//!
//! A validator walks every way through a schema. Where definitions refer twice to the next, or a
//! recursive one refers twice to itself, there are exponentially many ways, and no validator comes
//! back. So the ways are counted first: each pair of a subschema and a part of the event once.

use foldhash::{HashMap, HashMapExt as _};
use referencing::{Registry, Resolver, Uri};
use serde_json::{Map, Value};

use crate::patterns::Cost;
use crate::walk::{Which, children, is_inert};
use crate::{Draft, Resolved, Schema, limits};

mod weights;

pub(crate) use weights::Size;
use weights::{names_in, own_steps, per_kilobyte, unique_steps};

/// The ways through a schema and all that it refers to.
#[derive(Debug)]
pub(crate) struct Steps {
    nodes: Vec<Node>,
    /// How many ways there are from each node to anywhere, by measure; nothing where some have no end.
    ways: Vec<Option<[u64; Measure::ALL.len()]>>,
    /// The longest way that does not come back to where it was.
    longest: usize,
    /// Whether some items must differ.
    has_unique: bool,
}

/// What is counted along the ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// Looks of a subschema at a part, and what takes as long.
    Steps,
    /// The same for each byte of a text.
    StepsPerByte,
    /// Errors that are kept when every keyword refuses.
    Errors,
    /// Those of them inside unions, which are kept even if one error is asked for.
    ErrorsInUnions,
    /// Bytes of copies of the event: errors of a union keep one of its value for each branch.
    CopiedBytes,
}

/// Length of the texts for which the steps per byte are measured. A pattern that looks around takes more for each byte
/// of a longer text.
const PER_BYTE_OF: u64 = 1 << 10;

impl Measure {
    const ALL: [Self; 5] =
        [Self::Steps, Self::StepsPerByte, Self::Errors, Self::ErrorsInUnions, Self::CopiedBytes];
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
    /// Steps that lengths and formats take for each kilobyte of a text.
    per_kilobyte: u64,
    /// Whether items must differ.
    is_unique: bool,
    /// Its patterns for texts, and for the names of members.
    patterns: Vec<Cost>,
    name_patterns: Vec<Cost>,
    /// Errors that its own keywords can report beyond the first.
    own_errors: u64,
    /// How many branches its unions have, and whether it is reached through one.
    branches: u64,
    is_in_union: bool,
    /// Whether what the others have looked at is found out by walking them once more.
    goes_twice: bool,
}

/// The part of a value that a schema hands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Through<'n> {
    Member(&'n str),
    Members,
    Items,
}

impl Node {
    fn all(&self) -> impl Iterator<Item = u32> {
        let lists = [&self.here, &self.each_member, &self.names, &self.leading_items, &self.each_item];
        lists.into_iter().flatten().chain(self.named.values()).copied()
    }

    /// Returns what the node itself adds on each way, whatever the value.
    fn weight(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Steps => 1 + self.own + self.name_patterns.len() as u64,
            Measure::StepsPerByte => {
                let patterns = self.patterns.iter().chain(&self.name_patterns);
                patterns
                    .map(|cost| cost.steps(PER_BYTE_OF as usize).div_ceil(PER_BYTE_OF))
                    .fold(self.per_kilobyte.div_ceil(PER_BYTE_OF), u64::saturating_add)
            }
            Measure::Errors => 1 + self.own_errors,
            Measure::ErrorsInUnions if self.is_in_union => 1 + self.own_errors,
            Measure::ErrorsInUnions => 0,
            Measure::CopiedBytes => self.branches,
        }
    }

    /// Returns what it adds for a value.
    fn weight_for(&self, measure: Measure, value: &Value) -> u64 {
        let weight = self.weight(measure);
        let texts = |costs: &[Cost], text: &str| costs.iter().map(|cost| cost.steps(text.len())).sum::<u64>();
        match (measure, value) {
            (Measure::CopiedBytes, _) if 0 < weight => weight.saturating_mul(Size::of(value).bytes()),
            (Measure::Steps, Value::String(text)) => {
                let own = (text.len() as u64).saturating_mul(self.per_kilobyte) / PER_BYTE_OF;
                weight.saturating_add(own).saturating_add(texts(&self.patterns, text))
            }
            (Measure::Steps, Value::Object(members))
                if limits::VALIDATION_STEPS_MAX
                    < (members.len() as u64).saturating_mul(self.name_patterns.len() as u64) =>
            {
                u64::MAX
            }
            (Measure::Steps, Value::Array(items)) if self.is_unique => {
                weight.saturating_add(unique_steps(items))
            }
            (Measure::Steps, Value::Object(members)) if !self.name_patterns.is_empty() => members
                .keys()
                .map(|name| texts(&self.name_patterns, name) + self.name_patterns.len() as u64)
                .fold(weight, u64::saturating_add),
            _ => weight,
        }
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
        let ways = vec![None; reading.nodes.len()];
        let has_unique = reading.nodes.iter().any(|node| node.is_unique);
        let mut steps = Self { nodes: reading.nodes, ways, longest: 0, has_unique };
        steps.mark_unions();
        steps.count_ways();
        Some(steps)
    }

    /// Returns the longest way from subschema to subschema that does not come back.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Tells whether a validator needs no more than so many steps for an event.
    pub(crate) fn allow(&self, event: &Value, most: u64) -> bool {
        self.is_within(Measure::Steps, event, most)
    }

    /// Tells whether there are events of which a validator looks at some part more often than anybody has time for:
    /// there are too many ways to a part, or a recursion leads from one part to another in two ways.
    pub(crate) fn multiply(&self) -> bool {
        match self.ways.first().copied().flatten() {
            Some(ways) => limits::VALIDATION_STEPS_MAX < ways[Measure::Steps as usize],
            None => (0..self.nodes.len()).any(|at| self.leads_back_twice(at)),
        }
    }

    /// Tells whether two schemas for one value both lead back to where they are, through the same part of it.
    fn leads_back_twice(&self, at: usize) -> bool {
        let node = &self.nodes[at];
        if node.here.len() < 2 {
            return false;
        }
        let target = u32::try_from(at).unwrap_or(u32::MAX);
        let mut through: HashMap<Through<'_>, usize> = HashMap::new();
        for start in &node.here {
            for part in self.parts_back(*start, target) {
                *through.entry(part).or_default() += 1;
            }
        }
        through.values().any(|ways| 1 < *ways)
    }

    /// Returns the parts of a value through which a schema for it leads back to a node.
    fn parts_back(&self, start: u32, target: u32) -> Vec<Through<'_>> {
        let mut same_value = vec![start];
        let mut seen = vec![start];
        let mut parts = Vec::new();
        while let Some(at) = same_value.pop() {
            let node = &self.nodes[at as usize];
            for next in &node.here {
                if !seen.contains(next) {
                    seen.push(*next);
                    same_value.push(*next);
                }
            }
            let named = node.named.iter().map(|(name, next)| (Through::Member(name), *next));
            let members = node.each_member.iter().map(|next| (Through::Members, *next));
            let items = node.leading_items.iter().chain(&node.each_item).map(|next| (Through::Items, *next));
            for (part, next) in named.chain(members).chain(items) {
                if !parts.contains(&part) && self.reaches(next, target) {
                    parts.push(part);
                }
            }
        }
        parts
    }

    fn reaches(&self, start: u32, target: u32) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if at == target {
                return true;
            }
            if !std::mem::replace(&mut seen[at as usize], true) {
                open.extend(self.nodes[at as usize].all());
            }
        }
        false
    }

    /// Tells whether it would keep at most so many errors of an event to report them all.
    pub(crate) fn has_few_errors(&self, event: &Value, most: u64) -> bool {
        self.is_within(Measure::Errors, event, most)
    }

    /// Tells whether it would keep at most so many errors of an event to report one.
    pub(crate) fn has_few_errors_in_unions(&self, event: &Value, most: u64) -> bool {
        self.is_within(Measure::ErrorsInUnions, event, most)
    }

    fn is_within(&self, measure: Measure, event: &Value, most: u64) -> bool {
        if self.at_most(0, measure, Size::of(event)) <= most {
            return true;
        }
        let mut count = Count { steps: self, measure, most, known: HashMap::new(), depth: 0 };
        count.of(0, event) <= most
    }

    /// Returns what there is at most from a node, for a value of a size.
    fn at_most(&self, node: u32, measure: Measure, size: Size) -> u64 {
        /// Items so few are compared with each other in no time.
        const FEW_ITEMS: u64 = 64;
        let Some(ways) = self.ways.get(node as usize).copied().flatten() else { return u64::MAX };
        if measure == Measure::Steps && self.has_unique && FEW_ITEMS < size.longest_array {
            return u64::MAX;
        }
        let times = if measure == Measure::CopiedBytes { size.bytes() } else { size.parts };
        let each = ways[measure as usize].saturating_mul(times);
        let per_byte = ways[Measure::StepsPerByte as usize];
        let texts = match measure {
            Measure::Steps if per_byte == 0 || size.longest_text <= PER_BYTE_OF => {
                per_byte.saturating_mul(size.text_bytes)
            }
            Measure::Steps => u64::MAX,
            Measure::StepsPerByte | Measure::Errors | Measure::ErrorsInUnions | Measure::CopiedBytes => 0,
        };
        each.saturating_add(texts)
    }

    /// Tells whether the errors of an event would hold copies of its parts of at most so many bytes.
    pub(crate) fn copies_little(&self, event: &Value, most: u64) -> bool {
        self.is_within(Measure::CopiedBytes, event, most)
    }

    /// Marks what is reached through the branches of a union.
    fn mark_unions(&mut self) {
        let mut open: Vec<u32> = Vec::new();
        for node in self.nodes.iter().filter(|node| 0 < node.branches) {
            open.extend(&node.here);
        }
        while let Some(at) = open.pop() {
            let node = &mut self.nodes[at as usize];
            if !std::mem::replace(&mut node.is_in_union, true) {
                open.extend(self.nodes[at as usize].all());
            }
        }
    }

    /// Counts all ways, and finds the longest, each node after those that it leads to.
    fn count_ways(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done(usize),
        }
        let mut states = vec![State::New; self.nodes.len()];
        let mut open: Vec<u32> = vec![0];
        while let Some(at) = open.last().copied() {
            let node = &self.nodes[at as usize];
            if states[at as usize] == State::New {
                states[at as usize] = State::Open;
                open.extend(node.all().filter(|next| states[*next as usize] == State::New));
                continue;
            }
            open.pop();
            if states[at as usize] != State::Open {
                continue;
            }
            let mut ways = Some(Measure::ALL.map(|measure| node.weight(measure)));
            let mut longest = 0;
            for next in node.all() {
                // Who comes back to a node that is still open goes round in circles.
                let more = match states[next as usize] {
                    State::Done(far) => {
                        longest = longest.max(far + 1);
                        self.ways[next as usize]
                    }
                    State::New | State::Open => None,
                };
                ways = ways.zip(more).map(|(ways, more)| {
                    std::array::from_fn(|measure| ways[measure].saturating_add(more[measure]))
                });
            }
            let times = if node.goes_twice { 2 } else { 1 };
            self.ways[at as usize] = ways.map(|ways| ways.map(|ways| ways.saturating_mul(times)));
            states[at as usize] = State::Done(longest);
        }
        if let Some(State::Done(longest)) = states.first() {
            self.longest = *longest;
        }
    }
}

/// Counts what a validator does for one event.
struct Count<'s> {
    steps: &'s Steps,
    measure: Measure,
    /// More than this is too much, whatever it is.
    most: u64,
    known: HashMap<(u32, usize), u64>,
    depth: usize,
}

impl Count<'_> {
    fn of(&mut self, at: u32, value: &Value) -> u64 {
        /// Pairs of subschema and part that are looked at before it is said to be too much.
        const LOOKED_AT_MAX: usize = 1_000_000;
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
        let mut many = node.weight_for(self.measure, value);
        let mut add = |count: &mut Self, nodes: &[u32], value: &Value| {
            for next in nodes {
                if count.most < many {
                    break;
                }
                many = many.saturating_add(count.of(*next, value));
            }
        };
        add(self, &node.here, value);
        let mut names = 0_u64;
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    add(self, node.named.get(name).map(std::slice::from_ref).unwrap_or_default(), member);
                    add(self, &node.each_member, member);
                }
                for schema in &node.names {
                    let each = members.keys().map(|name| {
                        let bytes = name.len() as u64;
                        let size =
                            Size { parts: 1, longest_array: 0, text_bytes: bytes, longest_text: bytes };
                        self.steps.at_most(*schema, self.measure, size)
                    });
                    names = each.fold(names, u64::saturating_add);
                }
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
        let many = many.saturating_add(names);
        let many = if node.goes_twice { many.saturating_mul(2) } else { many };
        self.known.insert(key, many);
        many
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
        let pattern = members.get("pattern").and_then(Value::as_str).map(Cost::of);
        let names = members.get("patternProperties").and_then(Value::as_object);
        let mut node = Node {
            own: own_steps(members),
            own_errors: names_in(members),
            per_kilobyte: per_kilobyte(members),
            is_unique: members.get("uniqueItems") == Some(&Value::Bool(true)),
            patterns: pattern.into_iter().collect(),
            name_patterns: names.into_iter().flat_map(Map::keys).map(|name| Cost::of(name)).collect(),
            branches: ["anyOf", "oneOf"]
                .into_iter()
                .filter_map(|keyword| members.get(keyword)?.as_array())
                .map(|branches| branches.len() as u64)
                .sum(),
            ..Node::default()
        };
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
        assert!(once.allow(&nested(100), limits::VALIDATION_STEPS_MAX), "a recursion that goes one way");
        let twice = Steps::of(&resolved(&json!({"allOf": [down, down]})).unwrap()).unwrap();
        assert!(twice.allow(&nested(10), limits::VALIDATION_STEPS_MAX));
        assert!(!twice.allow(&nested(100), limits::VALIDATION_STEPS_MAX), "2^100 ways");
        let doubling = |levels: usize| {
            let next = |n: usize| json!({"$ref": format!("#/$defs/a{n}")});
            let mut all: serde_json::Map<String, Value> = (0..levels)
                .map(|n| (format!("a{n}"), json!({"allOf": [next(n + 1), next(n + 1)]})))
                .collect();
            all.insert(format!("a{levels}"), json!({"type": "integer"}));
            json!({"$ref": "#/$defs/a0", "$defs": all, "$id": "https://example.com/x"})
        };
        assert!(
            Steps::of(&resolved(&doubling(10)).unwrap())
                .unwrap()
                .allow(&json!(1), limits::VALIDATION_STEPS_MAX)
        );
        assert!(
            !Steps::of(&resolved(&doubling(60)).unwrap())
                .unwrap()
                .allow(&json!(1), limits::VALIDATION_STEPS_MAX)
        );
    }

    #[test]
    fn recursions_that_multiply_are_told_from_those_that_do_not() {
        let multiplies = |schema: Value| Steps::of(&resolved(&schema).unwrap()).unwrap().multiply();
        let down = |name: &str| json!({"properties": {name: {"$ref": "#"}}});
        assert!(multiplies(json!({"allOf": [down("a"), down("a")]})));
        assert!(multiplies(json!({"anyOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]})));
        assert!(!multiplies(json!({"oneOf": [down("left"), down("right"), {"type": "integer"}]})));
        assert!(!multiplies(down("a")));
        assert!(!multiplies(json!({"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}})));
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
