//! Adds the nodes of a [`SchemaGraph`] to the [`Tree`].
//!
//! A graph expresses all drafts in the same form. The tree also has properties that a comparison needs: equal nodes
//! share a class, the values of `enum` and `const` are normalized, and numbers are decimals.

use evschema_model::graph::{self, ContainsMarks, Content, Keyword, Names, NodeId, SchemaGraph, TypeNames};
use serde_json::{Number, Value};

use crate::number::{Bound, Decimal};
use crate::tree::{
    Condition, Contains, Id, Listed, Name, Named, Node, Origin, Side, Tree, Types, Unsupported, normalized,
};

/// The settings for adding a graph.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'r> {
    pub(crate) side: Side,
    /// Whether nodes note that `1.0` is not an integer in draft 4. The validator follows this rule of draft 4.
    pub(crate) requires_integer_lexeme: bool,
    /// The masked subschemas. The tree has `true` in their place.
    pub(crate) masked: &'r [NodeId],
}

/// The maximum depth of nested nodes during lowering. At this depth, the engine adds the target of a reference later,
/// because definitions can refer to each other in long chains.
const DEPTH_MAX: usize = 128;

/// Adds a graph, and returns its root.
pub(crate) fn lower(tree: &mut Tree, graph: &SchemaGraph<'_>, reading: Reading<'_>) -> Id {
    tree.reserve(graph.nodes().len());
    let seen = vec![Seen::New; graph.nodes().len()];
    let mut lowering = Lowering { tree, graph, reading, seen, depth: 0, deferred: Vec::new() };
    let root = lowering.schema(graph.root());
    lowering.finish();
    root
}

/// The state while the engine adds a graph to the tree.
struct Lowering<'l, 'g> {
    tree: &'l mut Tree,
    graph: &'l SchemaGraph<'g>,
    reading: Reading<'l>,
    /// The state of each node of the graph.
    seen: Vec<Seen>,
    /// The number of nodes on the way from the root to the current node.
    depth: usize,
    /// Targets of references that are too deep, each with the number of the recursive reference that stands for it. The
    /// engine adds them after all other nodes.
    deferred: Vec<(u32, NodeId)>,
}

#[derive(Debug, Clone, Copy)]
enum Seen {
    New,
    /// The engine is adding the node. If a part of the node refers to it, the number of a recursive reference stands
    /// for the node.
    Open(Option<u32>),
    Done(Id),
}

impl<'l, 'g> Lowering<'l, 'g> {
    fn schema(&mut self, at: NodeId) -> Id {
        let written = self.graph.node(at);
        let origin = Origin::of(self.reading.side, written);
        if self.reading.masked.contains(&written.first) {
            return self.tree.boolean(true, origin);
        }
        match self.seen[at.index()] {
            Seen::Done(id) => return id,
            Seen::Open(slot) => {
                let slot = slot.unwrap_or_else(|| self.tree.reserve_recursive_ref());
                self.seen[at.index()] = Seen::Open(Some(slot));
                return self.tree.add(Node { recursive_ref: Some(slot), ..Node::default() }, origin);
            }
            Seen::New => {}
        }
        let id = if let Value::Bool(accept) = written.value {
            self.tree.boolean(*accept, origin)
        } else {
            self.seen[at.index()] = Seen::Open(None);
            self.depth += 1;
            let node = self.node(written);
            self.depth -= 1;
            self.tree.add(node, origin)
        };
        if let Seen::Open(Some(slot)) = self.seen[at.index()] {
            self.tree.resolve_recursive_ref(slot, id);
        }
        self.seen[at.index()] = Seen::Done(id);
        id
    }

    /// Adds the deferred nodes.
    fn finish(&mut self) {
        while let Some((slot, at)) = self.deferred.pop() {
            self.seen[at.index()] = Seen::New;
            let id = self.schema(at);
            self.tree.resolve_recursive_ref(slot, id);
        }
    }

    /// Adds the target of a reference now, or at the end if it is too deep.
    fn referred(&mut self, at: NodeId) -> Id {
        let written = self.graph.node(at);
        let is_new = matches!(self.seen[at.index()], Seen::New);
        if DEPTH_MAX < self.depth && is_new && !self.reading.masked.contains(&written.first) {
            let slot = self.tree.reserve_recursive_ref();
            self.seen[at.index()] = Seen::Open(Some(slot));
            self.deferred.push((slot, at));
            let origin = Origin::of(self.reading.side, written);
            return self.tree.add(Node { recursive_ref: Some(slot), ..Node::default() }, origin);
        }
        self.schema(at)
    }

    fn node(&mut self, written: &'l graph::Node<'g>) -> Node {
        let mut node = Node::default();
        for keyword in &written.keywords {
            if let Keyword::Unsupported(why) = keyword {
                let is_alone = matches!(why, graph::Unsupported::OtherDraft { .. });
                node.unsupported = unsupported(why, written.value, Origin::of(self.reading.side, written));
                if is_alone {
                    return node;
                }
                continue;
            }
            self.keyword(&mut node, keyword);
        }
        node
    }

    fn keyword(&mut self, node: &mut Node, keyword: &Keyword<'g>) {
        match keyword {
            Keyword::Unsupported(_) => {}
            Keyword::False => node.types = Types::NONE,
            Keyword::Reference(target) => node.all_of.push(self.referred(*target)),
            Keyword::Type { names, integers_by_lexeme } => self.types(node, *names, *integers_by_lexeme),
            Keyword::Enum(values) => node.values = Some(self.tree.listed(values)),
            Keyword::Const(value) => {
                let value = normalized(value);
                let allowed = node.values.as_ref().is_none_or(|values| values.contains(&value));
                node.values = Some(Listed::of(Some(value).filter(|_| allowed)));
            }
            Keyword::AllOf(schemas) => node.all_of.extend(self.schemas(schemas)),
            Keyword::AnyOf(schemas) => self.union(schemas, &mut node.any_of, &mut node.all_of),
            Keyword::OneOf(schemas) => self.union(schemas, &mut node.one_of, &mut node.all_of),
            Keyword::Not(not) => self.not(node, *not),
            Keyword::If { test, then, otherwise } => self.condition(node, *test, *then, *otherwise),
            Keyword::Minimum(limit) => raise(node, limit, false),
            Keyword::ExclusiveMinimum(limit) => raise(node, limit, true),
            Keyword::Maximum(limit) => lower_to(node, limit, false),
            Keyword::ExclusiveMaximum(limit) => lower_to(node, limit, true),
            Keyword::MultipleOf(step) => {
                if let Some(step) = decimal(node, step, "multipleOf").filter(Decimal::is_positive) {
                    node.numbers.divide(&step);
                }
            }
            Keyword::MinLength(min) => node.strings.min = count(node, min, "minLength").unwrap_or(0),
            Keyword::MaxLength(max) => node.strings.max = count(node, max, "maxLength"),
            Keyword::Pattern(pattern) => node.strings.patterns.push((*pattern).to_owned()),
            Keyword::Format(name) => node.strings.formats.push((*name).to_owned()),
            Keyword::Content(content) => node.strings.formats.push(contents(content)),
            Keyword::MinItems(min) => node.arrays.min = count(node, min, "minItems").unwrap_or(0),
            Keyword::MaxItems(max) => node.arrays.max = count(node, max, "maxItems"),
            Keyword::UniqueItems => node.arrays.unique = true,
            Keyword::PrefixItems(schemas) => node.arrays.prefix = self.schemas(schemas),
            Keyword::Items(rest) => {
                node.arrays.items = Some(self.schema(*rest));
                node.arrays.has_real_rest = self.asserts(*rest);
            }
            Keyword::Contains { schema, min, max, marks } => {
                let min = min.and_then(|min| count(node, min, "minContains")).unwrap_or(1);
                let max = max.and_then(|max| count(node, max, "maxContains"));
                self.contains(node, *schema, (min, max), *marks);
            }
            Keyword::UnevaluatedItems(schema) => {
                node.arrays.unevaluated = Some(self.schema(*schema));
                node.arrays.has_real_rest |= self.asserts(*schema);
            }
            Keyword::MinProperties(min) => {
                node.objects.min = count(node, min, "minProperties").unwrap_or(0);
            }
            Keyword::MaxProperties(max) => node.objects.max = count(node, max, "maxProperties"),
            Keyword::Required(names) => node.objects.required = sorted(*names),
            Keyword::Properties(schemas) => node.objects.properties = self.named(schemas),
            Keyword::PatternProperties(schemas) => {
                node.objects.patterns = self.named(schemas);
                let idle = schemas
                    .iter()
                    .filter(|(pattern, schema)| matches_every_name(pattern) && !self.asserts(*schema));
                node.objects.idle_patterns = idle.map(|(pattern, _)| Name::from(*pattern)).collect();
            }
            Keyword::AdditionalProperties(schema) => {
                node.objects.additional = Some(self.schema(*schema));
                node.objects.has_real_rest = self.asserts(*schema);
            }
            Keyword::PropertyNames(schema) => node.objects.names = Some(self.schema(*schema)),
            Keyword::DependentRequired(lists) => {
                let lists = lists.iter().map(|(name, names)| (Name::from(*name), sorted(*names)));
                node.objects.dependent_required = lists.collect();
                node.objects.dependent_required.sort();
            }
            Keyword::DependentSchemas(schemas) => node.objects.dependent_schemas = self.named(schemas),
            Keyword::UnevaluatedProperties(schema) => {
                node.objects.unevaluated = Some(self.schema(*schema));
                node.objects.has_real_unevaluated = self.asserts(*schema);
            }
        }
    }

    fn types(&mut self, node: &mut Node, names: TypeNames<'_>, integers_by_lexeme: bool) {
        node.types = names.iter().fold(Types::NONE, |types, name| types.or(Types::named(name)));
        if names.contains("integer") && !names.contains("number") {
            node.numbers.divide(&Decimal::one());
            node.numbers.requires_lexeme = integers_by_lexeme && self.reading.requires_integer_lexeme;
        }
    }

    /// Adds a union. A union with one branch becomes a part of `allOf`.
    fn union(&mut self, schemas: &[NodeId], unions: &mut Vec<Vec<Id>>, all_of: &mut Vec<Id>) {
        let branches = self.schemas(schemas);
        match branches.as_slice() {
            [one] => all_of.push(*one),
            _ => unions.push(branches),
        }
    }

    fn not(&mut self, node: &mut Node, not: NodeId) {
        let not = self.schema(not);
        // A double negation accepts the same values as its inner schema. But it evaluates no part of the value, so the
        // engine keeps it if the graph has `unevaluated…`.
        match self.tree.negated(not).filter(|_| !self.graph.has_unevaluated()) {
            Some(twice) => node.all_of.push(twice),
            None => node.not.push(not),
        }
    }

    fn condition(&mut self, node: &mut Node, test: NodeId, then: Option<NodeId>, otherwise: Option<NodeId>) {
        let [then, otherwise] = [then, otherwise].map(|branch| branch.map(|branch| self.schema(branch)));
        let test = self.schema(test);
        // An `if` without `then` and `else` rejects nothing. But it evaluates parts of the values that it accepts.
        if then.is_some() || otherwise.is_some() || self.graph.has_unevaluated() {
            node.conditions.push(Condition { test, then, otherwise });
        } else {
            node.tests.push(test);
        }
    }

    fn contains(
        &mut self,
        node: &mut Node,
        schema: NodeId,
        (min, max): (u64, Option<u64>),
        marks: ContainsMarks,
    ) {
        if min == 0 && max.is_none() && marks != ContainsMarks::Counted {
            return;
        }
        let schema = self.schema(schema);
        let evaluates = marks != ContainsMarks::Nothing;
        node.arrays.contains.push(Contains { schema, min, max, evaluates });
        // In draft 2019-09, the validator treats items that match `contains` as evaluated, as in 2020-12.
        if marks == ContainsMarks::Undefined && self.graph.has_unevaluated() {
            node.unsupported =
                Unsupported::plain("draft 2019-09 does not define which items `contains` evaluates");
        }
    }

    fn schemas(&mut self, schemas: &[NodeId]) -> Vec<Id> {
        schemas.iter().map(|schema| self.schema(*schema)).collect()
    }

    fn named(&mut self, schemas: &[(&str, NodeId)]) -> Named {
        schemas.iter().map(|(name, schema)| (Name::from(*name), self.schema(*schema))).collect()
    }

    /// Returns whether a schema can reject a value. Content models ignore `{"additionalProperties": true}`. So the
    /// function examines the schema as written, and does not follow references.
    fn asserts(&self, schema: NodeId) -> bool {
        self.graph.node(schema).asserts()
    }
}

/// Returns the mark of a schema that the engine does not support.
fn unsupported(why: &graph::Unsupported<'_>, schema: &Value, origin: Origin) -> Option<Unsupported> {
    match why {
        // A schema without references has the same meaning at every place with the same text and the same surrounding
        // draft.
        graph::Unsupported::OtherDraft { around, is_referred } if !refers(schema) => {
            Unsupported::like_its_text(why.to_string(), format!("{around} {is_referred} {schema}"))
        }
        graph::Unsupported::OtherDraft { .. }
        | graph::Unsupported::TooManyScopes
        | graph::Unsupported::NotASchema => Unsupported::like_no_other(why.to_string(), origin),
        graph::Unsupported::RootIdentity => Unsupported::like_no_other(why.to_string(), Origin::default()),
        graph::Unsupported::Identity
        | graph::Unsupported::NotAReference { .. }
        | graph::Unsupported::EmptyReference { .. }
        | graph::Unsupported::MissingTarget { .. } => Unsupported::plain(why.to_string()),
    }
}

/// Returns whether a part of a schema has a reference, or can be the target of one.
fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, member)| {
            (name.starts_with('$') && name != "$schema") || name == "id" || refers(member)
        }),
        Value::Array(items) => items.iter().any(refers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn raise(node: &mut Node, limit: &Number, exclusive: bool) {
    let keyword = if exclusive { "exclusiveMinimum" } else { "minimum" };
    if let Some(value) = decimal(node, limit, keyword) {
        node.numbers.raise(Bound { value, exclusive });
    }
}

fn lower_to(node: &mut Node, limit: &Number, exclusive: bool) {
    let keyword = if exclusive { "exclusiveMaximum" } else { "maximum" };
    if let Some(value) = decimal(node, limit, keyword) {
        node.numbers.lower(Bound { value, exclusive });
    }
}

/// Reads a number. If it is too large or too precise, the node is unsupported.
fn decimal(node: &mut Node, number: &Number, keyword: &str) -> Option<Decimal> {
    let decimal = Decimal::of(number);
    if decimal.is_none() {
        node.unsupported =
            Unsupported::plain(format!("`{keyword}` {number} is too large or too precise to compare"));
    }
    decimal
}

/// Reads a count. If it is too large, the node is unsupported.
fn count(node: &mut Node, number: &Number, keyword: &str) -> Option<u64> {
    let count = Decimal::of(number).and_then(|decimal| decimal.to_count());
    if count.is_none() {
        node.unsupported =
            Unsupported::plain(format!("`{keyword}` {number} is beyond the counts that are compared"));
    }
    count
}

/// Returns asserted contents in the form of a format name, such as
/// `contentEncoding=base64,contentMediaType=application/json`.
fn contents(content: &Content<'_>) -> String {
    let encoding = content.encoding.map(|name| format!("contentEncoding={name}"));
    let media_type = content.media_type.map(|name| format!("contentMediaType={name}"));
    let parts: Vec<String> = [encoding, media_type].into_iter().flatten().collect();
    parts.join(",")
}

fn sorted(names: Names<'_>) -> Vec<Name> {
    let mut names: Vec<Name> = names.iter().map(Name::from).collect();
    names.sort();
    names.dedup();
    names
}

/// Returns whether a pattern is one of the common patterns that match every name.
fn matches_every_name(pattern: &str) -> bool {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let inner = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner);
    matches!(inner, "" | ".*" | ".+" | ".*?" | ".+?" | r"[\s\S]*" | r"[\s\S]+")
}
